import type { PolkaVmKind } from '../core/kind.ts';
import type { Problems } from '../core/problems.ts';
import { encodePolkaVm, immediateSize, MAX_ENCODED_LENGTH } from '../decoder/encode-polkavm.ts';
import { Instruction } from '../decoder/instruction.ts';
import { FORMS, type Row } from '../isa/row.ts';
import { INVALID, isTerminator, operation, operationsByOpcode, ROWS } from '../isa/table.ts';
import { fail } from './errors.ts';
import type { LabelReference, Labels } from './labels.ts';
import {
  absoluteTarget,
  type Layout,
  type LayoutInput,
  layOut,
  NO_TARGET,
  relativeTarget,
} from './layout.ts';

/** An instruction as the parser found it. */
export interface ParsedInstruction {
  readonly instruction: Instruction;
  readonly targetLabel: string | undefined;
  readonly addressLabel: string | undefined;
  readonly length: number | undefined;
}

/** What the code of a program is made of. */
export interface BuiltCode {
  readonly code: Uint8Array;
  readonly bitmask: Uint8Array;
  /** Code offset of the instruction with an index; the index behind the last is the end of the code. */
  readonly offsetOf: (index: number) => number;
}

/** Instructions with an address wait for the jump table, which is complete at the end of the text. */
interface Waiting {
  readonly index: number;
  readonly instruction: Instruction;
  readonly label: LabelReference;
}

const FALLTHROUGH = operation('fallthrough');

/** Collects instructions in the order of the text; `build` gives them their places. */
export class CodeBuilder {
  readonly #kind: PolkaVmKind;
  readonly #operations: Uint16Array;
  readonly #labels: Labels;
  /** All encodings, without offsets of jumps, one behind the other. */
  #bytes: Uint8Array = new Uint8Array(1024);
  #used = 0;
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  readonly #stated: number[] = [];
  readonly #targets: (LabelReference | number)[] = [];
  /** Whether an instruction starts at the first byte. */
  readonly #isStart: boolean[] = [];
  /** The byte that fills up to a stated length. */
  readonly #padding: number[] = [];
  readonly #lines: number[] = [];
  readonly #waiting: Waiting[] = [];
  /** A block begins at what comes next. */
  #isBlockStart = true;

  constructor(kind: PolkaVmKind, labels: Labels) {
    this.#kind = kind;
    this.#operations = operationsByOpcode(kind);
    this.#labels = labels;
  }

  /** Index of the instruction that comes next. */
  get next(): number {
    return this.#starts.length;
  }

  /** Makes what comes next the start of a block. */
  beginBlock(line: number): void {
    if (this.#isBlockStart) return;
    const instruction = new Instruction();
    instruction.op = FALLTHROUGH;
    this.instruction(
      { instruction, targetLabel: undefined, addressLabel: undefined, length: undefined },
      line,
    );
  }

  instruction(parsed: ParsedInstruction, line: number): void {
    const { instruction, targetLabel, addressLabel, length } = parsed;
    const { form } = ROWS[instruction.op] as Row;
    let target: LabelReference | number = NO_TARGET;
    if (FORMS[form].endsWith('t')) {
      target =
        targetLabel === undefined
          ? absoluteTarget(instruction.target)
          : this.#labels.refer(targetLabel, line);
    }
    const start = this.#used;
    if (addressLabel === undefined) this.#encode(instruction);
    else {
      const copy = Object.assign(new Instruction(), instruction);
      const label = this.#labels.refer(addressLabel, line);
      this.#waiting.push({ index: this.next, instruction: copy, label });
    }
    this.#add(start, target, length ?? 0, true, line);
    this.#padding.push(lastImmediate(instruction) < 0 ? 0xff : 0);
    this.#isBlockStart = isTerminator(instruction.op);
  }

  /** Bytes as they are; `starts`: an instruction starts at the first. */
  raw(bytes: Uint8Array, starts: boolean, line: number): void {
    if (bytes.length === 0) return;
    const start = this.#used;
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, start);
    this.#used += bytes.length;
    this.#add(start, NO_TARGET, 0, starts, line);
    this.#padding.push(0);
    if (!starts) return;
    const op = this.#operations[bytes[0] as number] as number;
    // As PolkaVM sees it: behind what is no instruction begins no block.
    this.#isBlockStart = op !== INVALID && isTerminator(op);
  }

