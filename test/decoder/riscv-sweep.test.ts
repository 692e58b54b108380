import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/core/bytes.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { decodeRiscv } from '../../src/decoder/riscv.ts';
import { hasStart, sweepRiscv } from '../../src/decoder/riscv-sweep.ts';
import { INVALID, isTerminator } from '../../src/isa/table.ts';

const BASE = 0x10000;

const ADDI = [0x13, 0x00, 0x00, 0x00];
const C_NOP = [0x01, 0x00];
const C_RET = [0x82, 0x80];
const ECALL = [0x73, 0x00, 0x00, 0x00];
const EBREAK = [0x73, 0x00, 0x10, 0x00];
const JAL = [0xef, 0x00, 0x40, 0x00];
const BEQ = [0x63, 0x04, 0x00, 0x00];
const ZERO = [0x00, 0x00];

const addresses = (set: Uint32Array, length: number): number[] => {
  const found: number[] = [];
  for (let at = 0; at < length; at += 2) if (hasStart(set, at / 2)) found.push(BASE + at);
  return found;
};

const sweep = (code: readonly number[] | Uint8Array, starts: readonly number[] = [], registers = 32) => {
  const result = sweepRiscv(Uint8Array.from(code), BASE, starts, 64, registers);
  return {
    instructions: addresses(result.instructionStarts, code.length),
    implied: addresses(result.impliedStarts, code.length),
    blocks: addresses(result.blockStarts, code.length),
  };
};

describe('sweep', () => {
  test('the segment and what follows a terminator start blocks', () => {
    const code = [
      ...ADDI,
      ...C_NOP,
      ...JAL,
      ...C_NOP,
      ...BEQ,
      ...C_RET,
      ...EBREAK,
      ...ZERO,
      ...ECALL,
      ...C_NOP,
    ];
    expect(sweep(code)).toEqual({
      instructions: [0, 4, 6, 10, 12, 16, 18, 22, 24, 28].map((at) => BASE + at),
      implied: [0, 10, 16, 18, 22, 24].map((at) => BASE + at),
      blocks: [0, 10, 16, 18, 22, 24].map((at) => BASE + at),
    });
  });

  test('extra starts between instructions', () => {
    const { instructions, implied, blocks } = sweep([...ADDI, ...ADDI, ...ADDI], [BASE + 4]);
    expect(instructions).toEqual([BASE, BASE + 4, BASE + 8]);
    expect(implied).toEqual([BASE]);
    expect(blocks).toEqual([BASE, BASE + 4]);
  });

  test('an extra start inside an instruction resets the sweep', () => {
    const { instructions, implied, blocks } = sweep([...JAL, ...ADDI], [BASE + 2]);
    // 0x0040 at +2 is a compressed addi; the call at the front no longer implies what follows it.
    expect(instructions).toEqual([BASE, BASE + 2, BASE + 4]);
    expect(implied).toEqual([BASE]);
    expect(blocks).toEqual([BASE, BASE + 2]);
  });

  test('starts of other segments are ignored', () => {
    const { blocks } = sweep([...ADDI, ...ADDI], [2, BASE - 2, BASE + 4, BASE + 8, BASE + 100]);
    expect(blocks).toEqual([BASE, BASE + 4]);
  });

  test('an instruction cut off by the end is invalid, an odd last byte is no code', () => {
    expect(sweep([...C_NOP, 0x13, 0x00, 0x13])).toEqual({
      instructions: [BASE, BASE + 2],
      implied: [BASE],
      blocks: [BASE],
    });
    expect(sweep([])).toEqual({ instructions: [], implied: [], blocks: [] });
    expect(sweep([0x01])).toEqual({ instructions: [], implied: [], blocks: [] });
  });

  test('a register that E files lack makes a terminator', () => {
    const code = [...C_NOP, 0x13, 0x08, 0x00, 0x00, ...C_NOP]; // li a6, 0
    expect(sweep(code, [], 32).implied).toEqual([BASE]);
    expect(sweep(code, [], 16).implied).toEqual([BASE, BASE + 6]);
  });

  test('agrees with the definition read literally', () => {
    const halfword = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(0x8082, 0x0001, 0x006f, 0x0063, 0x0013, 0xa001),
    );
    fc.assert(
      fc.property(
        fc.array(halfword, { maxLength: 80 }),
        fc.uniqueArray(fc.integer({ min: -4, max: 84 }), { maxLength: 20 }),
        fc.constantFrom(32 as const, 64 as const),
        fc.constantFrom(16, 32),
        (halfwords, starts, width, registers) => {
          const writer = new ByteWriter();
          for (const h of halfwords) writer.u16(h);
          const code = writer.finish().slice();
          const extra = starts.map((s) => BASE + 2 * s).sort((a, b) => a - b);
          const result = sweepRiscv(code, BASE, extra, width, registers);
          const expected = literally(halfwords, new Set(extra), width, registers);
          expect(addresses(result.instructionStarts, code.length)).toEqual(expected.instructions);
          expect(addresses(result.blockStarts, code.length)).toEqual(expected.blocks);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** The rule, instruction by instruction and without cleverness. */
const literally = (
  halfwords: readonly number[],
  extra: ReadonlySet<number>,
  width: 32 | 64,
  registers: number,
): { instructions: number[]; blocks: number[] } => {
  const instructions: number[] = [];
  const blocks: number[] = [];
  const instruction = new Instruction();
  let afterTerminator = true;
  let i = 0;
  while (i < halfwords.length) {
    const address = BASE + 2 * i;
    instructions.push(address);
    if (afterTerminator || extra.has(address)) blocks.push(address);
    const low = halfwords[i]!;
    const isLong = (low & 3) === 3;
    const high = halfwords[i + 1];
    if (isLong && high === undefined) instruction.op = INVALID;
    else decodeRiscv(isLong ? low | (high! << 16) : low, address, width, registers, instruction);
    const resets = isLong && extra.has(address + 2);
    afterTerminator = isTerminator(instruction.op) && !resets;
    i += isLong && !resets ? 2 : 1;
  }
  return { instructions, blocks };
};
