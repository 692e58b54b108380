import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { equalBytes } from '../../src/core/bytes.ts';
import { FlatMemory } from '../../src/memory/flat-memory.ts';
import { type GuestMemory, READ, WRITE } from '../../src/memory/guest-memory.ts';
import {
  HEAP_LENGTH_CELL,
  heapRange,
  PAGE_READABLE,
  PAGE_TABLE,
  PAGE_TABLE_SIZE,
  PAGE_WRITABLE,
  RESERVATION_CELL,
  RIGHTS_TABLE,
  RIGHTS_TABLE_SIZE,
} from '../../src/memory/linear-layout.ts';
import { LinearPool, linearMemories } from '../../src/memory/linear-pool.ts';
import { type MemoryMap, polkaVmMap, riscvMap, standardProgramMap } from '../../src/memory/map.ts';
import { PagedMemory } from '../../src/memory/paged-memory.ts';
import { isZero, type SavedMemory } from '../../src/memory/saved-memory.ts';
import { codeOf } from '../vm/error-code.ts';
import { flatSteps, observe, pagedSteps, type Step } from './differential.ts';

const LIMIT = 1 << 20;
const TIER_BYTES = 5000;
const declared = {
  roDataSize: 5000,
  rwDataSize: 9000,
  stackSize: 8192,
  roData: new Uint8Array(4500).fill(7),
  rwData: new Uint8Array(100).fill(8),
};
const segment = (address: number, writable: boolean) => ({
  address,
  memorySize: 5000,
  data: new Uint8Array(300).fill(9),
  writable,
  executable: !writable,
});
const maps: Readonly<Record<string, MemoryMap>> = {
  PolkaVM: polkaVmMap(declared, { auxDataSize: 10_000 }),
  'PolkaVM with 16 KiB pages': polkaVmMap(declared, { pageSize: 0x4000 }),
  JAM: standardProgramMap(declared, 2, 5000),
  'RISC-V': riscvMap([segment(0x10000, false), segment(0x20100, true)], 16384, LIMIT),
};

/** A saved memory in a form that lasts and compares fast. */
const copyOf = ({ pages, ...rest }: SavedMemory): unknown => ({
  ...rest,
  pages: pages.map(({ address, bytes }) => [address, bytes && Buffer.from(bytes).toString('latin1')]),
});

/** Runs steps on a plain memory and on one that is promoted before step `when`; both must look the same. */
const compare = <M extends GuestMemory>(
  make: () => M,
  steps: readonly Step<M>[],
  when: number,
  pool: LinearPool,
  check: (memory: M) => void,
): void => {
  const plain = make();
  const moved = make();
  for (const [i, step] of steps.entries()) {
    if (i === when % steps.length) expect(moved.promote(pool, TIER_BYTES)).toBe(true);
    expect(observe(step, moved)).toEqual(observe(step, plain));
    check(plain);
    check(moved);
  }
  const saved = copyOf(plain.save());
  expect(copyOf(moved.save())).toEqual(saved);
  // What one home saves the other takes over.
  const other = make();
  other.restore(moved.save());
  expect(copyOf(other.save())).toEqual(saved);
  moved.restore(other.save());
  check(moved);
  expect(copyOf(moved.save())).toEqual(saved);
  moved.release();
};

/** What translated code relies on. */
const checkFlat = (memory: FlatMemory): void => {
  const { map, rights, size, delta } = memory;
  const offset = (address: number): number => (address + delta) >>> 0;
  const { start } = heapRange(map);
  let end = offset(start);
  while (end < size && ((rights[end >>> 12] as number) & (READ | WRITE)) === (READ | WRITE)) end += 4096;
  const words = new Int32Array(memory.buffer);
  expect((words[HEAP_LENGTH_CELL / 4] as number) >>> 0).toBe(end - offset(start));
  const reserved = new BigInt64Array(memory.buffer, RESERVATION_CELL, 1)[0];
  expect(reserved).toBe(BigInt(memory.reservation));
  if (memory.linear === undefined) return;
  expect(memory.buffer).toBe(memory.linear.memory.buffer);
  expect(rights.byteOffset).toBe(RIGHTS_TABLE);
  expect(rights.length).toBe(RIGHTS_TABLE_SIZE);
  // No rights before the guest or beyond the memory.
  const first = memory.linear.layout.guestStart / 4096;
  expect(rights.subarray(0, first).every((r) => r === 0)).toBe(true);
  expect(isZero(rights.subarray(size / 4096))).toBe(true);
};

