/** One way to compile the programs: GCC with GNU ld or clang with lld, an instruction set, and what else changes the code. */
export interface Build {
  readonly compiler: 'gcc' | 'clang';
  readonly march: string;
  readonly mabi: string;
  /** GCC picks libraries by exact match: the instruction set that has some. */
  readonly libraryMarch?: string;
  readonly flags: readonly string[];
  /** There is a C library. */
  readonly hasLibrary: boolean;
  /** Linked as a program for any address; QEMU runs it linked without this, since nothing relocates it. */
  readonly isPie?: boolean;
}

const gcc = (march: string, mabi: string, ...flags: readonly string[]): Build => ({
  compiler: 'gcc',
  march,
  mabi,
  flags,
  hasLibrary: true,
});

const clang = (march: string, mabi: string, ...flags: readonly string[]): Build => ({
  compiler: 'clang',
  march,
  mabi,
  flags,
  // There is none for lp64e.
  hasLibrary: mabi !== 'lp64e',
});

export const BUILDS: readonly Build[] = [
  gcc('rv32emac', 'ilp32e', '-O2'),
  gcc('rv32em', 'ilp32e', '-Os', '-mcmodel=medany', '-mno-relax'),
  gcc('rv32e', 'ilp32e', '-O1', '-msave-restore'),
  gcc('rv32imac', 'ilp32', '-O0', '-g'),
  gcc('rv32im', 'ilp32', '-O3', '-mcmodel=medany'),
  gcc('rv32i', 'ilp32', '-O2', '-fno-jump-tables'),
  gcc('rv64imac', 'lp64', '-O2', '-g'),
  gcc('rv64imac', 'lp64', '-O1', '-mcmodel=medany', '-mno-relax'),
  gcc('rv64im', 'lp64', '-O3', '-fpie', '-mcmodel=medany'),
  gcc('rv64imac', 'lp64', '-Os', '-msave-restore', '-ffunction-sections', '-fdata-sections'),
  gcc('rv64i', 'lp64', '-O0'),
  { ...gcc('rv64imac_zba_zbb_zbs', 'lp64', '-O3', '-funroll-loops'), libraryMarch: 'rv64imac' },
  clang('rv32emac', 'ilp32e', '-Os', '-ffunction-sections'),
  clang('rv32em', 'ilp32e', '-O3', '-mno-relax', '-mcmodel=medany'),
  clang('rv64emac', 'lp64e', '-O2'),
  clang('rv64em', 'lp64e', '-O0', '-mno-relax'),
  { ...clang('rv64emac_zba_zbb_zbs', 'lp64e', '-O3', '-fpie', '-mcmodel=medany'), isPie: true },
  clang('rv32imac', 'ilp32', '-O1', '-g'),
  clang('rv64imac', 'lp64', '-O3', '-mcmodel=medany', '-g'),
  clang('rv64imac', 'lp64', '-O0'),
  { ...clang('rv64imac', 'lp64', '-O2', '-fpie', '-mcmodel=medany'), isPie: true },
  { ...clang('rv64im_zba_zbb_zbs', 'lp64', '-Oz'), libraryMarch: 'rv64im' },
];

export const buildName = ({ compiler, march, flags, isPie }: Build): string =>
  [compiler, march, ...flags, ...(isPie === true ? ['-pie'] : [])].join(' ');
