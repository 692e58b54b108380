import type { BufferPool } from './buffer-pool.ts';
import { fail } from './errors.ts';
import { READ, REGISTER_WORDS, RIGHTS_PAGE, STATE_SIZE, WRITE } from './guest-memory.ts';
import { type HomeSource, LARGEST_HOME, LINEAR_ROOM, type LinearHome } from './linear-home.ts';
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
import { type Run, runsOf } from './page-rights.ts';
import { type MemoryMap, roundUp } from './region.ts';

/** Growth is rounded up to this, so that a guest which grows by small steps does not copy each time. */
const GROWTH_UNIT = 1 << 16;
/** Bytes from the map's origin on that memory can grow to, in any home. */
const LARGEST_GUEST = LARGEST_HOME - LARGEST_GUEST_START;

/**
 * Where flat memory lives, and the rights of its pages: the address space rotated so that the map's `origin` follows
 * the state page, or in a linear home what else is there (linear-layout.ts).
 *
 * The unused addresses between regions take part in the buffer but not in the limit: the allocator maps zero
 * pages lazily, so they cost address space only (ARCHITECTURE.md, "Memory").
 */
export class FlatStorage {
  readonly map: MemoryMap;
  protected readonly limit: number;
  protected readonly pool: BufferPool | undefined;
  /** Buffer offset of the map's origin. */
  #base: number = STATE_SIZE;
  delta: number;
  linear: LinearHome | undefined = undefined;
  #linearPool: HomeSource | undefined = undefined;
  buffer!: ArrayBuffer;
  registers!: Int32Array;
  bytes!: Uint8Array;
  halves!: Uint16Array;
  words!: Int32Array;
  rights!: Uint8Array;
  size = 0;
  protected dataView!: DataView;
  #accessible = 0;
  /** Most bytes that were accessible at once. */
  #peak = 0;
  /** Where the range begins whose length stands in HEAP_LENGTH_CELL, and that length. */
  readonly #heapStart: number;
  #heapLength = 0;

  /** Throws memory/limit. */
  constructor(map: MemoryMap, limit: number, pool: BufferPool | undefined) {
    this.map = map;
    this.limit = limit;
    this.pool = pool;
    this.delta = (this.#base - map.origin) | 0;
    this.#heapStart = heapRange(map).start;
    const need = map.regions.reduce((sum, r) => sum + r.size, 0);
    if (need > limit) throw fail('memory/limit', { need, limit });
    this.allocate(this.initialSize());
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

  /** Buffer offset of a guest address. */
  protected offset(address: number): number {
    return (address + this.delta) >>> 0;
  }

  /** Buffer offset behind a guest range, which may be more than 32 bits address. */
  protected endOf(address: number, size: number): number {
    return this.#base + ((address - this.map.origin) >>> 0) + size;
  }

  /** Bytes that the buffer has at the program's start. */
  protected initialSize(): number {
    const end = this.map.regions.reduce((most, r) => Math.max(most, this.endOf(r.start, r.size)), this.#base);
    return roundUp(end, RIGHTS_PAGE);
  }

  protected allocate(size: number): void {
    let buffer: ArrayBuffer;
    try {
      buffer = this.pool?.take(size) ?? new ArrayBuffer(size);
    } catch (cause) {
      // The engine's own limit, below the caller's: the same condition, the same error.
      throw fail('memory/limit', { need: size, limit: this.limit }, { cause });
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
    this.dataView = new DataView(buffer);
    this.size = buffer.byteLength;
  }

  #useLinear({ memory: { buffer } }: LinearHome): void {
    this.#use(buffer, new Uint8Array(buffer, RIGHTS_TABLE, RIGHTS_TABLE_SIZE));
  }

  promote(pool: HomeSource, tierBytes: number): boolean {
    if (this.linear !== undefined) return true;
    const layout = linearLayout(false, tierBytes);
    if (layout.guestStart > LARGEST_GUEST_START) return false;
    const oldBytes = this.bytes;
    const runs = [...this.runs()];
    const shift = layout.guestStart - this.#base;
    const need = Math.max(this.initialSize(), runs.at(-1)?.end ?? 0);
    const left = this.limit - this.#accessible;
    const home = pool.take({
      layout,
      bytes: need + shift,
      room: Math.min(LINEAR_ROOM, left),
      reach: Math.max(need, this.endOf(this.map.heap.base, this.limit)) + shift,
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
    // For the module's next instance: a buffer costs the garbage collector what its holes would take.
    if (this.pool !== undefined && oldBytes.length === this.initialSize() - shift) {
      for (const { start, end } of runs) oldBytes.fill(0, start, end);
      oldBytes.fill(0, 0, STATE_SIZE);
      this.pool.give(oldBytes.buffer as ArrayBuffer);
    }
    return true;
  }

  /** Adds rights to whole pages that are in the buffer; pages counted once. */
  protected allow(address: number, size: number, rights: number): void {
    const first = this.offset(address) / RIGHTS_PAGE;
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
    const start = this.offset(this.#heapStart);
    const end = this.size / RIGHTS_PAGE;
    let page = (start + this.#heapLength) / RIGHTS_PAGE;
    while (page < end && ((this.rights[page] as number) & (READ | WRITE)) === (READ | WRITE)) page++;
    this.#setHeapLength(Math.max(this.#heapLength, page * RIGHTS_PAGE - start));
  }

  /** Sees to it that the buffer has at least `end` bytes; false when the engine refuses. */
  protected ensure(end: number): boolean {
    if (end <= this.size) return true;
    if (end - this.#base > LARGEST_GUEST) return false;
    const ample = Math.min(this.size * 2, this.size + this.limit, LARGEST_HOME);
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
    const runs = [...this.runs()];
    try {
      this.allocate(size);
    } catch {
      return false;
    }
    // Only what is accessible is not zero; copying more would back the holes with memory.
    this.bytes.set(old.subarray(0, STATE_SIZE));
    for (const { start, end } of runs) this.bytes.set(old.subarray(start, end), start);
    this.rights.set(oldRights);
    return true;
  }

  protected forbid(address: number, size: number): void {
    const start = this.offset(address);
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
  protected allows(offset: number, size: number, rights: number): boolean {
    const end = offset + size;
    if (end > this.size) return false;
    for (let page = offset >>> 12; page <= (end - 1) >>> 12; page++) {
      if (((this.rights[page] as number) & rights) !== rights) return false;
    }
    return true;
  }

  protected runs(): Generator<Run> {
    return runsOf(this.rights, this.#base, this.size);
  }

  /** Zeroes everything but the rights of what is not in the buffer, and so leaves untouched holes unbacked. */
  protected clear(): void {
    for (const { start, end } of this.runs()) this.bytes.fill(0, start, end);
    this.bytes.fill(0, 0, STATE_SIZE);
    this.rights.fill(0, 0, this.size / RIGHTS_PAGE);
  }

  release(): void {
    if (this.linear !== undefined) {
      this.clear();
      this.linear.touched = Math.max(this.linear.touched, this.#peak);
      this.#linearPool?.give(this.linear);
      this.linear = undefined;
    } else if (this.pool !== undefined && this.size === this.initialSize()) {
      this.clear();
      this.pool.give(this.buffer);
    }
  }

  /** Takes all rights away. The contents stay. */
  protected forgetRights(): void {
    this.rights.fill(0, 0, this.size / RIGHTS_PAGE);
    this.#accessible = 0;
    this.#setHeapLength(0);
  }
}
