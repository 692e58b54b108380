/**
 * Two prototypes of a translator to WebAssembly on our kernels, against the kernels compiled straight to WebAssembly:
 * `RISCBOX_JIT_PROTOTYPES=DIR npx tsx bench/prototypes.ts`.
 *
 * DIR holds two CommonJS modules with `build(file, options)`, which gives `{ reset(), run(n) }`: `run.js` (one check per
 * base register and block, gas per block) and `run3.js` (that and loop versioning, typing by intervals, inlining of
 * leaves). They read ELF files of a layout of their own with a function `run`, which are made here with the cross
 * compiler, from the sources of the committed kernels, in a folder that is removed afterwards. Both check every access
 * and charge gas exactly; neither can be resumed, interrupted or called back.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { geometricMean } from './interleave.ts';
import { KERNELS, OUTSIDE } from './kernel-arguments.ts';
import { directKernel, type KernelRun } from './kernel-runs.ts';
import { type Cell, Report } from './report.ts';
import { inRounds, workFor } from './rounds.ts';

interface Prototype {
  reset(): void;
  run(n: number): number;
}

type BuildPrototype = (file: string, options: object) => Prototype;

/** By name: the module, and the options that stand for "complete checks and exact gas". */
const PROTOTYPES: Readonly<Record<string, { readonly module: string; readonly options: object }>> = {
  'round 1': { module: 'run.js', options: { ctl: 'struct', regs: 'm', mem: 'grp', gas: 'l' } },
  'round 2': {
    module: 'run3.js',
    options: {
      chk: 'top',
      top2: 1,
      gas: 'phi',
      dirty: 1,
      typ: 1,
      zext: 1,
      zx2: 1,
      av: 1,
      ver: 1,
      tail: 1,
      unroll: 4,
      slots: 1,
      inl: 1,
    },
  },
};

const TARGETS = {
  rv32em: ['-march=rv32em', '-mabi=ilp32e'],
  rv64im: ['-march=rv64im', '-mabi=lp64'],
} as const;

/** Where the prototypes expect the parts of a program; the end of their writable memory is that of `.data`. */
const LAYOUT = `ENTRY(run)
SECTIONS {
  .rodata 0x10000 : { *(.rodata*) *(.srodata*) }
  .data 0x40000 : { *(.data*) *(.sdata*) *(.sbss*) *(.bss*) *(COMMON) }
  .text 0x8000000 : { *(.text*) }
  /DISCARD/ : { *(.comment) *(.riscv.attributes) *(.eh_frame) }
}
`;
/**
 * The four functions that compilers call come from the guests' runtime; its start-up code, which wants a main, is not
 * linked because nothing calls it. A program without data has no end of its memory.
 */
const MAIN = `#include <stdint.h>
uint32_t run(uint32_t n);
volatile int some_data = 1;
int main(int argc, char **argv) { (void)argv; return (int)run((uint32_t)argc) + some_data; }
`;

const root = fileURLToPath(new URL('..', import.meta.url));

/** Path of the ELF file; undefined where there is no compiler. */
const compileKernel = (folder: string, target: keyof typeof TARGETS, name: string): string | undefined => {
  const output = join(folder, `${name}.${target}`);
  const sources = [`guests/kernels/${name}.c`, 'guests/runtime/freestanding.c', join(folder, 'main.c')];
  const flags = [
    '-O2',
    '-std=c11',
    '-ffreestanding',
    '-nostdlib',
    '-ffunction-sections',
    '-Wl,--gc-sections,--undefined=some_data',
    '-Dkernel=run',
    '-T',
    join(folder, 'layout.ld'),
  ];
  const { status, error, stderr } = spawnSync(
    'riscv64-unknown-elf-gcc',
    [...TARGETS[target], ...flags, ...sources, '-lgcc', '-o', output],
    { cwd: root, encoding: 'utf8' },
  );
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(stderr);
  return output;
};

/** A prototype's kernel, or why there is none: both lack some instructions and shapes of programs. */
const prototypeKernel = (make: () => Prototype, base: number, expected: number): KernelRun | string => {
  try {
    const prototype = make();
    const run: KernelRun = (n) => {
      prototype.reset();
      return prototype.run(n) >>> 0;
    };
    for (let i = 0; i < 3; i++) if (run(base) !== expected) return 'wrong';
    return run;
  } catch {
    return 'fails';
  }
};

const COMMON = ['sieve', 'matmul', 'quicksort', 'sha256', 'switchvm', 'hash', 'lz', 'heap'];
const MEANS: Readonly<Record<keyof typeof TARGETS, readonly string[]>> = {
  rv32em: COMMON,
  rv64im: [...COMMON, 'nbody_fixed'],
};

const measure = (report: Report, prototypes: string, folder: string): void => {
  writeFileSync(join(folder, 'layout.ld'), LAYOUT);
  writeFileSync(join(folder, 'main.c'), MAIN);
  const require = createRequire(join(resolve(prototypes), 'run.js'));
  const names = Object.keys(PROTOTYPES);
  for (const target of Object.keys(TARGETS) as (keyof typeof TARGETS)[]) {
    report.table(`Prototypes, ${target}: time over time of direct WebAssembly`, [
      'program',
      'direct, ms',
      ...names,
    ]);
    const ratios = new Map<string, Map<string, number>>(names.map((name) => [name, new Map()]));
    for (const [kernel, base] of Object.entries({ ...KERNELS, ...OUTSIDE })) {
      const file = compileKernel(folder, target, kernel);
      if (file === undefined) {
        report.note('not measured: riscv64-unknown-elf-gcc is not there');
        return;
      }
      const direct = directKernel(kernel);
      const expected = direct(base);
      const runs = new Map<string, KernelRun | string>();
      for (const [name, { module, options }] of Object.entries(PROTOTYPES)) {
        const { build } = require(`./${module}`) as { build: BuildPrototype };
        runs.set(
          name,
          prototypeKernel(() => build(file, options), base, expected),
        );
      }
      const n = workFor(8, base, direct);
      const sides: [string, () => void][] = [['direct', () => void direct(n)]];
      for (const [name, run] of runs) if (typeof run !== 'string') sides.push([name, () => void run(n)]);
      const times = inRounds(Object.fromEntries(sides), { rounds: 9 });
      const cells = names.map((name): Cell => {
        const run = runs.get(name);
        if (typeof run === 'string') return run;
        const ratio = times[name]?.ratio as number;
        ratios.get(name)?.set(kernel, ratio);
        return [ratio, 2];
      });
      report.row(kernel, [times.direct?.median as number, 2], ...cells);
    }
    const means = names.map((name): Cell => {
      const own = ratios.get(name) as Map<string, number>;
      const values = MEANS[target].flatMap((kernel) => own.get(kernel) ?? []);
      return values.length === 0 ? '' : [geometricMean(values), 2];
    });
    report.row(`geometric mean of those of ${MEANS[target].length} that run`, '', ...means);
  }
  report.note('fails: the prototype cannot translate or run the program; wrong: it gives another checksum.');
};

const report = new Report();
const prototypes = process.env.RISCBOX_JIT_PROTOTYPES;
if (prototypes === undefined) {
  report.table('Prototypes of a translator to WebAssembly', ['']);
  report.note('not measured: RISCBOX_JIT_PROTOTYPES names no directory with them');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'riscbox-prototypes-'));
  try {
    measure(report, prototypes, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
report.finish();
