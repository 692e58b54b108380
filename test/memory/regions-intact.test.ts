import { describe, expect, test } from 'vitest';
import { FlatMemory } from '../../src/memory/flat-memory.ts';
import { type MemoryMap, polkaVmMap } from '../../src/memory/map.ts';
import type { SavedMemory, SavedRange } from '../../src/memory/saved-memory.ts';

const PAGE = 4096;
/** 64 KiB pages: the read-write region goes on behind the heap's base, where pages can be taken away. */
const map: MemoryMap = polkaVmMap(
  { roDataSize: 100, rwDataSize: 100, stackSize: PAGE, roData: new Uint8Array(1), rwData: new Uint8Array(1) },
  { pageSize: 0x10000 },
);
const LIMIT = 1 << 24;
const regionOf = (name: string) => map.regions.find((r) => r.name === name) as MemoryMap['regions'][number];

/** What a forged snapshot may hold: the same without one page. */
const without = (saved: SavedMemory, page: number): SavedMemory => ({
  ...saved,
  ranges: saved.ranges.flatMap((range): SavedRange[] => {
    const { address, size } = range;
    if (page < address || page >= address + size) return [range];
    return [
      { ...range, size: page - address },
      { ...range, address: page + PAGE, size: address + size - page - PAGE },
    ].filter((r) => r.size > 0);
  }),
});

describe('regions that have lost rights', () => {
  test('a new memory has all of them, also after growth of the heap', () => {
    const memory = new FlatMemory(map, LIMIT);
    expect(memory.regionsIntact).toBe(true);
    memory.growHeap(100_000);
    expect(memory.regionsIntact).toBe(true);
  });

  test.each(['stack', 'read-only', 'read-write'])('a snapshot without a page of the %s region', (name) => {
    const memory = new FlatMemory(map, LIMIT);
    const saved = memory.save();
    memory.restore(without(saved, regionOf(name).start));
    expect(memory.regionsIntact).toBe(false);
    memory.restore(saved);
    expect(memory.regionsIntact).toBe(true);
    memory.restore(without(saved, regionOf(name).start));
    memory.reset();
    expect(memory.regionsIntact).toBe(true);
  });

  test('pages behind the base of the heap that are unmapped and mapped again', () => {
    const memory = new FlatMemory(map, LIMIT);
    const page = regionOf('read-write').start + PAGE;
    memory.unmapPages(page, PAGE);
    expect(memory.regionsIntact).toBe(false);
    expect(memory.mapPages(page, PAGE)).toBe(true);
    expect(memory.regionsIntact).toBe(true);
    const beyond = regionOf('read-write').start + 0x20000;
    memory.mapPages(beyond, PAGE);
    memory.unmapPages(beyond, PAGE);
    expect(memory.regionsIntact).toBe(true);
  });
});
