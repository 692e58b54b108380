import type { Instruction } from '../decoder/instruction.ts';
import { definitionsOf, FORMS, type Row } from '../isa/row.ts';
import { ROWS } from '../isa/table.ts';
import { DISCARD_CELL, ZERO_CELL } from '../memory/guest-memory.ts';

/**
 * Pre-decoded records: what the generated loops (loop.generated.ts) execute.
 *
 * A record is four words: the first packs a *label* (the case of the switch) and up to three register cells, two
 * hold immediates, targets and links, one is free. One word for label and registers instead of four saves the
 * loop a bounds check per operand (bench/results.md). This module says which label and which operand layout each row has; the loop generator
 * and the pre-decoder both ask here, so neither restates the other.
 */
export const RECORD = 4;

/**
 * Records before this one are not records: a running loop keeps the register cells there. One array for records
 * and registers means one data pointer and one length for V8 to hold in machine registers, where most operations
 * touch nothing else (bench/results.md).
 */
export const FIRST_RECORD = 32;

/** Label 0: zeroed memory means "not decoded yet". */
export const UNDECODED = 0;
/** Continue at the record in word 1 without charging: joins code that was laid out elsewhere. */
export const GOTO = 1;
/** Ends a single step. */
export const STEPPED = 2;
/** Trap at word 1 (a program counter) for the reason whose number is word 2. */
export const TRAP_AT = 3;
/** Labels below are the machine's own. */
const FIRST_ROW_LABEL = 8;

/**
 * The canonical row of a row: an absolute memory access is the indirect one with a zero base, so that the loop
 * has one case for both.
 */
const shapeOf = (r: Row): string => {
  const { effect } = r;
  if (effect.kind === 'load') return `load ${effect.size} ${effect.signed}`;
  if (effect.kind === 'store') return `store ${effect.size} ${effect.value}`;
  return r.name;
};

/** What an operand of a record is made from; `base` is the base register of a memory access. */
type Field = 'a' | 'b' | 'c' | 'base';
type Word = 'x' | 'y' | 't' | 'link';

/** Which operands a record holds: up to three registers in its first word, and up to two further words. */
export interface Layout {
  readonly fields: readonly Field[];
  readonly words: readonly Word[];
}

export const layoutOf = (r: Row): Layout => {
  const { effect } = r;
  const operands = FORMS[r.form];
  const registers = (['a', 'b', 'c'] as const).filter((name) => operands.includes(name));
  const immediates = (['x', 'y'] as const).filter((name) => operands.includes(name));
  switch (effect.kind) {
    case 'load':
      return { fields: ['a', 'base'], words: ['x'] };
    case 'store':
      return effect.value === 'a'
        ? { fields: ['a', 'base'], words: ['x'] }
        : { fields: ['base'], words: ['x', 'y'] };
    case 'branch':
      return { fields: registers, words: ['t', ...immediates] };
    case 'jump':
      return { fields: registers, words: effect.link === 'return' ? ['t', 'link'] : ['t', ...immediates] };
    case 'jump-indirect':
      return {
        fields: registers,
        words:
          effect.link === 'return'
            ? [effect.offset, 'link']
            : effect.link === 'x'
              ? ['y', 'x']
              : [effect.offset],
      };
    default:
      return { fields: registers, words: immediates };
  }
};

/** Bits of the first word that hold the label. */
const LABEL_BITS = 12;
const LABEL_MASK = (1 << LABEL_BITS) - 1;
/** A field holds a cell number; cells are two words long, so it is read shifted by one less. */
const FIELD_BITS = 6;
const CELL_MASK = 2 * ((1 << FIELD_BITS) - 1);

/** How far the first word is shifted to give field `index` as the word index of its cell; see `CELL_MASK`. */
export const fieldShift = (index: number): number => LABEL_BITS + FIELD_BITS * index - 1;

/** The label in a record's first word. */
export const labelIn = (word: number): number => word & LABEL_MASK;

/** The first word with another label. */
export const withLabel = (word: number, label: number): number => (word & ~LABEL_MASK) | label;

