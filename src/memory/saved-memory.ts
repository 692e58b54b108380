import { fail } from './errors.ts';
import { READ, RIGHTS_PAGE, WRITE } from './guest-memory.ts';
import type { MemoryMap } from './map.ts';

/** Pages with the same rights that lie together. */
export interface SavedRange {
  readonly address: number;
  /** Bytes, whole pages. */
  readonly size: number;
  readonly rights: number;
}

export interface SavedPage {
  readonly address: number;
  /** Undefined for a page of zeros. In a memory that is being saved, a view valid until it is used next. */
  readonly bytes: Uint8Array | undefined;
}

/** All of a memory that is not in the program: what snapshots keep. */
export interface SavedMemory {
  readonly heapEnd: number;
  /** Accessible bytes of the region that the host fills. */
  readonly hostRegionSize: number;
  readonly hostWriteProtected: boolean;
  /** Address of a load-reserved, or -1. */
  readonly reservation: number;
  /** Everything accessible, not overlapping. */
  readonly ranges: readonly SavedRange[];
  /** Pages whose contents are not those of the program's start. */
  readonly pages: readonly SavedPage[];
}

/** Sum of the ranges' sizes, each of which is checked first; nothing is allocated for them before this. */
export const checkRanges = (ranges: readonly SavedRange[], pageSize: number, limit: number): void => {
  let need = 0;
  let previousEnd = 0;
  for (const { address, size } of [...ranges].sort((a, b) => a.address - b.address)) {
    const whole = address % pageSize === 0 && size % pageSize === 0 && size > 0 && address + size <= 2 ** 32;
    if (!whole) throw fail('memory/state', { problem: `a range at ${address} is not of whole pages` });
    if (address < previousEnd) throw fail('memory/state', { problem: `two ranges overlap at ${address}` });
    previousEnd = address + size;
    need += size;
  }
  if (need > limit) throw fail('memory/limit', { need, limit });
};

/** Writes the initial contents of the 4 KiB page at `address` to `out`; false when they are all zero. */
export const initialPage = (map: MemoryMap, address: number, out: Uint8Array): boolean => {
  let any = false;
  for (const { start, data, dataOffset } of map.regions) {
    const from = address - (start + dataOffset);
    if (from >= data.length || from + RIGHTS_PAGE <= 0) continue;
    if (!any) out.fill(0);
    any = true;
    out.set(data.subarray(Math.max(from, 0), from + RIGHTS_PAGE), Math.max(-from, 0));
  }
  return any;
};

export const isZero = (bytes: Uint8Array): boolean => {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
};

/** Rights that a page may have in a saved memory: those it starts with, none, or a heap page's. */
export const areLegalRights = (map: MemoryMap, address: number, initial: number, rights: number): boolean => {
  if (rights === initial) return true;
  const { base, limit } = map.heap;
  return rights === (READ | WRITE) && address + RIGHTS_PAGE > base && address < limit;
};