describe.each(Object.entries(maps))('flat memory, %s', (_name, map) => {
  const make = (): FlatMemory => new FlatMemory(map, LIMIT);

  test('is the same wherever it lives, and whenever it moves', () => {
    const pool = new LinearPool();
    fc.assert(
      fc.property(fc.array(flatSteps(make()), { minLength: 1, maxLength: 40 }), fc.nat(), (steps, when) =>
        compare(make, steps, when, pool, checkFlat),
      ),
      { numRuns: 150 },
    );
  });

  test('goes back zeroed, with what the tier has there', () => {
    const pool = new LinearPool();
    const memory = make();
    expect(memory.promote(pool, TIER_BYTES)).toBe(true);
    const home = memory.linear;
    if (home === undefined) throw new Error('not promoted');
    const { tierStart, guestStart } = home.layout;
    expect(guestStart - tierStart).toBe(8192);
    memory.bytes[tierStart] = 42;
    home.attachment = 'instances';
    memory.growHeap(100_000);
    memory.fill(heapRange(map).start, 1, 100_000);
    memory.registers.fill(1);
    memory.reservation = 5;
    memory.words[300] = 1;
    memory.release();

    const next = make();
    expect(next.promote(pool, TIER_BYTES)).toBe(true);
    expect(next.linear).toBe(home);
    expect(next.linear?.attachment).toBe('instances');
    expect(next.bytes[tierStart]).toBe(42);
    expect(next.save()).toEqual(make().save());
    next.release();
    const bytes = new Uint8Array(home.memory.buffer.slice(0));
    bytes[tierStart] = 0;
    expect(isZero(bytes)).toBe(true);
  });

  test('grows beyond the room of a home', () => {
    const limit = 80 << 20;
    const grown = new FlatMemory(map, limit);
    const pool = new LinearPool();
    expect(grown.promote(pool, 0)).toBe(true);
    const before = grown.size;
    if (map.heap.limit - map.heap.base < 1 << 26) return;
    const end = grown.growHeap(1 << 26) as number;
    expect(grown.size).toBeGreaterThan(before);
    expect(grown.store(end - 8, 8, 1, 2)).toBe(true);
    checkFlat(grown);
    grown.reset();
    expect(grown.save()).toEqual(new FlatMemory(map, limit).save());
    checkFlat(grown);
    grown.release();
  });

  test('stays where it is when there is no home', () => {
    const pool = new LinearPool(0);
    const memory = make();
    const { buffer, delta } = memory;
    memory.write(map.stackPointer - 4, Uint8Array.of(1, 2, 3, 4));
    expect(memory.promote(pool, TIER_BYTES)).toBe(false);
    expect(memory.linear).toBe(undefined);
    expect(memory.buffer).toBe(buffer);
    expect(memory.delta).toBe(delta);
    expect(memory.read(map.stackPointer - 4, 4)).toEqual(Uint8Array.of(1, 2, 3, 4));
    memory.release();
  });
});

/** The table that translated code reads says what the memory says. */
const checkPaged = (memory: PagedMemory): void => {
  if (memory.linear === undefined) return;
  expect(memory.buffer).toBe(memory.linear.memory.buffer);
  const table = new Uint32Array(memory.buffer, PAGE_TABLE, PAGE_TABLE_SIZE / 4);
  let wrong = false;
  let mapped = 0;
  for (const { address, size, rights } of memory.save().ranges) {
    const flags = PAGE_READABLE | ((rights & WRITE) === 0 ? 0 : PAGE_WRITABLE);
    for (let at = address; at < address + size; at += 4096) {
      const entry = table[at >>> 12] as number;
      if (at === 0xfffff000) wrong ||= entry !== 0;
      else {
        mapped++;
        const offset = entry - flags;
        wrong ||= offset % 4096 !== 0 || offset < memory.linear.layout.guestStart;
        wrong ||= !equalBytes(memory.bytes.subarray(offset, offset + 4096), memory.read(at, 4096));
      }
    }
  }
  let entries = 0;
  for (let i = 0; i < table.length; i++) if (table[i] !== 0) entries++;
  expect({ wrong, entries }).toEqual({ wrong: false, entries: mapped });
};

