import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Build } from './builds.ts';

const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));
export const SOURCES: string = join(ROOT, 'guests/link-tests');
const RUNTIME = join(ROOT, 'guests/runtime');
const GCC = 'riscv64-unknown-elf-gcc';
const CLANG = 'clang-19';
/** The C library, which clang does not find by itself. */
const PICOLIBC = '/usr/lib/picolibc/riscv64-unknown-elf';
/** The model of thread-local data in a program that is one file. */
const LOCAL_EXEC = '-ftls-model=local-exec';

/** Programs with a C library say so by what they include. */
export const needsLibrary = (source: string): boolean => readFileSync(source, 'utf8').includes('<stdio.h>');

const widthOf = ({ march }: Build): 32 | 64 => (march.startsWith('rv64') ? 64 : 32);

const isaOf = (build: Build, march = build.march): readonly string[] => [
  ...(build.compiler === 'clang' ? [`--target=riscv${widthOf(build)}-unknown-elf`] : []),
  `-march=${march}`,
  `-mabi=${build.mabi}`,
];

const call = (command: string, args: readonly string[]): void => {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stderr}`);
};

const compileAll = (
  build: Build,
  sources: readonly string[],
  isHosted: boolean,
  folder: string,
): readonly string[] =>
  sources.map((source) => {
    const object = join(folder, `${basename(source)}.o`);
    const library = !isHosted
      ? ['-ffreestanding']
      : build.compiler === 'gcc'
        ? ['--specs=picolibc.specs']
        : ['-isystem', join(PICOLIBC, 'include'), LOCAL_EXEC];
    const command = build.compiler === 'gcc' ? GCC : CLANG;
    // Start-up code sets gp, which must not come out of a table of offsets.
    const flags = source.endsWith('.S') ? build.flags.filter((flag) => flag !== '-fpie') : build.flags;
    call(command, [...isaOf(build), ...flags, ...library, '-w', '-c', source, '-o', object]);
    return object;
  });

/** Libraries of GCC's, for clang: arithmetic that the instruction set lacks, and the C library. */
const librariesOf = (build: Build, isHosted: boolean): readonly string[] => {
  // None for lp64e, whose programs have M.
  if (build.mabi === 'lp64e') return [];
  const isa = [`-march=${build.libraryMarch ?? build.march}`, `-mabi=${build.mabi}`];
  const answer = (question: string): string =>
    execFileSync(GCC, [...isa, question], { encoding: 'utf8' }).trim();
  const library = join(PICOLIBC, 'lib', answer('-print-multi-directory'), 'libc.a');
  return [...(isHosted ? [library] : []), answer('-print-libgcc-file-name')];
};

/** Compiles one program: the file to be relinked, and the one that QEMU can run. */
export const compileProgram = (
  build: Build,
  source: string,
  folder: string,
): { readonly elf: string; readonly runnable: string } => {
  mkdirSync(folder, { recursive: true });
  const isHosted = needsLibrary(source);
  const runtime = [join(RUNTIME, 'start.S'), join(RUNTIME, isHosted ? 'hosted.c' : 'freestanding.c')];
  const objects = compileAll(build, [source, ...runtime], isHosted, folder);
  const name = join(folder, basename(source, '.c'));
  const common = [
    '-T',
    join(RUNTIME, 'guest.ld'),
    '-Wl,--emit-relocs',
    '-Wl,--build-id=none',
    '-Wl,--gc-sections',
  ];
  const link = (output: string, ...flags: readonly string[]): string => {
    if (build.compiler === 'gcc') {
      const isa = [`-march=${build.libraryMarch ?? build.march}`, `-mabi=${build.mabi}`];
      const library = isHosted ? ['--specs=picolibc.specs', '-nostartfiles'] : ['-nostdlib'];
      const behind = isHosted ? [] : ['-lgcc'];
      call(GCC, [...isa, ...library, ...common, ...flags, ...objects, ...behind, '-o', output]);
    } else {
      const lld = [...isaOf(build), '-nostdlib', '-fuse-ld=lld-19'];
      const libraries = librariesOf(build, isHosted);
      call(CLANG, [...lld, ...common, ...flags, ...objects, ...libraries, '-o', output]);
    }
    return output;
  };
  const runnable = link(`${name}.elf`);
  const isPie = build.isPie === true && !isHosted;
  return { runnable, elf: isPie ? link(`${name}.pie.elf`, '-Wl,-pie,--no-dynamic-linker') : runnable };
};

const onPath = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** What is needed and missing. */
export const missingTools = (): readonly string[] =>
  [GCC, CLANG, 'ld.lld-19', 'qemu-riscv32', 'qemu-riscv64'].filter((command) => !onPath(command));
