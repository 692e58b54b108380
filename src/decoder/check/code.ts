import type { Blob } from '../../blob/blob.ts';
import { makeJumpTable } from '../../blob/tables.ts';
import type { PolkaVmKind } from '../../core/kind.ts';
import { FORMS, type Row } from '../../isa/row.ts';
import { INVALID, mayContinue, operation, ROWS } from '../../isa/table.ts';
import type { PolkaVmCode } from '../code.ts';
import { encodePolkaVm, immediateSize, MAX_ENCODED_LENGTH } from '../encode-polkavm.ts';
import { Instruction } from '../instruction.ts';
import type { Report } from './rules.ts';

const ECALLI = operation('ecalli');

/** Bytes of the longest distance. */
const MAX_DISTANCE_SIZE = 4;

/** The last operand of forms with a target is the distance to it. */
const hasTarget = ({ form }: Row): boolean => (FORMS[form] as string).includes('t');

class CodeCheck {
  readonly #kind: PolkaVmKind;
  readonly #code: PolkaVmCode;
  /** File offset of the code. */
  readonly #at: number;
  readonly #imports: Blob['imports'];
  readonly #report: Report;
  readonly #shortest: Uint8Array = new Uint8Array(MAX_ENCODED_LENGTH);

  constructor(blob: Blob, kind: PolkaVmKind, code: PolkaVmCode, at: number, report: Report) {
    this.#kind = kind;
    this.#code = code;
    this.#at = at;
    this.#imports = blob.imports;
    this.#report = report;
  }

  run(): void {
    const { bytes, decoder } = this.#code;
    const instruction = new Instruction();
    if (!decoder.isStart(0)) this.#report('first-start', this.#at, {});
    for (let offset = 0; offset < bytes.length; ) {
      if (!decoder.isStart(offset)) {
        if (offset > 0) this.#report('code-gap', this.#at + offset, { offset });
        offset = this.#nextStart(offset);
        continue;
      }
      decoder.decode(offset, instruction);
      this.#instruction(instruction, offset);
      offset += instruction.length;
    }
  }

  #nextStart(from: number): number {
    let offset = from;
    while (offset < this.#code.bytes.length && !this.#code.decoder.isStart(offset)) offset++;
    return offset;
  }

  #instruction(instruction: Instruction, offset: number): void {
    const at = this.#at + offset;
    const { op, length } = instruction;
    const row = ROWS[op];
    if (op === INVALID || row === undefined) {
      const opcode = this.#code.bytes[offset] as number;
      this.#report('unknown-instruction', at, { offset, opcode, kind: this.#kind });
      return;
    }
    if (instruction.isLast && mayContinue(op)) {
      this.#report('falls-off', at, { offset, instruction: row.name });
    }
    this.#encoding(instruction, row, offset, at);
    if (hasTarget(row)) this.#target(instruction.target, row, offset, at);
    // Behind a branch a block begins, if anything does.
    if (row.effect.kind === 'branch' && instruction.isLast) this.#target(offset + length, row, offset, at);
    if (op === ECALLI) this.#hostCall(instruction.x >>> 0, offset, at);
  }

  #target(target: number, { name }: Row, offset: number, at: number): void {
    if (!this.#code.isJumpTarget(target)) {
      this.#report('jump-target', at, { offset, instruction: name, target });
    }
  }

  #hostCall(number: number, offset: number, at: number): void {
    const symbol = this.#imports.symbol(number);
    if (symbol === undefined || symbol.length === 0) {
      this.#report('host-call', at, { offset, number, count: this.#imports.count });
    }
  }

  /** Encodes what was decoded once more: there is one right way. */
  #encoding(decoded: Instruction, row: Row, offset: number, at: number): void {
    const { length } = decoded;
    const shortest = encodePolkaVm(decoded, this.#kind, offset, this.#shortest, 0);
    const isLonger = length > shortest;
    const distanceSize = hasTarget(row) && isLonger ? this.#widen(decoded, offset, shortest) : 0;
    const expected = shortest + distanceSize;
    if (length === expected && this.#isEncodedAs(offset, expected)) {
      if (isLonger) this.#report('long-distance', at, { offset, instruction: row.name, length, shortest });
    } else if (length === shortest) this.#report('register', at, { offset, instruction: row.name });
    else this.#report('encoding', at, { offset, instruction: row.name, length, shortest });
  }

  /** Makes the distance, the last operand, as long as the instruction has room for; returns by how much. */
  #widen({ target, length }: Instruction, offset: number, shortest: number): number {
    const distance = (target - offset) | 0;
    const longest = shortest - immediateSize(distance) + MAX_DISTANCE_SIZE;
    const end = Math.min(length, longest);
    // Sign bytes are appended: what the distance has already stays as it is.
    for (let k = shortest; k < end; k++) this.#shortest[k] = distance >> 31;
    return end - shortest;
  }

  #isEncodedAs(offset: number, length: number): boolean {
    for (let k = 0; k < length; k++) if (this.#code.bytes[offset + k] !== this.#shortest[k]) return false;
    return true;
  }
}

/** Checks all instructions: known, in their one form, and leading to basic blocks. `at`: file offset of the code. */
export const checkCode = (
  blob: Blob,
  kind: PolkaVmKind,
  code: PolkaVmCode,
  at: number,
  report: Report,
): void => {
  new CodeCheck(blob, kind, code, at, report).run();
};

/** Checks that entries are as short as can be and lead to basic blocks. `at`: file offset of the table. */
export const checkJumpTable = ({ jumpTable }: Blob, code: PolkaVmCode, at: number, report: Report): void => {
  const { count, declaredCount, entrySize } = jumpTable;
  const targets = Uint32Array.from({ length: count }, (_, index) => jumpTable.target(index));
  const { entrySize: shortest } = makeJumpTable(targets);
  // PolkaVM's writer takes the bytes of the widest entry, and none for a table that leads to offset 0 only.
  if (declaredCount > count) report('jump-table-lost', at, { count: declaredCount });
  if (entrySize !== shortest) report('jump-table-size', at, { entrySize, shortest, count: declaredCount });
  for (const [index, target] of targets.entries()) {
    if (!code.isJumpTarget(target)) {
      report('jump-table-entry', at + index * entrySize, { index, target });
    }
  }
};
