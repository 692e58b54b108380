import type { Width } from '../../src/core/kind.ts';
import type { CompressedForm, Gather } from '../../src/isa/compressed.ts';
import { type Cost, type CostTraits, DEFINES, OPERAND_BITS } from '../../src/isa/cost.ts';
import { existsInWidth } from '../../src/isa/encoding.ts';
import { type FullEffect, type FullRow, usesOf } from '../../src/isa/full-row.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { packEncoding, packOpcodes } from '../../src/isa/packing.ts';
import { definitionsOf, type Effect, type RegisterOperand } from '../../src/isa/row.ts';
import { COMPRESSED_ROWS, type CompressedRow, REGISTER_FIELDS } from '../../src/isa/rows/compressed.ts';

/** Different values in the order of their first use. */
class Pool {
  readonly items: string[] = [];

  /** The number of a value, as JSON. */
  number(value: unknown): number {
    const item = JSON.stringify(value);
    if (!this.items.includes(item)) this.items.push(item);
    return this.items.indexOf(item);
  }
}

/**
 * Prints the run-time table: what engines need of the full one, packed so that it is small in a browser's bundle.
 * It is written column by column, which compresses better than row by row.
 */
export const printPackedTable = (): string => {
  const shapes = new Pool();
  const formats = new Pool();
  const rows = FULL_ROWS.map((row) => ({
    shape: shapes.number([row.form, effectOf(row.effect), ...costOf(row)]),
    ...packOpcodes(row.opcodes),
    encodings: row.encodings.map(packEncoding),
  }));
  const steps = rows.map(({ opcode }, op) => opcode - (rows[op - 1]?.opcode ?? 0));
  const rowFormats = rows.map(({ encodings }) => encodings.map(({ format }) => formats.number(format)));
  const bits = rows.flatMap(({ encodings }) => encodings.map((encoding) => encoding.bits));
  return `
import type { CompressedForm } from './compressed.ts';
import type { CostTraits } from './cost.ts';
import type { EncodingFormat } from './packing.ts';
import type { Effect, Form } from './row.ts';

/** Names of the operations, in order. */
export const NAMES: string =
  '${FULL_ROWS.map((row) => row.name).join(' ')}';

/** What rows share. */
export const SHAPES: readonly (readonly [form: Form, effect: Effect, cost?: CostTraits])[] = [
${lines(shapes.items)}];

/** Per operation: its shape. */
export const ROW_SHAPES: readonly number[] = ${JSON.stringify(rows.map(({ shape }) => shape))};

/** Per operation: its opcode minus that of the operation before, and the kinds that have it. */
export const OPCODE_STEPS: readonly number[] = ${JSON.stringify(steps)};
export const ROW_KINDS: readonly number[] = ${JSON.stringify(rows.map(({ kinds }) => kinds))};

export const ENCODING_FORMATS: readonly EncodingFormat[] = [
${lines(formats.items)}];

/** Per operation: the formats of its encodings; and the bits of all encodings. */
export const ROW_FORMATS: readonly (readonly number[])[] = ${JSON.stringify(rowFormats)};
export const ENCODING_BITS: readonly number[] = ${JSON.stringify(bits)};

export const COMPRESSED_FORMS: readonly CompressedForm[] = [
${lines(COMPRESSED_ROWS.map((row) => JSON.stringify(compressedForm(row))))}];
`;
};

const lines = (list: readonly string[]): string => list.map((line) => `  ${line},\n`).join('');

/** The effect without what it computes. */
const effectOf = (effect: FullEffect): Effect =>
  JSON.parse(JSON.stringify(effect, (_, value) => (typeof value === 'function' ? undefined : value)));

const bitsOf = (operands: readonly RegisterOperand[]): number =>
  operands.reduce((bits, operand) => bits | OPERAND_BITS[operand], 0);

/** Which sources the destination is compared with for a copy. */
const COPIED: Readonly<Record<NonNullable<Cost['copySlot']>, number>> = {
  all: bitsOf(['b', 'c']),
  first: bitsOf(['b']),
};

/** The cost with operands resolved, if the row has one. */
const costOf = (row: FullRow): [] | [CostTraits] => {
  const { cost } = row;
  if (cost === undefined) return [];
  const uses = bitsOf(usesOf(row));
  const tracked = cost.tracked
    ? bitsOf(cost.tracked.uses) | (cost.tracked.defines ? DEFINES : 0)
    : uses | (definitionsOf(row).length > 0 ? DEFINES : 0);
  const copies = cost.copySlot === undefined ? 0 : COPIED[cost.copySlot] & uses;
  const [wideSlot, wideLatency] = [cost.wideSlot ? 1 : 0, cost.wideLatency ? 1 : 0] as const;
  return [[cost.latency, cost.slots, cost.units, wideSlot, wideLatency, tracked, copies]];
};

const ENCODINGS = FULL_ROWS.flatMap(({ encodings }) => encodings);

/** Index of the encoding that a form stands for in a width; -1 where it does not exist. */
const target = (row: CompressedRow, width: Width): number =>
  existsInWidth(row.width, width)
    ? ENCODINGS.findIndex((e) => e.mnemonic === row.as && existsInWidth(e.width, width))
    : -1;

const NO_IMMEDIATE: Gather = [32, []];

const compressedForm = (row: CompressedRow): CompressedForm => {
  const { mask, match, rd = 'none', rs1 = 'none', rs2 = 'none', imm = NO_IMMEDIATE, nonzero } = row;
  const places = [REGISTER_FIELDS[rd], REGISTER_FIELDS[rs1], REGISTER_FIELDS[rs2]] as const;
  const form = [mask, match, target(row, 32), target(row, 64), ...places, imm] as const;
  return nonzero === undefined ? form : [...form, nonzero];
};
