import { expect, test } from 'vitest';
import { type PolkaVmKind, widthOf } from '../../../../src/core/kind.ts';
import { ROWS } from '../../../../src/isa/table.ts';
import { evaluate } from '../../../../src/linker/relink/graph/evaluate.ts';
import { kindHas } from '../../../../src/linker/relink/graph/forms.ts';
import { type Simpler, Strength } from '../../../../src/linker/relink/optimise/strength.ts';

const NUMBERS = [0, 1, -1, 2, 3, 8, 31, 32, 33, 63, 64, 128, 4096, 0x40000000, 0x7fffffff, -0x80000000, -8];
const WORDS = [0n, 1n, 0xffff_ffffn, 0x8000_0000n, 0x1234_5678_9abc_def0n, (1n << 64n) - 1n, 1n << 63n, 77n];

const resultOf = (simpler: Simpler, b: bigint, width: 32 | 64): bigint | undefined => {
  switch (simpler.kind) {
    case 'copy':
      return b;
    case 'number':
      return BigInt.asUintN(width, BigInt(simpler.value));
    case 'operation':
      return evaluate(simpler.op, { a: 0n, b, c: 0n, x: simpler.x, y: 0 }, width);
  }
};

test.each<PolkaVmKind>(['latest64', 'latest32'])(
  'every simpler operation of %s computes the same',
  (kind) => {
    const width = widthOf(kind);
    const strength = new Strength(kind);
    let found = 0;
    const check = (
      op: number,
      simpler: Simpler | undefined,
      b: bigint,
      original: bigint | undefined,
    ): void => {
      if (simpler === undefined) return;
      found++;
      expect(resultOf(simpler, b, width), `${ROWS[op]?.name} ${JSON.stringify(simpler)} of ${b}`).toBe(
        original,
      );
    };
    for (const [op, row] of ROWS.entries()) {
      // Conditional moves read their destination: what they become is decided elsewhere.
      if (row.effect.kind !== 'value' || row.name.startsWith('cmov') || !kindHas(kind, op)) continue;
      for (const number of NUMBERS) {
        const wide = BigInt.asUintN(width, BigInt(number));
        for (const word of WORDS) {
          const b = BigInt.asUintN(width, word);
          const operands = { a: 0n, b, c: 0n, x: number, y: 0 };
          if (row.form === 'reg_reg_imm')
            check(op, strength.simplify(op, number), b, evaluate(op, operands, width));
          if (row.form !== 'reg_reg_reg') continue;
          const withC = evaluate(op, { ...operands, c: wide }, width);
          check(op, strength.withNumberC(op, number), b, withC);
          const withB = evaluate(op, { ...operands, b: wide, c: b }, width);
          check(op, strength.withNumberB(op, number), b, withB);
        }
      }
    }
    expect(found).toBeGreaterThan(1000);
  },
);
