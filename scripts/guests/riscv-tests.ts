/** Which per-instruction tests exist, found from their folders, and how each is built. */
import { readdirSync } from 'node:fs';
import type { Target } from './targets.ts';

export interface InstructionTest {
  readonly target: Target;
  /** From the root of the repository. */
  readonly source: string;
  readonly output: string;
  /** Why QEMU 7.2, which Debian 12 has, cannot confirm this test. */
  readonly notInQemu: string | undefined;
}

const sources = 'test/riscv-tests/src';

/** Folder below `src/` to the extension letters of `-march`; a trailing 32 or 64 restricts the width. */
const extensions: Readonly<Record<string, string>> = {
  i: '',
  m: 'm',
  a: 'a',
  c: 'c',
  zba: '_zba',
  zbb: '_zbb',
  zbs: '_zbs',
  zicond: '_zicond',
  zicsr: '_zicsr',
  zifencei: '_zifencei',
};

/** By extension, or by folder and file. */
const notInQemu: Readonly<Record<string, string>> = {
  zicond: 'the extension came with QEMU 8.1',
  'zbb64/ctzw.S': 'QEMU 7.2 counts on into the upper word when the lower is zero; the ISA says 32',
};

const bases = [
  { name: 'rv32e', mabi: 'ilp32e', xlen: 32 },
  { name: 'rv32i', mabi: 'ilp32', xlen: 32 },
  { name: 'rv64e', mabi: 'lp64e', xlen: 64 },
  { name: 'rv64i', mabi: 'lp64', xlen: 64 },
] as const;

export const instructionTests = (): InstructionTest[] =>
  bases.flatMap(({ name, mabi, xlen }) =>
    readdirSync(sources).flatMap((folder) => {
      const [, extension, width] = /^(\w+?)(32|64)?$/.exec(folder)!;
      const letters = extensions[extension!];
      if (letters === undefined) throw new Error(`${sources}/${folder}: which extension is that?`);
      if (width !== undefined && Number(width) !== xlen) return [];
      return (
        readdirSync(`${sources}/${folder}`)
          .filter((file) => file.endsWith('.S'))
          // RV64E differs from RV64I by nothing but the registers.
          .filter((file) => name !== 'rv64e' || file === 'registers.S')
          .map((file) => ({
            target: {
              name,
              xlen,
              march: `${name}${letters}`,
              mabi,
              // GNU as 2.40 knows neither Zicond nor the 64-bit E base.
              compiler: extension === 'zicond' || name === 'rv64e' ? 'clang' : 'gcc',
            } as const,
            source: `${sources}/${folder}/${file}`,
            output: `test/riscv-tests/bin/${name}/${folder}-${file.slice(0, -2)}.elf`,
            notInQemu: notInQemu[extension!] ?? notInQemu[`${folder}/${file}`],
          }))
      );
    }),
  );
