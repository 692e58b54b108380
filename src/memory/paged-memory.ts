import { fail } from './errors.ts';
import { type Fault, type GuestMemory, READ, REGISTER_WORDS, STATE_SIZE, WRITE } from './guest-memory.ts';
import { type HomeSource, LINEAR_ROOM, type LinearHome } from './linear-home.ts';
import {
  LARGEST_GUEST_START,
  linearLayout,
  PAGE_READABLE,
  PAGE_TABLE,
  PAGE_TABLE_SIZE,
  PAGE_WRITABLE,
  reservationIn,
  setReservation,
} from './linear-layout.ts';
import { type MemoryMap, roundUp } from './map.ts';
import { PageTable } from './page-table.ts';
import { fail as failState } from './saved-errors.ts';
import { checkRanges, isZero, type SavedMemory, type SavedPage, type SavedRange } from './saved-memory.ts';

export type Protection = 'read' | 'read-write';

/** Faults on pages below this address cannot be resumed (PolkaVM 0.35, dynamic paging). */
const NULL_LIMIT = 0x4000;
/** The page that an access which runs over the end of the address space is taken to touch. */
const LAST_PAGE = 0xfffff000;
const FIRST_CAPACITY = 16;
/** The unit of the table in a linear home, in bytes, and its entry that is always 0. */
const PIECE = 4096;
const LAST_PIECE = LAST_PAGE / PIECE;

/**
 * Guest memory of which the host maps every page: nothing is accessible at first, and a missing page stops the
 * program with a segfault that can be resumed.
 *
 * Pages live in slots of one buffer, found through a page table; an entry is `2 * slot + (writable ? 1 : 0)`,
 * slot 0 being the state page. The engines' fast path is off (`size` is 0). In a linear home the same is told to
 * translated code by a second table, flat and in the WebAssembly memory (PAGE_TABLE).
 */
export class PagedMemory implements GuestMemory {
  readonly map: MemoryMap;
  readonly #limit: number;
  readonly #pageSize: number;
  readonly #table = new PageTable();
  /** Slots that were freed. */
  #free: number[] = [];
  #slots = 1;
  /** Most slots that there have been, with slot 0. */
  #peak = 1;
  /** Buffer offset of slot 1. */
  #base: number = STATE_SIZE;
  linear: LinearHome | undefined = undefined;
  #linearPool: HomeSource | undefined = undefined;
  /** The table at PAGE_TABLE of a linear home. */
  #linearTable: Int32Array | undefined = undefined;
  buffer!: ArrayBuffer;
  registers!: Int32Array;
  bytes!: Uint8Array;
  halves!: Uint16Array;
  words!: Int32Array;
  readonly rights: Uint8Array = new Uint8Array(0);
  readonly delta = 0;
  readonly size = 0;
  /** Translated code asks the page table each time. */
  readonly regionsIntact = true;
  low = 0;
  high = 0;
  readonly fault: Fault = { address: 0, resumable: true, writeProtected: false, code: false };
  #view!: DataView;
  readonly #scratch = new DataView(new ArrayBuffer(8));

  constructor(map: MemoryMap, limit: number) {
    this.map = map;
    this.#limit = limit;
    this.#pageSize = map.pageSize;
    this.#allocate();
  }

