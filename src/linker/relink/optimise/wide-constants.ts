import { immediateSize } from '../../../decoder/encode-polkavm.ts';
import { operation } from '../../../isa/table.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { GraphInstruction } from '../graph/instruction.ts';
import type { Pass } from '../report.ts';

const WIDE = operation('load_imm64');
const LOAD_IMM = operation('load_imm');
const LEFT = operation('shift_logical_left_imm_64');
const RIGHT = operation('shift_logical_right_imm_64');

/** A short number and how it is shifted to be a wide one. */
interface Shifted {
  readonly number: number;
  readonly shift: typeof LEFT | typeof RIGHT;
  readonly distance: number;
}

/**
 * A number of 64 bits takes ten bytes. Powers of two, masks and what else is a short number that was shifted takes six to
 * nine as a load and a shift.
 */
export const wideConstants: Pass = {
  name: 'wide constants',
  run(graph: ProgramGraph): boolean {
    let changed = false;
    for (const block of graph.blocks) {
      if (!block.isReachable || !block.instructions.some(({ op }) => op === WIDE)) continue;
      const { length } = block.instructions;
      block.instructions = block.instructions.flatMap(splitOf);
      if (block.instructions.length === length) continue;
      block.changed();
      changed = true;
    }
    return changed;
  },
};

const splitOf = (instruction: GraphInstruction): readonly GraphInstruction[] => {
  const { op, origin, a, x, y } = instruction;
  const shifted = op === WIDE ? shiftedOf(x, y) : undefined;
  if (shifted === undefined) return [instruction];
  const { number, shift, distance } = shifted;
  return [
    new GraphInstruction(LOAD_IMM, origin, a, 0, 0, number),
    new GraphInstruction(shift, origin, a, a, 0, distance),
  ];
};

/** The shortest way to shift a number of 32 bits, sign-extended, to a wide one. */
const shiftedOf = (low: number, high: number): Shifted | undefined => {
  const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
  const zeros = trailingZeros(low, high);
  const leading = leadingZeros(low, high);
  const fromLeft = BigInt.asIntN(64, value << BigInt(leading));
  // What is shifted out may be anything.
  const filled = fromLeft | ((1n << BigInt(leading)) - 1n);
  return shortestOf([
    { wide: value >> BigInt(zeros), shift: LEFT, distance: zeros },
    { wide: fromLeft, shift: RIGHT, distance: leading },
    { wide: filled, shift: RIGHT, distance: leading },
  ]);
};

const shortestOf = (
  ways: readonly { readonly wide: bigint; readonly shift: number; readonly distance: number }[],
): Shifted | undefined => {
  let shortest: Shifted | undefined;
  for (const { wide, shift, distance } of ways) {
    if (distance === 0 || wide !== BigInt.asIntN(32, wide)) continue;
    const number = Number(wide);
    if (shortest !== undefined && immediateSize(number) >= immediateSize(shortest.number)) continue;
    shortest = { number, shift, distance };
  }
  return shortest;
};

/** Of 64 bits in two words. */
const leadingZeros = (low: number, high: number): number =>
  high === 0 ? 32 + Math.clz32(low) : Math.clz32(high);
const trailingZeros = (low: number, high: number): number =>
  low === 0 ? 32 + lowestBit(high) : lowestBit(low);
const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
