import { COMPRESSED_FORMS } from './packed.generated.ts';
import { registerAt } from './packing.ts';

/** Register numbers and the immediate of an instruction word, before a layout gives them roles. */
export interface Fields {
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  readonly imm: number;
}

/**
 * An immediate: each group takes `count` bits at `from` of the halfword to `to`; the result is sign-extended from
 * `signed` bits, where 32 leaves it as it is.
 */
export type Gather = readonly [
  signed: number,
  groups: readonly (readonly [from: number, count: number, to: number])[],
];

/** A form of the C extension as the decoder needs it; what is written down is rows/compressed.ts. */
export type CompressedForm = readonly [
  mask: number,
  match: number,
  /** Index of the encoding that it stands for among those of all rows, in 32-bit and 64-bit kinds; -1 for none. */
  target32: number,
  target64: number,
  /** Places of the registers. */
  rd: number,
  rs1: number,
  rs2: number,
  imm: Gather,
  /** The form is reserved where this field is 0. */
  nonzero?: keyof Fields,
];

/** All forms; a halfword h is one when `(h & mask) === match`, and the one with more mask bits wins. */
export const COMPRESSED: readonly CompressedForm[] = COMPRESSED_FORMS;

const gather = (h: number, [signed, groups]: Gather): number => {
  let result = 0;
  for (const [from, count, to] of groups) result |= ((h >>> from) & ((1 << count) - 1)) << to;
  const unused = 32 - signed;
  return (result << unused) >> unused;
};

/** The fields of a halfword of a form; undefined where the form is reserved. */
export const compressedFields = (
  h: number,
  [, , , , rd, rs1, rs2, imm, nonzero]: CompressedForm,
): Fields | undefined => {
  const fields = {
    rd: registerAt(h, rd),
    rs1: registerAt(h, rs1),
    rs2: registerAt(h, rs2),
    imm: gather(h, imm),
  };
  return nonzero !== undefined && fields[nonzero] === 0 ? undefined : fields;
};
