import { fail } from './errors.ts';
import { type Fault, type GuestMemory, READ, REGISTER_WORDS, STATE_SIZE, WRITE } from './guest-memory.ts';
import type { LinearHome } from './linear-home.ts';
import { reservationIn, setReservation } from './linear-layout.ts';
import type { LinearPool } from './linear-pool.ts';
import { type MemoryMap, roundUp } from './map.ts';
import { PageTable } from './page-table.ts';
import { checkRanges, isZero, type SavedMemory, type SavedPage, type SavedRange } from './saved-memory.ts';

export type Protection = 'read' | 'read-write';

/** Faults on pages below this address cannot be resumed (PolkaVM 0.35, dynamic paging). */
const NULL_LIMIT = 0x4000;
/** The page that an access which runs over the end of the address space is taken to touch. */
const LAST_PAGE = 0xfffff000;
const FIRST_CAPACITY = 16;

/**
 * Guest memory of which the host maps every page: nothing is accessible at first, and a missing page stops the
 * program with a segfault that can be resumed.
 *
 * Pages live in slots of one buffer, found through a page table; an entry is `2 * slot + (writable ? 1 : 0)`,
 * slot 0 being the state page. The engines' fast path is off (`size` is 0).
 */
export class PagedMemory implements GuestMemory {
  readonly map: MemoryMap;
  readonly #limit: number;
  readonly #pageSize: number;
  readonly #table = new PageTable();
  /** Slots that were freed. */
  #free: number[] = [];
  #slots = 1;
  buffer!: ArrayBuffer;
  registers!: Int32Array;
  bytes!: Uint8Array;
  halves!: Uint16Array;
  words!: Int32Array;
  readonly rights: Uint8Array = new Uint8Array(0);
  readonly delta = 0;
  readonly size = 0;
  readonly linear: LinearHome | undefined = undefined;
  low = 0;
  high = 0;
  readonly fault: Fault = { address: 0, resumable: true, writeProtected: false, code: false };
  #view!: DataView;
  readonly #scratch = new DataView(new ArrayBuffer(8));

  constructor(map: MemoryMap, limit: number) {
    this.map = map;
    this.#limit = limit;
    this.#pageSize = map.pageSize;
    this.#allocate(FIRST_CAPACITY, undefined);
  }

  #allocate(slots: number, old: Uint8Array | undefined): void {
    const size = STATE_SIZE + slots * this.#pageSize;
    try {
      this.buffer = new ArrayBuffer(size);
    } catch (cause) {
      throw fail('memory/limit', { need: size, limit: this.#limit }, { cause });
    }
    this.bytes = new Uint8Array(this.buffer);
    if (old !== undefined) this.bytes.set(old);
    this.registers = new Int32Array(this.buffer, 0, REGISTER_WORDS);
    this.#view = new DataView(this.buffer);
    this.halves = new Uint16Array(this.buffer);
    this.words = new Int32Array(this.buffer);
    if (old === undefined) this.reservation = -1;
  }

  get reservation(): number {
    return reservationIn(this.words);
  }

  set reservation(address: number) {
    setReservation(this.words, address);
  }

  promote(_pool: LinearPool, _tierBytes: number): boolean {
    return false;
  }

  release(): void {}

  get accessible(): number {
    return (this.#slots - 1 - this.#free.length) * this.#pageSize;
  }

  get heapEnd(): number {
    return this.map.heap.base;
  }

  growHeap(): undefined {
    return undefined;
  }

  #entry(address: number): number {
    return this.#table.get(Math.floor(address / this.#pageSize));
  }

  #slotOffset(slot: number): number {
    return STATE_SIZE + (slot - 1) * this.#pageSize;
  }

