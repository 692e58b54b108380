import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Blob } from '../../../../src/blob/blob.ts';
import { writeBlob } from '../../../../src/blob/write.ts';
import { checkProgramBlob } from '../../../../src/decoder/check-blob.ts';
import { instantiate, Module } from '../../../../src/index.ts';
import { ROWS } from '../../../../src/isa/table.ts';
import { blobOf } from './blob-of.ts';

const BRANCHES = ROWS.filter(({ form, effect }) => form === 'reg_reg_offset' && effect.kind === 'branch').map(
  ({ name }) => name,
);

type Shape = 'counts' | 'branches' | 'goes on' | 'empty' | 'calls';

interface Plan {
  readonly shape: Shape;
  readonly op: number;
  readonly to: number;
  readonly other: number;
}

/**
 * Blocks that leave a trace in a0 and go hither and thither. Only those that count lead back, so that all ways come to
 * an end; `b0` is the exit.
 */
const textOfPlans = (plans: readonly Plan[]): string => {
  const count = plans.length + 1;
  const isCounting = (id: number): boolean => plans[id - 1]?.shape === 'counts';
  const anywhere = (number: number): number => 1 + (number % plans.length);
  const onward = (id: number, number: number): number => {
    const wanted = anywhere(number);
    if (wanted > id || isCounting(wanted)) return wanted;
    return id + 1 < count ? id + 1 : 0;
  };
  const blocks = plans.map(({ shape, op, to, other }, index) => {
    const id = index + 1;
    const trace = ['a0 = mul_imm_64 a0 31', `a0 = add_imm_64 a0 ${id}`, `a2 = xor_imm a0 ${to}`];
    switch (shape) {
      case 'counts':
        return [...trace, 'a1 = add_imm_64 a1 -1', `branch_eq_imm a1 0 then b0 else b${anywhere(to)}`];
      case 'branches': {
        const name = BRANCHES[op % BRANCHES.length];
        return [...trace, `${name} a0 a2 then b${onward(id, to)} else b${onward(id, other)}`];
      }
      case 'calls':
        return [...trace, `t0 = call b${onward(id, to)} back b${onward(id, other)}`];
      case 'goes on':
        return [...trace, `jump b${onward(id, to)}`];
      default:
        return [`jump b${onward(id, to)}`];
    }
  });
  const taken = new Set(blocks.flat().flatMap((line) => /back (b\d+)/.exec(line)?.[1] ?? []));
  const headerOf = (id: number): string =>
    `b${id}${id === 1 ? ' export main/1' : ''}${taken.has(`b${id}`) ? ' taken' : ''}:`;
  return [
    headerOf(0),
    'jump-indirect ra 0',
    ...blocks.flatMap((lines, index) => [headerOf(index + 1), ...lines]),
  ].join('\n');
};

const plan: fc.Arbitrary<Plan> = fc.record({
  shape: fc.constantFrom<Shape>('counts', 'branches', 'branches', 'goes on', 'empty', 'empty', 'calls'),
  op: fc.nat(100),
  to: fc.nat(1000),
  other: fc.nat(1000),
});

const instructionsIn = ({ bitmask }: Blob): number =>
  [...bitmask].reduce((sum, byte) => sum + [...byte.toString(2)].filter((bit) => bit === '1').length, 0);

test('jumps over empty blocks, inverted branches and joined blocks change nothing', () => {
  let shorter = 0;
  fc.assert(
    fc.property(fc.array(plan, { minLength: 1, maxLength: 40 }), (plans) => {
      const text = textOfPlans(plans);
      const [plain, optimised] = ([0, 1] as const).map((level) => {
        const blob = blobOf(text, { level });
        expect(checkProgramBlob(writeBlob(blob))).toStrictEqual([]);
        const { exports } = instantiate(Module.fromBlob(blob));
        // Of bytes there may be more: a jump past an empty block can be longer than the one to it.
        return { count: instructionsIn(blob), result: exports.main?.(1, 50) };
      });
      expect(optimised!.result).toBe(plain!.result);
      expect(optimised!.count).toBeLessThanOrEqual(plain!.count);
      if (optimised!.count < plain!.count) shorter++;
    }),
    { numRuns: 80 },
  );
  expect(shorter).toBeGreaterThan(10);
});
