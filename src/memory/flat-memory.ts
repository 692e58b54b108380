import type { BufferPool } from './buffer-pool.ts';
import { fail } from './errors.ts';
import {
  EXECUTE,
  type Fault,
  type GuestMemory,
  READ,
  REGISTER_WORDS,
  RIGHTS_PAGE,
  STATE_SIZE,
  WRITE,
} from './guest-memory.ts';
import { LARGEST_HOME, type LinearHome } from './linear-home.ts';
import {
  HEAP_LENGTH_CELL,
  HEAP_ROOM_CELL,
  HEAP_SPAN,
  heapRange,
  LARGEST_GUEST_START,
  linearLayout,
  RIGHTS_TABLE,
  RIGHTS_TABLE_SIZE,
  reservationIn,
  setReservation,
} from './linear-layout.ts';
import { LINEAR_ROOM, type LinearPool } from './linear-pool.ts';
import { isHostFilled, type MemoryMap, roundUp } from './map.ts';
import { type Run, rightsOf, runsOf } from './page-rights.ts';
import {
  checkSaved,
  isUnchanged,
  isZero,
  type SavedMemory,
  type SavedPage,
  type SavedRange,
} from './saved-memory.ts';

/** Heap growth is rounded up to this, so that a guest which grows by small steps does not copy each time. */
const GROWTH_UNIT = 1 << 16;
/** Growth that a reset keeps: a new buffer costs more than clearing this much. */
const KEPT_GROWTH = 1 << 20;
/** Bytes from the map's origin on that memory can grow to, in any home. */
const LARGEST_GUEST = LARGEST_HOME - LARGEST_GUEST_START;

/**
 * Guest memory in one buffer: the address space rotated so that the map's `origin` follows the state page, or in a
 * linear home what else is there (linear-layout.ts).
 *
 * The unused addresses between regions take part in the buffer but not in the limit: the allocator maps zero
 * pages lazily, so they cost address space only (ARCHITECTURE.md, "Memory").
 */
export class FlatMemory implements GuestMemory {
  readonly map: MemoryMap;
  readonly #limit: number;
  readonly #pool: BufferPool | undefined;
  /** Buffer offset of the map's origin. */
  #base: number = STATE_SIZE;
  delta: number;
  linear: LinearHome | undefined = undefined;
  #linearPool: LinearPool | undefined = undefined;
  buffer!: ArrayBuffer;
  registers!: Int32Array;
  bytes!: Uint8Array;
  halves!: Uint16Array;
  words!: Int32Array;
  rights!: Uint8Array;
  size = 0;
  low = 0;
  high = 0;
  readonly fault: Fault = { address: 0, resumable: false, writeProtected: false, code: false };
  #view!: DataView;
  #heapEnd: number;
  #accessible = 0;
  /** Most bytes that were accessible at once. */
  #peak = 0;
  /** Where the range begins whose length stands in HEAP_LENGTH_CELL, and that length. */
  readonly #heapStart: number;
  #heapLength = 0;
  /** End of the pages that the heap has made accessible. */
  #heapPages = 0;
  /** Accessible bytes of the region that the host fills (aux data, JAM arguments). */
  #hostRegionSize = 0;
  /** Set while the host itself may not write the region that it fills. */
  hostWriteProtected = false;

  /** Throws memory/limit when the map needs more than `limit` bytes. */
  constructor(map: MemoryMap, limit: number, pool?: BufferPool) {
    this.map = map;
    this.#limit = limit;
    this.#pool = pool;
    this.delta = (this.#base - map.origin) | 0;
    this.#heapStart = heapRange(map).start;
    const need = map.regions.reduce((sum, r) => sum + r.size, 0);
    if (need > limit) throw fail('memory/limit', { need, limit });
    this.#heapEnd = map.heap.base;
    this.#allocate(this.#initialSize());
    this.#initialise();
  }

  get reservation(): number {
    return reservationIn(this.words);
  }

  set reservation(address: number) {
    setReservation(this.words, address);
  }

  get accessible(): number {
    return this.#accessible;
  }

  get heapEnd(): number {
    return this.#heapEnd;
  }

  /** Buffer offset of a guest address. */
  #offset(address: number): number {
    return (address + this.delta) >>> 0;
  }

