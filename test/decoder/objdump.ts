import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';

/** GNU binutils for RISC-V, the independent judge of our decoder and text where it is installed. */
const PREFIX = 'riscv64-unknown-elf-';

const isPresent = (): boolean => {
  try {
    execFileSync(`${PREFIX}objdump`, ['--version']);
    execFileSync(`${PREFIX}as`, ['--version']);
    return true;
  } catch {
    return false;
  }
};

const present = isPresent();
let skipped = 0;

/** A test that needs binutils; without them it does not run, and the number of such tests is printed. */
export const objdumpTest = (name: string, run: () => void): void => {
  if (!present && skipped++ === 0) {
    afterAll(() => console.log(`${skipped} comparisons did not run: no ${PREFIX}objdump`));
  }
  test.runIf(present)(name, run);
};

/** The extensions of our table that binutils 2.40 and later know, as an architecture string. */
export const architecture = (width: 32 | 64): string =>
  `rv${width}imac_zba_zbb_zbs_zicsr_zifencei_zihintpause`;

/** One line of a disassembly. */
export interface Line {
  readonly address: number;
  readonly word: number;
  /** Mnemonic and operands with one blank between them, without symbols and comments. */
  readonly text: string;
}

/** How objdump (no aliases) disassembles raw code bytes at address 0, for a program of our extensions. */
export const objdump = (code: Uint8Array, width: 32 | 64): Line[] => {
  const folder = mkdtempSync(join(tmpdir(), 'riscbox-objdump-'));
  const path = (name: string): string => join(folder, name);
  try {
    writeFileSync(path('code.bin'), code);
    writeFileSync(path('code.s'), `.incbin "${path('code.bin')}"\n`);
    const object = path('code.o');
    execFileSync(`${PREFIX}as`, [`-march=${architecture(width)}`, '-o', object, path('code.s')]);
    // The assembler marks included bytes as data; without its symbols they are code again.
    execFileSync(`${PREFIX}objcopy`, ['--strip-unneeded', object]);
    return objdumpFile(object);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** How objdump (no aliases) disassembles the code of an ELF file. */
export const objdumpFile = (path: string): Line[] =>
  parse(
    execFileSync(`${PREFIX}objdump`, ['-d', '-z', '-M', 'no-aliases', path], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      // It complains about the E extension of 64-bit files, which it disassembles nevertheless.
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );

const parse = (listing: string): Line[] => {
  const lines: Line[] = [];
  for (const line of listing.split('\n')) {
    const [, address, word, text] = /^\s*([0-9a-f]+):\s+([0-9a-f]+)\s+(.+)$/.exec(line) ?? [];
    if (address === undefined || word === undefined || text === undefined) continue;
    // What the symbols of the file mark as data; code that is no instruction prints as .2byte and .4byte.
    if (/^\.(?:byte|short|word|dword)\b/.test(text)) continue;
    lines.push({
      address: Number.parseInt(address, 16),
      word: Number.parseInt(word, 16),
      text: text
        .replace(/\s+[<#].*$/, '')
        .replace(/\s+/, ' ')
        .trim(),
    });
  }
  return lines;
};
