import { type PolkaVmKind, type Width, widthOf } from '../core/kind.ts';
import { Instruction } from '../decoder/instruction.ts';
import { fail } from './errors.ts';
import { type Lexed, lex, type Operand } from './lexer.ts';
import { type SourceNumber, toImmediate, toWords } from './numbers.ts';
import { type Candidate, nameOfShape, type Shapes, type Slot, shapesOf, ZERO_TWINS } from './templates.ts';

/** Where a line stands, for messages. */
export interface SourceLine {
  readonly line: number;
  readonly text: string;
}

/** How an operand fits its place. */
type Fit = 'fits' | 'too-large' | 'other';

/**
 * Parses instructions of one kind. The fields hold what the last line said; `parse` overwrites them, so that lines
 * cost no objects of their own.
 */
export class InstructionParser {
  readonly instruction: Instruction = new Instruction();
  /** Label that the instruction jumps to, or undefined; then `instruction.target` is a code offset if it jumps. */
  targetLabel: string | undefined;
  /** Label whose code address the immediate is to be. */
  addressLabel: string | undefined;
  /** Bytes that the instruction shall have, or undefined for as few as possible. */
  length: number | undefined;
  readonly #kind: PolkaVmKind;
  readonly #width: Width;
  readonly #shapes: Shapes;
  readonly #upstreamCmov: boolean;

  constructor(kind: PolkaVmKind, upstreamCmov: boolean) {
    this.#kind = kind;
    this.#width = widthOf(kind);
    this.#shapes = shapesOf(kind);
    this.#upstreamCmov = upstreamCmov;
  }

  /** @throws RiscboxError `asm/line`, `asm/number`, `asm/unavailable` */
  parse(source: SourceLine): void {
    const text = this.#splitLength(source);
    const lexed = lex(text);
    if (lexed === undefined) throw fail('asm/line', { ...source, problem: NO_INSTRUCTION });
    const candidates = this.#shapes.get(lexed.shape);
    if (candidates === undefined) throw this.#unknown(source, lexed);
    let tooLarge: Operand | undefined;
    for (const candidate of candidates) {
      const wrong = this.#fill(candidate, lexed.operands);
      if (wrong === undefined) {
        this.#checkRegisters(source, candidate);
        return;
      }
      if (wrong.fit === 'too-large') tooLarge = wrong.operand;
    }
    if (tooLarge === undefined) throw fail('asm/line', { ...source, problem: NO_INSTRUCTION });
    throw fail('asm/number', { ...source, number: numberText(tooLarge) });
  }

  /** The text without ` %length N` at its end. */
  #splitLength(source: SourceLine): string {
    this.length = undefined;
    const { text } = source;
    const at = text.lastIndexOf(LENGTH_MARK);
    if (at < 0) return text;
    const length = text.slice(at + LENGTH_MARK.length);
    if (!/^([1-9]|1[0-9]|2[0-5])$/.test(length)) {
      throw fail('asm/line', { ...source, problem: 'behind %length stands a number of bytes from 1 to 25' });
    }
    this.length = Number(length);
    return text.slice(0, at);
  }

  #unknown(source: SourceLine, { shape }: Lexed): Error {
    const instruction = nameOfShape(shape);
    return instruction === undefined
      ? fail('asm/line', { ...source, problem: NO_INSTRUCTION })
      : fail('asm/unavailable', { ...source, instruction, kind: this.#kind });
  }

  /** Puts the operands where the candidate wants them; the first that does not fit comes back. */
  #fill(
    { op, slots, fixed }: Candidate,
    operands: readonly Operand[],
  ): { readonly operand: Operand; readonly fit: Fit } | undefined {
    const { instruction } = this;
    instruction.op = this.#upstreamCmov ? (ZERO_TWINS.get(op) ?? op) : op;
    instruction.a = fixed.a ?? 0;
    instruction.b = 0;
    instruction.c = 0;
    instruction.x = fixed.x ?? 0;
    instruction.y = 0;
    instruction.target = 0;
    this.targetLabel = undefined;
    this.addressLabel = undefined;
    for (let k = 0; k < slots.length; k++) {
      const operand = operands[k] as Operand;
      const fit = this.#put(slots[k] as Slot, operand);
      if (fit !== 'fits') return { operand, fit };
    }
    return undefined;
  }

  #put({ field, literal, negated, modular }: Slot, operand: Operand): Fit {
    const { instruction } = this;
    switch (field) {
      case 'literal':
        return operand === literal ? 'fits' : 'other';
      case 'a':
      case 'b':
      case 'c':
        instruction[field] = operand as number;
        return 'fits';
      case 't':
        return this.#putTarget(operand);
      case 'xy': {
        const words = toWords(operand as SourceNumber);
        if (words === undefined) return 'too-large';
        instruction.x = words.low;
        instruction.y = words.high;
        return 'fits';
      }
      default: {
        if (typeof operand === 'string') {
          this.addressLabel = operand;
          return 'fits';
        }
        // A number without a minus cannot be a sign-extended one, so `- 0xffffffffffffffff` is refused.
        const immediate = toImmediate(negated ? -operand : operand, this.#width, modular);
        if (immediate === undefined) return 'too-large';
        instruction[field] = immediate;
        return 'fits';
      }
    }
  }

  #putTarget(operand: Operand): Fit {
    if (typeof operand === 'string') {
      this.targetLabel = operand;
      return 'fits';
    }
    const offset = toImmediate(operand, 64, true);
    if (offset === undefined) return 'too-large';
    this.instruction.target = offset >>> 0;
    return 'fits';
  }

  #checkRegisters(source: SourceLine, { distinct }: Candidate): void {
    const { a, b } = this.instruction;
    if (distinct && a === b) {
      const problem = 'the jump reads the register before it is written; write tmp = X, X = N, jump [tmp]';
      throw fail('asm/line', { ...source, problem });
    }
  }
}

const LENGTH_MARK = ' %length ';

const NO_INSTRUCTION = 'this is no instruction; SPEC.md lists them with their texts';

const numberText = (operand: Operand): string =>
  typeof operand === 'string'
    ? `@${operand}`
    : `${operand < 0 ? '-' : ''}0x${(operand < 0 ? -operand : operand).toString(16)}`;
