import { describe, expect, test } from 'vitest';
import type { RiscvSegment } from '../../src/blob/blob.ts';
import type { Width } from '../../src/core/kind.ts';
import { hasStart, sweepRiscv } from '../../src/decoder/riscv-sweep.ts';
import { BlockStarts } from '../../src/linker/block-starts.ts';
import { bytesOf, concat, words64 } from './elf-image.ts';

const BASE = 0x10000;
const DATA_BASE = 0x20000;

const NOP = 0x00000013;
const RET = 0x00008067;
const ECALL = 0x00000073;
const JR_A0 = 0x00050067;

const branch = (distance: number): number =>
  0x00000063 | (((distance >> 1) & 15) << 8) | (((distance >> 5) & 63) << 25);
const jal = (link: number, distance: number): number =>
  0x6f | (link << 7) | (((distance >> 1) & 0x3ff) << 21) | (distance < 0 ? 0x801ff000 : 0);
const auipc = (register: number, pages: number): number => 0x17 | (register << 7) | (pages << 12);
const lui = (register: number, pages: number): number => 0x37 | (register << 7) | (pages << 12);
const addi = (register: number, source: number, value: number): number =>
  0x13 | (register << 7) | (source << 15) | (value << 20);
const jalr = (link: number, base: number, offset: number): number =>
  0x67 | (link << 7) | (base << 15) | (offset << 20);

const segment = (address: number, data: Uint8Array, executable: boolean): RiscvSegment => ({
  address,
  memorySize: data.length,
  data,
  readable: true,
  writable: !executable,
  executable,
});

const starts = (code: Uint8Array, data: Uint8Array = new Uint8Array(0), width: Width = 64): BlockStarts =>
  new BlockStarts([segment(BASE, code, true), segment(DATA_BASE, data, false)], BASE, width, 32);

const found = (...args: Parameters<typeof starts>): number[] =>
  [...starts(...args).found].map((a) => a - BASE);

describe('code reached from the entry', () => {
  test('entry, branch targets and what follows, call targets and return points', () => {
    expect(found(bytesOf(NOP, branch(12), jal(1, 12), NOP, ECALL, RET, NOP))).toEqual([0, 8, 12, 16, 20]);
  });

  test('far calls and jumps through auipc or lui and jalr', () => {
    expect(found(bytesOf(auipc(1, 0), jalr(1, 1, 12), RET, NOP, RET))).toEqual([0, 8, 12]);
    expect(found(bytesOf(lui(5, 0x10), jalr(0, 5, 12), NOP, NOP, RET))).toEqual([0, 12]);
  });

  test('not what lies behind a jump and is never named', () => {
    expect(found(bytesOf(jal(0, 12), NOP, RET, RET))).toEqual([0, 12]);
  });
});

describe('code pointers', () => {
  const hidden = [NOP, RET] as const;

  test('formed by auipc or lui and addi', () => {
    expect(found(bytesOf(auipc(10, 0), addi(10, 10, 16), ECALL, RET, ...hidden))).toContain(16);
    expect(found(bytesOf(lui(10, 0x10), addi(11, 10, 16), ECALL, RET, ...hidden))).toContain(16);
    // The register was overwritten in between.
    expect(found(bytesOf(lui(10, 0x10), addi(10, 0, 1), addi(11, 10, 16), RET, ...hidden))).not.toContain(16);
  });

  test('in aligned words of data, of the width of a pointer', () => {
    const code = bytesOf(RET, NOP, NOP, RET);
    expect(found(code, words64(BASE + 8))).toEqual([0, 8]);
    expect(found(code, bytesOf(BASE + 8, 1))).toEqual([0]);
    expect(found(code, bytesOf(0, BASE + 8, 0, 0))).toEqual([0]);
    expect(found(code, bytesOf(1, BASE + 8), 32)).toEqual([0, 8]);
    expect(found(code, concat(Uint8Array.of(0), bytesOf(BASE + 8)), 32)).toEqual([0]);
  });

  test('in constants among the code', () => {
    expect(found(concat(bytesOf(RET, NOP, NOP, RET), words64(BASE + 8)))).toEqual([0, 8]);
  });

  test('what they reach is followed', () => {
    const code = bytesOf(RET, jal(1, 8), RET, auipc(10, 0), addi(10, 10, 12), RET, NOP, RET);
    expect(found(code, words64(BASE + 4))).toEqual([0, 4, 8, 12, 24]);
  });

  test.each<[string, readonly number[], number]>([
    ['the middle of a reached instruction', [NOP, RET], 2],
    ['an odd address', [RET, NOP, RET], 5],
    ['text', [RET, 0x6c6c6568, 0x6f77206f, 0x00646c72, RET], 4],
    ['zeros', [RET, 0, 0], 4],
    ['instructions that lead to invalid ones', [RET, NOP, NOP, 0xffffffff], 4],
    ['code that runs off the end', [RET, NOP, NOP], 4],
    ['a jump out of the code', [RET, NOP, 0x7fffd06f], 4],
    ['a call that links through another register', [RET, NOP, jal(9, -8)], 4],
    ['the byte behind the code', [RET], 4],
  ])('are not taken from %s', (_, code, offset) => {
    expect(found(bytesOf(...code), words64(BASE + offset))).not.toContain(offset);
  });
});

