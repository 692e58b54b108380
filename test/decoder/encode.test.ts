import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBlob } from '../../src/blob/read.ts';
import { KINDS, type PolkaVmKind, type RiscvKind, widthOf } from '../../src/core/kind.ts';
import { encodePolkaVm, immediateSize, MAX_ENCODED_LENGTH } from '../../src/decoder/encode-polkavm.ts';
import { encodeRiscv } from '../../src/decoder/encode-riscv.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { PolkaVmDecoder } from '../../src/decoder/polkavm.ts';
import { decodeRiscv } from '../../src/decoder/riscv.ts';
import { CodeWalk } from '../../src/decoder/walk.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { FORMS, type Form } from '../../src/isa/row.ts';
import { existsIn, INVALID, operation, ROWS } from '../../src/isa/table.ts';
import { listVectors, readVector, vectorTest } from '../vectors-path.ts';

const POLKAVM_KINDS = KINDS.filter((kind): kind is PolkaVmKind => kind !== 'rv32' && kind !== 'rv64');

const int32 = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, 1, -1, 127, 128, -128, -129, 0x7fff_ffff, -0x8000_0000),
);

/** The operands an instruction has, by name. */
const operandsOf = (i: Instruction, form: Form): Record<string, number> => {
  const operands: Record<string, number> = { op: i.op };
  for (const letter of FORMS[form]) {
    const field = letter === 't' ? 'target' : (letter as 'a' | 'b' | 'c' | 'x' | 'y');
    operands[field] = i[field];
  }
  return operands;
};

const instructionOf = (op: number, fields: Partial<Instruction>): Instruction =>
  Object.assign(new Instruction(), fields, { op });

describe('PolkaVM encoder', () => {
  const register = fc.nat({ max: 12 });
  const fields = fc.record({
    ...{ a: register, b: register, c: register, x: int32, y: int32 },
    target: int32.map((t) => t >>> 0),
  });

  for (const kind of POLKAVM_KINDS) {
    test(`${kind}: every instruction decodes to what was encoded`, () => {
      const offset = 7;
      for (const [op, r] of ROWS.entries()) {
        if (!existsIn(r, kind)) continue;
        fc.assert(
          fc.property(fields, (operands) => {
            const instruction = instructionOf(op, operands);
            const code = new Uint8Array(offset + MAX_ENCODED_LENGTH + 1);
            const length = encodePolkaVm(instruction, kind, offset, code, offset);
            const bitmask = new Uint8Array(Math.ceil(code.length / 8));
            for (const start of [offset, offset + length]) bitmask[start >> 3]! |= 1 << (start & 7);
            const decoded = new Instruction();
            new PolkaVmDecoder(kind, code, bitmask).decode(offset, decoded);
            expect(operandsOf(decoded, r.form)).toEqual(operandsOf(instruction, r.form));
            expect(decoded.length).toBe(length);
          }),
          { numRuns: 60 },
        );
      }
    });
  }

  test('immediates have as few bytes as sign extension allows', () => {
    fc.assert(
      fc.property(int32, (value) => {
        const size = immediateSize(value);
        const extended = (bytes: number): number =>
          bytes === 0 ? 0 : (value << (32 - 8 * bytes)) >> (32 - 8 * bytes);
        expect(extended(size)).toBe(value);
        if (size > 0) expect(extended(size - 1)).not.toBe(value);
      }),
    );
  });

  test('refuses what the kind lacks and registers that do not exist', () => {
    const out = new Uint8Array(MAX_ENCODED_LENGTH);
    const memset = instructionOf(operation('memset'), {});
    expect(() => encodePolkaVm(memset, 'jam_v1', 0, out, 0)).toThrow(/jam_v1 has no instruction memset/);
    const jalr = instructionOf(operation('jalr'), {});
    expect(() => encodePolkaVm(jalr, 'latest64', 0, out, 0)).toThrow(/no instruction jalr/);
    const add = instructionOf(operation('add_64'), { c: 13 });
    expect(() => encodePolkaVm(add, 'latest64', 0, out, 0)).toThrow(/register 13/);
    expect(() => encodePolkaVm(instructionOf(INVALID, {}), 'latest64', 0, out, 0)).toThrow(/invalid/);
  });

  const blobs = listVectors('polkavm', '.polkavm');
  vectorTest(`${blobs.length} real programs are encoded byte for byte`, blobs, () => {
    const out = new Uint8Array(MAX_ENCODED_LENGTH);
    let encoded = 0;
    for (const path of blobs) {
      const { kind, code, bitmask } = readBlob(readVector(path));
      const walk = new CodeWalk(new PolkaVmDecoder(kind as PolkaVmKind, code, bitmask));
      while (walk.next()) {
        const { offset, instruction } = walk;
        if (instruction.op === INVALID) continue;
        const length = encodePolkaVm(instruction, kind as PolkaVmKind, offset, out, 0);
        let same = length === instruction.length;
        for (let k = 0; same && k < length; k++) same = out[k] === code[offset + k];
        if (!same) expect.fail(`${path} at ${offset}: ${ROWS[instruction.op]?.name}`);
        encoded++;
      }
    }
    console.log(`${encoded} instructions of ${blobs.length} real programs encoded again`);
    expect(encoded).toBeGreaterThan(300_000);
  });
});

