import type { Width } from '../../../core/kind.ts';
import type { RelocationTable } from '../../elf-relocation-table.ts';
import type { CodeRelocationKind } from './link-input.ts';

/** What a relocation is among instructions: what it says, and the bytes that it covers. */
export interface InCode {
  readonly kind: CodeRelocationKind | 'pcrel-low';
  readonly size: 2 | 4 | 8;
}

/** What a relocation does to a field of data. */
export interface InData {
  /**
   * `whole`: the field holds the address; `plus` and `minus` (of one field) a difference; `distance`: the address less
   * that of the field itself.
   */
  readonly part: 'whole' | 'plus' | 'minus' | 'distance';
  readonly size: 1 | 2 | 4 | 8;
}

/** One R_RISCV_… number. */
export interface RelocationType {
  readonly name: string;
  readonly code: InCode | undefined;
  readonly data: InData | undefined;
  /** It tells linkers something and changes nothing. */
  readonly isHint: boolean;
  /** What to do about one that has no meaning here. */
  readonly advice: string;
}

type Meaning = Partial<Omit<RelocationType, 'name'>>;

const code = (kind: InCode['kind'], size: InCode['size'] = 4): Meaning => ({ code: { kind, size } });
const data = (part: InData['part'], size: InData['size']): Meaning => ({ data: { part, size } });
const hint: Meaning = { isHint: true };
const tls: Meaning = {
  advice: 'compile with -ftls-model=local-exec: the program is one file and has one thread',
};
const debug: Meaning = {
  advice: 'only debug information has such numbers: use .4byte or .8byte for differences of labels',
};
const dynamic: Meaning = { advice: 'link statically: there is no dynamic loader' };

/**
 * All relocations of the RISC-V ELF psABI ("Relocations"), and those that linkers leave in files behind relaxation:
 * 47 to 50 are GNU ld's, which the psABI has given up; 256 to 259 are lld's own, for what it has made relative to gp or
 * x0. In 32-bit files, whose field has 8 bits, lld's come out as 0 to 3 (`LLD_RELAXED`).
 */
