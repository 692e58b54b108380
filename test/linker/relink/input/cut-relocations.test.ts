import { expect, test } from 'vitest';
import { readElf } from '../../../../src/linker/elf.ts';
import { ET_EXEC } from '../../../../src/linker/elf-format.ts';
import { readLinkInput } from '../../../../src/linker/relink/input/read.ts';
import { bytesOf } from '../../elf-image.ts';
import { code, data, objectFile } from './object-file.ts';

const TEXT = 0x10000;
const DATA = 0x20000;
const RELAX = 51;

/** sw a0, 0(gp); nop; ret: what is behind the last relocation of an instruction might be constants. */
const WORDS = [0x00a1a023, 0x00000013, 0x00008067, 0x00000013];

test("lld's gp-relative stores have the number of pointers in 32-bit files, and are code", () => {
  const text = code(WORDS.length, {
    address: TEXT,
    data: bytesOf(...WORDS),
    relocations: [
      [
        { at: TEXT, type: 1, symbol: 'variable' },
        { at: TEXT, type: RELAX },
      ],
    ],
  });
  const values = data(16, { address: DATA });
  const symbols = { variable: { section: 'values', value: DATA + 8 } };
  const file = objectFile({ text, values }, symbols, { width: 32, type: ET_EXEC, entry: TEXT });
  const input = readLinkInput(readElf(file), {});
  expect(input.data.map(({ name }) => name)).toEqual(['.data']);
  expect(input.code[0]?.bytes).toHaveLength(4 * WORDS.length);
  expect(input.code[0]?.relocations).toMatchObject([
    { kind: 'gp-relative', offset: 0, target: { section: { name: '.data' }, offset: 8 } },
  ]);
});
