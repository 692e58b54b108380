/** Instruction sets the guests are built for, and which compiler serves each. */
export interface Target {
  readonly name: string;
  readonly xlen: 32 | 64;
  readonly march: string;
  readonly mabi: string;
  readonly compiler: 'gcc' | 'clang';
  /**
   * `-march` for the link when it differs: GCC picks its libraries by exact match and falls back to
   * hard-float ones for extensions that it has no libraries for.
   */
  readonly libraryMarch?: string;
}

const target = (
  march: string,
  mabi: string,
  compiler: 'gcc' | 'clang' = 'gcc',
  libraryMarch?: string,
): Target => ({
  name: march,
  xlen: march.startsWith('rv64') ? 64 : 32,
  march,
  mabi,
  compiler,
  ...(libraryMarch === undefined ? {} : { libraryMarch }),
});

export type TargetName =
  | 'rv32i'
  | 'rv32im'
  | 'rv32imac'
  | 'rv32em'
  | 'rv32emac'
  | 'rv64i'
  | 'rv64im'
  | 'rv64imac'
  | 'rv64imac_zba_zbb_zbs'
  | 'rv64em'
  | 'rv64emac';

export const targets: Readonly<Record<TargetName, Target>> = {
  rv32i: target('rv32i', 'ilp32'),
  rv32im: target('rv32im', 'ilp32'),
  rv32imac: target('rv32imac', 'ilp32'),
  rv32em: target('rv32em', 'ilp32e'),
  rv32emac: target('rv32emac', 'ilp32e'),
  rv64i: target('rv64i', 'lp64'),
  rv64im: target('rv64im', 'lp64'),
  rv64imac: target('rv64imac', 'lp64'),
  // The extensions that a compiler uses for bit manipulation; the C library stays rv64imac.
  rv64imac_zba_zbb_zbs: target('rv64imac_zba_zbb_zbs', 'lp64', 'gcc', 'rv64imac'),
  // GCC 12 has no 64-bit embedded ABI, and there is no C library for it.
  rv64em: target('rv64em', 'lp64e', 'clang'),
  rv64emac: target('rv64emac', 'lp64e', 'clang'),
};