/** Word index of the register cell in field `index` of a record's first word. */
export const cellIn = (word: number, index: number): number => (word >> fieldShift(index)) & CELL_MASK;

export const LABEL_TEXT: string = `&${LABEL_MASK}`;
export const CELL_TEXT: string = `&${CELL_MASK}`;

interface RecordShape {
  readonly label: number;
  readonly row: Row;
  readonly layout: Layout;
}

/** One entry per label, in label order. */
export const SHAPES: readonly RecordShape[] = (() => {
  const seen = new Map<string, RecordShape>();
  for (const row of ROWS) {
    const shape = shapeOf(row);
    if (!seen.has(shape)) {
      seen.set(shape, { label: FIRST_ROW_LABEL + seen.size, row, layout: layoutOf(row) });
    }
  }
  return [...seen.values()];
})();

/** First label of the fused sequences (fused.ts). */
export const FIRST_FUSED_LABEL: number = FIRST_ROW_LABEL + SHAPES.length;

const shapeByName = new Map(SHAPES.map((s) => [shapeOf(s.row), s]));

/** The label of a row. */
export const labelOf = (r: Row): number => (shapeByName.get(shapeOf(r)) as RecordShape).label;

/** Label by operation number; invalid bytes are a trap that the pre-decoder writes itself. */
export const LABELS: Uint16Array = Uint16Array.from(ROWS, labelOf);

/** One code per operand: three fields, then two words. */
const OPERANDS = 5;
const FIELDS: readonly Field[] = ['a', 'b', 'c', 'base'];
const WORDS: readonly Word[] = ['x', 'y', 't', 'link'];
const LAYOUTS = Uint8Array.from(
  ROWS.flatMap((r) => {
    const { fields, words } = layoutOf(r);
    return [0, 1, 2]
      .map((k) => FIELDS.indexOf(fields[k] as Field) + 1)
      .concat([0, 1].map((k) => WORDS.indexOf(words[k] as Word) + 1));
  }),
);

/** Which register is the base of an access: none, a or b. */
const BASES = Uint8Array.from(ROWS, (r) => {
  const { effect } = r;
  if (effect.kind !== 'load' && effect.kind !== 'store') return 0;
  return effect.base === undefined ? 0 : effect.base === 'a' ? 1 : 2;
});

/** Operations whose `a` is written, so that x0 must become the discard cell. */
const WRITES_A = Uint8Array.from(ROWS, (r) => (definitionsOf(r).length > 0 ? 1 : 0));

/**
 * Writes an instruction as the record at word `p`; `target` and `link` are the record word index and the return
 * address, already resolved. `zeroRegister`: register 0 is never written (RISC-V profile).
 */
export const writeRecord = (
  records: Int32Array,
  p: number,
  i: Instruction,
  zeroRegister: boolean,
  target: number,
  link: number,
): void => {
  const { op } = i;
  let first = LABELS[op] as number;
  for (let k = 0; k < 3; k++) {
    first |= cellOf(LAYOUTS[op * OPERANDS + k] as number, i, zeroRegister) << (LABEL_BITS + FIELD_BITS * k);
  }
  records[p] = first;
  for (let k = 0; k < 2; k++) {
    records[p + 1 + k] = wordOf(LAYOUTS[op * OPERANDS + 3 + k] as number, i, target, link);
  }
};

const cellOf = (field: number, i: Instruction, zeroRegister: boolean): number => {
  switch (field) {
    case 1:
      return zeroRegister && i.a === 0 && WRITES_A[i.op] === 1 ? DISCARD_CELL : i.a;
    case 2:
      return i.b;
    case 3:
      return i.c;
    case 4:
      return BASES[i.op] === 0 ? ZERO_CELL : BASES[i.op] === 1 ? i.a : i.b;
    default:
      return 0;
  }
};

const wordOf = (word: number, i: Instruction, target: number, link: number): number => {
  switch (word) {
    case 1:
      return i.x;
    case 2:
      return i.y;
    case 3:
      return target;
    case 4:
      return link;
    default:
      return 0;
  }
};
