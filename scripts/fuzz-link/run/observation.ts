/** Why a program cannot be judged: it runs too long, or does what programs of the generator should not do. */
export class Unfit extends Error {}

/** What a program does, as far as it holds no address: its host calls, and how the calls of its exports end. */
export type Observation = readonly string[];

export const callText = (name: string, values: readonly bigint[]): string =>
  `${name}(${values.map((value) => `0x${value.toString(16)}`).join(', ')})`;

/** What a host function returns: it depends on its arguments and on when it is called. */
export const hostResult = (values: readonly bigint[], calls: number, which: number): bigint =>
  values.reduce((sum, value) => (sum * 31n + value) & 0xffff_ffff_ffffn, BigInt(calls)) + BigInt(which * 7);

/** Argument number `i` of the call of an export. */
export const argument = (exported: number, i: number): bigint =>
  BigInt((exported * 5 + i * 3 + 1) * (i % 2 === 0 ? 1 : 0x1234567));

/** The order in which exports are called: some twice, for what is left in data; the data at the end. */
export const callsOf = (exports: number): readonly number[] => [
  ...Array.from({ length: exports }, (_unused, i) => i),
  0,
];
