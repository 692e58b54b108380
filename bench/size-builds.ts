/** Compiles programs for the table of sizes: every column is one way from C to something that runs. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBlob } from '../src/blob/read.ts';
import { SHF_EXECINSTR } from '../src/linker/elf-format.ts';
import { link, readElf, relinkedBytes, relinkToBlob } from '../src/linker/index.ts';
import type { OptimisationLevel } from '../src/linker/relink/options.ts';

/** A program of the table: freestanding C with exported functions. */
export interface SizeProgram {
  readonly name: string;
  readonly sources: readonly string[];
  readonly flags: readonly string[];
  /** The function that everything else is reached from. */
  readonly entry: string;
}

/** Bytes of instructions (with what decoding them needs), and of the whole file without names. */
export interface Size {
  readonly code: number;
  readonly file: number;
}

export interface Column {
  readonly name: string;
  measure(program: SizeProgram, level: string, folder: string): Size;
}

const CLANG = 'clang-19';
const COMMON = [
  '-std=c11',
  '-ffreestanding',
  '-nostdlib',
  '-fno-ident',
  '-ffunction-sections',
  '-fdata-sections',
];

const call = (command: string, args: readonly string[]): void => {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

interface RiscvTarget {
  readonly width: 32 | 64;
  readonly march: string;
  readonly mabi: string;
}

const compileRiscv = (
  { name, sources, flags, entry }: SizeProgram,
  { width, march, mabi }: RiscvTarget,
  level: string,
  folder: string,
  relocations: boolean,
): string => {
  const output = join(folder, `${name}.elf`);
  call(CLANG, [
    `--target=riscv${width}-unknown-elf`,
    `-march=${march}`,
    `-mabi=${mabi}`,
    level,
    ...COMMON,
    ...flags,
    '-fuse-ld=lld-19',
    `-Wl,--gc-sections,--no-pie,-e,${entry}`,
    ...(relocations ? ['-Wl,--emit-relocs'] : ['-Wl,--strip-all']),
    ...sources,
    '-o',
    output,
  ]);
  return output;
};

/** Instructions of an ELF file: its executable sections. */
const elfCode = (bytes: Uint8Array): number =>
  readElf(bytes).sections.reduce(
    (sum, { flags, size }) => sum + ((flags & SHF_EXECINSTR) !== 0 ? size : 0),
    0,
  );

const elfColumn = (name: string, target: RiscvTarget): Column => ({
  name,
  measure: (program, level, folder) => {
    const bytes = bytesOf(compileRiscv(program, target, level, folder, false));
    return { code: elfCode(bytes), file: bytes.length };
  },
});

/** Our RISC-V profile of a stock build. */
const profileColumn = (name: string, target: RiscvTarget): Column => ({
  name,
  measure: (program, level, folder) => {
    const bytes = bytesOf(compileRiscv(program, target, level, folder, false));
    return { code: elfCode(bytes), file: link(bytes, { exports: 'none' }).length };
  },
});

const relinkColumn = (name: string, target: RiscvTarget, optimisation: OptimisationLevel): Column => ({
  name,
  measure: (program, level, folder) => {
    const bytes = bytesOf(compileRiscv(program, target, level, folder, true));
    const demote = !target.march.includes('e');
    const { blob } = relinkToBlob(bytes, {
      exports: [program.entry],
      level: optimisation,
      strip: true,
      demote,
    });
    const file = relinkedBytes(blob);
    // A blob without its bitmask and jump table cannot be decoded: they count as code.
    const code = blob.code.length + blob.bitmask.length + blob.jumpTable.bytes.length;
    readBlob(file);
    return { code, file: file.length };
  },
});

/** Payload length of the code section (id 10) of a WebAssembly module. */
const wasmCode = (bytes: Uint8Array): number => {
  let at = 8;
  const leb = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const length = leb();
    if (id === 10) return length;
    at += length;
  }
  return 0;
};

const wasmColumn = (name: string, wasmOpt: boolean): Column => ({
  name,
  measure: ({ name: program, sources, flags, entry }, level, folder) => {
    const output = join(folder, `${program}.wasm`);
    call(CLANG, [
      '--target=wasm32',
      level,
      ...COMMON,
      ...flags,
      '-Wl,--no-entry,--strip-all,--gc-sections',
      `-Wl,--export=${entry}`,
      ...sources,
      '-o',
      output,
    ]);
    if (wasmOpt) call('wasm-opt', [level, output, '-o', output]);
    const bytes = bytesOf(output);
    return { code: wasmCode(bytes), file: bytes.length };
  },
});

const RV32E = { width: 32, march: 'rv32emac_zbb_xtheadcondmov', mabi: 'ilp32e' } as const;
const RV64E = { width: 64, march: 'rv64emac_zbb_xtheadcondmov', mabi: 'lp64e' } as const;
const RV32I = { width: 32, march: 'rv32im', mabi: 'ilp32' } as const;
const RV32C = { width: 32, march: 'rv32imac', mabi: 'ilp32' } as const;
const RV64I = { width: 64, march: 'rv64im', mabi: 'lp64' } as const;
const RV64C = { width: 64, march: 'rv64imac', mabi: 'lp64' } as const;

const levels = [0, 1, 2, 3] as const;

export const COLUMNS: readonly Column[] = [
  elfColumn('rv32im', RV32I),
  elfColumn('rv32imac', RV32C),
  elfColumn('rv64im', RV64I),
  elfColumn('rv64imac', RV64C),
  wasmColumn('wasm', false),
  wasmColumn('wasm-opt', true),
  profileColumn('riscv profile (rv32imac)', RV32C),
  profileColumn('riscv profile (rv64imac)', RV64C),
  ...levels.map((level) => relinkColumn(`latest32 level ${level}`, RV32E, level)),
  ...levels.map((level) => relinkColumn(`latest64 level ${level}`, RV64E, level)),
  relinkColumn('latest64 demoted level 2', RV64C, 2),
];
