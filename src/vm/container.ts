import type { Blob } from '../blob/blob.ts';
import { readJamProgram, readSpi } from '../blob/jam.ts';
import { readBlob } from '../blob/read.ts';
import { toHex } from '../core/bytes.ts';
import { isRiscboxError } from '../core/error.ts';
import type { PolkaVmKind } from '../core/kind.ts';
import { fail } from './module-errors.ts';

/** How to read a program file. */
export interface ContainerOptions {
  /**
   * - `auto` (default): a blob by its first bytes, else a JAM standard program or bare JAM program, if the file can
   *   be read as one to its last byte;
   * - `polkavm`: a PolkaVM blob or a blob of the RISC-V profile;
   * - `jam-spi`: a JAM standard program; `jam-raw`: a bare JAM program.
   */
  readonly container?: 'auto' | 'polkavm' | 'jam-spi' | 'jam-raw';
  /** JAM programs do not say which instruction numbers they use. Default `jam_gp07`. */
  readonly kind?: PolkaVmKind;
  /** JAM standard programs: whether metadata stands in front. Default `auto`. */
  readonly metadata?: boolean | 'auto';
}

const startsWith = (bytes: Uint8Array, ...start: number[]): boolean => start.every((b, i) => bytes[i] === b);

/** Throws blob/…, module/format, module/elf, module/kind, engine/option. */
export const readProgramFile = (bytes: Uint8Array, options: ContainerOptions): Blob => {
  const { container = 'auto', kind } = options;
  switch (container) {
    case 'polkavm':
      return checkKind(readBlob(bytes), kind);
    case 'jam-spi':
      return readSpi(bytes, options);
    case 'jam-raw':
      return readJamProgram(bytes, options);
    case 'auto':
      if (startsWith(bytes, 0x50, 0x56, 0x4d, 0)) return checkKind(readBlob(bytes), kind);
      if (startsWith(bytes, 0x7f, 0x45, 0x4c, 0x46)) throw fail('module/elf', {});
      return readUnmarked(bytes, options);
    default:
      throw fail('engine/option', {
        option: 'container',
        value: container,
        expected: 'auto, polkavm, jam-spi or jam-raw',
      });
  }
};

/** JAM files have no mark: a file is what it can be read as completely. */
const readUnmarked = (bytes: Uint8Array, options: ContainerOptions): Blob => {
  const problems: string[] = [];
  for (const read of [readSpi, readJamProgram]) {
    try {
      return read(bytes, options);
    } catch (error) {
      if (!isRiscboxError(error)) throw error;
      problems.push(error.code);
    }
  }
  const problem = `as JAM standard program ${problems[0]}, as bare JAM program ${problems[1]}`;
  throw fail('module/format', { found: toHex(bytes.subarray(0, 4)), problem });
};

const checkKind = (blob: Blob, wanted: PolkaVmKind | undefined): Blob => {
  if (wanted !== undefined && wanted !== blob.kind) throw fail('module/kind', { stated: blob.kind, wanted });
  return blob;
};
