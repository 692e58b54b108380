import type { Stop } from '../core/stop.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import { isPaged } from '../memory/memory-mode.ts';

const SERVED: ReadonlySet<string> = new Set(['stack', 'read-write', 'read-only', 'segment']);

/**
 * Fills in the page that a program with dynamic paging has touched, where it lies wholly in the stack or in the
 * program's data, with its initial contents (PolkaVM 0.35's high-level call). False: not such a page.
 */
export const servicePage = (memory: GuestMemory, stop: Stop & { readonly kind: 'segfault' }): boolean => {
  if (!isPaged(memory) || stop.writeProtected) return false;
  const { pageAddress, pageSize } = stop;
  const region = memory.map.regions.find(
    ({ name, start, size }) =>
      SERVED.has(name) && pageAddress >= start && pageAddress + pageSize <= start + size,
  );
  if (region === undefined) return false;
  memory.zeroWithProtection(pageAddress, pageSize, 'read-write');
  const from = pageAddress - region.start - region.dataOffset;
  const data = region.data.subarray(Math.max(from, 0), Math.max(from + pageSize, 0));
  memory.write(pageAddress + Math.max(-from, 0), data);
  if (!region.writable) memory.protect(pageAddress, pageSize, 'read');
  return true;
};
