import { KINDS, type PolkaVmKind } from '../core/kind.ts';
import type { Encoding, Layout } from './encoding.ts';
import type { Opcodes } from './row.ts';

/**
 * How the parts of a row are written in packed.generated.ts, in both directions: the generator packs, table.ts
 * unpacks when it is loaded.
 */

/** The PolkaVM kinds come first in the list of kinds. */
const POLKAVM_KINDS = KINDS.slice(0, 5) as readonly PolkaVmKind[];
/** jam_v1 has one opcode less than the others before its bit operations, so that theirs are one lower. */
const LOWER_IN_JAM_V1 = 1 << 13;

/** Opcodes as a number: bits 0 to 7 the opcode, 8 to 12 the kinds that have it, 13 set where jam_v1's is one lower. */
export const packOpcodes = (opcodes: Opcodes): number => {
  let kinds = 0;
  for (const [k, kind] of POLKAVM_KINDS.entries()) if (opcodes[kind] !== undefined) kinds |= 1 << k;
  const code = Object.entries(opcodes).find(([kind]) => kind !== 'jam_v1')?.[1] ?? 0;
  const isLower = opcodes.jam_v1 !== undefined && opcodes.jam_v1 !== code;
  return code | (kinds << 8) | (isLower ? LOWER_IN_JAM_V1 : 0);
};

export const unpackOpcodes = (packed: number): Opcodes => {
  const opcodes: Partial<Record<PolkaVmKind, number>> = {};
  for (const [k, kind] of POLKAVM_KINDS.entries()) {
    const lower = kind === 'jam_v1' && (packed & LOWER_IN_JAM_V1) !== 0 ? 1 : 0;
    if ((packed >> (8 + k)) & 1) opcodes[kind] = (packed & 0xff) - lower;
  }
  return opcodes;
};

/** Layout and mask, which many encodings share. */
export type EncodingFormat = readonly [layout: Layout, mask: number];

const WIDTHS = ['both', 32, 64] as const;

/**
 * An encoding as two numbers: its format and width, and the bits of its match that no register field covers
 * (opcode, funct3 and bits 31:20). `formats` grows where it lacks the format.
 */
export const packEncoding = (
  { width, layout, mask, match }: Encoding,
  formats: EncodingFormat[],
): readonly [number, number] => {
  let format = formats.findIndex(([l, m]) => l === layout && m === mask);
  if (format < 0) format = formats.push([layout, mask]) - 1;
  const bits = (match & 0x7f) | ((match >>> 5) & 0x380) | ((match >>> 20) << 10);
  return [3 * format + WIDTHS.indexOf(width), bits];
};

/** Encodings from their numbers one after the other. */
export const unpackEncodings = (
  packed: readonly number[],
  formats: readonly EncodingFormat[],
): readonly Encoding[] => {
  const encodings: Encoding[] = [];
  for (let i = 0; i < packed.length; i += 2) {
    const [format, bits] = packed.slice(i) as [number, number];
    const [layout, mask] = formats[Math.floor(format / 3)] as EncodingFormat;
    const match = (bits & 0x7f) | ((bits & 0x380) << 5) | ((bits >>> 10) << 20);
    encodings.push({ width: WIDTHS[format % 3] as Encoding['width'], layout, mask, match });
  }
  return encodings;
};

/**
 * Where a register number stands in a halfword, as a number: `shift` bits up, as many bits as `mask` has, plus
 * `base`.
 */
export const registerPlace = (shift: number, mask: number, base: number): number =>
  base | (shift << 4) | (mask << 8);

/** The register number at a place of halfword `h`. */
export const registerAt = (h: number, place: number): number =>
  ((h >>> ((place >>> 4) & 15)) & (place >>> 8)) + (place & 15);
