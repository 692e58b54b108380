import { POLKAVM_REGISTER_NAMES } from '../isa/registers.ts';
import { parseNumber, type SourceNumber } from './numbers.ts';

/** A register number, the value of a number, or the name of a label. */
export type Operand = SourceNumber | string;

/**
 * An instruction's line as its shape, that is its tokens with `R`, `N` and `@` in place of registers, numbers and
 * labels, and these operands in the order of the line.
 */
export interface Lexed {
  readonly shape: string;
  readonly operands: readonly Operand[];
}

const REGISTERS: ReadonlyMap<string, number> = new Map(
  POLKAVM_REGISTER_NAMES.map((name, number) => [name, number]),
);

/** Characters of a label's name: what is neither a blank nor punctuation of the syntax. */
const LABEL = '[^\\s,:="%\\[\\]()]+';

/** Longer operators come first; a letter belongs to an operator only when no name goes on with it. */
const OPERATORS =
  '<<r(?!\\w)|<<|>>[ra](?!\\w)|>>|[<>]=?[us](?!\\w)|[/%][us](?!\\w)|[=!]=|\\.\\.|[-+*&|^=~(),\\[\\]]';

const TOKEN = new RegExp(`\\s*(?:([A-Za-z_]\\w*)|@(${LABEL})|(\\d\\w*)|(${OPERATORS}))`, 'y');

const LABEL_NAME = new RegExp(`^${LABEL}$`);

/** True for names that can stand behind `@`. */
export const isLabelName = (name: string): boolean => LABEL_NAME.test(name);

const DIGIT = /\d/;

/** Longer lines are no instructions; a limit keeps nonsense from being taken apart at length. */
const LONGEST_LINE = 1000;

/** The tokens of a line, or undefined for something that is none. */
export const lex = (text: string): Lexed | undefined => {
  if (text.length > LONGEST_LINE) return undefined;
  let shape = '';
  let isBehindOperand = false;
  const operands: Operand[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(text);
    if (token === null) return undefined;
    const [, word, label, digits, operator] = token;
    let kind: string;
    if (word !== undefined) {
      const register = REGISTERS.get(word);
      kind = register === undefined ? word : 'R';
      if (register !== undefined) operands.push(register);
    } else if (label !== undefined) {
      kind = '@';
      operands.push(label);
    } else if (
      digits !== undefined ||
      (operator === '-' && !isBehindOperand && DIGIT.test(text[TOKEN.lastIndex] ?? ''))
    ) {
      const number = digits === undefined ? negativeAt(text, TOKEN.lastIndex) : digits;
      const value = parseNumber(number);
      if (value === undefined) return undefined;
      if (digits === undefined) TOKEN.lastIndex += number.length - 1;
      kind = 'N';
      operands.push(value);
    } else kind = operator as string;
    isBehindOperand = kind === 'R' || kind === 'N' || kind === '@' || kind === ']' || kind === ')';
    shape += shape === '' ? kind : ` ${kind}`;
  }
  return { shape, operands };
};

const DIGITS = /\w+/y;

/** The number with its sign; the digits begin at `at`. */
const negativeAt = (text: string, at: number): string => {
  DIGITS.lastIndex = at;
  return `-${DIGITS.exec(text)?.[0] ?? ''}`;
};
