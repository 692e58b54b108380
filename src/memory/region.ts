/** A range of guest addresses with one kind of access and initial contents. Sizes are whole pages. */
export interface Region {
  readonly name: 'read-only' | 'read-write' | 'stack' | 'aux' | 'arguments' | 'segment';
  readonly start: number;
  /** Accessible bytes at the start of the program. */
  readonly size: number;
  readonly writable: boolean;
  readonly executable: boolean;
  /** First bytes; the rest is zero. A view into the blob. */
  readonly data: Uint8Array;
  /** Where `data` goes, relative to `start` (RISC-V segments need not begin at a page). */
  readonly dataOffset: number;
}

/** Where a program's memory lies. Addresses are unsigned 32-bit numbers, `end`s are exclusive. */
export interface MemoryMap {
  readonly pageSize: number;
  /** Ascending in the rotated address space that begins at `origin`. */
  readonly regions: readonly Region[];
  /** The address that comes first in an instance's buffer; what lies below wraps round to the end. */
  readonly origin: number;
  readonly heap: {
    /** Lowest heap address, not page aligned in PolkaVM programs. */
    readonly base: number;
    /** The heap may not grow beyond this address. */
    readonly limit: number;
  };
  readonly stackPointer: number;
}

/** Largest page, guard size and alignment unit (PolkaVM 0.35 memory map; Gray Paper's zone Z_Z). */
export const GUARD = 0x10000;
/** End of the usable address space. */
export const TOP = 0xffff0000;
/** Code address that returns to the host. */
export const RETURN_TO_HOST = 0xffff0000;
/** Regions whose contents come from the host: the guest cannot write them, the host can. */
export const isHostFilled = ({ name }: Region): boolean => name === 'aux' || name === 'arguments';

/** `size` rounded up to a multiple of `unit`, a power of two. Exact up to 2^53. */
export const roundUp = (size: number, unit: number): number => Math.ceil(size / unit) * unit;

/** Smallest page of a map. */
const MAP_PAGE = 0x1000;

/** Where the heap of a RISC-V profile program ends, for a limit on all of its memory. */
export const riscvHeapLimit = (regions: readonly Region[], heapBase: number, maxMemory: number): number => {
  // What the limit leaves for heap and mappings; segments may lie far apart, so addresses say nothing about it.
  const left = Math.max(0, maxMemory - regions.reduce((sum, r) => sum + r.size, 0));
  return Math.min(TOP, heapBase + left - (left % MAP_PAGE));
};
