import { EXECUTE, READ, RIGHTS_PAGE, WRITE } from './guest-memory.ts';
import type { Region } from './region.ts';

/** Accessible pages with the same rights that lie together, as buffer offsets. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly rights: number;
}

/** All runs between two buffer offsets, ascending. `rights` has a byte for each page of the buffer. */
export function* runsOf(rights: Uint8Array, start: number, end: number): Generator<Run> {
  const last = end / RIGHTS_PAGE;
  for (let page = start / RIGHTS_PAGE; page < last; ) {
    const right = rights[page] as number;
    const first = page++;
    while (page < last && rights[page] === right) page++;
    if (right !== 0) yield { start: first * RIGHTS_PAGE, end: page * RIGHTS_PAGE, rights: right };
  }
}

/** Rights of a region's pages at the start of the program. */
export const rightsOf = (r: Region): number => READ | (r.writable ? WRITE : 0) | (r.executable ? EXECUTE : 0);
