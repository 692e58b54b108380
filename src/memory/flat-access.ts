import type { BufferPool } from './buffer-pool.ts';
import { fail } from './errors.ts';
import { FlatStorage } from './flat-storage.ts';
import { EXECUTE, type Fault, READ, RIGHTS_PAGE, WRITE } from './guest-memory.ts';
import { rightsOf } from './page-rights.ts';
import { isHostFilled, type MemoryMap, roundUp } from './region.ts';

/** Growth that a reset keeps: a new buffer costs more than clearing this much. */
const KEPT_GROWTH = 1 << 20;

/**
 * Guest memory in one buffer, all of which the guest can reach as the rights of its pages say. All but saving and
 * restoring, which not everybody has to carry.
 */
export class FlatAccess extends FlatStorage {
  low = 0;
  high = 0;
  readonly fault: Fault = { address: 0, resumable: false, writeProtected: false, code: false };
  #heapEnd: number;
  /** End of the pages that the heap has made accessible. */
  #heapPages = 0;
  /** Accessible bytes of the region that the host fills (aux data, JAM arguments). */
  #hostRegionSize = 0;
  /** Set while the host itself may not write the region that it fills. */
  hostWriteProtected = false;
  regionsIntact = true;

  /** Throws memory/limit when the map needs more than `limit` bytes. */
  constructor(map: MemoryMap, limit: number, pool?: BufferPool) {
    super(map, limit, pool);
    this.#heapEnd = map.heap.base;
    this.#initialise();
  }

  get heapEnd(): number {
    return this.#heapEnd;
  }

