import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assemble, assembleToBytes } from '../../src/assembler/assemble.ts';
import { parseQuoted, quote } from '../../src/assembler/quoted.ts';
import { assemblyText } from '../../src/assembler/writer.ts';
import { makeBlob } from '../../src/blob/make.ts';
import { writeFile } from '../../src/blob/write-file.ts';
import { toHex } from '../../src/core/bytes.ts';
import { isRiscvKind, KINDS, type PolkaVmKind, widthOf } from '../../src/core/kind.ts';
import { encodePolkaVm, MAX_ENCODED_LENGTH } from '../../src/decoder/encode-polkavm.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { formatForAssembler, formatPolkaVm } from '../../src/decoder/text-polkavm.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';

const POLKAVM_KINDS = KINDS.filter((kind): kind is PolkaVmKind => !isRiscvKind(kind));

const register = fc.integer({ min: 0, max: 12 });
const immediate = fc.oneof(
  fc.constantFrom(0, 1, -1, 127, 128, -128, -129, -4095, -4096, 0x7fffffff, -0x80000000),
  fc.integer(),
);
const operands = fc.record({
  a: register,
  b: register,
  c: register,
  x: immediate,
  y: immediate,
  target: fc.nat(70_000),
});

const operationsOf = (kind: PolkaVmKind): number[] =>
  [...FULL_ROWS.keys()].filter((op) => FULL_ROWS[op]?.opcodes[kind] !== undefined);

const encoded = (instruction: Instruction, kind: PolkaVmKind): string => {
  const bytes = new Uint8Array(MAX_ENCODED_LENGTH);
  return toHex(bytes.subarray(0, encodePolkaVm(instruction, kind, 0, bytes, 0)));
};

/** Listings of 32-bit kinds show two rotations as shifts. */
const isAmbiguous = (op: number, kind: PolkaVmKind): boolean =>
  widthOf(kind) === 32 && FULL_ROWS[op]?.text.includes('{>>r}') === true;

describe.each(POLKAVM_KINDS)('%s', (kind) => {
  test('the text of every instruction assembles to it', () => {
    for (const op of operationsOf(kind)) {
      const run = (fields: Partial<Instruction>): void => {
        const instruction = Object.assign(new Instruction(), { op, ...fields });
        const target = (offset: number): string => `${offset}`;
        const text = formatForAssembler(instruction, widthOf(kind), target);
        const { code } = assemble(text, { kind });
        expect(toHex(code), text).toBe(encoded(instruction, kind));
        const shown = formatPolkaVm(instruction, widthOf(kind));
        if (text.startsWith('i64') || isAmbiguous(op, kind)) return;
        expect(toHex(assemble(shown, { kind }).code), shown).toBe(encoded(instruction, kind));
      };
      fc.assert(fc.property(operands, run), { numRuns: 20 });
    }
  });

  test('programs of random bytes', () => {
    const parts = fc.record({
      code: fc.uint8Array({ minLength: 1, maxLength: 120 }),
      mask: fc.uint8Array({ minLength: 15, maxLength: 15 }),
      jumpTable: fc.array(fc.nat(200), { maxLength: 5 }),
    });
    const run = ({
      code,
      mask,
      jumpTable,
    }: {
      code: Uint8Array;
      mask: Uint8Array;
      jumpTable: number[];
    }): void => {
      const bitmask = mask.slice(0, Math.ceil(code.length / 8));
      if (code.length % 8 !== 0) bitmask[bitmask.length - 1]! &= (1 << (code.length % 8)) - 1;
      const blob = makeBlob({ kind, code, bitmask, jumpTable });
      const text = assemblyText(blob);
      expect(toHex(assembleToBytes(text)), text).toBe(toHex(writeFile(blob)));
    };
    fc.assert(fc.property(parts, run), { numRuns: 300 });
  });

  test('programs of random instructions and labels', () => {
    const line = fc.record({ op: fc.constantFrom(...operationsOf(kind)), fields: operands, gap: fc.nat(3) });
    const run = (lines: readonly { op: number; fields: Partial<Instruction>; gap: number }[]): void => {
      const text = [`%isa = ${kind}`];
      for (const [index, { op, fields, gap }] of lines.entries()) {
        // Bare JAM programs export nothing.
        const mark = index % 2 === 0 && kind !== 'jam_gp07' ? 'pub ' : '';
        if (gap === 0) text.push(`${mark}@l${index}:`);
        const instruction = Object.assign(new Instruction(), { op, ...fields });
        text.push(formatForAssembler(instruction, widthOf(kind), () => '@end'));
      }
      text.push('@end:', 'trap');
      const bytes = assembleToBytes(text.join('\n'));
      const again = assemblyText(assemble(text.join('\n')));
      expect(toHex(assembleToBytes(again)), again).toBe(toHex(bytes));
      // What was assembled is in its shortest form, so nothing but instructions is needed to say it.
      expect(again).not.toMatch(/%bytes|%gap|%length/);
    };
    fc.assert(fc.property(fc.array(line, { maxLength: 60 }), run), { numRuns: 60 });
  });
});

test('names of any bytes survive quoting, on one line', () => {
  const run = (bytes: Uint8Array): void => {
    const text = quote(bytes);
    expect(text).not.toMatch(/[\r\n\u2028\u2029\u202e]/);
    expect(parseQuoted(text, 0)).toEqual({ bytes, end: text.length });
  };
  const texts = fc.string({ unit: 'binary' }).map((text) => new Uint8Array(Buffer.from(text)));
  fc.assert(fc.property(fc.oneof(texts, fc.uint8Array()), run), { numRuns: 300 });
});
