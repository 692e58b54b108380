import { equalBytes } from '../core/bytes.ts';
import type { RiscboxError } from '../core/error.ts';
import { fail } from './errors.ts';
import { READ, RIGHTS_PAGE, WRITE } from './guest-memory.ts';
import { isHostFilled, type MemoryMap } from './region.ts';
import { fail as failState } from './saved-errors.ts';

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

const impossible = (problem: string): RiscboxError => failState('memory/state', { problem });

/** Checks that ranges are of whole pages, do not overlap and stay within the limit. Throws memory/state, memory/limit. */
export const checkRanges = (ranges: readonly SavedRange[], pageSize: number, limit: number): void => {
  let need = 0;
  let previousEnd = 0;
  for (const { address, size } of [...ranges].sort((a, b) => a.address - b.address)) {
    const whole = address % pageSize === 0 && size % pageSize === 0 && size > 0 && address + size <= 2 ** 32;
    if (!whole) throw impossible(`the range at ${address} is not of whole pages`);
    if (address < previousEnd) throw impossible(`two ranges overlap at ${address}`);
    previousEnd = address + size;
    need += size;
  }
  if (need > limit) throw fail('memory/limit', { need, limit });
};

/**
 * Checks what a memory that maps its pages itself may be restored to: each page with the rights that it starts
 * with, none, or those of a heap page. Nothing has been allocated for it before this. Throws memory/state,
 * memory/limit.
 */
export const checkSaved = (
  map: MemoryMap,
  saved: SavedMemory,
  limit: number,
  initialRights: (address: number) => number,
): void => {
  const { ranges, heapEnd, hostRegionSize } = saved;
  const { base, limit: heapLimit } = map.heap;
  checkRanges(ranges, RIGHTS_PAGE, limit);
  if (!(heapEnd >= base && heapEnd <= heapLimit)) throw impossible(`the heap ends at ${heapEnd}`);
  if (hostRegionSize % map.pageSize !== 0 || hostRegionSize > (map.regions.find(isHostFilled)?.size ?? 0)) {
    throw impossible(`the host's region has ${hostRegionSize} bytes`);
  }
  for (const { address, size, rights } of ranges) {
    for (let at = address; at < address + size; at += RIGHTS_PAGE) {
      const inHeap = at + RIGHTS_PAGE > base && at < heapLimit;
      if (rights !== initialRights(at) && !(inHeap && rights === (READ | WRITE))) {
        throw impossible(`the page at ${at} cannot have rights ${rights}`);
      }
    }
  }
};

/** Whether the page at `address` holds what it holds when the program starts. `scratch` has its size, 4 KiB. */
export const isUnchanged = (
  map: MemoryMap,
  address: number,
  bytes: Uint8Array,
  scratch: Uint8Array,
): boolean => {
  let data = false;
  for (const region of map.regions) {
    const from = address - (region.start + region.dataOffset);
    if (from >= region.data.length || from + RIGHTS_PAGE <= 0) continue;
    if (!data) scratch.fill(0);
    data = true;
    scratch.set(region.data.subarray(Math.max(from, 0), from + RIGHTS_PAGE), Math.max(-from, 0));
  }
  return data ? equalBytes(bytes, scratch) : isZero(bytes);
};

export const isZero = (bytes: Uint8Array): boolean => {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
};
