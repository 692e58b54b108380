/** Every guest program: what it is made of, for which instruction sets, and which runs prove it. */
import type { Target, TargetName } from './targets.ts';

export interface GuestRun {
  /** Distinguishes the expected outputs of several runs of one guest. */
  readonly name?: string;
  readonly args?: readonly string[];
  /** A file below `guests/` which becomes standard input; none means empty input. */
  readonly stdin?: string;
  /** Exit code; 0 when absent. */
  readonly status?: number;
}

export interface Guest {
  readonly name: string;
  readonly targets: readonly TargetName[];
  /** Paths below `guests/`. */
  readonly sources: readonly string[];
  /**
   * `libc`: picolibc on our system calls; `bare`: our start-up only; `none`: the sources are everything;
   * `kit-libc`: picolibc, its platform is among the sources; `rust`: `guests/rust` as its own Cargo package;
   * `kit-rust`: a binary of `guests/sdk/examples/rust`.
   */
  readonly runtime: 'libc' | 'bare' | 'none' | 'kit-libc' | 'rust' | 'kit-rust';
  /** Instead of the compiler of the target. */
  readonly compiler?: Target['compiler'];
  /** `guest` (when absent): runtime/guest.ld; `kit`: sdk/c/guest.ld; `default`: the linker's own. */
  readonly layout?: 'guest' | 'kit' | 'default';
  readonly compileFlags?: readonly string[];
  readonly linkFlags?: readonly string[];
  /** Leave out the symbol table, as distributed programs do. */
  readonly stripped?: boolean;
  /** Every target must print the same; empty for guests which need a special host. */
  readonly runs: readonly GuestRun[];
}

const kernels: readonly (readonly [name: string, quickN: number])[] = [
  ['sieve', 1],
  ['matmul', 1],
  ['quicksort', 1],
  ['sha256', 1],
  ['nbody_fixed', 100],
  ['nbody_soft', 100],
  ['switchvm', 1000],
  ['hash', 1],
  ['lz', 1],
  ['heap', 1000],
  ['deflate', 1],
];

export const kernelNames: readonly string[] = kernels.map(([name]) => name);

const kernelGuest = ([name, quickN]: readonly [string, number]): Guest => ({
  name,
  targets: [
    'rv64im',
    'rv32im',
    'rv32em',
    'rv64imac_zba_zbb_zbs',
    // No soft-float library exists for the 64-bit embedded ABI.
    ...(name === 'nbody_soft' ? [] : (['rv64em'] as const)),
  ],
  sources: [`kernels/${name}.c`, 'kernels/main.c'],
  runtime: 'bare',
  runs: [{ name: 'quick', args: [String(quickN)] }, { name: 'default' }],
});

export const lispSources: readonly string[] = [
  'builtins',
  'error',
  'eval',
  'main',
  'memory',
  'prelude',
  'printer',
  'reader',
].map((name) => `lisp/${name}.c`);

const lispRuns: readonly GuestRun[] = [
  ...['tour', 'queens', 'primes', 'metacircular'].map((program) => ({
    name: program,
    stdin: `lisp/programs/${program}.lisp`,
  })),
  { name: 'error', stdin: 'lisp/programs/error.lisp', status: 1 },
  { name: 'arguments', args: ['-e', '(define (square x) (* x x))', '-e', '(map square (iota 10 1))'] },
  { name: 'file', args: ['guests/lisp/programs/metacircular.lisp'] },
];

/** Built as the guide of the guest kit says, with relocations for `riscbox link`. */
const kit = {
  layout: 'kit',
  compileFlags: ['-Iguests/sdk/c', '-mcmodel=medany'],
  linkFlags: ['-Wl,--emit-relocs', '-Wl,--no-relax'],
} as const;

/** A kit guest without `_start`: hosts call its exports, after relinking. */
const kitLibrary = { ...kit, linkFlags: [...kit.linkFlags, '-Wl,-e,0'], runs: [] } as const;

const kitTargets: readonly TargetName[] = ['rv32emac', 'rv64emac'];

const kitExamples: readonly Guest[] = [
  ...['fibonacci', 'text', 'sha256'].flatMap((name): Guest[] => [
    {
      ...kitLibrary,
      name: `kit_${name}`,
      targets: kitTargets,
      sources: [`sdk/examples/c/${name}.c`, 'sdk/c/memory.c'],
      runtime: 'none',
    },
    { name: `kit_${name}_rust`, targets: kitTargets, sources: [], runtime: 'kit-rust', runs: [] },
  ]),
  {
    ...kitLibrary,
    name: 'kit_collatz',
    targets: kitTargets,
    sources: ['sdk/examples/assembly/collatz.S'],
    runtime: 'none',
  },
  {
    ...kitLibrary,
    name: 'kit_inventory',
    targets: ['rv32emac'],
    sources: ['sdk/examples/c/inventory.c', 'sdk/c/library.c'],
    runtime: 'kit-libc',
  },
  {
    ...kit,
    name: 'kit_greet',
    targets: ['rv32emac'],
    sources: ['sdk/examples/c/greet.c', 'sdk/c/start.S', 'sdk/c/program.c'],
    runtime: 'kit-libc',
    runs: [{ args: ['Ada', 'Grace'] }, { name: 'nobody', status: 2 }],
  },
  {
    ...kit,
    name: 'kit_greet_bare',
    targets: kitTargets,
    sources: ['sdk/examples/c/greet_bare.c', 'sdk/c/start.S', 'sdk/c/bare.c', 'sdk/c/memory.c'],
    runtime: 'none',
    runs: [{ args: ['Ada', 'Grace'] }, { name: 'nobody', status: 2 }],
  },
];

