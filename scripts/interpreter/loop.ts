import type { Width } from '../../src/core/kind.ts';
import { KINDS, widthOf } from '../../src/core/kind.ts';
import { EXIT, RARE } from '../../src/interpreter/loop-state.ts';
import {
  CELL_TEXT,
  FIRST_FUSED_LABEL,
  fieldShift,
  GOTO,
  LABEL_TEXT,
  RECORD,
  SHAPES,
} from '../../src/interpreter/records.ts';
import type { FullEffect, FullRow } from '../../src/isa/full-row.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import type { Row } from '../../src/isa/row.ts';
import type { Values } from '../../src/isa/sem.ts';
import { existsIn, ROWS } from '../../src/isa/table.ts';
import { FUSED_SEQUENCES } from './fused-sequences.ts';
import { atom, js, jsSem, Node, type Pair, Printer, truthOf } from './js-text.ts';

type Shape = (typeof SHAPES)[number];

/** Exits are numbered below this; the rest of the number is the offset of the record. */
const EXIT_SHIFT = 3;
const EXIT_CODES = 1 << EXIT_SHIFT;

const fullRows = new Map(FULL_ROWS.map((row) => [row.name, row]));

/** A shape's row with its meaning. */
const fullRow = (shape: Shape): FullRow => fullRows.get(shape.row.name) as FullRow;

/** One case of the switch: its label, a comment, its statements, and whether control stays in the block. */
interface Case {
  readonly label: number;
  readonly name: string;
  readonly body: string;
}

const existsInWidth = (row: Row, width: Width): boolean =>
  KINDS.some((kind) => widthOf(kind) === width && existsIn(row, kind));

/** Rows that share a shape: the absolute form of an access may exist where the indirect one does. */
const shapeExists = (shape: Shape, width: Width): boolean =>
  ROWS.some((r) => r.name === shape.row.name && existsInWidth(r, width)) || existsInWidth(shape.row, width);

type Register = 'a' | 'b' | 'c' | 'base';
type Constant = 'x' | 'y' | 't' | 'link';

/** The operands of the record `offset` words behind `p`, as nodes. `known`: a name that holds the first word. */
class Operands {
  readonly offset: number;
  readonly #shape: Shape;
  readonly #wide: boolean;
  readonly #first: Node;
  readonly #cells = new Map<Register, Node>();
  readonly #values = new Map<Register, Pair>();
  readonly #words: readonly Node[];

  /** Name of the array that holds the register cells. */
  readonly file: string;

  constructor(shape: Shape, offset: number, width: Width, file = 'C') {
    this.file = file;
    this.#shape = shape;
    this.offset = offset;
    this.#wide = width === 64;
    // The switch has read the first word of the first record.
    this.#first = offset === 0 ? atom('w') : js`C[p+${offset}|0]`;
    this.#words = [1, 2].map((k) => js`C[p+${offset + k}|0]`);
  }

