import type { Blob, RiscvImage } from '../blob/blob.ts';
import { isRiscvKind, type Kind, type PolkaVmKind, type Width, widthOf } from '../core/kind.ts';
import { INVALID, mayContinue } from '../isa/table.ts';
import {
  DEFAULT_STACK_SIZE,
  type MemoryMap,
  type PolkaVmMapOptions,
  polkaVmMap,
  riscvMap,
  standardProgramMap,
} from '../memory/map.ts';
import { type Code, PolkaVmCode, RiscvCode } from './code.ts';
import { fail } from './errors.ts';
import { Instruction } from './instruction.ts';

/** A function that the host can call. */
export interface ProgramExport {
  readonly name: string;
  /** Code offset, or guest address in the RISC-V profile. */
  readonly pc: number;
}

export interface ProgramMapOptions extends PolkaVmMapOptions {
  /** JAM standard programs: bytes of arguments that the host will write. Default 0. */
  readonly argumentsSize?: number;
  /** RISC-V profile: bytes of stack. Default: the blob's, else 1 MiB. */
  readonly stackSize?: number;
  /** RISC-V profile: bytes of segments, stack, heap and mappings together. */
  readonly maxMemory: number;
}

/**
 * The immutable value between containers and engines: what runs, where it lies, what it imports and exports.
 * Nothing behind it knows containers or ELF; nothing in front of it knows engines.
 */
export interface Program {
  readonly kind: Kind;
  readonly width: Width;
  readonly code: Code;
  /** Import names by host-call number; undefined where the blob names none. */
  readonly imports: readonly (string | undefined)[];
  readonly exports: readonly ProgramExport[];
  /** RISC-V profile only. */
  readonly riscv: RiscvImage | undefined;
  /** The container that the program was read from: debug information and raw sections. */
  readonly blob: Blob;
  memoryMap(options: ProgramMapOptions): MemoryMap;
}

/** Name of the one import of RISC-V programs. */
export const ECALL_IMPORT = 'ecall';

const utf8 = new TextDecoder();
/** Symbols are bytes; those that are not UTF-8 get replacement characters. */
const nameOf = (symbol: Uint8Array | undefined): string | undefined =>
  symbol === undefined ? undefined : utf8.decode(symbol);

/** Joins a container with the instruction table. Throws program/invalid-code for jam_v1 code that is not valid. */
export const programFrom = (blob: Blob): Program => {
  const { kind } = blob;
  const exports = [...blob.exports].map((e) => ({ name: nameOf(e.symbol) ?? '', pc: e.offset }));
  if (isRiscvKind(kind)) {
    const { riscv } = blob;
    if (riscv === undefined) throw fail('program/no-image', { kind });
    const executable = riscv.segments.filter((s) => s.executable);
    return {
      kind,
      width: widthOf(kind),
      code: new RiscvCode(kind, executable, riscv.extraStarts, riscv.embedded),
      imports: [ECALL_IMPORT],
      exports,
      riscv,
      blob,
      memoryMap: (options) =>
        riscvMap(
          riscv.segments,
          options.stackSize ?? (blob.stackSize || DEFAULT_STACK_SIZE),
          options.maxMemory,
        ),
    };
  }
  const code = new PolkaVmCode(kind, blob.code, blob.bitmask, blob.jumpTable);
  if (kind === 'jam_v1') validate(kind, code);
  return {
    kind,
    width: widthOf(kind),
    code,
    imports: Array.from({ length: blob.imports.count }, (_, i) => nameOf(blob.imports.symbol(i))),
    exports,
    riscv: undefined,
    blob,
    memoryMap: (options) =>
      blob.spi === undefined
        ? polkaVmMap(blob, options)
        : standardProgramMap(blob, blob.spi.heapPages, options.argumentsSize ?? 0),
  };
};

/**
 * Whole-program validation of jam_v1 (PolkaVM 0.35, on its interpreter): a walk from offset 0 must meet known
 * instructions only, and must not fall off the end.
 */
const validate = (kind: PolkaVmKind, code: PolkaVmCode): void => {
  const instruction = new Instruction();
  const { length } = code.bytes;
  for (let offset = 0; offset < length; offset += instruction.length) {
    code.decode(offset, instruction);
    if (instruction.op === INVALID) throw fail('program/invalid-code', { kind, offset });
    if (instruction.isLast) {
      if (mayContinue(instruction.op)) {
        throw fail('program/invalid-code', { kind, offset: offset + instruction.length });
      }
    }
  }
};
