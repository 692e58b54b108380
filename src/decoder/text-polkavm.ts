import type { Width } from '../core/kind.ts';
import { FULL_ROWS } from '../isa/full-table.ts';
import { POLKAVM_REGISTER_NAMES } from '../isa/registers.ts';
import { INVALID, operation } from '../isa/table.ts';
import type { Instruction } from './instruction.ts';

/** How a jump target prints: a decimal code offset in plain text, a label in a listing. */
export type TargetText = (offset: number) => string;

const bareOffset: TargetText = (offset) => `${offset}`;

/**
 * Text of one PolkaVM instruction as PolkaVM 0.35's disassembler prints it.
 *
 * @param width register width of the program's kind: 32-bit operations are marked in 64-bit kinds only
 */
export const formatPolkaVm = (i: Instruction, width: Width, target: TargetText = bareOffset): string =>
  format(i, width, target, 'listing');

/** As `formatPolkaVm`, with what its text leaves open spelled out, so that it assembles to this instruction. */
export const formatForAssembler = (i: Instruction, width: Width, target: TargetText): string => {
  const text = format(i, width, target, 'assembler');
  // Without the prefix a constant of 32 bits would become the shorter load_imm.
  return i.op === LOAD_IMM64 && i.y === i.x >> 31 ? `i64 ${text}` : text;
};

/** A text that stands for some instructions of a row in place of the row's own. */
export interface SpecialText {
  readonly op: number;
  readonly text: string;
  /** Operands that the text does not name. */
  readonly fixed: Readonly<Partial<Pick<Instruction, 'a' | 'x'>>>;
  readonly applies: (i: Instruction) => boolean;
}

const RA = 0;
const LOAD_IMM64 = operation('load_imm64');

export const SPECIAL_TEXTS: readonly SpecialText[] = [
  {
    op: operation('jump_indirect'),
    text: 'ret',
    fixed: { a: RA, x: 0 },
    applies: (i) => i.a === RA && i.x === 0,
  },
  {
    // The base is read before the register is written: the plain form would read the new value.
    op: operation('load_imm_and_jump_indirect'),
    text: 'tmp = {b}, {a} = {x:d}, jump [{tmp+y}]',
    fixed: {},
    applies: (i) => i.a === i.b,
  },
];

/** What may differ: in 32-bit kinds a listing shows one instruction with the operator of another. */
type Style = 'listing' | 'assembler';

const format = (i: Instruction, width: Width, target: TargetText, style: Style): string => {
  if (i.op === INVALID) return 'invalid';
  const { rows, special } = printersOf(width, style);
  const other = special.get(i.op);
  return (other?.applies(i) ? other.print : rows[i.op])?.(i, target) ?? '';
};

type Printer = (i: Instruction, target: TargetText) => string;

const register = (number: number): string => POLKAVM_REGISTER_NAMES[number] as string;

/** `0`, or hexadecimal of the value sign-extended to the register width. */
const number = (value: number, width: Width): string =>
  value === 0 ? '0' : `0x${width === 64 && value < 0 ? negative64(value) : (value >>> 0).toString(16)}`;

const negative64 = (value: number): string => `ffffffff${(value >>> 0).toString(16)}`;

const join64 = (low: number, high: number): string => {
  if (high === 0) return `0x${(low >>> 0).toString(16)}`;
  return `0x${(high >>> 0).toString(16)}${(low >>> 0).toString(16).padStart(8, '0')}`;
};

const address = (base: string, offset: number, width: Width): string =>
  offset === 0 ? base : `${base} + ${number(offset, width)}`;

/** Additions of −4095 … −1 print as subtractions. */
const addition = (value: number, width: Width): string =>
  value < 0 && value > -4096 ? `- ${-value}` : `+ ${number(value, width)}`;

/** What each token of a row's text (isa/row.ts) prints. */
const TOKENS: Readonly<Record<string, (width: Width, style: Style) => Printer>> = {
  a: () => (i) => register(i.a),
  b: () => (i) => register(i.b),
  c: () => (i) => register(i.c),
  x: (width) => (i) => number(i.x, width),
  y: (width) => (i) => number(i.y, width),
  'x:d': () => (i) => `${i.x}`,
  'x:u': () => (i) => `${i.x >>> 0}`,
  t: () => (i, target) => target(i.target),
  'a+x': (width) => (i) => address(register(i.a), i.x, width),
  'b+x': (width) => (i) => address(register(i.b), i.x, width),
  'b+y': (width) => (i) => address(register(i.b), i.y, width),
  'tmp+y': (width) => (i) => address('tmp', i.y, width),
  'b +x': (width) => (i) => (i.x === 0 ? `${register(i.b)} ` : address(register(i.b), i.x, width)),
  '+x': (width) => (i) => addition(i.x, width),
  'x-b': (width) => (i) => (i.x === 0 ? `-${register(i.b)}` : `${number(i.x, width)} - ${register(i.b)}`),
  xy: () => (i) => join64(i.x, i.y),
  '>>r': (width, style) => () => (width === 64 || style === 'assembler' ? '>>r' : '>>'),
};

/** Turns a row's text into a printer: literal text and tokens in turn. */
const compile = (text: string, width: Width, style: Style): Printer => {
  const marked = text.startsWith('~') ? (width === 64 ? 'i32 ' : '') + text.slice(1) : text;
  const parts = marked.split(/\{([^}]+)\}/).map((part, index): Printer => {
    if (index % 2 === 0) return () => part;
    const token = TOKENS[part];
    if (token === undefined) throw new Error(`unknown token {${part}} in the text ${text}`);
    return token(width, style);
  });
  return (i, target) => parts.map((part) => part(i, target)).join('');
};

interface Printers {
  /** By operation number. */
  readonly rows: readonly Printer[];
  readonly special: ReadonlyMap<number, Pick<SpecialText, 'applies'> & { readonly print: Printer }>;
}

const printers = new Map<string, Printers>();

const printersOf = (width: Width, style: Style): Printers => {
  const key = `${width} ${style}`;
  let made = printers.get(key);
  if (made === undefined) {
    made = {
      rows: FULL_ROWS.map((r) => compile(r.text, width, style)),
      special: new Map(
        SPECIAL_TEXTS.map(({ op, text, applies }) => [op, { applies, print: compile(text, width, style) }]),
      ),
    };
    printers.set(key, made);
  }
  return made;
};
