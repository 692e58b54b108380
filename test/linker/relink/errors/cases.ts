import type { Width } from '../../../../src/core/kind.ts';
import type { RelinkOptions } from '../../../../src/linker/relink/options.ts';
import type { ElfInit } from '../../elf-image.ts';
import { code, FUNC, type ObjectRelocation, type ObjectSection, objectFile } from '../input/object-file.ts';
import { word } from '../lower/program.ts';

/** A case of the catalogue of errors that is refused. */
export interface Refused {
  readonly subject: string;
  readonly file: Uint8Array;
  readonly options?: RelinkOptions;
  readonly code: string;
  /** What the message says: which symbol, section and offset, and what to do. */
  readonly says: readonly string[];
  /** Fields of the detail. */
  readonly detail?: object;
  /** A file, or options, with two problems of this kind, and what the message says of both. */
  readonly twice?: {
    readonly file?: Uint8Array;
    readonly options?: RelinkOptions;
    readonly says: readonly string[];
  };
}

/** A case that other linkers refuse, and this one does not. */
export interface Accepted {
  readonly subject: string;
  readonly file: Uint8Array;
  readonly options?: RelinkOptions;
  /** Arguments and result of the export `main`; without a result it traps. */
  readonly call: readonly number[];
  readonly result: bigint | 'trap';
}

/** Numbers of relocations (RISC-V ELF psABI, "Relocations"). */
export const R = {
  none: 0,
  abs32: 1,
  abs64: 2,
  branch: 16,
  jal: 17,
  call: 19,
  gotHigh: 20,
  tlsGd: 22,
  pcrelHigh: 23,
  pcrelLow: 24,
  high: 26,
  low: 27,
  add8: 33,
  add16: 34,
  add32: 35,
  add64: 36,
  sub8: 37,
  sub16: 38,
  sub32: 39,
  sub64: 40,
  sub6: 52,
  set6: 53,
  set8: 54,
  setUleb: 60,
} as const;

/** An instruction as its operation and operands in the order of the form, or as a word. */
export type Line = string | number;

export const AUIPC_A0 = 0x517;
export const LUI_A0 = 0x537;
export const RETURN = 'jump_indirect ra 0';

export const bytesOfCode = (lines: readonly Line[], width: Width): Uint8Array => {
  const bytes = new Uint8Array(4 * lines.length);
  const view = new DataView(bytes.buffer);
  for (const [i, line] of lines.entries()) {
    view.setUint32(4 * i, typeof line === 'number' ? line : word(line, 4 * i, width), true);
  }
  return bytes;
};

interface SourceSymbol {
  readonly section: string | number;
  readonly value?: number;
  readonly size?: number;
  readonly info?: number;
}

export interface Source {
  readonly width?: Width;
  /** Instructions of the function `main`, which is all of section `text` unless a symbol says otherwise. */
  readonly lines?: readonly Line[];
  readonly text?: Partial<ObjectSection>;
  readonly relocations?: readonly ObjectRelocation[];
  readonly sections?: Readonly<Record<string, ObjectSection>>;
  readonly symbols?: Readonly<Record<string, SourceSymbol>>;
  readonly init?: Omit<ElfInit, 'sections' | 'width'>;
}

/** An object file, the function `main` among its symbols. */
export const source = ({
  width = 64,
  lines = [RETURN],
  text,
  relocations = [],
  sections,
  symbols,
  init,
}: Source): Uint8Array =>
  objectFile(
    {
      text: code(0, { data: bytesOfCode(lines, width), relocations: [relocations], ...text }),
      ...sections,
    },
    { main: { section: 'text', info: FUNC, size: 4 * lines.length }, ...symbols },
    { width, ...init },
  );

/** A copy of a file with other bytes from an offset on. */
export const patched = (file: Uint8Array, at: number, ...bytes: readonly number[]): Uint8Array => {
  const copy = file.slice();
  copy.set(bytes, at);
  return copy;
};
