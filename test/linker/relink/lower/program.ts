import type { Width } from '../../../../src/core/kind.ts';
import { encodeRiscv } from '../../../../src/decoder/encode-riscv.ts';
import { Instruction } from '../../../../src/decoder/instruction.ts';
import { RISCV_REGISTER_NAMES } from '../../../../src/isa/registers.ts';
import { FORMS } from '../../../../src/isa/row.ts';
import { operation, ROWS } from '../../../../src/isa/table.ts';
import type { Elf } from '../../../../src/linker/elf.ts';
import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import { DataSection } from '../../../../src/linker/relink/graph/data-section.ts';
import { textOf } from '../../../../src/linker/relink/graph/graph-text.ts';
import { Import } from '../../../../src/linker/relink/graph/import.ts';
import {
  type CodeRelocation,
  CodeSection,
  type LinkInput,
  type Target,
} from '../../../../src/linker/relink/input/link-input.ts';
import { lowerProgram } from '../../../../src/linker/relink/lower/lower.ts';
import type { RelinkOptions } from '../../../../src/linker/relink/options.ts';

type Relocated =
  | { readonly kind: Exclude<CodeRelocation['kind'], 'pcrel-low'>; readonly target: Target }
  | { readonly kind: 'pcrel-low'; readonly high: number };

/** An instruction as its operation and operands in the order of the form, or as a word; with its relocation. */
export type Line = string | number | readonly [string | number, Relocated];

const ADDRESS = 0x10000;

/** The word of `add_imm_64 a0 a1 5`; jumps name the offset in the section that they go to. */
export const word = (line: string, offset: number, width: Width): number => {
  const [name, ...operands] = line.split(' ');
  const instruction = new Instruction();
  instruction.op = operation(name as string);
  const row = ROWS[instruction.op];
  for (const [index, letter] of [...(FORMS[row?.form ?? 'argless'] as string)].entries()) {
    const operand = operands[index] ?? (/[abc]/.test(letter) ? 'zero' : '0');
    if (letter === 't') instruction.target = Number(operand);
    else if (letter === 'x' || letter === 'y') instruction[letter] = Number(operand);
    else instruction[letter as 'a' | 'b' | 'c'] = RISCV_REGISTER_NAMES.indexOf(operand);
  }
  return encodeRiscv(instruction, offset, width === 32 ? 'rv32' : 'rv64');
};

/** Sections of data that programs of tests refer to. */
export const DATA: DataSection = new DataSection('rw', '.data', 64, 8, new Uint8Array(64));
export const IMPORT: Import = new Import(new TextEncoder().encode('host'), 'call', 2, 1, undefined);

export interface Program {
  readonly width?: Width;
  readonly lines: readonly Line[];
  /** Lines become a section; the second gets these. */
  readonly input?: (section: CodeSection) => Partial<LinkInput>;
  readonly options?: RelinkOptions;
}

/** An input of one section of code, whose beginning is exported as `main`. */
export const inputOf = ({ width = 64, lines, input }: Program): LinkInput => {
  const bytes = new Uint8Array(4 * lines.length);
  const view = new DataView(bytes.buffer);
  const relocations: CodeRelocation[] = [];
  for (const [index, line] of lines.entries()) {
    const [text, relocation] = Array.isArray(line)
      ? (line as readonly [string | number, Relocated])
      : [line as string | number];
    const offset = 4 * index;
    view.setUint32(offset, typeof text === 'number' ? text : word(text, offset, width), true);
    if (relocation !== undefined) relocations.push({ ...relocation, offset } as CodeRelocation);
  }
  const section = new CodeSection('.text', ADDRESS, bytes);
  section.relocations = relocations;
  const symbol = new TextEncoder().encode('main');
  return {
    elf: undefined as unknown as Elf,
    width,
    embedded: true,
    code: [section],
    data: [DATA],
    references: new Map(),
    exports: [{ symbol, place: { section, offset: 0 }, inputs: 0, outputs: 1 }],
    entry: undefined,
    stackSize: 0,
    names: [{ name: 'main', address: ADDRESS, size: bytes.length, isFunction: true }],
    globalPointer: undefined,
    threadPointer: undefined,
    importAt: () => IMPORT,
    sectionAt: () => undefined,
    describe: (where, offset) => `${where.name}+${offset}`,
    ...input?.(section),
  };
};

/** The graph of a program as text: blocks only, without origins. */
export const lowered = (program: Program): string => {
  const graph = lowerProgram(inputOf(program), program.options ?? {});
  checkGraph(graph);
  const text = textOf(graph);
  return text
    .slice(text.indexOf('\nb0') + 1)
    .replace(/ +; 0x[\da-f]+/g, '')
    .replace(/ @0x[\da-f]+/g, '')
    .trim();
};

/** The lines of the first block but for its name. */
export const firstBlock = (program: Program): readonly string[] =>
  (lowered(program).split(/\nb\d/)[0] as string)
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
