import type { Width } from '../../src/core/kind.ts';
import type { CompressedForm, Gather } from '../../src/isa/compressed.ts';
import { type Cost, type CostTraits, DEFINES, OPERAND_BITS } from '../../src/isa/cost.ts';
import { existsInWidth } from '../../src/isa/encoding.ts';
import { type FullEffect, type FullRow, usesOf } from '../../src/isa/full-row.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { type EncodingFormat, packEncoding, packOpcodes } from '../../src/isa/packing.ts';
import { definitionsOf, type Effect, type RegisterOperand } from '../../src/isa/row.ts';
import { COMPRESSED_ROWS, type CompressedRow, REGISTER_FIELDS } from '../../src/isa/rows/compressed.ts';

/**
 * Prints the run-time table: what engines need of the full one, packed so that it is small in a browser's bundle.
 * Rows that share form, effect and cost share a shape.
 */
export const printPackedTable = (): string => {
  const shapes: string[] = [];
  const formats: EncodingFormat[] = [];
  const rows = FULL_ROWS.map((row) => {
    const shape = JSON.stringify([row.form, effectOf(row.effect), ...costOf(row)]);
    if (!shapes.includes(shape)) shapes.push(shape);
    const encodings = row.encodings.flatMap((encoding) => packEncoding(encoding, formats));
    return [shapes.indexOf(shape), packOpcodes(row.opcodes), ...encodings];
  });
  return `
import type { CompressedForm } from './compressed.ts';
import type { CostTraits } from './cost.ts';
import type { EncodingFormat } from './packing.ts';
import type { Effect, Form } from './row.ts';

/** Names of the operations, in order. */
export const NAMES: string =
  '${FULL_ROWS.map((row) => row.name).join(' ')}';

export const SHAPES: readonly (readonly [form: Form, effect: Effect, cost?: CostTraits])[] = [
${lines(shapes)}];

export const ENCODING_FORMATS: readonly EncodingFormat[] = ${JSON.stringify(formats)};

/** Per operation: its shape, its opcodes, and two numbers per encoding. */
export const PACKED_ROWS: readonly (readonly [shape: number, opcodes: number, ...encodings: number[]])[] = [
${lines(rows.map((row) => JSON.stringify(row)))}];

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