  /** Buffer offset of a byte on a mapped page. */
  #offset(address: number, entry: number): number {
    return this.#slotOffset(entry >>> 1) + (address % this.#pageSize);
  }

  #miss(page: number, writeProtected: boolean): false {
    this.fault.address = page;
    this.fault.resumable = page >= NULL_LIMIT;
    this.fault.writeProtected = writeProtected;
    return false;
  }

  /** Checks an access: the lowest unmapped page first, then, for a write, the lowest read-only page. */
  #check(address: number, size: number, write: boolean): boolean {
    if (address + size >= 2 ** 32) {
      const page = LAST_PAGE - (LAST_PAGE % this.#pageSize);
      if (this.#entry(page) === 0) return this.#miss(page, false);
      this.fault.address = address;
      this.fault.resumable = false;
      return false;
    }
    const first = address - (address % this.#pageSize);
    for (let page = first; page < address + size; page += this.#pageSize) {
      if (this.#entry(page) === 0) return this.#miss(page, false);
    }
    if (write) {
      for (let page = first; page < address + size; page += this.#pageSize) {
        if ((this.#entry(page) & 1) === 0) return this.#miss(page, true);
      }
    }
    return true;
  }

  /** Buffer offset of an access that lies on one mapped page with the rights (1: writable), else -1. */
  #simple(address: number, size: number, rights: number): number {
    const within = address % this.#pageSize;
    if (within + size > this.#pageSize || address + size >= 2 ** 32) return -1;
    const entry = this.#entry(address);
    return entry !== 0 && (entry & rights) === rights ? this.#slotOffset(entry >>> 1) + within : -1;
  }

  load(address: number, size: number): boolean {
    const at = address >>> 0;
    const simple = this.#simple(at, size, 0);
    if (simple >= 0) {
      this.#loadAt(simple, size);
      return true;
    }
    if (!this.#check(at, size, false)) return false;
    const scratch = this.#scratch;
    scratch.setInt32(0, 0);
    scratch.setInt32(4, 0);
    for (let i = 0; i < size; i++) scratch.setUint8(i, this.#byte(at + i));
    this.low = scratch.getInt32(0, true);
    this.high = scratch.getInt32(4, true);
    return true;
  }

  #loadAt(offset: number, size: number): void {
    const view = this.#view;
    this.high = 0;
    if (size >= 4) this.low = view.getInt32(offset, true);
    else this.low = size === 2 ? view.getUint16(offset, true) : view.getUint8(offset);
    if (size === 8) this.high = view.getInt32(offset + 4, true);
  }

  #byte(address: number): number {
    return this.bytes[this.#offset(address, this.#entry(address))] as number;
  }

  loadForUpdate(address: number, size: number): boolean {
    return this.#check(address >>> 0, size, true) && this.load(address, size);
  }

  store(address: number, size: number, low: number, high: number): boolean {
    const at = address >>> 0;
    const simple = this.#simple(at, size, 1);
    if (simple >= 0) {
      const view = this.#view;
      if (size >= 4) view.setInt32(simple, low, true);
      else if (size === 2) view.setInt16(simple, low, true);
      else view.setInt8(simple, low);
      if (size === 8) view.setInt32(simple + 4, high, true);
      return true;
    }
    if (!this.#check(at, size, true)) return false;
    const scratch = this.#scratch;
    scratch.setInt32(0, low, true);
    scratch.setInt32(4, high, true);
    for (let i = 0; i < size; i++) {
      this.bytes[this.#offset(at + i, this.#entry(at + i))] = scratch.getUint8(i);
    }
    return true;
  }

  fill(address: number, value: number, count: number): number {
    let done = 0;
    while (done < count) {
      const at = (address + done) >>> 0;
      if (!this.#check(at, 1, true)) break;
      const length = Math.min(count - done, this.#pageSize - (at % this.#pageSize));
      const offset = this.#offset(at, this.#entry(at));
      this.bytes.fill(value, offset, offset + length);
      done += length;
    }
    return done;
  }

  isAccessible(address: number, length: number, writable: boolean): boolean {
    if (length === 0) return true;
    if (!(address >= 0 && length > 0 && address + length <= 2 ** 32)) return false;
    for (let page = address - (address % this.#pageSize); page < address + length; page += this.#pageSize) {
      const entry = this.#entry(page);
      if (entry === 0 || (writable && (entry & 1) === 0)) return false;
    }
    return true;
  }

  #copy(address: number, length: number, move: (offset: number, done: number, part: number) => void): void {
    for (let done = 0; done < length; ) {
      const at = address + done;
      const part = Math.min(length - done, this.#pageSize - (at % this.#pageSize));
      move(this.#offset(at, this.#entry(at)), done, part);
      done += part;
    }
  }

  read(address: number, length: number): Uint8Array {
    if (!this.isAccessible(address, length, false)) {
      throw fail('memory/out-of-range', { address, length, access: 'read' });
    }
    const result = new Uint8Array(length);
    this.#copy(address, length, (offset, done, part) => {
      result.set(this.bytes.subarray(offset, offset + part), done);
    });
    return result;
  }

  write(address: number, bytes: Uint8Array): void {
    if (!this.isAccessible(address, bytes.length, true)) {
      throw fail('memory/out-of-range', { address, length: bytes.length, access: 'write' });
    }
    this.#copy(address, bytes.length, (offset, done, part) => {
      this.bytes.set(bytes.subarray(done, done + part), offset);
    });
  }

  #pages(address: number, length: number): { first: number; end: number } {
    if (address % this.#pageSize !== 0) {
      throw fail('memory/unaligned-page', { address, pageSize: this.#pageSize });
    }
    const end = address + roundUp(length, this.#pageSize);
    if (!(address >= 0 && length >= 0 && end <= 2 ** 32)) {
      throw fail('memory/out-of-range', { address, length, access: 'write' });
    }
    return { first: address / this.#pageSize, end: end / this.#pageSize };
  }

  /** Maps whole pages, zero-filled. Throws memory/limit, memory/unaligned-page, memory/out-of-range. */
  zeroWithProtection(address: number, length: number, protection: Protection): void {
    const { first, end } = this.#pages(address, length);
    const need = this.accessible + (end - first) * this.#pageSize;
    if (need > this.#limit) throw fail('memory/limit', { need, limit: this.#limit });
    for (let page = first; page < end; page++) {
      let slot = this.#table.get(page) >>> 1;
      if (slot === 0) {
        slot = this.#free.pop() ?? this.#slots++;
        if (this.#slotOffset(slot) + this.#pageSize > this.bytes.length) this.#allocate(2 * slot, this.bytes);
      }
      const offset = this.#slotOffset(slot);
      this.bytes.fill(0, offset, offset + this.#pageSize);
      this.#table.set(page, 2 * slot + (protection === 'read-write' ? 1 : 0));
    }
  }

  /** Changes the protection of mapped pages. Throws memory/out-of-range when one is not mapped. */
  protect(address: number, length: number, protection: Protection): void {
    if (!this.isAccessible(address, length, false)) {
      throw fail('memory/out-of-range', { address, length, access: 'read' });
    }
    const start = address - (address % this.#pageSize);
    for (let at = start; at < address + length; at += this.#pageSize) {
      const page = at / this.#pageSize;
      this.#table.set(page, (this.#table.get(page) & ~1) | (protection === 'read-write' ? 1 : 0));
    }
  }

  /** Unmaps whole pages; absent ones are ignored. */
  freePages(address: number, length: number): void {
    const { first, end } = this.#pages(address, length);
    for (let page = first; page < end; page++) {
      const slot = this.#table.get(page) >>> 1;
      if (slot === 0) continue;
      this.#free.push(slot);
      this.#table.set(page, 0);
    }
  }

  save(): SavedMemory {
    const ranges: SavedRange[] = [];
    const pages: SavedPage[] = [];
    this.#table.forEach((page, entry) => {
      const offset = this.#slotOffset(entry >>> 1);
      const bytes = this.bytes.subarray(offset, offset + this.#pageSize);
      const address = page * this.#pageSize;
      ranges.push({ address, size: this.#pageSize, rights: (entry & 1) === 1 ? READ | WRITE : READ });
      if (!isZero(bytes)) pages.push({ address, bytes });
    });
    const { heapEnd, reservation } = this;
    return { heapEnd, hostRegionSize: 0, hostWriteProtected: false, reservation, ranges, pages };
  }

  restore({ ranges, pages, reservation }: SavedMemory): void {
    checkRanges(ranges, this.#pageSize, this.#limit);
    this.reset();
    try {
      for (const { address, size } of ranges) this.zeroWithProtection(address, size, 'read-write');
      for (const { address, bytes } of pages) if (bytes !== undefined) this.write(address, bytes);
      for (const { address, size, rights } of ranges) {
        if (rights !== READ && rights !== (READ | WRITE)) {
          throw fail('memory/state', { problem: `the page at ${address} cannot have rights ${rights}` });
        }
        if (rights === READ) this.protect(address, size, 'read');
      }
    } catch (error) {
      this.reset();
      throw error;
    }
    this.reservation = reservation;
  }

  another(): PagedMemory {
    return new PagedMemory(this.map, this.#limit);
  }

  reset(): void {
    this.#table.clear();
    this.#free = [];
    this.#slots = 1;
    this.#allocate(FIRST_CAPACITY, undefined);
  }
}