  /** Code addresses for `X = @label`, in the order of the text. `indexOf`: entry of a label in the jump table. */
  resolveAddresses(indexOf: (label: LabelReference) => number): void {
    for (const { index, instruction, label } of this.#waiting) {
      instruction.x = 2 * (indexOf(label) + 1);
      this.#starts[index] = this.#used;
      this.#lengths[index] = this.#encode(instruction);
    }
  }

  build(problems: Problems): BuiltCode {
    const input = this.#layoutInput();
    const layout = layOut(input);
    const { positions } = layout;
    const size = positions[this.next] as number;
    // The container refuses larger code, and by its own rule.
    const code = new Uint8Array(Math.min(size, LARGEST));
    const bitmask = new Uint8Array(Math.ceil(code.length / 8));
    for (let i = 0; i < this.next && size <= LARGEST; i++) {
      const at = positions[i] as number;
      if (this.#isStart[i]) bitmask[at >>> 3] = (bitmask[at >>> 3] as number) | (1 << (at & 7));
      this.#write(i, code, input, layout, problems);
    }
    return { code, bitmask, offsetOf: (index) => positions[index] as number };
  }

  #write(
    i: number,
    code: Uint8Array,
    { baseLengths, statedLengths, targets }: LayoutInput,
    { positions, lengths }: Layout,
    problems: Problems,
  ): void {
    const start = this.#starts[i] as number;
    const base = baseLengths[i] as number;
    const at = positions[i] as number;
    const end = at + (lengths[i] as number);
    const stated = statedLengths[i] as number;
    const target = targets[i] as number;
    const relative = target === NO_TARGET ? 0 : relativeTarget(target, at, positions);
    const needed = base + immediateSize(relative);
    if (stated !== 0 && needed > stated) {
      problems.add(fail('asm/length', { line: this.#lines[i] as number, length: stated, needed }));
      return;
    }
    for (let k = 0; k < base; k++) code[at + k] = this.#bytes[start + k] as number;
    const padding = target === NO_TARGET ? (this.#padding[i] as number) : relative < 0 ? 0xff : 0;
    for (let k = at + base; k < end; k++) code[k] = padding;
    if (target === NO_TARGET) return;
    for (let k = 0; k < 4 && at + base + k < end; k++) code[at + base + k] = relative >>> (8 * k);
  }

  #layoutInput(): LayoutInput {
    const targets = Float64Array.from(this.#targets, (target) =>
      typeof target === 'number' ? target : this.#labels.indexOf(target),
    );
    return {
      count: this.next,
      baseLengths: Uint32Array.from(this.#lengths),
      statedLengths: Uint8Array.from(this.#stated),
      targets,
    };
  }

  #encode(instruction: Instruction): number {
    // An offset of 0 takes no bytes; the real one is put behind.
    instruction.target = 0;
    this.#reserve(MAX_ENCODED_LENGTH);
    const length = encodePolkaVm(instruction, this.#kind, 0, this.#bytes, this.#used);
    this.#used += length;
    return length;
  }

  #reserve(more: number): void {
    const need = this.#used + more;
    if (need <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(need, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  #add(start: number, target: LabelReference | number, stated: number, starts: boolean, line: number): void {
    this.#starts.push(start);
    this.#lengths.push(this.#used - start);
    this.#stated.push(stated);
    this.#targets.push(target);
    this.#isStart.push(starts);
    this.#lines.push(line);
  }
}

/** Larger than any code that a container takes. */
const LARGEST = 2 ** 26;

/** The immediate that comes last in an encoding, whose sign goes on in bytes that are added; 0 for none. */
export const lastImmediate = (instruction: Instruction): number => {
  const { form } = ROWS[instruction.op] as Row;
  const last = FORMS[form].at(-1);
  return last === 'x' || last === 'y' ? instruction[last] : 0;
};
