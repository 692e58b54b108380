/** Entry `riscbox/disassembler`: programs and single instructions as text. */
import type { Blob } from './blob/blob.ts';
import { isRiscvKind } from './core/kind.ts';
import type { ListingOptions } from './decoder/listing.ts';
import { listPolkaVm } from './decoder/listing-polkavm.ts';
import { listRiscv } from './decoder/listing-riscv.ts';

export { Instruction } from './decoder/instruction.ts';
export type { ListingOptions } from './decoder/listing.ts';
export { formatPolkaVm, type TargetText } from './decoder/text-polkavm.ts';
export { formatRiscv, type RiscvTarget } from './decoder/text-riscv.ts';

/**
 * The listing of a program: lines without line ends, made as they are asked for.
 *
 * @throws RiscboxError `gas/*` for a model that the kind does not have, `blob/debug-*` when debug sections are
 * damaged (`debug: false` lists the program without them)
 */
export const disassemble = (blob: Blob, options: ListingOptions = {}): Iterable<string> => {
  const { kind, riscv } = blob;
  return isRiscvKind(kind) && riscv !== undefined
    ? listRiscv(blob, kind, riscv, options)
    : listPolkaVm(blob, kind as Exclude<typeof kind, 'rv32' | 'rv64'>, options);
};
