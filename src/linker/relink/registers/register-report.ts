import type { Homes } from './homes.ts';
import type { SpillSlots } from './spill-slots.ts';

/** What giving 13 registers to a program took. Registers are RISC-V's numbers, and 32 to 35 temporaries. */
export interface RegisterReport {
  /** Instructions inserted. */
  readonly loads: number;
  readonly stores: number;
  readonly moves: number;
  /** Registers that live in another register than their own. */
  readonly renamed: readonly { readonly register: number; readonly native: number }[];
  /** Registers that live in memory, or were kept there for a while. */
  readonly inMemory: readonly number[];
}

export const reportOf = (homes: Homes, slots: SpillSlots, moves: number): RegisterReport => ({
  loads: slots.loads,
  stores: slots.stores,
  moves,
  renamed: homes.natives
    .map((native) => ({ register: homes.ownerOf(native), native }))
    .filter(({ register, native }) => register !== 0 && register !== native),
  inMemory: slots.registers,
});
