import type { Instruction } from '../decoder/instruction.ts';
import { FORMS, type Row } from '../isa/row.ts';
import { INVALID, ROWS } from '../isa/table.ts';
import { DISCARD_CELL, ZERO_CELL } from '../memory/guest-memory.ts';

/**
 * Pre-decoded records: what the generated loops (loop.generated.ts) execute.
 *
 * A record is four words: a *label* (the case of the switch) and three operands, registers as word indices of
 * the register cells. This module says which label and which operand layout each row has; the loop generator
 * and the pre-decoder both ask here, so neither restates the other.
 */
export const RECORD = 4;

/** Label 0: zeroed memory means "not decoded yet". */
export const UNDECODED = 0;
/** Continue at record operand 0 without charging: joins code that was laid out elsewhere. */
export const GOTO = 1;
/** Ends a single step. */
export const STEPPED = 2;
/** Trap at operand 0 (a program counter) for reason number operand 1. */
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

/** Where each operand of a record comes from. */
export type Slot = 'a' | 'b' | 'c' | 'base' | 'x' | 'y' | 't' | 'link' | 'ab' | '';
export type Layout = readonly [Slot, Slot, Slot];

export const layoutOf = (r: Row): Layout => {
  const { effect } = r;
  const operands = FORMS[r.form];
  switch (effect.kind) {
    case 'load':
      return ['a', 'base', 'x'];
    case 'store':
      return [effect.value, 'base', 'x'];
    case 'branch':
      return ['t', 'a', operands.includes('b') ? 'b' : 'x'];
    case 'jump':
      if (effect.link === undefined) return ['t', '', ''];
      return ['t', 'a', effect.link === 'x' ? 'x' : 'link'];
    case 'jump-indirect':
      if (effect.link === undefined) return [effect.base, effect.offset, ''];
      return ['ab', effect.offset, effect.link === 'x' ? 'x' : 'link'];
    case 'value':
      if (operands === 'ax') return ['a', 'x', ''];
      if (operands === 'axy') return ['a', 'x', 'y'];
      return ['a', 'b', operands.includes('c') ? 'c' : 'x'];
    case 'host-call':
      return ['x', '', ''];
    case 'custom':
      return operands === 'abxy' ? ['ab', 'x', 'y'] : ['a', 'b', ''];
    default:
      return ['a', 'b', 'c'];
  }
};

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

const SLOT_NUMBERS: readonly Slot[] = ['', 'a', 'b', 'c', 'base', 'x', 'y', 't', 'link', 'ab'];
/** Three slot numbers per operation. */
const LAYOUTS = Uint8Array.from(ROWS.flatMap((r) => layoutOf(r).map((slot) => SLOT_NUMBERS.indexOf(slot))));
/** Which register is the base of an access: none, a or b. */
const BASES = Uint8Array.from(ROWS, (r) => {
  const { effect } = r;
  if (effect.kind !== 'load' && effect.kind !== 'store') return 0;
  return effect.base === undefined ? 0 : effect.base === 'a' ? 1 : 2;
});
/** Operations whose `a` is written, so that x0 must become the discard cell. */
const WRITES_A = Uint8Array.from(ROWS, (r) => (writesA(r) ? 1 : 0));

function writesA(r: Row): boolean {
  switch (r.effect.kind) {
    case 'store':
    case 'branch':
      return false;
    case 'jump-indirect':
      return r.effect.link !== undefined;
    default:
      return FORMS[r.form].includes('a');
  }
}

/**
 * Writes the operands of an instruction as the record at word `p`; `target` and `link` are record word index
 * and return address, already resolved.
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
  if (op === INVALID) throw new Error('invalid instructions have no record');
  records[p] = LABELS[op] as number;
  for (let k = 0; k < 3; k++) {
    let word = 0;
    switch (LAYOUTS[op * 3 + k]) {
      case 1:
        word = destination(op, i.a, zeroRegister);
        break;
      case 2:
        word = 2 * i.b;
        break;
      case 3:
        word = 2 * i.c;
        break;
      case 4:
        word = 2 * (BASES[op] === 0 ? ZERO_CELL : BASES[op] === 1 ? i.a : i.b);
        break;
      case 5:
        word = i.x;
        break;
      case 6:
        word = i.y;
        break;
      case 7:
        word = target;
        break;
      case 8:
        word = link;
        break;
      case 9:
        word = destination(op, i.a, zeroRegister) | ((2 * i.b) << 8);
        break;
    }
    records[p + 1 + k] = word;
  }
};

const destination = (op: number, a: number, zeroRegister: boolean): number =>
  2 * (zeroRegister && a === 0 && WRITES_A[op] === 1 ? DISCARD_CELL : a);