  #initialise(): void {
    this.reservation = -1;
    this.forgetRights();
    for (const r of this.map.regions) {
      const start = this.offset(r.start);
      this.bytes.set(r.data, start + r.dataOffset);
      this.allow(r.start, r.size, rightsOf(r));
      if (isHostFilled(r)) this.#hostRegionSize = r.size;
    }
    const { base } = this.map.heap;
    const rw = this.map.regions.find((r) => r.name === 'read-write');
    this.#heapPages = rw === undefined ? roundUp(base, this.map.pageSize) : rw.start + rw.size;
  }

  growHeap(bytes: number): number | undefined {
    const end = this.#heapEnd + bytes;
    if (end > this.map.heap.limit) return undefined;
    const pages = roundUp(end, this.map.pageSize);
    if (pages > this.#heapPages) {
      if (this.accessible + (pages - this.#heapPages) > this.limit) return undefined;
      if (!this.ensure(this.endOf(this.#heapPages, pages - this.#heapPages))) return undefined;
      this.allow(this.#heapPages, pages - this.#heapPages, READ | WRITE);
      this.#heapPages = pages;
    }
    this.#heapEnd = end;
    return end;
  }

  /** Makes whole pages readable and writable, zero-filled; false when a limit forbids it. For `mmap`. */
  mapPages(address: number, size: number): boolean {
    this.#checkPages(address, size);
    if (this.accessible + size > this.limit) return false;
    if (!this.ensure(this.endOf(address, size))) return false;
    this.allow(address, size, READ | WRITE);
    if (!this.regionsIntact) this.checkRegions();
    return true;
  }

  /** Sees whether all regions have their rights. */
  protected checkRegions(): void {
    this.regionsIntact = this.map.regions.every(
      (r) => isHostFilled(r) || r.size === 0 || this.allows(this.offset(r.start), r.size, rightsOf(r)),
    );
  }

  #checkPages(address: number, size: number): void {
    const { base, limit } = this.map.heap;
    if (address % RIGHTS_PAGE !== 0) throw fail('memory/unaligned-page', { address, pageSize: RIGHTS_PAGE });
    if (
      !(
        size >= 0 &&
        size % RIGHTS_PAGE === 0 &&
        address >= base &&
        address + size <= roundUp(limit, RIGHTS_PAGE)
      )
    ) {
      throw fail('memory/out-of-range', { address, length: size, access: 'write' });
    }
  }

  /** Takes whole pages away; their contents are gone. For `munmap`. */
  unmapPages(address: number, size: number): void {
    this.#checkPages(address, size);
    this.forbid(address, size);
    this.checkRegions();
  }

  #refuse(address: number, offset: number, write: boolean): false {
    const right = offset < this.size ? (this.rights[offset >>> 12] as number) : 0;
    this.fault.address = address >>> 0;
    this.fault.writeProtected = write && (right & READ) !== 0;
    this.fault.code = write && (right & EXECUTE) !== 0 && (right & WRITE) === 0;
    return false;
  }

  load(address: number, size: number): boolean {
    const offset = this.offset(address);
    if (!this.allows(offset, size, READ)) return this.#refuse(address, offset, false);
    const view = this.dataView;
    this.high = 0;
    if (size === 4) this.low = view.getInt32(offset, true);
    else if (size === 8) {
      this.low = view.getInt32(offset, true);
      this.high = view.getInt32(offset + 4, true);
    } else this.low = size === 2 ? view.getUint16(offset, true) : view.getUint8(offset);
    return true;
  }

  store(address: number, size: number, low: number, high: number): boolean {
    const offset = this.offset(address);
    if (!this.allows(offset, size, WRITE)) return this.#refuse(address, offset, true);
    const view = this.dataView;
    if (size === 4) view.setInt32(offset, low, true);
    else if (size === 8) {
      view.setInt32(offset, low, true);
      view.setInt32(offset + 4, high, true);
    } else if (size === 2) view.setInt16(offset, low, true);
    else view.setInt8(offset, low);
    return true;
  }

  loadForUpdate(address: number, size: number): boolean {
    const offset = this.offset(address);
    if (!this.allows(offset, size, READ | WRITE)) return this.#refuse(address, offset, true);
    return this.load(address, size);
  }

  fill(address: number, value: number, count: number): number {
    let done = 0;
    while (done < count) {
      const at = (address + done) >>> 0;
      const offset = this.offset(at);
      if (!this.allows(offset, 1, WRITE)) {
        this.#refuse(at, offset, true);
        break;
      }
      const length = Math.min(count - done, RIGHTS_PAGE - (offset % RIGHTS_PAGE));
      this.bytes.fill(value, offset, offset + length);
      done += length;
    }
    return done;
  }

  isAccessible(address: number, length: number, writable: boolean): boolean {
    if (length === 0) return true;
    if (!(address >= 0 && length > 0 && address + length <= 2 ** 32)) return false;
    const offset = this.offset(address);
    if (!this.allows(offset, length, READ)) return false;
    if (!writable || this.allows(offset, length, WRITE)) return true;
    const filled = this.map.regions.find(isHostFilled);
    return (
      filled !== undefined &&
      !this.hostWriteProtected &&
      address >= filled.start &&
      address + length <= filled.start + this.#hostRegionSize
    );
  }

  read(address: number, length: number): Uint8Array {
    if (!this.isAccessible(address, length, false)) {
      throw fail('memory/out-of-range', { address, length, access: 'read' });
    }
    const offset = this.offset(address);
    return length === 0 ? new Uint8Array(0) : this.bytes.slice(offset, offset + length);
  }

  /** The bytes themselves, until the memory grows. Throws memory/out-of-range. */
  view(address: number, length: number): Uint8Array {
    if (!this.isAccessible(address, length, false)) {
      throw fail('memory/out-of-range', { address, length, access: 'read' });
    }
    const offset = this.offset(address);
    return length === 0 ? new Uint8Array(0) : this.bytes.subarray(offset, offset + length);
  }

  write(address: number, bytes: Uint8Array): void {
    if (!this.isAccessible(address, bytes.length, true)) {
      throw fail('memory/out-of-range', { address, length: bytes.length, access: 'write' });
    }
    if (bytes.length > 0) this.bytes.set(bytes, this.offset(address));
  }

  /** Changes how much of the host-filled region the guest can read; hidden bytes are dropped. */
  setHostRegionSize(size: number): void {
    const filled = this.map.regions.find(isHostFilled);
    const maximum = filled?.size ?? 0;
    if (!(size >= 0 && size <= maximum)) throw fail('memory/aux-size', { size, maximum });
    if (filled === undefined) return;
    this.forbid(filled.start + roundUp(size, this.map.pageSize), maximum - roundUp(size, this.map.pageSize));
    this.#hostRegionSize = roundUp(size, this.map.pageSize);
    this.allow(filled.start, this.#hostRegionSize, READ);
  }

  reset(): void {
    const size = this.initialSize();
    // A buffer that grew much is replaced; a WebAssembly memory cannot shrink.
    if (this.linear === undefined && this.size > size + KEPT_GROWTH) this.allocate(size);
    else this.clear();
    this.#heapEnd = this.map.heap.base;
    this.hostWriteProtected = false;
    this.#initialise();
    this.regionsIntact = true;
  }

  /** Accessible bytes of the region that the host fills. */
  get hostRegionSize(): number {
    return this.#hostRegionSize;
  }

  /** Sets what is left to set when all rights and contents are those of a saved memory. */
  protected takeOver(heapEnd: number, hostRegionSize: number): void {
    this.#heapEnd = heapEnd;
    this.#heapPages = Math.max(this.#heapPages, roundUp(heapEnd, this.map.pageSize));
    this.#hostRegionSize = hostRegionSize;
  }
}
