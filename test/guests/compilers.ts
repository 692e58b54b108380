import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readElf } from '../../src/linker/elf.ts';
import type { CodeRelocation, LinkInput, Place } from '../../src/linker/relink/input/link-input.ts';
import { readLinkInput } from '../../src/linker/relink/input/read.ts';

export const KIT: string = fileURLToPath(new URL('../../guests/sdk/', import.meta.url));

/** A compiler and an instruction set that it knows. */
export interface Compiler {
  readonly name: string;
  readonly width: 32 | 64;
  readonly c: readonly string[];
  readonly cpp: readonly string[];
}

const isInstalled = (command: string): boolean => {
  const { error, status } = spawnSync(command, ['--version'], { stdio: 'ignore' });
  return error === undefined && status === 0;
};

const gcc = (width: 32 | 64, march: string, mabi: string): Compiler => {
  const isa = [`-march=${march}`, `-mabi=${mabi}`];
  return {
    name: `gcc ${march}`,
    width,
    c: ['riscv64-unknown-elf-gcc', ...isa],
    cpp: ['riscv64-unknown-elf-g++', ...isa],
  };
};

const clang = (width: 32 | 64, march: string, mabi: string): Compiler => {
  const isa = [`--target=riscv${width}-unknown-elf`, `-march=${march}`, `-mabi=${mabi}`, '-fuse-ld=lld'];
  return { name: `clang ${march}`, width, c: ['clang-19', ...isa], cpp: ['clang++-19', ...isa] };
};

const ALL: readonly Compiler[] = [
  gcc(32, 'rv32emac', 'ilp32e'),
  gcc(64, 'rv64imac', 'lp64'),
  clang(32, 'rv32emac', 'ilp32e'),
  clang(64, 'rv64emac', 'lp64e'),
];

export const compilers: readonly Compiler[] = ALL.filter(({ c: [command = ''] }) => isInstalled(command));

if (compilers.length < ALL.length) {
  console.log(`guest kit: ${ALL.length - compilers.length} compilers skipped, they are not installed`);
}

const FLAGS = ['-O2', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-ffreestanding', '-nostdlib'];
const LINK = [
  '-Wl,--emit-relocs',
  '-Wl,--no-relax',
  '-Wl,--gc-sections',
  '-Wl,-e,0',
  '-T',
  `${KIT}c/guest.ld`,
];

/** What a compiler said, and the file if there is one. */
export interface Compiled {
  readonly messages: string;
  readonly elf: Uint8Array | undefined;
}

/** Compiles and links one file with the kit's headers and linker script. */
export const compileText = (command: readonly string[], extension: string, text: string): Compiled => {
  const folder = mkdtempSync(join(tmpdir(), 'riscbox-kit-'));
  try {
    const source = join(folder, `source.${extension}`);
    const output = join(folder, 'guest.elf');
    writeFileSync(source, `${text}\n`);
    const [name = '', ...args] = command;
    const { status, stderr, error } = spawnSync(
      name,
      [...args, ...FLAGS, `-I${KIT}c`, ...LINK, source, '-o', output],
      { encoding: 'utf8' },
    );
    if (error !== undefined) throw error;
    return { messages: stderr, elf: status === 0 ? new Uint8Array(readFileSync(output)) : undefined };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Compiles what must be compilable without a word. */
export const inputOf = (command: readonly string[], extension: string, text: string): LinkInput => {
  const { messages, elf } = compileText(command, extension, text);
  if (elf === undefined || messages !== '') throw new Error(messages);
  return readLinkInput(readElf(elf), {});
};

/** A function as its record describes it. */
export interface Signature {
  readonly inputs: number;
  readonly outputs: number;
  readonly index?: number | undefined;
}

const nameOf = (symbol: Uint8Array): string => new TextDecoder().decode(symbol);

export const exportsOf = (input: LinkInput): Readonly<Record<string, Signature>> =>
  Object.fromEntries(
    input.exports.map(({ symbol, inputs, outputs }) => [nameOf(symbol), { inputs, outputs }]),
  );

type Pointer = CodeRelocation & { readonly target: Place };

const isPointer = (relocation: CodeRelocation): relocation is Pointer => relocation.kind === 'pointer';

export const importsOf = (input: LinkInput): Readonly<Record<string, Signature>> =>
  Object.fromEntries(
    input.code
      .flatMap(({ relocations }) => relocations.filter(isPointer))
      .map(({ target }) => input.importAt(target))
      .map(({ symbol, inputs, outputs, index }) => [nameOf(symbol), { inputs, outputs, index }]),
  );
