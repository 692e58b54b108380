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
const LOWER_IN_JAM_V1 = 1 << 5;

/** Opcodes as the most common one, and which kinds have it: a bit per kind, and one where jam_v1's is one lower. */
export const packOpcodes = (opcodes: Opcodes): { readonly opcode: number; readonly kinds: number } => {
  let kinds = 0;
  for (const [k, kind] of POLKAVM_KINDS.entries()) if (opcodes[kind] !== undefined) kinds |= 1 << k;
  const opcode = Object.entries(opcodes).find(([kind]) => kind !== 'jam_v1')?.[1] ?? 0;
  const isLower = opcodes.jam_v1 !== undefined && opcodes.jam_v1 !== opcode;
  return { opcode, kinds: kinds | (isLower ? LOWER_IN_JAM_V1 : 0) };
};

export const unpackOpcodes = (opcode: number, kinds: number): Opcodes => {
  const opcodes: Partial<Record<PolkaVmKind, number>> = {};
  for (const [k, kind] of POLKAVM_KINDS.entries()) {
    const isLower = kind === 'jam_v1' && (kinds & LOWER_IN_JAM_V1) !== 0;
    if ((kinds >> k) & 1) opcodes[kind] = isLower ? opcode - 1 : opcode;
  }
  return opcodes;
};

/** What many encodings share; `opcode` is bits 6:0 of the match. */
export type EncodingFormat = readonly [
  layout: Layout,
  width: Encoding['width'],
  mask: number,
  opcode: number,
];

/** An encoding as its format, and the other bits of its match: funct3 and, from bit 3 on, bits 31:20. */
export const packEncoding = ({
  width,
  layout,
  mask,
  match,
}: Encoding): { readonly format: EncodingFormat; readonly bits: number } => ({
  format: [layout, width, mask, match & 0x7f],
  bits: ((match >>> 12) & 7) | ((match >>> 20) << 3),
});

export const unpackEncoding = ([layout, width, mask, opcode]: EncodingFormat, bits: number): Encoding => ({
  width,
  layout,
  mask,
  match: opcode | ((bits & 7) << 12) | ((bits >>> 3) << 20),
});

/**
 * Where a register number stands in a halfword, as a number: `shift` bits up, as many bits as `mask` has, plus
 * `base`.
 */
export const registerPlace = (shift: number, mask: number, base: number): number =>
  base | (shift << 4) | (mask << 8);

/** The register number at a place of halfword `h`. */
export const registerAt = (h: number, place: number): number =>
  ((h >>> ((place >>> 4) & 15)) & (place >>> 8)) + (place & 15);
