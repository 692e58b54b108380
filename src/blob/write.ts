import { isRiscvKind } from '../core/kind.ts';
import type { Blob } from './blob.ts';
import { writePolkaVm } from './polkavm.ts';
import { writeRiscv } from './riscv.ts';
import { fail } from './write-errors.ts';

/**
 * The file of a PolkaVM or RISC-V profile blob. For a blob that was read this gives back the same bytes, unless
 * the file spelled numbers with longer varints than needed: those come out in their shortest form.
 *
 * JAM programs have their own writers: `writeSpi` and `writeJamProgram`.
 *
 * @throws RiscboxError `blob/container` for a JAM program
 */
export const writeBlob = (blob: Blob): Uint8Array => {
  const { kind, riscv, container } = blob;
  if (container === 'riscv' && riscv && isRiscvKind(kind)) return writeRiscv(kind, blob, riscv);
  if (container === 'polkavm') return writePolkaVm(blob);
  throw fail('blob/container', { container, expected: 'program blob' });
};