  /** Word index of a register's cell. */
  cell(register: Register): Node {
    let cell = this.#cells.get(register);
    if (cell === undefined) {
      const field = this.#shape.layout.fields.indexOf(register);
      if (field < 0) throw new Error(`${this.#shape.row.name} has no register ${register}`);
      cell = new Node([this.#first, `>>${fieldShift(field)}${CELL_TEXT}`]);
      this.#cells.set(register, cell);
    }
    return cell;
  }

  register(register: Register): Pair {
    let value = this.#values.get(register);
    if (value === undefined) {
      const cell = this.cell(register);
      value = { lo: js`${this.file}[${cell}]`, hi: this.#wide ? js`${this.file}[${cell}+1]` : atom('0') };
      this.#values.set(register, value);
    }
    return value;
  }

  /** The record word that holds an immediate, a target or a link. */
  word(constant: Constant): Node {
    const index = this.#shape.layout.words.indexOf(constant);
    if (index < 0) throw new Error(`${this.#shape.row.name} has no word ${constant}`);
    return this.#words[index] as Node;
  }

  immediate(constant: Constant): Pair {
    const lo = this.word(constant);
    return { lo, hi: js`${lo}>>31` };
  }

  get values(): Values<Pair> {
    const self = this;
    return {
      get a() {
        return self.register('a');
      },
      get b() {
        return self.register('b');
      },
      get c() {
        return self.register('c');
      },
      get x() {
        return self.immediate('x');
      },
      get y() {
        return self.immediate('y');
      },
    };
  }
}

/** Statements that write a value to register `a`. */
const writeRegister = (o: Operands, value: Pair, width: Width): string => {
  const printer = new Printer('n');
  const cell = o.cell('a');
  if (width === 32) {
    printer.count(value.lo, cell);
    const lo = printer.print(value.lo);
    return `${printer.lines.join('')}${o.file}[${printer.print(cell)}]=${lo};`;
  }
  printer.count(value.lo, value.hi, cell, cell);
  const lo = printer.print(value.lo);
  let hi = printer.print(value.hi);
  // The high word must be known before the low one is written: the destination may be a source.
  if (hi.includes('[')) hi = printer.bind(js`high`, hi);
  const to = printer.print(cell);
  return `${printer.lines.join('')}${o.file}[${to}]=${lo};${o.file}[${to}+1]=${hi};`;
};

/**
 * Leaves the loop at the record `offset` words behind `p`. A literal only: V8 compiles an operation that has not
 * run yet as "throw the optimised loop away", and most exits are first taken long after the loop is optimised.
 */
const exitAt = (offset: number, exit: number): string => `x=${exit + EXIT_CODES * offset};break block;`;

const address = (o: Operands): Node => js`C[${o.cell('base')}]+${o.word('x')}+K>>>0`;

/** Whether an access may take the fast path: inside the buffer, aligned, allowed. */
const fast = (size: number, right: number): string =>
  `a<SIZE&&${size > 1 ? `(a&${size - 1})===0&&` : ''}(P[a>>>12]&${right})!==0`;

const loadCase = (o: Operands, effect: FullEffect & { kind: 'load' }, width: Width): string => {
  const printer = new Printer('n');
  const at = address(o);
  const cell = o.cell('a');
  printer.count(at, cell, cell);
  const computed = printer.print(at);
  const to = printer.print(cell);
  const head = `${printer.lines.join('')}a=${computed};if(${fast(effect.size, 1)})`;
  const slow = `else{${exitAt(o.offset, EXIT.access)}}`;
  if (effect.size === 8) return `${head}{C[${to}]=W[a>>>2];C[${to}+1]=W[(a>>>2)+1];}${slow}`;
  const read = { 1: 'M8[a]', 2: 'M16[a>>>1]', 4: 'W[a>>>2]' }[effect.size];
  const shift = 32 - 8 * effect.size;
  const extended = effect.signed && shift > 0 ? `${read}<<${shift}>>${shift}` : read;
  if (width === 32) return `${head}C[${to}]=${extended};${slow}`;
  return `${head}{v=${extended};C[${to}]=v;C[${to}+1]=${effect.signed ? 'v>>31' : '0'};}${slow}`;
};

const storeCase = (o: Operands, effect: FullEffect & { kind: 'store' }): string => {
  const printer = new Printer('n');
  const at = address(o);
  const value = effect.value === 'y' ? o.immediate('y') : o.register('a');
  printer.count(at, value.lo, ...(effect.size === 8 ? [value.hi] : []));
  const computed = printer.print(at);
  const lo = printer.print(value.lo);
  const write = {
    1: `M8[a]=${lo}`,
    2: `M16[a>>>1]=${lo}`,
    4: `W[a>>>2]=${lo}`,
    8: `W[a>>>2]=${lo};W[(a>>>2)+1]=${effect.size === 8 ? printer.print(value.hi) : ''}`,
  }[effect.size];
  return `${printer.lines.join('')}a=${computed};if(${fast(effect.size, 2)}){${write};}else{${exitAt(o.offset, EXIT.access)}}`;
};

/** Statements that put the return address, or the row's constant, into register `a`. */
const linkText = (
  printer: Printer,
  o: Operands,
  effect: FullEffect & { link: 'x' | 'return' | undefined },
  width: Width,
): string => {
  if (effect.link === undefined) return '';
  const cell = o.cell('a');
  const value = o.word(effect.link === 'x' ? 'x' : 'link');
  if (width === 32) return `C[${printer.print(cell)}]=${printer.print(value)};`;
  return `v=${printer.print(value)};a=${printer.print(cell)};C[a]=v;C[a+1]=${effect.link === 'x' ? 'v>>31' : '0'};`;
};

/** Leaves for another block through the jump map; the machine resolves what the map does not know. */
const indirectCase = (o: Operands, effect: FullEffect & { kind: 'jump-indirect' }, width: Width): string => {
  const printer = new Printer('n');
  const at = js`C[${o.cell(effect.base)}]+${o.word(effect.offset)}-JB>>>0`;
  printer.count(at);
  const computed = `a=${printer.print(at)};`;
  const jump = `const t=J[a>>>1];if(t!==0){${linkText(printer, o, effect, width)}p=t;continue block;}`;
  return `${printer.lines.join('')}${computed}if((a&1)===0&&a<JE){${jump}}${exitAt(o.offset, EXIT.dynamicJump)}`;
};

const jumpCase = (o: Operands, effect: FullEffect & { kind: 'jump' }, width: Width): string => {
  const printer = new Printer('n');
  return `${linkText(printer, o, effect, width)}p=${printer.print(o.word('t'))};continue block;`;
};

const branchCase = (o: Operands, effect: FullEffect & { kind: 'branch' }, width: Width): string => {
  const printer = new Printer('n');
  const truth = truthOf(effect.when(jsSem(width), o.values), width);
  printer.count(truth);
  const condition = printer.print(truth);
  const target = new Printer('').print(o.word('t'));
  // Both sides are computed first, so that V8 has seen both when it optimises the branch.
  return `${printer.lines.join('')}const t=${target},f=p+${o.offset + RECORD}|0;p=${condition}?t:f;continue block;`;
};

/** The statements of one operation; undefined for what leaves the loop. */
const body = (shape: Shape, offset: number, width: Width, file = 'C'): string | undefined => {
  const { effect } = fullRow(shape);
  const o = new Operands(shape, offset, width, file);
  switch (effect.kind) {
    case 'value':
      return writeRegister(o, effect.value(jsSem(width), o.values), width);
    case 'load':
      return loadCase(o, effect, width);
    case 'store':
      return storeCase(o, effect);
    case 'branch':
      return branchCase(o, effect, width);
    case 'jump':
      return jumpCase(o, effect, width);
    case 'jump-indirect':
      return indirectCase(o, effect, width);
    case 'fallthrough':
      return `p=p+${offset + RECORD}|0;continue block;`;
    case 'nothing':
      return '';
    default:
      return undefined;
  }
};

/** Word index of the cell in a field of the first word `w`. */
const cellText = (field: number): string => `(w>>${fieldShift(field)}${CELL_TEXT})`;

/** Atomics: load for update, compute, store, then write the register. All out of line. */
const atomicBody = (shape: Shape, width: Width): string | undefined => {
  const { effect } = fullRow(shape);
  if (effect.kind !== 'atomic' && effect.kind !== 'load-reserved' && effect.kind !== 'store-conditional') {
    return undefined;
  }
  const at = `const d=${cellText(0)},s=${cellText(2)},at=R[${cellText(1)}]>>>0;`;
  const aligned = `if((at&${effect.size - 1})!==0)return ${RARE.misaligned};`;
  const write = (lo: string, hi: string): string =>
    width === 64 ? `R[d]=${lo};R[d+1]=${hi};` : `R[d]=${lo};`;
  const high = effect.size === 8 ? 'oldHigh' : 'old>>31';
  if (effect.kind === 'load-reserved') {
    return `${at}${aligned}if(!M.load(at,${effect.size}))return ${RARE.fault};const old=M.low,oldHigh=M.high;M.reservation=at;${write('old', high)}return ${RARE.done};`;
  }
  if (effect.kind === 'store-conditional') {
    const value = `R[s],${width === 64 ? 'R[s+1]' : '0'}`;
    return `${at}${aligned}if(!M.loadForUpdate(at,${effect.size}))return ${RARE.fault};const held=M.reservation===at;M.reservation=-1;if(held)M.store(at,${effect.size},${value});${write('held?0:1', '0')}return ${RARE.done};`;
  }
  const old: Pair = { lo: atom('old'), hi: atom(effect.size === 8 ? 'oldHigh' : '(old>>31)') };
  const printer = new Printer('n');
  const operand: Pair = { lo: js`R[s]`, hi: width === 64 ? js`R[s+1]` : atom('0') };
  // Atomics read `a` (the old value) and `c` only.
  const result = effect.value(jsSem(width), { a: old, c: operand } as Values<Pair>);
  printer.count(result.lo, ...(effect.size === 8 ? [result.hi] : []));
  const lo = printer.print(result.lo);
  const hi = effect.size === 8 ? printer.print(result.hi) : '0';
  return `${at}${aligned}if(!M.loadForUpdate(at,${effect.size}))return ${RARE.fault};const old=M.low,oldHigh=M.high;${printer.lines.join('')}M.store(at,${effect.size},${lo},${hi});${write('old', high)}return ${RARE.done};`;
};

/** True for text that calls a function of core/int64.ts: one call and V8 reloads all arrays behind it. */
const callsHelper = (text: string): boolean => /(?<!\.)\b[a-z]+(32|64)\(/.test(text);

const endsInJump = (text: string): boolean => /(continue block|break block);$/.test(text);

/** The statements of a fused sequence. */
export const fusedBody = (sequence: string, width: Width): string => {
  const bodies = sequence.split(' ').map((name) => {
    const shape = SHAPES.find((candidate) => candidate.row.name === name);
    const text = shape && body(shape, 0, width);
    if (text === undefined || callsHelper(text))
      throw new Error(`cannot fuse ${sequence}: ${name} leaves the loop`);
    return text;
  });
  // Each part moves on to its own record: the same text as the single case, which compresses well.
  const tail = endsInJump(bodies.at(-1) as string) ? '' : `p=p+${RECORD}|0;continue;`;
  return `${bodies.map((text) => `{${text}}`).join(`w=C[p=p+${RECORD}|0];`)}${tail}`;
};

/** One case per fused sequence of a width. */
const fusedCases = (width: Width): Case[] =>
  FUSED_SEQUENCES[width].map((sequence, index) => ({
    label: FIRST_FUSED_LABEL + index,
    name: sequence.replaceAll(' ', ' + '),
    body: fusedBody(sequence, width),
  }));

const render = (cases: readonly Case[], close: (text: string) => string): string =>
  cases
    .map((c) => `        case ${c.label}: { // ${c.name}\n          ${close(c.body)}\n        }`)
    .join('\n');

/** The loop of one width as TypeScript text. */
export const printLoop = (width: Width): string => {
  const shapes = SHAPES.filter((s) => shapeExists(s, width));
  const inline: Case[] = [];
  const outOfLine: Case[] = [];
  for (const shape of shapes) {
    const atomic = atomicBody(shape, width);
    if (atomic !== undefined) {
      outOfLine.push({ label: shape.label, name: shape.row.name, body: atomic });
      continue;
    }
    const text = body(shape, 0, width);
    if (text === undefined) continue;
    const { label, row } = shape;
    if (fullRow(shape).rare || callsHelper(text)) {
      outOfLine.push({ label, name: row.name, body: body(shape, 0, width, 'R') as string });
    } else inline.push({ label, name: row.name, body: text });
  }
  const fused = fusedCases(width);
  return `/** Executes the out-of-line operation at record p: see RARE for the result. */
export const rare${width} = (p: number, C: Int32Array, R: Int32Array, M: GuestMemory): number => {
  const w = C[p];
  switch (w${LABEL_TEXT}) {
${outOfLine.map((c) => `    case ${c.label}: { // ${c.name}\n      ${c.body}${c.body.endsWith('return 0;') ? '' : `return ${RARE.done};`}\n    }`).join('\n')}
    default:
      return ${RARE.unknown};
  }
};

/** Runs ${width}-bit records until something leaves the loop; see LoopState for what goes in and out. */
export const run${width} = (s: LoopState): void => {
  const C = s.records, G = s.charges, J = s.jumps, JB = s.jumpBase | 0, JE = s.jumpEnd >>> 0, M = s.memory;
  const W = M.words, M8 = M.bytes, M16 = M.halves, P = M.rights, K = M.delta | 0, SIZE = M.size >>> 0;
  let p = s.p | 0, left = +s.left, a = 0, v = 0, x = 0;
  // Reading each array once before the loop lets V8 prove its kind and find its data here, not in every case.
  v = C[0] | G[0] | W[0] | M8[0] | M16[0] | P[0] | J[0];
  block: for (;;) {
    left = left - G[p >> 2];
    if (left < 0) {
      left = left + G[p >> 2];
      x = ${EXIT.block};
      break;
    }
    for (;;) {
      let w = C[p];
      switch (w${LABEL_TEXT}) {
${render([...inline, ...fused], (text) => (endsInJump(text) || /continue;$/.test(text) ? text : `${text}break;`))}
        case ${GOTO}: {
          p=C[p+1];continue;
        }
        default: {
          ${exitAt(0, EXIT.special)}
        }
      }
      p = p + ${RECORD} | 0;
    }
  }
  s.p = p + (x >> ${EXIT_SHIFT}) | 0; s.left = left; s.exit = x & ${EXIT_CODES - 1};
};
`;
};
