import type { Link } from './link.ts';

/**
 * What a host call does to registers:
 * - `call`: an import of the program's own. It reads `inputs` argument registers and sp, and leaves nothing certain in
 *   any argument register (PolkaVM 0.35's linker assumes the same);
 * - `ecall`: RISC-V's environment call of a stock program, as Linux serves it: it reads a0 … a5 and the number in t0
 *   (a7 before demotion), writes a0 and keeps the rest.
 */
export type CallConvention = 'call' | 'ecall';

/** A host function that the program calls. */
export class Import {
  readonly symbol: Uint8Array;
  readonly convention: CallConvention;
  /** Argument registers that are read, 0 to 9. */
  readonly inputs: number;
  /** Registers of the result: 0, 1 (a0) or 2 (a0, a1). */
  readonly outputs: number;
  /** The number that the program asks for. */
  readonly index: number | undefined;
  /** Host-call number, once imports are numbered; before that -1. */
  number = -1;
  readonly link: Link = { to: this, part: 'whole' };

  constructor(
    symbol: Uint8Array,
    convention: CallConvention,
    inputs: number,
    outputs: number,
    index: number | undefined,
  ) {
    this.symbol = symbol;
    this.convention = convention;
    this.inputs = inputs;
    this.outputs = outputs;
    this.index = index;
  }
}
