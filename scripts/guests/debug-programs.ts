/**
 * Programs for the reader of debug information: one source, as the compilers and linkers write it in each version of
 * DWARF, and what llvm-symbolizer says about every address. They are not run.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { readElf } from '../../src/linker/elf.ts';

type Compiler = 'gcc' | 'clang';

export interface DebugProgram {
  readonly name: string;
  readonly compiler: Compiler;
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
  /** The object is a test subject too. Its code is that of the linked file, which relaxation would change. */
  readonly object: boolean;
}

const program = (
  compiler: Compiler,
  name: string,
  flags: readonly string[],
  more: Partial<DebugProgram> = {},
): DebugProgram => ({
  name: `${compiler}_${name}`,
  compiler,
  compileFlags: flags,
  linkFlags: ['--no-relax'],
  object: false,
  ...more,
});

const versions: readonly number[] = [2, 3, 4, 5];

export const debugPrograms: readonly DebugProgram[] = [
  ...versions.map((version) =>
    program('gcc', `dwarf${version}`, ['-O2', `-gdwarf-${version}`], { object: version % 3 === 2 }),
  ),
  ...versions.map((version) =>
    program('clang', `dwarf${version}`, ['-O2', `-gdwarf-${version}`], { object: version >= 4 }),
  ),
  program('gcc', 'unoptimised', ['-O0', '-gdwarf-5']),
  program('gcc', 'relaxed', ['-O2', '-gdwarf-4'], { linkFlags: ['--emit-relocs'] }),
  program('clang', 'relocations', ['-O2', '-gdwarf-5'], { linkFlags: ['--emit-relocs'] }),
  program('clang', 'format64', ['-O2', '-gdwarf-5', '-gdwarf64']),
  program('gcc', 'compressed', ['-O2', '-gdwarf-4', '-gz=zlib'], {
    linkFlags: ['--no-relax', '--compress-debug-sections=zlib-gabi'],
  }),
];

const SOURCE = 'guests/debug/frames.cpp';

export const debugPath = ({ name }: DebugProgram, ending: 'elf' | 'o' | 'tsv'): string =>
  `guests/debug/${name}.${ending}`;

const TOOLS: Readonly<
  Record<Compiler, { compile: string; isa: readonly string[]; link: string; emulation: readonly string[] }>
> = {
  gcc: {
    compile: 'riscv64-unknown-elf-gcc',
    // Switches in the debug information would tell where the repository lies, and places of variables are not read.
    isa: ['-march=rv32imac', '-mabi=ilp32', '-gno-record-gcc-switches', '-fno-var-tracking'],
    link: 'riscv64-unknown-elf-ld',
    emulation: ['-melf32lriscv'],
  },
  clang: {
    compile: 'clang-19',
    isa: ['--target=riscv64-unknown-elf', '-march=rv64imac', '-mabi=lp64'],
    link: 'ld.lld-19',
    emulation: [],
  },
};

const SYMBOLIZER = 'llvm-symbolizer-19';

const isPresent = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

export const canBuild = ({ compiler }: DebugProgram): boolean =>
  [TOOLS[compiler].compile, TOOLS[compiler].link, SYMBOLIZER].every(isPresent);

/** Builds in `guests/build`; returns what belongs at each `debugPath`. */
export const buildDebugProgram = (debug: DebugProgram): ReadonlyMap<string, Uint8Array> => {
  const { name, compiler, compileFlags, linkFlags, object } = debug;
  const { compile, isa, link, emulation } = TOOLS[compiler];
  mkdirSync('guests/build/debug', { recursive: true });
  const path = `guests/build/debug/${name}`;
  const reproducible = [`-ffile-prefix-map=${process.cwd()}=.`, '-ffreestanding', '-fno-exceptions'];
  const language = ['-x', 'c++', '-fno-rtti', '-fno-asynchronous-unwind-tables'];
  execFileSync(compile, [
    ...isa,
    ...compileFlags,
    ...reproducible,
    ...language,
    '-c',
    SOURCE,
    '-o',
    `${path}.o`,
  ]);
  const layout = [...emulation, '-Ttext=0x10000', '-e', 'checkout'];
  execFileSync(link, [...layout, ...linkFlags, `${path}.o`, '-o', `${path}.elf`]);
  const elf = readFileSync(`${path}.elf`);
  return new Map([
    [debugPath(debug, 'elf'), elf],
    ...(object ? ([[debugPath(debug, 'o'), readFileSync(`${path}.o`)]] as const) : []),
    [debugPath(debug, 'tsv'), new TextEncoder().encode(expectedFrames(`${path}.elf`, elf))],
  ]);
};

interface Symbolized {
  readonly Symbol: readonly {
    readonly FunctionName: string;
    readonly FileName: string;
    readonly Line: number;
    readonly Column: number;
  }[];
}

/** Lines `begin..end`, in offsets from the start of .text, and the functions with their places, outermost first. */
const expectedFrames = (path: string, bytes: Uint8Array): string => {
  const text = readElf(bytes).section('.text')!;
  const addresses = Array.from({ length: text.size / 2 }, (_, i) => text.address + 2 * i);
  const options = ['--inlines', '--functions=short', '--no-demangle', '--output-style=JSON'];
  const input = addresses.map((address) => `0x${address.toString(16)}\n`).join('');
  const output = execFileSync(SYMBOLIZER, [`--obj=${path}`, ...options], { input, encoding: 'utf8' });
  const stacks = output.trim().split('\n').map(stackText);
  const starts = stacks.flatMap((stack, i) => (i === 0 || stack !== stacks[i - 1] ? [i] : []));
  return starts
    .map((start, i) => `${2 * start}..${2 * (starts[i + 1] ?? stacks.length)}\t${stacks[start]}\n`)
    .join('');
};

const stackText = (line: string): string => {
  const { Symbol: frames } = JSON.parse(line) as Symbolized;
  return frames
    .map((f) =>
      `${f.FunctionName} ${f.Line === 0 ? '' : `${simple(f.FileName)}:${f.Line}:${f.Column}`}`.trim(),
    )
    .reverse()
    .join('\t');
};

const simple = (path: string): string => path.replaceAll('/./', '/').replace(/^(?:\.\/)+/, '');