describe('RISC-V encoder', () => {
  const pc = 0x1_2340;
  const register = fc.nat({ max: 31 });
  const branchTarget = fc.integer({ min: -2048, max: 2047 }).map((n) => (pc + 2 * n) >>> 0);
  const jumpTarget = fc.integer({ min: -(2 ** 19), max: 2 ** 19 - 1 }).map((n) => (pc + 2 * n) >>> 0);

  for (const kind of ['rv32', 'rv64'] as const satisfies RiscvKind[]) {
    test(`${kind}: every encoding decodes to what was encoded`, () => {
      const width = widthOf(kind);
      const decoded = new Instruction();
      for (const [op, r] of FULL_ROWS.entries()) {
        for (const encoding of r.encodings.filter((e) => e.width === 'both' || e.width === width)) {
          const { layout, match, mask } = encoding;
          const small = fc.integer({ min: -2048, max: 2047 });
          const upper = fc.integer().map((n) => n & 0xfffff000);
          const shamt = fc.nat({ max: mask & 0x0200_0000 ? 31 : 63 });
          const byLayout: Partial<Record<typeof layout, fc.Arbitrary<number>>> = {
            ...{ shift: shamt, U: upper, none: fc.constant(0), csr: fc.nat({ max: 4095 }) },
            pcrel: upper.map((n) => n + pc),
          };
          const operands = fc.record({
            // Register 0 turns some encodings into a special case of their own.
            ...{ a: fc.integer({ min: 1, max: 31 }), b: fc.integer({ min: 1, max: 31 }) },
            c: encoding.mnemonic.startsWith('lr.') ? fc.constant(0) : register,
            x: byLayout[layout] ?? small,
            target: layout === 'B' ? branchTarget : jumpTarget,
          });
          fc.assert(
            fc.property(operands, (fields) => {
              // What `addi` from a register with 0 means is `mv`.
              if (layout === 'I' && fields.x === 0) return;
              const y = layout === 'pcrel' ? Math.floor(fields.x / 2 ** 32) : (match >>> 12) & 7;
              const instruction = instructionOf(op, { ...fields, x: fields.x | 0, y });
              const word = encodeRiscv(instruction, pc, kind);
              decodeRiscv(word, pc, width, 32, decoded);
              const forms = layout === 'none' ? 'argless' : r.form;
              const expected = operandsOf(instruction, forms);
              expect(operandsOf(decoded, forms), encoding.mnemonic).toEqual(expected);
            }),
            { numRuns: 60 },
          );
        }
      }
    });
  }

  test.each([
    ['add_imm_64', { a: 10, b: 11, x: 2048 }],
    ['branch_eq', { a: 10, b: 11, target: pc + 4096 }],
    ['branch_eq', { a: 10, b: 11, target: pc + 1 }],
    ['jal', { a: 1, target: pc + 2 ** 20 }],
    ['load_imm', { a: 10, x: 0x12345 }],
    ['shift_logical_left_imm_32', { a: 10, b: 11, x: 32 }],
    ['load_reserved_32', { a: 10, b: 11, c: 1 }],
    ['add_64', { a: 10, b: 32, c: 1 }],
    ['ecalli', { x: 1 }],
  ])('%s refuses %j', (name, fields) => {
    expect(() => encodeRiscv(instructionOf(operation(name), fields), pc, 'rv64')).toThrow(/no encoding of/);
  });

  test('refuses what the kind lacks', () => {
    expect(() => encodeRiscv(instructionOf(operation('add_64'), {}), pc, 'rv32')).toThrow(/rv32 has no/);
    expect(() => encodeRiscv(instructionOf(operation('memset'), {}), pc, 'rv64')).toThrow(/rv64 has no/);
  });
});