const TABLE: readonly (readonly [number: number, name: string, ...meanings: readonly Meaning[]])[] = [
  [0, 'R_RISCV_NONE', hint],
  [1, 'R_RISCV_32', code('pointer', 4), data('whole', 4)],
  [2, 'R_RISCV_64', code('pointer', 8), data('whole', 8)],
  [3, 'R_RISCV_RELATIVE', dynamic],
  [4, 'R_RISCV_COPY', dynamic],
  [5, 'R_RISCV_JUMP_SLOT', dynamic],
  [6, 'R_RISCV_TLS_DTPMOD32', tls],
  [7, 'R_RISCV_TLS_DTPMOD64', tls],
  [8, 'R_RISCV_TLS_DTPREL32', tls],
  [9, 'R_RISCV_TLS_DTPREL64', tls],
  [10, 'R_RISCV_TLS_TPREL32', tls],
  [11, 'R_RISCV_TLS_TPREL64', tls],
  [12, 'R_RISCV_TLSDESC', tls],
  [16, 'R_RISCV_BRANCH', code('branch')],
  [17, 'R_RISCV_JAL', code('jump')],
  [18, 'R_RISCV_CALL', code('call', 8)],
  [19, 'R_RISCV_CALL_PLT', code('call', 8)],
  [20, 'R_RISCV_GOT_HI20', code('got-high')],
  [21, 'R_RISCV_TLS_GOT_HI20', tls],
  [22, 'R_RISCV_TLS_GD_HI20', tls],
  [23, 'R_RISCV_PCREL_HI20', code('pcrel-high')],
  [24, 'R_RISCV_PCREL_LO12_I', code('pcrel-low')],
  [25, 'R_RISCV_PCREL_LO12_S', code('pcrel-low')],
  [26, 'R_RISCV_HI20', code('high')],
  [27, 'R_RISCV_LO12_I', code('low')],
  [28, 'R_RISCV_LO12_S', code('low')],
  [29, 'R_RISCV_TPREL_HI20', code('tp-high')],
  [30, 'R_RISCV_TPREL_LO12_I', code('tp-low')],
  [31, 'R_RISCV_TPREL_LO12_S', code('tp-low')],
  [32, 'R_RISCV_TPREL_ADD', code('tp-add', 2)],
  [33, 'R_RISCV_ADD8', data('plus', 1)],
  [34, 'R_RISCV_ADD16', data('plus', 2)],
  [35, 'R_RISCV_ADD32', data('plus', 4)],
  [36, 'R_RISCV_ADD64', data('plus', 8)],
  [37, 'R_RISCV_SUB8', data('minus', 1)],
  [38, 'R_RISCV_SUB16', data('minus', 2)],
  [39, 'R_RISCV_SUB32', data('minus', 4)],
  [40, 'R_RISCV_SUB64', data('minus', 8)],
  [41, 'R_RISCV_GOT32_PCREL'],
  [43, 'R_RISCV_ALIGN', hint],
  [44, 'R_RISCV_RVC_BRANCH', code('branch', 2)],
  [45, 'R_RISCV_RVC_JUMP', code('jump', 2)],
  [46, 'R_RISCV_RVC_LUI', code('high', 2)],
  [47, 'R_RISCV_GPREL_I', code('gp-relative')],
  [48, 'R_RISCV_GPREL_S', code('gp-relative')],
  [49, 'R_RISCV_TPREL_I', code('tp-low')],
  [50, 'R_RISCV_TPREL_S', code('tp-low')],
  [51, 'R_RISCV_RELAX', hint],
  [52, 'R_RISCV_SUB6', debug],
  [53, 'R_RISCV_SET6', debug],
  [54, 'R_RISCV_SET8', data('plus', 1)],
  [55, 'R_RISCV_SET16', data('plus', 2)],
  [56, 'R_RISCV_SET32', data('plus', 4)],
  [57, 'R_RISCV_32_PCREL', data('distance', 4)],
  [58, 'R_RISCV_IRELATIVE', dynamic],
  [59, 'R_RISCV_PLT32', data('distance', 4)],
  [60, 'R_RISCV_SET_ULEB128', debug],
  [61, 'R_RISCV_SUB_ULEB128', debug],
  [62, 'R_RISCV_TLSDESC_HI20', tls],
  [63, 'R_RISCV_TLSDESC_LOAD_LO12', tls],
  [64, 'R_RISCV_TLSDESC_ADD_LO12', tls],
  [65, 'R_RISCV_TLSDESC_CALL', tls],
  [191, 'R_RISCV_VENDOR'],
  [256, 'lld GPREL_I', code('gp-relative')],
  [257, 'lld GPREL_S', code('gp-relative')],
  [258, 'lld X0REL_I', code('gp-relative')],
  [259, 'lld X0REL_S', code('gp-relative')],
];

/** What is missing of lld's numbers 0 to 3 in 32-bit code. */
const LLD_RELAXED = 256;

const NO_MEANING: Omit<RelocationType, 'name'> = {
  code: undefined,
  data: undefined,
  isHint: false,
  advice:
    'compile this source for a static program, with -fno-pic or -fpic and without assembly of this kind',
};

/** All relocations that have a name, by number. */
export const RELOCATION_TYPES: ReadonlyMap<number, RelocationType> = new Map(
  TABLE.map(([number, name, ...meanings]) => [number, Object.assign({ ...NO_MEANING, name }, ...meanings)]),
);

/** What a number means; unknown ones have a name too. */
export const relocationType = (number: number): RelocationType =>
  RELOCATION_TYPES.get(number) ?? { ...NO_MEANING, name: `relocation ${number}` };

export const R_RISCV_PCREL_HI20 = 23;
export const R_RISCV_GPREL_I = 47;
export const R_RISCV_GPREL_S = 48;
export const R_RISCV_RELAX = 51;

/**
 * What relocation `index` of a section of code means. lld's own numbers are cut to the 8 bits of a 32-bit file; where
 * bytes went, it leaves R_RISCV_RELAX.
 */
export const relocationTypeInCode = (
  { types, symbols, offsets }: RelocationTable,
  index: number,
  width: Width,
): RelocationType => {
  const number = types[index]!;
  const isCut =
    width === 32 &&
    number < 4 &&
    symbols[index] !== 0 &&
    types[index + 1] === R_RISCV_RELAX &&
    offsets[index + 1] === offsets[index];
  return relocationType(isCut ? number + LLD_RELAXED : number);
};