export const guests: readonly Guest[] = [
  {
    name: 'hello',
    targets: ['rv64im', 'rv64imac', 'rv32im', 'rv32em'],
    sources: ['c/hello.c'],
    runtime: 'libc',
    runs: [{}],
  },
  {
    name: 'hello_bare',
    targets: ['rv64im', 'rv64em', 'rv32em'],
    sources: ['c/hello_bare.c'],
    runtime: 'bare',
    runs: [{}],
  },
  {
    name: 'fibonacci',
    targets: ['rv64im', 'rv32em', 'rv32imac'],
    sources: ['c/fibonacci.c'],
    runtime: 'libc',
    runs: [{}, { name: '12', args: ['12'] }],
  },
  {
    name: 'add_numbers',
    targets: ['rv64im', 'rv64em', 'rv32im', 'rv32em'],
    sources: ['c/add_numbers.c'],
    runtime: 'bare',
    // add_with_extra is called by hosts only.
    linkFlags: ['-Wl,--undefined=add_with_extra'],
    // The low byte of 1 + 10 - ENOSYS: QEMU does not know the host call.
    runs: [{ status: 229 }],
  },
  {
    name: 'add_numbers_relinkable',
    targets: ['rv64emac', 'rv32emac'],
    sources: ['c/add_numbers.c'],
    runtime: 'none',
    compiler: 'clang',
    layout: 'default',
    compileFlags: ['-DRELINKABLE', '-mcmodel=medany'],
    linkFlags: ['-Wl,--emit-relocs', '-Wl,--unique', '-Wl,--no-relax', '-Wl,-e,0'],
    // Host calls are custom instructions here: only a relinked blob runs.
    runs: [],
  },
  ...kernels.map(kernelGuest),
  {
    name: 'control',
    targets: ['rv64im', 'rv64imac', 'rv64em', 'rv32im', 'rv32em'],
    sources: ['special/control.c'],
    runtime: 'bare',
    runs: [{}],
  },
  {
    name: 'control_save_restore',
    targets: ['rv64imac', 'rv32emac'],
    sources: ['special/control.c'],
    runtime: 'bare',
    compileFlags: ['-msave-restore'],
    runs: [{}],
  },
  {
    name: 'control_clang',
    targets: ['rv64imac', 'rv32emac'],
    sources: ['special/control.c'],
    runtime: 'bare',
    compiler: 'clang',
    runs: [{}],
  },
  {
    name: 'library',
    targets: ['rv64im', 'rv64imac', 'rv32imac', 'rv32em'],
    sources: ['special/library.c'],
    runtime: 'libc',
    runs: [{}],
  },
  {
    name: 'text_tables',
    targets: ['rv64im', 'rv64em', 'rv32im', 'rv32em'],
    sources: ['special/text_tables.S'],
    runtime: 'none',
    runs: [{}],
  },
  {
    name: 'text_tables_compressed',
    targets: ['rv64imac', 'rv64emac', 'rv32imac', 'rv32emac'],
    sources: ['special/text_tables.S'],
    runtime: 'none',
    runs: [{}],
  },
  {
    name: 'lisp',
    targets: ['rv64im', 'rv64imac', 'rv32imac', 'rv32em'],
    sources: lispSources,
    runtime: 'libc',
    runs: lispRuns,
  },
  {
    name: 'lisp_stripped',
    targets: ['rv64imac'],
    sources: lispSources,
    runtime: 'libc',
    stripped: true,
    runs: lispRuns,
  },
  {
    name: 'perft',
    targets: ['rv64im', 'rv64imac', 'rv32im', 'rv32emac'],
    sources: ['c/perft.c'],
    runtime: 'libc',
    runs: [
      {},
      { name: 'divide', args: ['-d', '3'] },
      { name: 'position', args: ['2', '8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1'] },
      { name: 'usage', args: ['99'], status: 2 },
    ],
  },
  {
    name: 'words',
    targets: ['rv64imac', 'rv32em'],
    sources: [],
    runtime: 'rust',
    runs: [{ stdin: 'rust/sample.txt' }, { name: 'empty' }],
  },
  ...kitExamples,
];

/** Where the binary of a guest lies, from the root of the repository. */
export const guestPath = (guest: Guest, target: TargetName): string =>
  `guests/bin/${target}/${guest.name}.elf`;

/** Where the expected standard output of a run lies, from the root of the repository. */
export const expectedPath = (guest: Guest, run: GuestRun): string =>
  `guests/expected/${guest.name}${run.name === undefined ? '' : `.${run.name}`}.txt`;