  /** Buffer offset behind a guest range, which may be more than 32 bits address. */
  #end(address: number, size: number): number {
    return this.#base + ((address - this.map.origin) >>> 0) + size;
  }

  /** Bytes that the buffer has at the program's start. */
  #initialSize(): number {
    const end = this.map.regions.reduce((most, r) => Math.max(most, this.#end(r.start, r.size)), this.#base);
    return roundUp(end, RIGHTS_PAGE);
  }

  #allocate(size: number): void {
    let buffer: ArrayBuffer;
    try {
      buffer = this.#pool?.take(size) ?? new ArrayBuffer(size);
    } catch (cause) {
      // The engine's own limit, below the caller's: the same condition, the same error.
      throw fail('memory/limit', { need: size, limit: this.#limit }, { cause });
    }
    this.#use(buffer, new Uint8Array(size / RIGHTS_PAGE));
  }

  /** Makes all views. */
  #use(buffer: ArrayBuffer, rights: Uint8Array): void {
    this.buffer = buffer;
    this.registers = new Int32Array(buffer, 0, REGISTER_WORDS);
    this.bytes = new Uint8Array(buffer);
    this.halves = new Uint16Array(buffer);
    this.words = new Int32Array(buffer);
    this.rights = rights;
    this.#view = new DataView(buffer);
    this.size = buffer.byteLength;
  }

  #useLinear({ memory: { buffer } }: LinearHome): void {
    this.#use(buffer, new Uint8Array(buffer, RIGHTS_TABLE, RIGHTS_TABLE_SIZE));
  }

  promote(pool: LinearPool, tierBytes: number): boolean {
    if (this.linear !== undefined) return true;
    const layout = linearLayout(false, tierBytes);
    if (layout.guestStart > LARGEST_GUEST_START) return false;
    const oldBytes = this.bytes;
    const runs = [...this.#runs()];
    const shift = layout.guestStart - this.#base;
    const need = Math.max(this.#initialSize(), runs.at(-1)?.end ?? 0);
    const left = this.#limit - this.#accessible;
    const home = pool.take({
      layout,
      bytes: need + shift,
      room: Math.min(LINEAR_ROOM, left),
      reach: Math.max(need, this.#end(this.map.heap.base, this.#limit)) + shift,
    });
    if (home === undefined) return false;
    this.linear = home;
    this.#linearPool = pool;
    this.#base = layout.guestStart;
    this.delta = (this.#base - this.map.origin) | 0;
    this.#useLinear(home);
    this.bytes.set(oldBytes.subarray(0, STATE_SIZE));
    // As in #replace, only what is accessible.
    for (const { start, end, rights } of runs) {
      this.bytes.set(oldBytes.subarray(start, end), start + shift);
      this.rights.fill(rights, (start + shift) / RIGHTS_PAGE, (end + shift) / RIGHTS_PAGE);
    }
    return true;
  }

  #initialise(): void {
    this.reservation = -1;
    this.#accessible = 0;
    this.#setHeapLength(0);
    for (const r of this.map.regions) {
      const start = this.#offset(r.start);
      this.bytes.set(r.data, start + r.dataOffset);
      this.#allow(r.start, r.size, rightsOf(r));
      if (isHostFilled(r)) this.#hostRegionSize = r.size;
    }
    const { base } = this.map.heap;
    const rw = this.map.regions.find((r) => r.name === 'read-write');
    this.#heapPages = rw === undefined ? roundUp(base, this.map.pageSize) : rw.start + rw.size;
  }

  /** Adds rights to whole pages that are in the buffer; pages counted once. */
  #allow(address: number, size: number, rights: number): void {
    const first = this.#offset(address) / RIGHTS_PAGE;
    for (let page = first; page < first + size / RIGHTS_PAGE; page++) {
      if (this.rights[page] === 0) this.#accessible += RIGHTS_PAGE;
      this.rights[page] = (this.rights[page] as number) | rights;
    }
    this.#peak = Math.max(this.#peak, this.#accessible);
    const heapEnd = this.#heapStart + this.#heapLength;
    if (address <= heapEnd && address + size > heapEnd) this.#extendHeapLength();
  }

  #setHeapLength(length: number): void {
    this.#heapLength = length;
    this.words[HEAP_LENGTH_CELL / 4] = length;
    this.words[HEAP_ROOM_CELL / 4] = Math.max(0, length - HEAP_SPAN + 1);
  }

  #extendHeapLength(): void {
    const start = this.#offset(this.#heapStart);
    const end = this.size / RIGHTS_PAGE;
    let page = (start + this.#heapLength) / RIGHTS_PAGE;
    while (page < end && ((this.rights[page] as number) & (READ | WRITE)) === (READ | WRITE)) page++;
    this.#setHeapLength(Math.max(this.#heapLength, page * RIGHTS_PAGE - start));
  }

  /** Sees to it that the buffer has at least `end` bytes; false when the engine refuses. */
  #ensure(end: number): boolean {
    if (end <= this.size) return true;
    if (end - this.#base > LARGEST_GUEST) return false;
    const ample = Math.min(this.size * 2, this.size + this.#limit, LARGEST_HOME);
    const wanted = roundUp(Math.max(end, ample), GROWTH_UNIT);
    if (this.linear === undefined) return this.#replace(wanted);
    if (!this.linear.grow(wanted) && !this.linear.grow(end)) return false;
    this.#useLinear(this.linear);
    return true;
  }

  /** Replaces the buffer by a larger one. */
  #replace(size: number): boolean {
    const old = this.bytes;
    const oldRights = this.rights;
    const runs = [...this.#runs()];
    try {
      this.#allocate(size);
    } catch {
      return false;
    }
    // Only what is accessible is not zero; copying more would back the holes with memory.
    this.bytes.set(old.subarray(0, STATE_SIZE));
    for (const { start, end } of runs) this.bytes.set(old.subarray(start, end), start);
    this.rights.set(oldRights);
    return true;
  }

  growHeap(bytes: number): number | undefined {
    const end = this.#heapEnd + bytes;
    if (end > this.map.heap.limit) return undefined;
    const pages = roundUp(end, this.map.pageSize);
    if (pages > this.#heapPages) {
      if (this.#accessible + (pages - this.#heapPages) > this.#limit) return undefined;
      if (!this.#ensure(this.#end(this.#heapPages, pages - this.#heapPages))) return undefined;
      this.#allow(this.#heapPages, pages - this.#heapPages, READ | WRITE);
      this.#heapPages = pages;
    }
    this.#heapEnd = end;
    return end;
  }

  /** Makes whole pages readable and writable, zero-filled; false when a limit forbids it. For `mmap`. */
  mapPages(address: number, size: number): boolean {
    this.#checkPages(address, size);
    if (this.#accessible + size > this.#limit) return false;
    if (!this.#ensure(this.#end(address, size))) return false;
    this.#allow(address, size, READ | WRITE);
    return true;
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
    this.#forbid(address, size);
  }

  #forbid(address: number, size: number): void {
    const start = this.#offset(address);
    const end = Math.min(start + size, this.size);
    if (start >= end) return;
    for (let page = start / RIGHTS_PAGE; page < end / RIGHTS_PAGE; page++) {
      if (this.rights[page] !== 0) this.#accessible -= RIGHTS_PAGE;
      this.rights[page] = 0;
    }
    this.bytes.fill(0, start, end);
    const before = address - this.#heapStart;
    if (before < this.#heapLength && before + size > 0) this.#setHeapLength(Math.max(0, before));
  }

  /** True when every byte of a range has the rights. `offset` is a buffer offset. */
  #allows(offset: number, size: number, rights: number): boolean {
    const end = offset + size;
    if (end > this.size) return false;
    for (let page = offset >>> 12; page <= (end - 1) >>> 12; page++) {
      if (((this.rights[page] as number) & rights) !== rights) return false;
    }
    return true;
  }

  #refuse(address: number, offset: number, write: boolean): false {
    const right = offset < this.size ? (this.rights[offset >>> 12] as number) : 0;
    this.fault.address = address >>> 0;
    this.fault.writeProtected = write && (right & READ) !== 0;
    this.fault.code = write && (right & EXECUTE) !== 0 && (right & WRITE) === 0;
    return false;
  }

  load(address: number, size: number): boolean {
    const offset = this.#offset(address);
    if (!this.#allows(offset, size, READ)) return this.#refuse(address, offset, false);
    const view = this.#view;
    this.high = 0;
    if (size === 4) this.low = view.getInt32(offset, true);
    else if (size === 8) {
      this.low = view.getInt32(offset, true);
      this.high = view.getInt32(offset + 4, true);
    } else this.low = size === 2 ? view.getUint16(offset, true) : view.getUint8(offset);
    return true;
  }

  store(address: number, size: number, low: number, high: number): boolean {
    const offset = this.#offset(address);
    if (!this.#allows(offset, size, WRITE)) return this.#refuse(address, offset, true);
    const view = this.#view;
    if (size === 4) view.setInt32(offset, low, true);
    else if (size === 8) {
      view.setInt32(offset, low, true);
      view.setInt32(offset + 4, high, true);
    } else if (size === 2) view.setInt16(offset, low, true);
    else view.setInt8(offset, low);
    return true;
  }

  loadForUpdate(address: number, size: number): boolean {
    const offset = this.#offset(address);
    if (!this.#allows(offset, size, READ | WRITE)) return this.#refuse(address, offset, true);
    return this.load(address, size);
  }

  fill(address: number, value: number, count: number): number {
    let done = 0;
    while (done < count) {
      const at = (address + done) >>> 0;
      const offset = this.#offset(at);
      if (!this.#allows(offset, 1, WRITE)) {
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
    const offset = this.#offset(address);
    if (!this.#allows(offset, length, READ)) return false;
    if (!writable || this.#allows(offset, length, WRITE)) return true;
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
    const offset = this.#offset(address);
    return length === 0 ? new Uint8Array(0) : this.bytes.slice(offset, offset + length);
  }

  /** The bytes themselves, until the memory grows. Throws memory/out-of-range. */
  view(address: number, length: number): Uint8Array {
    if (!this.isAccessible(address, length, false)) {
      throw fail('memory/out-of-range', { address, length, access: 'read' });
    }
    const offset = this.#offset(address);
    return length === 0 ? new Uint8Array(0) : this.bytes.subarray(offset, offset + length);
  }

  write(address: number, bytes: Uint8Array): void {
    if (!this.isAccessible(address, bytes.length, true)) {
      throw fail('memory/out-of-range', { address, length: bytes.length, access: 'write' });
    }
    if (bytes.length > 0) this.bytes.set(bytes, this.#offset(address));
  }

  /** Changes how much of the host-filled region the guest can read; hidden bytes are dropped. */
  setHostRegionSize(size: number): void {
    const filled = this.map.regions.find(isHostFilled);
    const maximum = filled?.size ?? 0;
    if (!(size >= 0 && size <= maximum)) throw fail('memory/aux-size', { size, maximum });
    if (filled === undefined) return;
    this.#forbid(filled.start + roundUp(size, this.map.pageSize), maximum - roundUp(size, this.map.pageSize));
    this.#hostRegionSize = roundUp(size, this.map.pageSize);
    this.#allow(filled.start, this.#hostRegionSize, READ);
  }

  #runs(): Generator<Run> {
    return runsOf(this.rights, this.#base, this.size);
  }

  /** Zeroes everything but the rights of what is not in the buffer, and so leaves untouched holes unbacked. */
  #clear(): void {
    for (const { start, end } of this.#runs()) this.bytes.fill(0, start, end);
    this.bytes.fill(0, 0, STATE_SIZE);
    this.rights.fill(0, 0, this.size / RIGHTS_PAGE);
  }

  reset(): void {
    const size = this.#initialSize();
    // A buffer that grew much is replaced; a WebAssembly memory cannot shrink.
    if (this.linear === undefined && this.size > size + KEPT_GROWTH) this.#allocate(size);
    else this.#clear();
    this.#heapEnd = this.map.heap.base;
    this.hostWriteProtected = false;
    this.#initialise();
  }

  another(): FlatMemory {
    return new FlatMemory(this.map, this.#limit, this.#pool);
  }

  release(): void {
    if (this.linear !== undefined) {
      this.#clear();
      this.linear.touched = Math.max(this.linear.touched, this.#peak);
      this.#linearPool?.give(this.linear);
      this.linear = undefined;
    } else if (this.#pool !== undefined && this.size === this.#initialSize()) {
      this.#clear();
      this.#pool.give(this.buffer);
    }
  }

  save(): SavedMemory {
    const ranges: SavedRange[] = [];
    const pages: SavedPage[] = [];
    for (const { start, end, rights } of this.#runs()) {
      const address = (start - this.delta) >>> 0;
      ranges.push({ address, size: end - start, rights });
      for (let at = start; at < end; at += RIGHTS_PAGE) this.#saveChanged(address + at - start, at, pages);
    }
    return {
      heapEnd: this.#heapEnd,
      hostRegionSize: this.#hostRegionSize,
      hostWriteProtected: this.hostWriteProtected,
      reservation: this.reservation,
      ranges,
      pages,
    };
  }

  #saveChanged(address: number, offset: number, pages: SavedPage[]): void {
    const bytes = this.bytes.subarray(offset, offset + RIGHTS_PAGE);
    if (isUnchanged(this.map, address, bytes, SCRATCH)) return;
    pages.push({ address, bytes: isZero(bytes) ? undefined : bytes });
  }

  restore(saved: SavedMemory): void {
    this.reset();
    try {
      this.#restoreAccess(saved);
      for (const { address, bytes } of saved.pages) {
        const offset = this.#offset(address);
        if (address % RIGHTS_PAGE !== 0 || !this.#allows(offset, RIGHTS_PAGE, READ)) {
          throw fail('memory/state', { problem: `contents for ${address}, where nothing is accessible` });
        }
        if (bytes === undefined) this.bytes.fill(0, offset, offset + RIGHTS_PAGE);
        else this.bytes.set(bytes, offset);
      }
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  #restoreAccess(saved: SavedMemory): void {
    const { map } = this;
    const { ranges, heapEnd } = saved;
    checkSaved(map, saved, this.#limit, (address) => this.rights[this.#offset(address) / RIGHTS_PAGE] ?? 0);
    const size = ranges.reduce((most, r) => Math.max(most, this.#end(r.address, r.size)), 0);
    if (!this.#ensure(size)) throw fail('memory/limit', { need: size, limit: this.#limit });
    const before = [...this.#runs()];
    this.rights.fill(0, 0, this.size / RIGHTS_PAGE);
    this.#accessible = 0;
    this.#setHeapLength(0);
    for (const r of ranges) this.#allow(r.address, r.size, r.rights);
    // Pages that are not accessible hold zeros.
    for (const { start, end } of before) {
      for (let at = start; at < end; at += RIGHTS_PAGE) {
        if (this.rights[at / RIGHTS_PAGE] === 0) this.bytes.fill(0, at, at + RIGHTS_PAGE);
      }
    }
    this.#heapEnd = heapEnd;
    this.#heapPages = Math.max(this.#heapPages, roundUp(heapEnd, map.pageSize));
    this.#hostRegionSize = saved.hostRegionSize;
    this.hostWriteProtected = saved.hostWriteProtected;
    this.reservation = saved.reservation;
  }
}

const SCRATCH = new Uint8Array(RIGHTS_PAGE);
