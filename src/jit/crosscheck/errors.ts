import { defineErrors, type Fail, hex } from '../../core/error.ts';
import type { TierName } from '../tier.ts';
import type { MemoryDifference } from './memory.ts';
import type { Place, Side } from './side.ts';

const where = (pc: number | undefined, instruction: string | undefined): string =>
  pc === undefined ? 'before the first instruction' : `at ${hex(pc)} (${instruction ?? 'no instruction'})`;

const table = {
  'crosscheck/difference': (d: {
    tiers: readonly TierName[];
    pc: number | undefined;
    instruction: string | undefined;
    exact: boolean;
    reproduced: boolean;
    what: readonly string[];
    from: Place;
    first: Side;
    second: Side;
    memory: readonly MemoryDifference[];
  }) =>
    `the tiers ${d.tiers.join(' and ')} differ ${where(d.pc, d.instruction)} in ${d.what.join(', ')}; this is a fault of riscbox: run the program with tier 'interpreter', and report it with the program file and this error's detail`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