describe.each([4096, 0x4000])('paged memory, pages of %i bytes', (pageSize) => {
  const map = polkaVmMap(declared, { pageSize });
  const make = (): PagedMemory => new PagedMemory(map, LIMIT);

  test('is the same wherever it lives, and whenever it moves', () => {
    const pool = new LinearPool();
    fc.assert(
      fc.property(fc.array(pagedSteps(make()), { minLength: 1, maxLength: 20 }), fc.nat(), (steps, when) =>
        compare(make, steps, when, pool, checkPaged),
      ),
      { numRuns: 150 },
    );
  });

  test('goes back zeroed, with what the tier has there', () => {
    const pool = new LinearPool();
    const memory = make();
    memory.zeroWithProtection(0x10000, 200_000, 'read-write');
    memory.fill(0x10000, 3, 200_000);
    expect(memory.promote(pool, TIER_BYTES)).toBe(true);
    expect(memory.read(0x10000, 200_000).every((byte) => byte === 3)).toBe(true);
    const home = memory.linear;
    if (home === undefined) throw new Error('not promoted');
    memory.bytes[home.layout.tierStart] = 42;
    memory.zeroWithProtection(0xffff_0000, 65536, 'read-write');
    memory.fill(0xffff_0000, 1, 65536);
    memory.freePages(0x10000, 65536);
    memory.registers.fill(1);
    memory.release();

    const next = make();
    expect(next.promote(pool, TIER_BYTES)).toBe(true);
    expect(next.linear).toBe(home);
    expect(next.bytes[home.layout.tierStart]).toBe(42);
    expect(next.save()).toEqual(make().save());
    next.release();
    const bytes = new Uint8Array(home.memory.buffer.slice(0));
    bytes[home.layout.tierStart] = 0;
    expect(isZero(bytes)).toBe(true);
  });

  test('protecting no bytes maps nothing', () => {
    const memory = make();
    memory.protect(0x10001, 0, 'read-write');
    expect(memory.isAccessible(0x10000, 1, false)).toBe(false);
    expect(memory.load(0x10000, 1)).toBe(false);
  });

  test('grows as far as the engine allows', () => {
    const limit = 64 << 20;
    const memory = new PagedMemory(map, limit);
    expect(memory.promote(new LinearPool(), 0)).toBe(true);
    const { grow } = WebAssembly.Memory.prototype;
    WebAssembly.Memory.prototype.grow = () => {
      throw new RangeError('no memory');
    };
    try {
      expect(codeOf(() => memory.zeroWithProtection(0x10000, limit, 'read'))).toBe('memory/limit');
    } finally {
      WebAssembly.Memory.prototype.grow = grow;
    }
    // What was mapped before the refusal stays mapped, and counts.
    const mapped = memory.save().ranges.reduce((sum, { size }) => sum + size, 0);
    expect(mapped).toBe(memory.accessible);
    checkPaged(memory);
    memory.freePages(0x10000, limit);
    memory.zeroWithProtection(0x10000, limit, 'read');
    expect(memory.accessible).toBe(limit);
    expect(codeOf(() => memory.zeroWithProtection(0x1000_0000, pageSize, 'read'))).toBe('memory/limit');
    memory.release();
  });

  test('stays where it is when there is no home', () => {
    const memory = make();
    const { buffer } = memory;
    expect(memory.promote(new LinearPool(0), 0)).toBe(false);
    expect(memory.buffer).toBe(buffer);
    memory.zeroWithProtection(0x10000, 4096, 'read-write');
    expect(memory.store(0x10000, 4, 1, 0)).toBe(true);
  });
});

const riscv = maps['RISC-V'] as MemoryMap;

/** Pools of a process that has made no memories yet. */
const freshPools = async (): Promise<typeof import('../../src/memory/linear-pool.ts')> => {
  vi.resetModules();
  return import('../../src/memory/linear-pool.ts');
};

