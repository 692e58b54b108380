import type { Block } from '../graph/block.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { A0, A1, FIRST_TEMPORARY, isNative, RA, SP } from '../graph/registers.ts';
import { Homes, NATIVE_COUNT, nativeHomes, SCRATCH } from './homes.ts';
import { findRegions } from './regions.ts';
import { Usage } from './usage.ts';

/** They stay where they are, because the host sets and reads them. */
const FIXED: readonly number[] = [RA, SP, A0, A1];

/**
 * Registers that cannot be anywhere else in common: with those that calls write (t0 is for calls of functions that save
 * registers), since a call that stores its return address could not be told from a jump.
 */
const fixedRegisters = (blocks: Iterable<Block>): ReadonlySet<number> => {
  const fixed = new Set(FIXED);
  for (const { end } of blocks) {
    const isCall = end.kind === 'call' || end.kind === 'call-indirect';
    if (isCall && isNative(end.link)) fixed.add(end.link);
    if (fixed.size === MOST_FIXED) break;
  }
  return fixed;
};

/** Registers that code uses for calls are two; what names more of them was not made by a compiler. */
const MOST_FIXED = 6;

/** Which homes hold in which block. */
export interface HomePlan {
  /** Wherever dynamic jumps and the host come in, and in all blocks that have no homes of their own. */
  readonly common: Homes;
  of(block: Block): Homes;
}

/** Programs of 13 registers: everybody is at home everywhere. */
export const nativePlan = (): HomePlan => {
  const common = nativeHomes();
  return { common, of: () => common };
};

/** Registers by use, the most used one first, temporaries left out. */
const ranked = (weights: Float64Array): readonly number[] =>
  [...weights.subarray(0, FIRST_TEMPORARY).keys()]
    .filter((register) => (weights[register] as number) > 0)
    .sort((a, b) => (weights[b] as number) - (weights[a] as number));

/** Native registers that have to be nobody's home, for `room` registers that could be one. */
const scratchOf = (candidates: readonly number[], weights: Float64Array, room: number): number => {
  const hasTemporaries = weights.subarray(FIRST_TEMPORARY).some((weight) => weight > 0);
  return candidates.length <= room && !hasTemporaries ? 0 : SCRATCH;
};

/**
 * The common homes: the most used registers. Registers that PolkaVM has stay themselves if they are chosen, so that
 * what host and guest pass each other is in place; others get the native registers that are left.
 */
const commonHomes = (weights: Float64Array, fixed: ReadonlySet<number>): Homes => {
  const candidates = ranked(weights).filter((register) => !fixed.has(register));
  const room = NATIVE_COUNT - fixed.size;
  const chosen = candidates.slice(0, room - scratchOf(candidates, weights, room));
  const kept = [...fixed, ...chosen.filter(isNative)];
  const left = nativeHomes().natives.filter((native) => !kept.includes(native));
  const moved = chosen.filter((register) => !isNative(register));
  return new Homes([
    ...kept.map((register) => [register, register] as const),
    ...moved.map((register, index) => [register, left[index] as number] as const),
  ]);
};

/**
 * Homes of a region: its own registers, where they are around it if they have a home there. What the region does not
 * use stays where it is as long as nobody needs the room.
 */
const regionHomes = (around: Homes, weights: Float64Array): Homes => {
  const candidates = ranked(weights);
  const scratch = scratchOf(candidates, weights, NATIVE_COUNT);
  const chosen = candidates.slice(0, NATIVE_COUNT - scratch);
  const taken = new Map<number, number>();
  for (const register of chosen) {
    if (around.of(register) !== 0) taken.set(around.of(register), register);
  }
  // Those first that are nobody's home.
  const left = around.natives.filter((native) => !taken.has(native));
  const moved = chosen.filter((register) => around.of(register) === 0);
  moved.forEach((register, index) => {
    taken.set(left[index] as number, register);
  });
  for (const native of left.slice(moved.length + scratch)) {
    const owner = around.ownerOf(native);
    if (owner !== 0) taken.set(native, owner);
  }
  return new Homes([...taken].map(([native, register]) => [register, native] as const));
};

/** Chooses who lives in a register where. */
export const planHomes = (graph: ProgramGraph): HomePlan => {
  const usage = new Usage(graph);
  const regions = findRegions(graph, usage);
  const ofBlock = new Map<Block, Homes>();
  const inRegions = new Set(regions.flatMap(({ blocks }) => blocks));
  const elsewhere = graph.blocks.filter((block) => block.isReachable && !inRegions.has(block));
  const common = commonHomes(usage.weights(elsewhere), fixedRegisters(elsewhere));
  for (const { blocks, before } of regions) {
    const around = (before && ofBlock.get(before)) ?? common;
    const homes = regionHomes(around, usage.weights(blocks));
    for (const block of blocks) ofBlock.set(block, homes);
  }
  return { common, of: (block) => ofBlock.get(block) ?? common };
};
