import type { Width } from '../../../src/core/kind.ts';
import { encodeRiscv } from '../../../src/decoder/encode-riscv.ts';
import { Instruction } from '../../../src/decoder/instruction.ts';
import { operation, ROWS } from '../../../src/isa/table.ts';
import { compressedOf } from '../../fuzz/compressed.ts';
import type { DataField, Item, Reference } from './items.ts';

/** A place in a section that a linker patches. */
export type Field =
  | ({ readonly part: 'data' } & DataField)
  | (Reference & {
      readonly offset: number;
      /** Of the instruction: compressed jumps and branches are patched otherwise. */
      readonly length: 2 | 4;
      /** It stores: immediates of stores stand elsewhere. */
      readonly isStore: boolean;
      /** Assemblers resolve it, and tell nobody. */
      readonly isHidden: boolean;
    })
  | { readonly part: 'pointer'; readonly offset: number; readonly symbol: string };

export interface Assembled {
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
  readonly labels: ReadonlyMap<string, number>;
}

/** Distances within which all compressed branches, and jumps, reach; less than they do, because code moves. */
const NEAR = { branch: 200, jump: 1800 } as const;
const ECALLI = operation('ecalli');
const EBREAK = operation('ebreak');
const ECALL_WORD = 0x73;

const kindOf = (width: Width): 'rv32' | 'rv64' => (width === 32 ? 'rv32' : 'rv64');

/** An instruction as the encoder takes it: branches and jumps go to where they are. */
const instructionOf = (
  { op, a, b, c, x }: Extract<Item, { kind: 'instruction' }>,
  target: number,
): Instruction => {
  const instruction = new Instruction();
  return Object.assign(instruction, { op, a, b, c, x, target });
};

/** Immediates of some operations have fewer bits than others. */
const SHIFTS = [-1, 63, 31] as const;

const encode = (item: Extract<Item, { kind: 'instruction' }>, width: Width): number => {
  if (item.op === ECALLI) return ECALL_WORD;
  for (const mask of SHIFTS) {
    try {
      return encodeRiscv(instructionOf({ ...item, x: item.x & mask }, 0), 0, kindOf(width));
    } catch (error) {
      if (mask === 31) throw error;
    }
  }
  return 0;
};

/** The halfword of an instruction, if there is one. */
const halfword = (item: Extract<Item, { kind: 'instruction' }>, width: Width): number | undefined => {
  if (item.op === ECALLI || item.op === EBREAK) return undefined;
  const { reference } = item;
  const isTransfer = reference?.part === 'branch' || reference?.part === 'jump';
  if (reference !== undefined && !isTransfer) return undefined;
  return compressedOf(instructionOf(item, 0), 0, width);
};

/** Sizes of items, and where they are: all long at first, then short where that reaches. */
const layOut = (
  items: readonly Item[],
  width: Width,
  isCompressed: boolean,
): {
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
  readonly labels: Map<string, number>;
} => {
  const long = items.map((item) => {
    if (item.kind === 'label') return 0;
    if (item.kind === 'words') return 4 * item.words.length;
    return item.kind === 'pointer' ? width / 8 : 4;
  });
  const first = placed(items, long);
  if (!isCompressed) return { ...first, sizes: long };
  const sizes = items.map((item, i) => {
    if (item.kind !== 'instruction' || halfword(item, width) === undefined) return long[i]!;
    const { reference } = item;
    if (reference === undefined) return 2;
    const target = first.labels.get(reference.symbol);
    const reach = NEAR[reference.part as 'branch' | 'jump'];
    return target !== undefined && Math.abs(target - first.offsets[i]!) < reach ? 2 : 4;
  });
  return { ...placed(items, sizes), sizes };
};

const placed = (
  items: readonly Item[],
  sizes: readonly number[],
): { readonly offsets: readonly number[]; readonly labels: Map<string, number> } => {
  const labels = new Map<string, number>();
  let offset = 0;
  const offsets = items.map((item, i) => {
    const at = offset;
    if (item.kind === 'label') labels.set(item.name, at);
    offset += sizes[i]!;
    return at;
  });
  return { offsets, labels };
};

/** Code as bytes, with what is left to a linker. */
export const assemble = (
  items: readonly Item[],
  width: Width,
  isCompressed: boolean,
  keepsLocal: boolean,
): Assembled => {
  const { offsets, sizes, labels } = layOut(items, width, isCompressed);
  const bytes = new Uint8Array((offsets.at(-1) ?? 0) + (sizes.at(-1) ?? 0));
  const view = new DataView(bytes.buffer);
  const fields: Field[] = [];
  for (const [i, item] of items.entries()) {
    const offset = offsets[i]!;
    if (item.kind === 'label') continue;
    if (item.kind === 'pointer') {
      fields.push({ part: 'pointer', offset, symbol: item.symbol });
      continue;
    }
    const length = sizes[i] === 2 ? 2 : 4;
    if (item.kind === 'words') {
      for (const [k, word] of item.words.entries()) view.setUint32(offset + 4 * k, word, true);
    } else if (length === 2) view.setUint16(offset, halfword(item, width)!, true);
    else view.setUint32(offset, encode(item, width), true);
    if (item.reference === undefined) continue;
    const { part, symbol } = item.reference;
    fields.push({
      ...item.reference,
      offset,
      length,
      isStore: item.kind === 'instruction' && ROWS[item.op]!.effect.kind === 'store',
      isHidden: !keepsLocal && (part === 'branch' || part === 'jump') && labels.has(symbol),
    });
  }
  return { bytes, fields, labels };
};
