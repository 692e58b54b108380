import type { Blob } from './blob.ts';
import { fail } from './errors.ts';
import { POLKAVM_VERSIONS, readPolkaVm } from './polkavm.ts';
import { RISCV_VERSIONS, readRiscv } from './riscv.ts';
import { readHeader } from './sections.ts';

/**
 * Reads a program blob: a PolkaVM blob of any version, or a RISC-V profile blob. `bytes` is exactly the blob.
 *
 * Zero-copy: the result's byte fields are views into `bytes`. Exports, debug information and symbols are only
 * decoded when used. Instructions are not looked at.
 *
 * @throws RiscboxError `blob/*` for anything the format does not allow
 */
export const readBlob = (bytes: Uint8Array): Blob => {
  const { version, reader } = readHeader(bytes);
  const kind = POLKAVM_VERSIONS[version];
  if (kind !== undefined) return readPolkaVm(kind, reader);
  if (version === RISCV_VERSIONS.rv32) return readRiscv('rv32', reader);
  if (version === RISCV_VERSIONS.rv64) return readRiscv('rv64', reader);
  throw fail('blob/version', { version });
};
