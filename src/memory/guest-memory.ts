import type { HomeSource, LinearHome } from './linear-home.ts';
import type { MemoryMap } from './region.ts';
import type { SavedMemory } from './saved-memory.ts';

/** Access rights of a page, as bits. */
export const READ = 1;
export const WRITE = 2;
export const EXECUTE = 4;

/** Bytes of the page that the access rights are kept for. Program pages are multiples of it. */
export const RIGHTS_PAGE = 4096;

/**
 * The first page of every instance's buffer belongs to the machine, not to the guest: register cells, so that
 * a later tier can take over where this one stops (pc in, pc out).
 */
export const STATE_SIZE = 4096;
/** Register cells are 8 bytes each, low word first; these are cell numbers behind the 32 registers. */
export const DISCARD_CELL = 32;
export const ZERO_CELL = 33;
/** Words of all register cells. */
export const REGISTER_WORDS: number = 2 * (ZERO_CELL + 1);

/** Why the last load or store did not happen. */
export interface Fault {
  /** Guest address of the access; for a segfault the start of the page to map. */
  address: number;
  /** Dynamic paging: the page may be mapped and the instruction run again. */
  resumable: boolean;
  writeProtected: boolean;
  /** A store to an executable segment. */
  code: boolean;
}

/**
 * Guest memory as the engines see it: one buffer, views of it, and methods for what the fast path leaves out.
 *
 * Fast path: an aligned access to guest address `a` goes to byte `(a + delta) mod 2^32` of the buffer when that
 * is below `size` and the page's rights allow it. Everything else calls `load` or `store`. Growth and promotion replace
 * the buffer and all views, promotion also `delta`, so nobody keeps them over a call that may do that.
 */
export interface GuestMemory {
  readonly map: MemoryMap;
  readonly buffer: ArrayBuffer;
  readonly registers: Int32Array;
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Int32Array;
  /** Rights of each 4 KiB page of the buffer. */
  readonly rights: Uint8Array;
  readonly delta: number;
  /** Bytes of the buffer that the fast path may use: 0 with dynamic paging. */
  readonly size: number;
  /**
   * False while a page of the map's regions has lost rights that the program gave it, as a forged snapshot or unmapping
   * can bring about. The host's region does not count. Translated code takes for granted that this is true.
   */
  readonly regionsIntact: boolean;
  /** The WebAssembly memory that this memory lives in since it was promoted. */
  readonly linear: LinearHome | undefined;

  /** Result of the last load, zero-extended from its size into two words. */
  low: number;
  high: number;
  /** Address of a load-reserved that no store-conditional has used, or -1. */
  reservation: number;
  readonly fault: Fault;

  /** Loads 1, 2, 4 or 8 bytes into `low` and `high`; false: see `fault`. */
  load(address: number, size: number): boolean;
  /** Stores the low bytes of `low` and `high`; all or nothing; false: see `fault`. */
  store(address: number, size: number, low: number, high: number): boolean;
  /** Loads for an atomic operation: the address must also be writable. */
  loadForUpdate(address: number, size: number): boolean;

  /** Stores a byte `count` times from `address` on; how many were stored before a fault (see `fault`) or the end. */
  fill(address: number, value: number, count: number): number;

  /** Number of accessible bytes, what a limit counts. */
  readonly accessible: number;
  /** Current end of the heap. */
  readonly heapEnd: number;
  /** Grows the heap; its new end, or undefined when the map or the limit forbids it. */
  growHeap(bytes: number): number | undefined;

  /**
   * Moves to a WebAssembly memory, with `tierBytes` (8 MiB at most) for tables of the tier; at once true when it lives in one already.
   * False when there is none to be had: nothing has changed then.
   */
  promote(pool: HomeSource, tierBytes: number): boolean;
  /** Gives the buffer back to where it came from; nobody may use this memory, or a view of it, any more. */
  release(): void;

  /** A copy of guest memory. Throws memory/out-of-range. */
  read(address: number, length: number): Uint8Array;
  /** Host write, all or nothing. Throws memory/out-of-range. */
  write(address: number, bytes: Uint8Array): void;
  /** Whether a host access of `length` bytes would succeed. */
  isAccessible(address: number, length: number, writable: boolean): boolean;
  /** Back to the program's initial contents. */
  reset(): void;
  /** A new memory of the same kind, map and limit, with the program's initial contents. Throws memory/limit. */
  another(): GuestMemory;
  /** What a snapshot keeps. Its pages are views: use them before the memory is used again. */
  save(): SavedMemory;
  /** Takes over what `save` gave, perhaps in another process or forged. Throws memory/state, memory/limit; reset then. */
  restore(saved: SavedMemory): void;
}
