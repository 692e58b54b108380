import { expect, test } from 'vitest';
import { readElf } from '../../../../src/linker/elf.ts';
import { ET_EXEC } from '../../../../src/linker/elf-format.ts';
import { readLinkInput } from '../../../../src/linker/relink/input/read.ts';
import { code, objectFile } from './object-file.ts';

const HI20 = 26;
const TEXT = 0x100b4;

/** What `lui` of a symbol of `.text` refers to in an executable. */
const targetOf = (symbol: string, value: number): unknown => {
  const text = code(4, { address: TEXT, relocations: [[{ at: TEXT + 4, type: HI20, symbol }]] });
  const file = objectFile({ text }, { [symbol]: { section: 'text', value } }, { type: ET_EXEC, entry: TEXT });
  const [relocation] = readLinkInput(readElf(file), {}).code[0]!.relocations;
  return relocation?.kind === 'high' ? relocation.target : undefined;
};

test('lld has bounds of lists that are not there at the headers of the file: they are of nothing', () => {
  for (const bound of [
    '__fini_array_start',
    '__fini_array_end',
    '__preinit_array_start',
    '__init_array_end',
  ]) {
    expect(targetOf(bound, 0x10000)).toEqual({ section: undefined, value: 0 });
  }
});

test('bounds that lie in their section are places', () => {
  expect(targetOf('__init_array_start', TEXT + 16)).toMatchObject({ section: { name: '.text' }, offset: 16 });
});

test('other symbols in front of their section stay where they are', () => {
  expect(targetOf('__executable_start', 0x10000)).toMatchObject({
    section: { name: '.text' },
    offset: -0xb4,
  });
});
