import { toHex } from '../../../core/bytes.ts';
import { FORMS } from '../../../isa/row.ts';
import { ROWS } from '../../../isa/table.ts';
import { definesA } from '../../../isa/term.ts';
import { Block, type End } from './block.ts';
import { DataSection } from './data-section.ts';
import type { ProgramGraph } from './graph.ts';
import { Import } from './import.ts';
import type { GraphInstruction } from './instruction.ts';
import type { Link, LinkTarget } from './link.ts';
import { GRAPH_REGISTER_NAMES } from './register-names.ts';

/** Bytes of a section that a listing shows. */
const SHOWN_BYTES = 256;

const decoder = new TextDecoder();

/** Sections and imports by a name that is unique in the listing; ELF files may have many sections of one name. */
type Names = ReadonlyMap<LinkTarget, string>;

const importsOf = (graph: ProgramGraph): ReadonlySet<Import> => {
  const found = new Set<Import>();
  for (const { instructions } of graph.blocks) {
    for (const { xLink } of instructions) if (xLink?.to instanceof Import) found.add(xLink.to);
  }
  return found;
};

const namesOf = (graph: ProgramGraph, imports: ReadonlySet<Import>): Names => {
  const names = new Map<LinkTarget, string>();
  const taken = new Map<string, number>();
  for (const target of [...graph.data, ...imports]) {
    const name = target instanceof Import ? decoder.decode(target.symbol) : target.name;
    const count = taken.get(name) ?? 0;
    taken.set(name, count + 1);
    names.set(target, count === 0 ? name : `${name}~${count}`);
  }
  return names;
};

const registerText = (register: number): string => GRAPH_REGISTER_NAMES[register] ?? `r${register}`;

const targetText = (target: LinkTarget, names: Names): string =>
  target instanceof Block
    ? `b${target.id}`
    : target instanceof DataSection || target instanceof Import
      ? (names.get(target) ?? 'nowhere')
      : target.kind;

const addendText = (addend: number): string => (addend === 0 ? '' : addend < 0 ? `${addend}` : `+${addend}`);

/** `5`, `&.data+16`, `high(&.data+16)`. */
const immediateText = (value: number, link: Link | undefined, names: Names): string => {
  if (link === undefined) return `${value}`;
  const whole = `&${targetText(link.to, names)}${addendText(value)}`;
  return link.part === 'whole' ? whole : `${link.part}(${whole})`;
};

const wideText = (low: number, high: number): string =>
  `0x${((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString(16)}`;

const operandTexts = (instruction: GraphInstruction, names: Names): readonly string[] => {
  const { op, x, y, xLink, yLink } = instruction;
  const row = ROWS[op];
  if (row === undefined) return [];
  if (row.form === 'reg_imm64') return [registerText(instruction.a), wideText(x, y)];
  return [...FORMS[row.form]].map((operand) => {
    switch (operand) {
      case 'x':
        return immediateText(x, xLink, names);
      case 'y':
        return immediateText(y, yLink, names);
      default:
        return registerText(instruction[operand as 'a' | 'b' | 'c']);
    }
  });
};

const originText = (origin: number): string => (origin < 0 ? '' : `  ; 0x${origin.toString(16)}`);

const instructionLine = (instruction: GraphInstruction, names: Names): string => {
  const { op, origin } = instruction;
  const name = ROWS[op]?.name ?? 'invalid';
  const operands = operandTexts(instruction, names);
  const words = definesA(op) ? [operands[0], '=', name, ...operands.slice(1)] : [name, ...operands];
  return `  ${words.join(' ')}${originText(origin)}`;
};

const endText = (end: End, names: Names): string => {
  switch (end.kind) {
    case 'trap':
      return 'trap';
    case 'jump':
      return `jump b${end.target.id}`;
    case 'call':
      return `${registerText(end.link)} = call b${end.target.id} back b${end.back.id}`;
    case 'jump-indirect':
      return `jump-indirect ${registerText(end.base)} ${end.offset}`;
    case 'call-indirect':
      return `${registerText(end.link)} = call-indirect ${registerText(end.base)} ${end.offset} back b${end.back.id}`;
    case 'branch': {
      const row = ROWS[end.op];
      const second =
        row?.form === 'reg_reg_offset' ? registerText(end.b) : immediateText(end.x, end.xLink, names);
      const condition = `${row?.name ?? 'invalid'} ${registerText(end.a)} ${second}`;
      return `${condition} then b${end.taken.id} else b${end.next.id}`;
    }
  }
};

const exportWords = (graph: ProgramGraph): ReadonlyMap<Block, readonly string[]> => {
  const words = new Map<Block, string[]>();
  for (const { block, symbol, outputs } of graph.exports) {
    const list = words.get(block) ?? [];
    list.push(`export ${decoder.decode(symbol)}/${outputs}`);
    words.set(block, list);
  }
  return words;
};

const blockHeader = (block: Block, exported: readonly string[]): string =>
  [
    `b${block.id}`,
    ...(block.address < 0 ? [] : [`@0x${block.address.toString(16)}`]),
    ...exported,
    ...(block.isAddressTaken ? ['taken'] : []),
    ...(block.isUnlikely ? ['unlikely'] : []),
    ...(block.isReachable ? [] : ['unreachable']),
  ].join(' ');

const dataLines = (section: DataSection, names: Names): readonly string[] => {
  const { kind, size, alignment, bytes, references, isReachable } = section;
  const shown = toHex(bytes.subarray(0, SHOWN_BYTES));
  const header = [
    `${kind} ${names.get(section)} size ${size} align ${alignment}`,
    ...(isReachable ? [] : ['unreachable']),
    ...(shown === '' ? [] : [`= ${shown}${bytes.length > SHOWN_BYTES ? '…' : ''}`]),
  ].join(' ');
  return [
    header,
    ...references.map(({ offset, size: width, to, addend, minus }) => {
      const value = `&${targetText(to, names)}${addendText(addend)}`;
      const less =
        minus === undefined ? '' : ` less &${targetText(minus.section, names)}${addendText(minus.addend)}`;
      return `  ${offset}: u${8 * width} ${value}${less}`;
    }),
  ];
};

const importLine = (imported: Import, names: Names): string => {
  const { convention, inputs, outputs, index } = imported;
  const asked = index === undefined ? '' : ` index ${index}`;
  return `import ${names.get(imported)} ${convention} ${inputs} ${outputs}${asked}`;
};

/**
 * A graph as text, for people: one line per instruction, with the names of the instruction table. Tests have the
 * reader of it.
 *
 * ```text
 * latest64 stack 8192 native
 * import putchar call 1 0
 * rw .data size 8 align 8 = 0102
 *   0: u64 &b1+4
 * b0 @0x1000 export main/1:
 *   a0 = load_imm &.data+4  ; 0x1000
 *   ecalli &putchar  ; 0x1004
 *   branch_eq_imm a0 5 then b1 else b2  ; 0x1008
 * ```
 */
export const textOf = (graph: ProgramGraph): string => {
  const imports = importsOf(graph);
  const names = namesOf(graph, imports);
  const exported = exportWords(graph);
  const lines = [
    `${graph.kind} stack ${graph.stackSize} ${graph.registers}`,
    ...[...imports].map((imported) => importLine(imported, names)),
    ...graph.data.flatMap((section) => dataLines(section, names)),
    ...graph.blocks.flatMap((block) => [
      `${blockHeader(block, exported.get(block) ?? [])}:`,
      ...block.instructions.map((instruction) => instructionLine(instruction, names)),
      `  ${endText(block.end, names)}${originText(block.end.origin)}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
};
