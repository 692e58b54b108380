import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isRiscboxError } from '../../../../src/core/error.ts';
import { readElf } from '../../../../src/linker/elf.ts';
import { ET_REL } from '../../../../src/linker/elf-format.ts';
import type { LinkInput } from '../../../../src/linker/relink/input/link-input.ts';
import { readLinkInput } from '../../../../src/linker/relink/input/read.ts';
import { vectorTest } from '../../../vectors-path.ts';
import { elfName, guestElfs, isSmall, readElfFile, vectorElfs } from '../../real-elfs.ts';
import { disagreements } from './linked-values.ts';

const read = (path: string): LinkInput => readLinkInput(readElf(readElfFile(path)), {});

const text = new TextDecoder();

/** How often each kind of relocation occurs in code. */
const kinds = (input: LinkInput): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { relocations } of input.code) {
    for (const { kind } of relocations) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
};

const importsOf = (input: LinkInput): string[] =>
  input.code.flatMap(({ relocations }) =>
    relocations.flatMap((r) =>
      r.kind === 'pointer' && r.target.section !== undefined
        ? [text.decode(input.importAt(r.target).symbol)]
        : [],
    ),
  );

describe('our own guests', () => {
  const relinkable = guestElfs.filter((path) => basename(path) === 'add_numbers_relinkable.elf');

  test.each(relinkable.map((path) => [elfName(path), path]))('%s', (_, path) => {
    const input = read(path);
    expect(disagreements(input.elf, input)).toEqual([]);
    expect(input.embedded).toBe(true);
    expect(input.code).toHaveLength(4);
    expect(input.data.map(({ name, kind }) => `${kind} ${name}`)).toEqual(Array(4).fill('ro .rodata'));
    expect(input.exports.map(({ symbol }) => text.decode(symbol))).toEqual(['add_numbers', 'add_with_extra']);
    for (const { place } of input.exports) {
      expect(input.names.map(({ address }) => address)).toContain(
        (place.section as LinkInput['code'][number]).address + place.offset,
      );
    }
    expect(kinds(input)).toEqual({ pointer: 2, call: 2 });
    expect(importsOf(input)).toHaveLength(2);
  });

  test('all others as well, but for those without relocations, with distances of code, or with data among it', () => {
    const others = guestElfs.filter((path) => !relinkable.includes(path));
    expect(others.length).toBeGreaterThan(50);
    for (const path of others) {
      try {
        expect(disagreements(readElf(readElfFile(path)), read(path)), elfName(path)).toEqual([]);
      } catch (error) {
        const isKnown = ['link/no-relocations', 'link/difference', 'link/relocation'].some((code) =>
          isRiscboxError(error, code),
        );
        expect(isKnown, `${elfName(path)}: ${error}`).toBe(true);
      }
    }
  });
});

describe('what linkers computed is what the relocations say', () => {
  const small = vectorElfs.filter(isSmall);

  vectorTest(`${small.length} small ELF files of the vectors`, small, () => {
    for (const path of small) {
      const input = read(path);
      expect(input.exports.length, elfName(path)).toBeGreaterThan(0);
      if (input.elf.header.type !== ET_REL) {
        expect(disagreements(input.elf, input), elfName(path)).toEqual([]);
      }
    }
  });

  const doom = vectorElfs.filter((path) => !isSmall(path));

  vectorTest('doom', doom, () => {
    for (const path of doom) {
      const input = read(path);
      expect(disagreements(input.elf, input)).toEqual([]);
      expect(kinds(input)).toEqual({
        'got-high': 1654,
        'pcrel-low': 10252,
        'pcrel-high': 6515,
        call: 11413,
        branch: 17639,
        jump: 5405,
        pointer: 5,
      });
      const importNames = importsOf(input);
      expect(importNames).toHaveLength(5);
      const references = [...input.references.values()].reduce((sum, { length }) => sum + length, 0);
      expect(references).toBe(1278 + 421 + 1214 + 6 + 8);
      expect(input.names.length).toBe(2540);
    }
  });

  const revive = vectorElfs.filter((path) => basename(path).startsWith('revive'));

  vectorTest('a relocatable object, whose code has its relocations in several tables', revive, () => {
    for (const path of revive) {
      const input = read(path);
      expect(input.exports.map(({ symbol }) => text.decode(symbol))).toEqual(['deploy', 'call']);
      expect(importsOf(input)).toHaveLength(34);
      expect(input.stackSize).toBe(131072);
      expect(kinds(input)).toMatchObject({ call: 47, 'pcrel-high': 15, 'got-high': 2, 'pcrel-low': 18 });
    }
  });
});
