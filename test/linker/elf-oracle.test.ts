import { open } from 'elfinfo';
import { describe, expect, test } from 'vitest';
import { readElf } from '../../src/linker/elf.ts';
import { SHT_RELA } from '../../src/linker/elf-format.ts';
import { vectorTest } from '../vectors-path.ts';
import { elfName, guestElfs, isSmall, readElfFile, vectorElfs } from './real-elfs.ts';

/**
 * elfinfo trusts declared sizes; a reader that refuses what is not in the file keeps it from endless loops. It
 * also refuses empty reads, so an empty answer is given where it asks for nothing.
 */
const strictReader = (bytes: Uint8Array) => {
  let position = 0;
  const take = (length: number, at?: number): Uint8Array => {
    const start = at ?? position;
    if (at === undefined) position += length;
    if (!(start >= 0 && length >= 0 && start + length <= bytes.length)) throw new RangeError('outside file');
    return bytes.subarray(start, start + length);
  };
  return {
    open: async (): Promise<void> => undefined,
    close: async (): Promise<void> => undefined,
    size: (): number => bytes.length,
    read: async (length: number, at?: number): Promise<Uint8Array> => take(length, at),
    view: async (length: number, at?: number): Promise<DataView> => {
      const part = take(length, at);
      return new DataView(part.buffer, part.byteOffset, part.byteLength);
    },
  };
};

const compare = async (path: string): Promise<void> => {
  const bytes = readElfFile(path);
  const ours = readElf(bytes);
  // biome-ignore lint/suspicious/noExplicitAny: elfinfo does not export the type of its custom readers.
  const { elf: theirs, errors } = await open(strictReader(bytes) as any);
  expect(errors).toEqual([]);
  expect(ours.header).toMatchObject({
    width: theirs!.bits,
    osAbi: theirs!.abi,
    type: theirs!.type,
    machine: theirs!.isa,
    flags: theirs!.flags,
    entry: Number(theirs!.entryPoint),
    sectionCount: theirs!.numSectionHeaderEntries,
    sectionNamesIndex: theirs!.shstrIndex,
  });
  expect(ours.programHeaders).toEqual(
    theirs!.segments.map((s) => ({
      index: s.index,
      type: s.type,
      flags: s.flags,
      offset: s.offset,
      address: Number(s.vaddr),
      physicalAddress: Number(s.paddr),
      fileSize: s.filesz,
      memorySize: s.memsz,
      alignment: s.align,
    })),
  );
  expect(ours.sections).toEqual(
    theirs!.sections.map((s) => ({
      index: s.index,
      name: s.index === 0 ? '' : s.name, // elfinfo calls it <null>
      type: s.type,
      flags: Number(s.flags),
      address: Number(s.addr),
      offset: s.offset,
      size: s.size,
      link: s.link,
      info: s.info,
      alignment: s.addralign,
      entrySize: s.entsize,
    })),
  );
  for (const section of theirs!.sections) {
    if ('symbols' in section) {
      const expected = (section.symbols as import('elfinfo').ELFSymbol[]).map((s, index) => ({
        index,
        name: s.name ?? '',
        value: BigInt(s.value),
        size: Number(s.size),
        type: s.type,
        binding: s.binding,
        visibility: s.visibility,
        section: s.shndx,
      }));
      expect([...ours.symbols!]).toEqual(expected);
    }
    if (section.type === SHT_RELA) {
      const expected = (section as import('elfinfo').ELFRelocationSection).relocations.map((r) => ({
        offset: Number(r.addr),
        type: r.type,
        symbol: r.symbolIndex,
        addend: BigInt.asIntN(ours.header.width, BigInt(r.addend ?? 0)),
      }));
      expect([...ours.relocations(ours.sections[section.index]!)]).toEqual(expected);
    }
  }
};

// doom has 100,000 symbols whose names share endings, for which elfinfo takes quadratic time.
const vectors = vectorElfs.filter(isSmall);

describe('equal to elfinfo on headers, sections, symbols and relocations', () => {
  for (const path of guestElfs) test(elfName(path), () => compare(path));
  vectorTest(`${vectors.length} vector files`, vectors, async () => {
    for (const path of vectors) await compare(path);
  });
});
