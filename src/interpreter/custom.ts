import type { Width } from '../core/kind.ts';
import type { TrapReason } from '../core/stop.ts';
import type { Custom } from '../isa/row.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import type { GasCounter } from './gas-counter.ts';
import { cellIn } from './records.ts';

/** What the rows that no vocabulary fits may touch. */
export interface CustomContext {
  readonly memory: GuestMemory;
  readonly registers: Int32Array;
  readonly width: Width;
  /** Instructions executed before this one. */
  readonly executed: number;
  /** Undefined without metering. */
  readonly gas: GasCounter | undefined;
}

export type CustomResult = 'done' | 'out-of-gas' | 'fault' | TrapReason;

type Execute = (context: CustomContext, records: Int32Array, p: number) => CustomResult;

/** Executes the custom row whose record is at word index `p`. */
export const executeCustom = (
  custom: Custom,
  context: CustomContext,
  records: Int32Array,
  p: number,
): CustomResult => CUSTOM[custom](context, records, p);

/** PolkaVM registers a0, a1, a2, as word indices of their cells. */
const A0 = 2 * 7;
const A1 = 2 * 8;
const A2 = 2 * 9;

/** PolkaVM 0.35 `memset`: 1 gas per byte, resumable at any byte. */
const memset: Execute = ({ memory, registers, gas, width }) => {
  const count = (registers[A2] as number) >>> 0;
  const affordable = gas === undefined || gas.covers(count) ? count : Math.max(0, Number(gas.value));
  const done = memory.fill((registers[A0] as number) >>> 0, (registers[A1] as number) & 255, affordable);
  gas?.charge(done);
  const low = (registers[A0] as number) >>> 0;
  registers[A0] = low + done;
  if (width === 64 && low + done >= 2 ** 32) registers[A0 + 1] = (registers[A0 + 1] as number) + 1;
  registers[A2] = count - done;
  registers[A2 + 1] = 0;
  if (done === count) return 'done';
  return done === affordable ? 'out-of-gas' : 'fault';
};

const sbrkWith =
  (resultOf: (before: number, after: number) => number): Execute =>
  ({ memory, registers, width }, records, p) => {
    if (memory.size === 0) return 'sbrk-unavailable';
    const cell = cellIn(records[p] as number, 1);
    const tooLarge = width === 64 && registers[cell + 1] !== 0;
    const size = tooLarge ? 0 : (registers[cell] as number) >>> 0;
    const before = memory.heapEnd;
    const after = size === 0 ? before : memory.growHeap(size);
    const result = after === undefined ? 0 : resultOf(before, after) | 0;
    const target = cellIn(records[p] as number, 0);
    // The memory may have moved: its registers are the new ones.
    memory.registers[target] = result;
    memory.registers[target + 1] = result >> 31;
    return 'done';
  };

/** Counters of Zicntr: cycle, time, instret, and their high halves in 32-bit programs. */
const COUNTERS = { first: 0xc00, last: 0xc02, highFirst: 0xc80, highLast: 0xc82 } as const;
/** Functions 2, 3 (register) and 6, 7 (immediate) read only when their operand is 0. */
const SET_OR_CLEAR = 2;

/** Reads of the counters give the number of executed instructions: deterministic, and the same on every tier. */
const csr: Execute = ({ registers, width, executed }, records, p) => {
  const first = records[p] as number;
  // A register's cell or an immediate: zero for x0 and 0 alike.
  const operand = cellIn(first, 1);
  const number = records[p + 1] as number;
  const readsOnly = ((records[p + 2] as number) & SET_OR_CLEAR) !== 0 && operand === 0;
  const low = number >= COUNTERS.first && number <= COUNTERS.last;
  const high = width === 32 && number >= COUNTERS.highFirst && number <= COUNTERS.highLast;
  if (!readsOnly || !(low || high)) return 'csr';
  const cell = cellIn(first, 0);
  registers[cell] = high ? Math.floor(executed / 2 ** 32) : executed % 2 ** 32;
  registers[cell + 1] = Math.floor(executed / 2 ** 32);
  return 'done';
};

const CUSTOM: { readonly [C in Custom]: Execute } = {
  memset,
  sbrk: sbrkWith((_before, after) => after),
  sbrk_gp07: sbrkWith((before) => before),
  csr,
};
