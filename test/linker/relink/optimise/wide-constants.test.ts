import fc from 'fast-check';
import { expect, test } from 'vitest';
import { operation } from '../../../../src/isa/table.ts';
import { evaluate } from '../../../../src/linker/relink/graph/evaluate.ts';
import { GraphInstruction } from '../../../../src/linker/relink/graph/instruction.ts';
import { encodedSize } from '../../../../src/linker/relink/optimise/encoded-size.ts';
import { wideConstants } from '../../../../src/linker/relink/optimise/wide-constants.ts';
import { graphOf } from './code-after.ts';

/** What a load of a number becomes, and the number that this computes. */
const split = (number: bigint): { readonly size: number; readonly value: bigint } => {
  const graph = graphOf('b0 export f/1:\n  jump-indirect ra 0\n');
  const [block] = graph.blocks;
  const low = Number(BigInt.asIntN(32, number));
  const high = Number(BigInt.asIntN(32, number >> 32n));
  block!.instructions = [new GraphInstruction(operation('load_imm64'), -1, 10, 0, 0, low, high)];
  wideConstants.run(graph);
  let size = 0;
  let value = 0n;
  for (const instruction of block!.instructions) {
    const { op, x, y } = instruction;
    size += encodedSize(instruction);
    value = evaluate(op, { a: value, b: value, c: 0n, x, y }, 64) as bigint;
  }
  return { size, value };
};

test('powers of two, masks and shifted numbers get shorter', () => {
  expect(split(1n << 63n).size).toBe(6);
  expect(split(0xffff_ffffn).size).toBe(6);
  expect(split((1n << 52n) - 1n).size).toBe(6);
  expect(split(0x4059_0000_0000_0000n).size).toBe(7);
  expect(split(0x0123_4567_89ab_cdefn).size).toBe(10);
});

test('numbers stay what they are', () => {
  const short = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(BigInt);
  const distance = fc.nat(63).map(BigInt);
  const shifted = fc
    .tuple(short, distance, fc.boolean())
    .map(([number, by, isLeft]) => (isLeft ? number << by : BigInt.asUintN(64, number) >> by));
  fc.assert(
    fc.property(fc.oneof(shifted, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), (number) => {
      const { size, value } = split(number);
      expect(value).toBe(BigInt.asUintN(64, number));
      expect(size).toBeLessThanOrEqual(10);
    }),
    { numRuns: 2000 },
  );
});
