import type { FullEffect } from '../../src/isa/full-row.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { FIRST_CHARACTER, LEAST_IMMEDIATE, TERM, type TermName } from '../../src/isa/operators.ts';
import type { Meaning, Sem, Values } from '../../src/isa/sem.ts';

/** The last character that is printed as itself. */
const LAST_CHARACTER = 126;

const character = (number: number): string => {
  const code = FIRST_CHARACTER + number;
  if (code < FIRST_CHARACTER || code > LAST_CHARACTER) throw new Error(`${number} has no character`);
  return String.fromCharCode(code);
};

const operator =
  (name: TermName) =>
  (...operands: string[]): string =>
    character(TERM[name]) + operands.join('');

const OPERATORS = Object.fromEntries(
  (Object.keys(TERM) as TermName[]).map((name) => [name, operator(name)]),
) as unknown as Sem<string>;

/** The vocabulary as packed text. */
const PACKED: Sem<string> = {
  ...OPERATORS,
  imm: (value) => character(TERM.imm) + character(value - LEAST_IMMEDIATE),
};

const OPERANDS: Values<string> = {
  a: character(TERM.a),
  b: character(TERM.b),
  c: character(TERM.c),
  x: character(TERM.x),
  y: character(TERM.y),
};

const meaningOf = (effect: FullEffect): Meaning | undefined => {
  switch (effect.kind) {
    case 'value':
    case 'atomic':
      return effect.value;
    case 'branch':
      return effect.when;
    default:
      return undefined;
  }
};

/** Prints what the rows compute, as one text that operators.ts explains and term.ts unpacks. */
export const printMeanings = (): string => {
  const text = FULL_ROWS.map(({ effect }) => meaningOf(effect)?.(PACKED, OPERANDS) ?? '').join('');
  return `
/** The meanings of the operations that have one, in order, with nothing in between. */
export const MEANINGS: string =
  '${text.replaceAll('\\', '\\\\')}';
`;
};