describe('pools', () => {
  test('keep to the bound of the process, and take idle memories of each other', async () => {
    const { LinearPool, linearMemories } = await freshPools();
    const first = new LinearPool(1);
    const second = new LinearPool(1);
    const one = new FlatMemory(riscv, LIMIT);
    const two = new FlatMemory(riscv, LIMIT);
    expect(one.promote(first, 8192)).toBe(true);
    expect(two.promote(second, 4096)).toBe(false);
    const { linear } = one;
    if (linear === undefined) throw new Error('not promoted');
    linear.attachment = 'of the first';
    one.bytes.fill(1, linear.layout.tierStart, linear.layout.guestStart);
    one.release();
    expect(two.promote(second, 4096)).toBe(true);
    expect(linearMemories()).toBe(1);
    expect(two.linear?.memory).toBe(linear.memory);
    expect(two.linear?.attachment).toBe(undefined);
    expect(two.save()).toEqual(new FlatMemory(riscv, LIMIT).save());
    checkFlat(two);
    two.release();
    expect(isZero(new Uint8Array(linear.memory.buffer))).toBe(true);
  });

  test('keep no memory of which much was used', async () => {
    const { LinearPool, linearMemories } = await freshPools();
    const pool = new LinearPool();
    const large = riscvMap([], 4096, 256 << 20);
    const memory = new FlatMemory(large, 256 << 20);
    expect(memory.promote(pool, 0)).toBe(true);
    const { linear } = memory;
    expect(memory.mapPages(heapRange(large).start, 65 << 20)).toBe(true);
    memory.release();
    expect(linearMemories()).toBe(0);
    const next = new FlatMemory(large, 256 << 20);
    expect(next.promote(pool, 0)).toBe(true);
    expect(next.linear).not.toBe(linear);
    expect(linearMemories()).toBe(1);
  });

  test('ask an engine that refuses again when a memory has become free', async () => {
    const { LinearPool } = await freshPools();
    const memory = (): FlatMemory => new FlatMemory(riscv, LIMIT);
    const held = memory();
    const pool = new LinearPool();
    expect(held.promote(pool, 0)).toBe(true);
    const { Memory } = WebAssembly;
    let asked = 0;
    WebAssembly.Memory = class {
      constructor() {
        asked++;
        throw new RangeError('no memory');
      }
    } as unknown as typeof Memory;
    try {
      expect(memory().promote(pool, 0)).toBe(false);
      const before = asked;
      expect(before).toBeGreaterThan(0);
      expect(memory().promote(pool, 0)).toBe(false);
      expect(asked).toBe(before);
      held.release();
      const next = memory();
      expect(next.promote(pool, 0)).toBe(true);
      expect(memory().promote(pool, 0)).toBe(false);
      expect(asked).toBe(before);
    } finally {
      WebAssembly.Memory = Memory;
    }
  });
});

test('a memory that is dropped with its instance counts no longer', async () => {
  const { LinearPool, linearMemories } = await freshPools();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  expect(new FlatMemory(riscv, LIMIT).promote(new LinearPool(), 0)).toBe(true);
  expect(linearMemories()).toBe(1);
  await expect
    .poll(
      () => {
        collect();
        return linearMemories();
      },
      { timeout: 20_000 },
    )
    .toBe(0);
});

test('growth that the engine refuses leaves everything as it was', () => {
  const limit = 256 << 20;
  const large = polkaVmMap(declared);
  const memory = new FlatMemory(large, limit);
  expect(memory.promote(new LinearPool(), 0)).toBe(true);
  const { heapEnd, size } = memory;
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError('no memory');
  };
  try {
    expect(memory.growHeap(size)).toBe(undefined);
    expect(memory.mapPages(0x4000_0000, 4096)).toBe(false);
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
  expect(memory.heapEnd).toBe(heapEnd);
  checkFlat(memory);
  expect(memory.save()).toEqual(new FlatMemory(large, limit).save());
  expect(memory.growHeap(size)).toBe(heapEnd + size);
  checkFlat(memory);
  memory.release();
});

test('memories that were never promoted take no part', () => {
  const small = polkaVmMap({ ...declared, stackSize: 4096 });
  const before = linearMemories();
  for (let i = 0; i < 20_000; i++) expect(new FlatMemory(small, LIMIT).linear).toBe(undefined);
  expect(linearMemories()).toBe(before);
});
