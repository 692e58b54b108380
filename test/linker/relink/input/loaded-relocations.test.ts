import { describe, expect, test } from 'vitest';
import { readElf } from '../../../../src/linker/elf.ts';
import { ET_DYN } from '../../../../src/linker/elf-format.ts';
import { readLinkInput } from '../../../../src/linker/relink/input/read.ts';
import { buildElf, concat, type SectionInit, words64 } from '../../elf-image.ts';
import { EXEC, PROGBITS, WRITE } from './object-file.ts';

const NONE = 0;
const RELATIVE = 3;
const DATA = 0x20000;

const relocation = (at: number, type: number, addend: number): Uint8Array => words64(at, type, addend);

/** An executable for any address, whose linker has left pointers in data to the loader. */
const pie = (addends: readonly number[], behind = DATA + 64): Uint8Array => {
  const fields = addends.map((_unused, i) => DATA + 8 * i);
  const rela = (name: string, flags: number, info: number, data: Uint8Array): SectionInit => ({
    name,
    type: 4,
    flags,
    link: 6,
    info,
    entrySize: 24,
    data,
  });
  return buildElf({
    type: ET_DYN,
    sections: [
      { name: '.text', type: PROGBITS, flags: EXEC, address: 0x10000, data: new Uint8Array(64) },
      { name: '.data', type: PROGBITS, flags: WRITE, address: DATA, data: new Uint8Array(64) },
      { name: '.data.behind', type: PROGBITS, flags: WRITE, address: behind, data: new Uint8Array(64) },
      rela(
        '.rela.dyn',
        2,
        0,
        concat(...addends.map((addend, i) => relocation(fields[i]!, RELATIVE, addend))),
      ),
      rela('.rela.data', 0, 2, concat(...addends.map(() => relocation(0, NONE, 0)))),
      { name: '.symtab', type: 2, link: 7, entrySize: 24, data: new Uint8Array(24) },
      { name: '.strtab', type: 3, data: Uint8Array.of(0) },
    ],
  });
};

const referencesOf = (file: Uint8Array): readonly (readonly [number, string, number])[] => {
  const input = readLinkInput(readElf(file), {});
  const [data] = input.data;
  return (input.references.get(data!) ?? []).map(({ offset, to }) => [offset, to.section.name, to.offset]);
};

describe('pointers of which only the loader is told', () => {
  test('lead to the places of their addresses', () => {
    expect(referencesOf(pie([0x10010, DATA + 24]))).toEqual([
      [0, '.text', 0x10],
      [8, '.data', 24],
    ]);
  });

  test('may lead to the end of the last section before a gap', () => {
    expect(referencesOf(pie([DATA + 64], DATA + 128))).toEqual([[0, '.data', 64]]);
  });

  test('are refused where they may mean the end of one section or the beginning of the next', () => {
    expect(() => referencesOf(pie([DATA + 64]))).toThrow(
      /leads to the end of \.data or to the beginning of \.data\.behind.*--apply-dynamic-relocs/,
    );
  });

  test('are refused where they lead nowhere', () => {
    expect(() => referencesOf(pie([0x5000]))).toThrow(/R_RISCV_RELATIVE .*leads nowhere/);
  });
});
