import type { FullRow, Rows } from './full-row.ts';
import { arithmetic } from './rows/arithmetic.ts';
import { bits } from './rows/bits.ts';
import { control } from './rows/control.ts';
import { memory } from './rows/memory.ts';

/**
 * THE TABLE: every instruction of the PolkaVM kinds and of RISC-V, once. Decoders, encoders, disassembler,
 * oracle, interpreter loops, gas models and the tables of SPEC.md are views of it; the run-time view is table.ts.
 */
const PARTS: readonly Rows[] = [control, memory, arithmetic, bits];

/** All rows, by operation number. */
export const FULL_ROWS: readonly FullRow[] = PARTS.flatMap((part) =>
  Object.entries(part).map(([name, body]) => ({ name, ...body })),
);