  /** A new buffer of the first size. */
  #allocate(): void {
    this.#use(this.#newBuffer(FIRST_CAPACITY));
    this.reservation = -1;
  }

  #newBuffer(slots: number): ArrayBuffer {
    const size = STATE_SIZE + slots * this.#pageSize;
    try {
      return new ArrayBuffer(size);
    } catch (cause) {
      throw fail('memory/limit', { need: size, limit: this.#limit }, { cause });
    }
  }

  /** Makes all views. */
  #use(buffer: ArrayBuffer): void {
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.registers = new Int32Array(buffer, 0, REGISTER_WORDS);
    this.#view = new DataView(buffer);
    this.halves = new Uint16Array(buffer);
    this.words = new Int32Array(buffer);
  }

  #useLinear({ memory: { buffer } }: LinearHome): void {
    this.#use(buffer);
    this.#linearTable = new Int32Array(buffer, PAGE_TABLE, PAGE_TABLE_SIZE / 4);
  }

  /** Sees to it that a slot is in the buffer. Throws memory/limit. */
  #ensure(slot: number): void {
    const end = this.#slotOffset(slot + 1);
    if (end <= this.bytes.length) return;
    const { linear } = this;
    if (linear === undefined) {
      const old = this.bytes;
      this.#use(this.#newBuffer(2 * slot));
      this.bytes.set(old);
    } else {
      if (!linear.grow(this.#slotOffset(2 * slot)) && !linear.grow(end)) {
        throw fail('memory/limit', { need: end, limit: this.#limit });
      }
      this.#useLinear(linear);
    }
  }

  promote(pool: HomeSource, tierBytes: number): boolean {
    if (this.linear !== undefined) return true;
    const layout = linearLayout(true, tierBytes);
    if (layout.guestStart > LARGEST_GUEST_START) return false;
    const old = this.bytes;
    const used = (this.#slots - 1) * this.#pageSize;
    const home = pool.take({
      layout,
      bytes: layout.guestStart + Math.max(used, FIRST_CAPACITY * this.#pageSize),
      room: Math.min(LINEAR_ROOM, this.#limit - this.accessible),
      reach: layout.guestStart + roundUp(this.#limit, this.#pageSize),
    });
    if (home === undefined) return false;
    this.linear = home;
    this.#linearPool = pool;
    this.#base = layout.guestStart;
    this.#useLinear(home);
    this.bytes.set(old.subarray(0, STATE_SIZE));
    this.bytes.set(old.subarray(STATE_SIZE, STATE_SIZE + used), this.#base);
    this.#table.forEach((page, entry) => {
      this.#tellLinear(page, entry);
    });
    return true;
  }

  /** Zeroes the home and gives it back; a plain buffer is left to the engine. */
  release(): void {
    const { linear } = this;
    if (linear === undefined) return;
    this.#clearTables();
    this.bytes.fill(0, 0, STATE_SIZE);
    this.bytes.fill(0, this.#base, this.#slotOffset(this.#peak));
    linear.touched = Math.max(linear.touched, (this.#peak - 1) * this.#pageSize);
    this.#linearPool?.give(linear);
    this.linear = undefined;
  }

  /** Sets what the page table says of a page: an entry, or 0. */
  #map(page: number, entry: number): void {
    this.#table.set(page, entry);
    this.#tellLinear(page, entry);
  }

  #tellLinear(page: number, entry: number): void {
    const table = this.#linearTable;
    if (table === undefined) return;
    const pieces = this.#pageSize / PIECE;
    const offset = this.#slotOffset(entry >>> 1);
    const rights = PAGE_READABLE | ((entry & 1) === 1 ? PAGE_WRITABLE : 0);
    for (let i = 0; i < pieces; i++) {
      const index = page * pieces + i;
      if (index < LAST_PIECE) table[index] = entry === 0 ? 0 : (offset + i * PIECE) | rights;
    }
  }

  #clearTables(): void {
    if (this.linear !== undefined) {
      this.#table.forEach((page) => {
        this.#tellLinear(page, 0);
      });
    }
    this.#table.clear();
  }

  get reservation(): number {
    return reservationIn(this.words);
  }

  set reservation(address: number) {
    setReservation(this.words, address);
  }

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
    return this.#base + (slot - 1) * this.#pageSize;
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
        this.#ensure(this.#free.at(-1) ?? this.#slots);
        slot = this.#free.pop() ?? this.#slots++;
        this.#peak = Math.max(this.#peak, this.#slots);
      }
      const offset = this.#slotOffset(slot);
      this.bytes.fill(0, offset, offset + this.#pageSize);
      this.#map(page, 2 * slot + (protection === 'read-write' ? 1 : 0));
    }
  }

  /** Changes the protection of mapped pages. Throws memory/out-of-range when one is not mapped. */
  protect(address: number, length: number, protection: Protection): void {
    if (!this.isAccessible(address, length, false)) {
      throw fail('memory/out-of-range', { address, length, access: 'read' });
    }
    // No bytes are accessible anywhere: the page may not even be mapped.
    if (length === 0) return;
    const start = address - (address % this.#pageSize);
    for (let at = start; at < address + length; at += this.#pageSize) {
      const page = at / this.#pageSize;
      this.#map(page, (this.#table.get(page) & ~1) | (protection === 'read-write' ? 1 : 0));
    }
  }

  /** Unmaps whole pages; absent ones are ignored. */
  freePages(address: number, length: number): void {
    const { first, end } = this.#pages(address, length);
    for (let page = first; page < end; page++) {
      const slot = this.#table.get(page) >>> 1;
      if (slot === 0) continue;
      this.#free.push(slot);
      this.#map(page, 0);
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
          throw failState('memory/state', { problem: `the page at ${address} cannot have rights ${rights}` });
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
    this.#clearTables();
    this.#free = [];
    this.#slots = 1;
    if (this.linear === undefined) this.#allocate();
    else {
      // Slots are zeroed when they are mapped.
      this.bytes.fill(0, 0, STATE_SIZE);
      this.reservation = -1;
    }
  }
}
