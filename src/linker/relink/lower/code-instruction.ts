import { Instruction } from '../../../decoder/instruction.ts';
import type { CodeRelocation } from '../input/link-input.ts';

/**
 * Instructions of PolkaVM programs that RISC-V does not have and that no single row of the instruction table is:
 * - `import`: a host call with a pointer to its metadata behind it;
 * - `heap-base`: register `a` = first address behind the data;
 * - `select`: register `a` = `c` is not 0 ? `b` : `d` (MIPS).
 */
export type Special = 'import' | 'heap-base' | 'select';

/** One instruction of a code section; `target` is an offset in its section. */
export class CodeInstruction extends Instruction {
  /** Where it begins in its section. */
  offset = 0;
  /** The instruction word as it is in the file. */
  raw = 0;
  special: Special | undefined;
  /** The fourth register of a `select`. */
  d = 0;
  relocation: CodeRelocation | undefined;
}
