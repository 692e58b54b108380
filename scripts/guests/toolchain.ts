/** Calls of the cross compilers, with everything that would make the output depend on the machine turned off. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Target } from './targets.ts';

const GCC = 'riscv64-unknown-elf-gcc';
const CLANG = 'clang-19';

export interface CompileJob {
  readonly target: Target;
  /** Paths from the root of the repository, which is the working directory of the compilers. */
  readonly sources: readonly string[];
  readonly output: string;
  /** Folder for object files. */
  readonly objects: string;
  readonly linkerScript: string | undefined;
  readonly libc: boolean;
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
  readonly stripped: boolean;
}

const onPath = (command: string, ...args: string[]): boolean => {
  const { status, error } = spawnSync(command, args, { stdio: 'ignore' });
  return error === undefined && status === 0;
};

export const haveCompiler: Record<Target['compiler'], boolean> = {
  gcc: onPath(GCC, '--version'),
  clang: onPath(CLANG, '--version') && onPath('ld.lld-19', '--version'),
};

export const haveQemu: boolean = onPath('qemu-riscv32', '--version') && onPath('qemu-riscv64', '--version');

const call = (command: string, args: readonly string[]): void => {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stderr}`);
  if (stderr !== '') process.stderr.write(stderr);
};

/** Compiler and the flags that select the instruction set. */
const driver = (target: Target, march: string): [string, string[]] =>
  target.compiler === 'gcc'
    ? [GCC, [`-march=${march}`, `-mabi=${target.mabi}`]]
    : [CLANG, [`--target=riscv${target.xlen}-unknown-elf`, `-march=${march}`, `-mabi=${target.mabi}`]];

/** One ELF file from C and assembly sources. */
export const compile = (job: CompileJob): void => {
  const { target } = job;
  mkdirSync(job.objects, { recursive: true });
  mkdirSync(dirname(job.output), { recursive: true });
  const [compiler, isa] = driver(target, target.march);
  const objects = job.sources.map((source) => {
    const object = join(job.objects, `${basename(source)}.o`);
    const c = source.endsWith('.c')
      ? ['-std=c11', '-O2', '-Wall', '-Wextra', '-ffunction-sections', '-fdata-sections']
      : [];
    const library = job.libc ? ['--specs=picolibc.specs'] : ['-ffreestanding'];
    // __FILE__ and assembler file names must not tell where the repository lies.
    const reproducible = [`-ffile-prefix-map=${process.cwd()}=.`];
    call(compiler, [
      ...isa,
      ...c,
      ...library,
      ...reproducible,
      ...job.compileFlags,
      '-c',
      source,
      '-o',
      object,
    ]);
    return object;
  });
  const [linker, linkIsa] = driver(target, target.libraryMarch ?? target.march);
  const library = job.libc ? ['--specs=picolibc.specs', '-nostartfiles'] : ['-nostdlib'];
  const lld = target.compiler === 'clang' ? ['-fuse-ld=lld-19'] : [];
  const libgcc = target.compiler === 'gcc' && !job.libc ? ['-lgcc'] : [];
  call(linker, [
    ...linkIsa,
    ...library,
    ...lld,
    // Not -Wl,-T: only this form keeps picolibc's own script out.
    ...(job.linkerScript === undefined ? [] : ['-T', job.linkerScript]),
    '-Wl,--build-id=none',
    '-Wl,--gc-sections',
    '-Wl,-z,max-page-size=4096',
    // Kept relocations cost nothing when a program runs, and let it be linked to PolkaVM code.
    ...(job.stripped ? ['-Wl,--strip-all'] : ['-Wl,--strip-debug', '-Wl,--emit-relocs']),
    ...job.linkFlags,
    ...objects,
    ...libgcc,
    '-o',
    job.output,
  ]);
};

export interface WasmJob {
  /** Paths from the root of the repository. */
  readonly sources: readonly string[];
  readonly output: string;
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
}

export const haveWasmCompiler: boolean = haveCompiler.clang && onPath('wasm-ld-19', '--version');

/** One WebAssembly module from C sources: freestanding, features of the first version of WebAssembly only. */
export const clangWasm = ({ sources, output, compileFlags, linkFlags }: WasmJob): void => {
  mkdirSync(dirname(output), { recursive: true });
  const language = ['-std=c11', '-O2', '-Wall', '-Wextra', '-ffreestanding', '-nostdlib'];
  const linker = ['-Wl,--no-entry', '-Wl,--strip-all'];
  call(CLANG, [
    '--target=wasm32',
    ...language,
    ...compileFlags,
    ...linker,
    ...linkFlags,
    ...sources,
    '-o',
    output,
  ]);
};

export interface QemuResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly status: number | null;
  readonly signal: string | null;
}

/** Runs a guest in user-mode emulation, the reference for what it prints. */
export const qemu = (
  xlen: 32 | 64,
  file: string,
  args: readonly string[] = [],
  input: Uint8Array | undefined = undefined,
): QemuResult => {
  // All bit-manipulation extensions: QEMU 7.2 has them off by default on the 32-bit machine.
  const cpu = `rv${xlen},zba=true,zbb=true,zbs=true,zbc=true`;
  const { stdout, stderr, status, signal, error } = spawnSync(
    `qemu-riscv${xlen}`,
    ['-cpu', cpu, file, ...args],
    {
      input: input ?? Buffer.alloc(0),
      timeout: 120_000,
      maxBuffer: 1 << 26,
    },
  );
  if (error !== undefined) throw error;
  return { stdout, stderr, status, signal };
};

/** One line per tool, for the log of a build. */
export const versions = (): string[] =>
  [
    [GCC, haveCompiler.gcc],
    [CLANG, haveCompiler.clang],
    ['qemu-riscv64', haveQemu],
  ].map(([tool, present]) =>
    present
      ? execFileSync(String(tool), ['--version'], { encoding: 'utf8' }).split('\n')[0]!
      : `${tool}: absent`,
  );
