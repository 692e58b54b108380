import { RISCV_REGISTER_NAMES } from '../../../isa/registers.ts';
import { FIRST_TEMPORARY, TEMPORARIES } from './registers.ts';

/** Names of the registers of the graph, by number: RISC-V's ABI names, and `tmp0` to `tmp3` for the temporaries. */
export const GRAPH_REGISTER_NAMES: readonly string[] = [
  ...RISCV_REGISTER_NAMES.slice(0, FIRST_TEMPORARY),
  ...Array.from({ length: TEMPORARIES }, (_, index) => `tmp${index}`),
];