describe('jump tables', () => {
  /** Forms the table's address, jumps; three cases at 12, 16, 20. */
  const code = bytesOf(lui(10, 0x20), addi(10, 10, 8), JR_A0, RET, RET, RET);

  test('absolute 32-bit entries', () => {
    expect(found(code, bytesOf(7, 7, BASE + 12, BASE + 20, BASE + 16, 7))).toEqual([0, 12, 16, 20]);
  });

  test('entries relative to the table', () => {
    const relative = (address: number): number => (address - (DATA_BASE + 8)) >>> 0;
    const table = [BASE + 12, BASE + 20, BASE + 16].map(relative);
    expect(found(code, bytesOf(7, 7, ...table))).toEqual([0, 12, 16, 20]);
  });

  test('one or two words in a row are no table', () => {
    expect(found(code, bytesOf(7, 7, BASE + 12, BASE + 20, 7, 7))).toEqual([0]);
  });

  test('a table ends where another formed address begins', () => {
    const two = bytesOf(lui(10, 0x20), addi(11, 10, 8), addi(12, 10, 16), JR_A0, RET, RET, RET);
    expect(found(two, bytesOf(7, 7, BASE + 16, BASE + 20, BASE + 24, BASE + 20))).toEqual([0]);
  });
});

describe('what a blob stores', () => {
  test('only the starts that the sweep does not imply', () => {
    const code = bytesOf(NOP, branch(8), NOP, NOP, RET, NOP, RET);
    expect([...starts(code, words64(BASE + 20)).extra]).toEqual([BASE + 12]);
  });

  test('sweeping with them gives every start found', () => {
    const data = words64(BASE + 26, BASE + 8, 0x12345678);
    const code = concat(
      bytesOf(jal(0, 12), 0xdeadbeef, 0x0badcafe, branch(-8), jal(1, 4), NOP, RET),
      words64(1, BASE + 14),
    );
    const blocks = starts(code, data);
    const { blockStarts } = sweepRiscv(code, BASE, blocks.extra, 64, 32);
    for (const address of blocks.found) expect(hasStart(blockStarts, (address - BASE) / 2)).toBe(true);
  });
});

describe('files made to be slow take bounded time', () => {
  const TABLES = DATA_BASE + 0x40000;
  const LIMIT_MS = 1000;
  /** Code that forms an address every `step` bytes from TABLES on. */
  const forming = (count: number, step: number): number[] =>
    Array.from({ length: count }, (_, i) => TABLES + step * i).flatMap((address) => [
      lui(10, (address + 0x800) >>> 12),
      addi(10, 10, address & 0xfff),
    ]);
  const timeOf = (code: Uint8Array, data: Uint8Array): number => {
    const begin = performance.now();
    new BlockStarts([segment(BASE, code, true), segment(TABLES, data, false)], BASE, 64, 32);
    return performance.now() - begin;
  };

  test('tables that each reach to the end of the data', () => {
    const data = bytesOf(...Array.from({ length: 60_000 }, () => BASE));
    expect(timeOf(bytesOf(...forming(20_000, 4), RET), data)).toBeLessThan(LIMIT_MS);
  });

  test('tables too short to count, all to one long run of instructions', () => {
    const code = forming(20_000, 8);
    const run = BASE + 4 * (code.length + 1);
    const nops = Array.from({ length: 20_000 }, () => NOP);
    const data = bytesOf(...Array.from({ length: 20_000 }, () => [run, 1]).flat());
    expect(timeOf(bytesOf(...code, RET, ...nops, RET), data)).toBeLessThan(LIMIT_MS);
  });

  test('a chain of functions that each form the address of the next', () => {
    const chain = Array.from({ length: 30_000 }, () => [auipc(10, 0), addi(10, 10, 12), RET]).flat();
    expect(timeOf(bytesOf(...chain), new Uint8Array(0))).toBeLessThan(LIMIT_MS);
  });
});
