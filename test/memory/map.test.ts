import { describe, expect, test } from 'vitest';
import { isRiscboxError } from '../../src/core/error.ts';
import { type DeclaredMemory, polkaVmMap, riscvMap, standardProgramMap } from '../../src/memory/map.ts';

const NONE = new Uint8Array(0);
const declared = (ro: number, rw: number, stack: number): DeclaredMemory => ({
  roDataSize: ro,
  rwDataSize: rw,
  stackSize: stack,
  roData: NONE,
  rwData: NONE,
});

const places = (map: ReturnType<typeof polkaVmMap>) =>
  Object.fromEntries(map.regions.map((r) => [r.name, [r.start, r.size]]));

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isRiscboxError(error)) return error.code;
    throw error;
  }
  return 'nothing thrown';
};

describe('PolkaVM map', () => {
  test('of one byte each with 16 KiB pages', () => {
    const map = polkaVmMap(declared(1, 1, 1), { pageSize: 0x4000 });
    expect(places(map)).toMatchObject({
      'read-only': [0x10000, 0x4000],
      'read-write': [0x30000, 0x4000],
      stack: [0xfffdc000, 0x4000],
    });
    expect(map.heap.base).toBe(0x30001);
    expect(map.stackPointer).toBe(0xfffe0000);
  });

  test('of nothing', () => {
    const map = polkaVmMap(declared(0, 0, 0), {});
    expect(places(map)).toMatchObject({
      'read-only': [0x10000, 0],
      'read-write': [0x20000, 0],
      stack: [0xfffe0000, 0],
    });
    expect(map.heap.base).toBe(0x20000);
  });

  test('of a large game', () => {
    const map = polkaVmMap(declared(387468, 17091900, 8192), {});
    expect(places(map)).toMatchObject({
      'read-only': [0x10000, 0x5f000],
      'read-write': [0x80000, 0x104d000],
      stack: [0xfffde000, 8192],
    });
    expect(map.heap.base).toBe(0x80000 + 17091900);
  });

  test('aux data shift the stack', () => {
    const map = polkaVmMap(declared(0, 0, 4096), { auxDataSize: 0x10001 });
    expect(places(map)).toMatchObject({ aux: [0xfffd0000, 0x11000], stack: [0xfffbf000, 4096] });
    expect(map.stackPointer).toBe(0xfffc0000);
  });

  test('too large for 32 bits', () => {
    expect(codeOf(() => polkaVmMap(declared(0, 2 ** 32 - 1, 0), {}))).toBe('memory/map-too-large');
    expect(codeOf(() => polkaVmMap(declared(2 ** 31, 2 ** 31, 0), {}))).toBe('memory/map-too-large');
    expect(codeOf(() => polkaVmMap(declared(0, 0, 0), { pageSize: 12288 }))).toBe('memory/page-size');
  });
});

test('JAM standard program map (Gray Paper 0.7 A.7)', () => {
  const map = standardProgramMap(declared(5000, 100, 65536), 3, 10);
  expect(places(map)).toMatchObject({
    'read-only': [0x10000, 8192],
    'read-write': [0x30000, 4096 + 3 * 4096],
    stack: [0xfefd0000 + 0x10000 - 65536, 65536],
    arguments: [0xfeff0000, 4096],
  });
  expect(map.heap.base).toBe(0x34000);
  expect(codeOf(() => standardProgramMap(declared(0, 2 ** 24 - 1, 2 ** 24 - 1), 65535, 2 ** 24 + 1))).toBe(
    'memory/map-too-large',
  );
});

describe('RISC-V map', () => {
  const segment = (address: number, memorySize: number) => ({
    address,
    memorySize,
    data: NONE,
    writable: true,
    executable: false,
  });

  test('places stack and heap behind the segments', () => {
    const map = riscvMap([segment(0x10000, 0x1234)], 0x2000, 1 << 20);
    const stack = map.regions.at(-1);
    expect(stack).toMatchObject({ name: 'stack', start: 0x12000 + 0x10000, size: 0x2000 });
    expect(map.stackPointer).toBe(0x24000);
    expect(map.heap).toEqual({ base: 0x34000, limit: 0x34000 + (1 << 20) - 0x4000 });
  });

  test('segments far apart leave the heap its share of the limit', () => {
    const map = riscvMap([segment(0x10000, 4096), segment(0x80000000, 4096)], 4096, 1 << 20);
    expect(map.heap.limit - map.heap.base).toBe((1 << 20) - 3 * 4096);
  });
});
