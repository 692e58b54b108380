import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/core/bytes.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import { readElf } from '../../src/linker/elf.ts';
import { relink } from '../../src/linker/relink/relink.ts';
import { link } from '../../src/linker/riscv-profile.ts';
import { buildElf, bytesOf, CODE, concat, DATA, symbolRecord, symbolSections } from './elf-image.ts';

const code = bytesOf(0x00000013, 0x00000073);

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (isRiscboxError(error)) return error.code;
    throw error;
  }
};

describe.each([32, 64] as const)('ELF%i', (width) => {
  test('header and program headers', () => {
    const elf = readElf(
      buildElf({
        width,
        entry: 0x10004,
        flags: 0x9,
        segments: [
          { address: 0x10000, data: code, flags: CODE },
          { address: 0x12000, data: code, memorySize: 0x100, flags: DATA },
        ],
      }),
    );
    expect(elf.header).toMatchObject({ width, type: 2, machine: 243, entry: 0x10004, sectionCount: 0 });
    expect(elf.flags).toEqual({
      compressed: true,
      floatAbi: 'soft',
      embedded: true,
      totalStoreOrdering: false,
    });
    expect(elf.programHeaders).toHaveLength(2);
    expect(elf.programHeaders[1]).toMatchObject({
      type: 1,
      flags: DATA,
      address: 0x12000,
      fileSize: 8,
      memorySize: 0x100,
    });
    expect(elf.segmentData(elf.programHeaders[0]!)).toEqual(code);
    expect(elf.sections).toEqual([]);
    expect(elf.symbols).toBeUndefined();
    expect(elf.attributes).toBeUndefined();
  });

  test('sections are views into the file', () => {
    const bytes = buildElf({
      width,
      sections: [
        { name: '.text', type: 1, flags: 6, address: 0x10000, data: code },
        { name: '.bss', type: 8, flags: 3, address: 0x11000, size: 2 ** 30 },
      ],
    });
    const elf = readElf(bytes);
    expect(elf.sections.map(({ name }) => name)).toEqual(['', '.text', '.bss', '.shstrtab']);
    const text = elf.data(elf.section('.text')!);
    expect(text).toEqual(code);
    expect(text.buffer).toBe(bytes.buffer);
    expect(elf.data(elf.section('.bss')!)).toHaveLength(0);
  });

  test('symbols', () => {
    const sections = symbolSections(
      width,
      [
        { name: 'main', value: 0x10000, size: 8 },
        { name: 'hidden', value: 0x10004, info: 0x12, other: 2 },
      ],
      1,
    );
    const symbols = readElf(buildElf({ width, sections })).symbols!;
    expect(symbols.count).toBe(3);
    expect(symbols.at(1)).toEqual({
      index: 1,
      name: 'main',
      value: 0x10000n,
      size: 8,
      type: 2,
      binding: 1,
      visibility: 0,
      section: 0xfff1,
    });
    expect([...symbols].map(({ name }) => name)).toEqual(['', 'main', 'hidden']);
    expect(symbols.at(2).visibility).toBe(2);
    expect(codeOf(() => symbols.at(3))).toBe('elf/no-symbol');
    expect(codeOf(() => symbols.at(-1))).toBe('elf/no-symbol');
  });

  test('relocations with signed addends', () => {
    const record =
      width === 64
        ? new ByteWriter().u64(0x10010).u32(18).u32(7).u32(0xfffffffe).u32(0xffffffff).finish()
        : new ByteWriter()
            .u32(0x10010)
            .u32((7 << 8) | 18)
            .u32(0xfffffffe)
            .finish();
    const elf = readElf(
      buildElf({
        width,
        sections: [{ name: '.rela.text', type: 4, entrySize: width === 64 ? 24 : 12, data: record }],
      }),
    );
    const relocations = elf.relocations(elf.section('.rela.text')!);
    expect([...relocations]).toEqual([{ offset: 0x10010, type: 18, symbol: 7, addend: -2n }]);
    expect(codeOf(() => relocations.at(1))).toBe('elf/no-relocation');
    expect(codeOf(() => elf.relocations(elf.section('.shstrtab')!))).toBe('elf/section-type');
  });

  test('extended numbering', () => {
    const init = {
      width,
      segments: [{ address: 0x10000, data: code }],
      sections: [
        {
          name: '.symtab',
          type: 2,
          link: 2,
          entrySize: width === 64 ? 24 : 16,
          data: concat(
            symbolRecord(width, { name: 0, value: 0, info: 0, section: 0 }),
            symbolRecord(width, { name: 1, value: 5, info: 0x12, section: 0xffff }),
          ),
        },
        { name: '.strtab', type: 3, data: new TextEncoder().encode('\0f\0') },
        { name: '.symtab_shndx', type: 18, link: 1, entrySize: 4, data: bytesOf(0, 70000) },
      ],
    };
    const plain = readElf(buildElf(init));
    const extended = readElf(buildElf({ ...init, extended: true }));
    expect(extended.sections).toHaveLength(5);
    expect(extended.sections.slice(1)).toEqual(plain.sections.slice(1));
    expect(extended.programHeaders).toEqual(plain.programHeaders);
    expect(extended.symbols!.at(1)).toMatchObject({ name: 'f', section: 70000 });
  });
});

test('symbol values above 2^53 are exact', () => {
  const record = symbolRecord(64, { name: 0, value: 0, info: 0, section: 0xfff1 });
  record.fill(0xff, 8, 16);
  record[8] = 0xfe;
  const elf = readElf(
    buildElf({
      sections: [
        { name: '.symtab', type: 2, link: 2, entrySize: 24, data: record },
        { name: '.strtab', type: 3, data: new Uint8Array(1) },
      ],
    }),
  );
  expect(elf.symbols!.at(0).value).toBe(0xfffffffffffffffen);
});

describe('broken files', () => {
  const file = buildElf({
    segments: [{ address: 0x10000, data: code }],
    sections: [{ name: '.text', type: 1, data: code }, ...symbolSections(64, [{ name: 'f', value: 1 }], 2)],
  });
  const patched = (...edits: readonly [at: number, ...bytes: number[]][]): Uint8Array => {
    const copy = file.slice();
    for (const [at, ...bytes] of edits) copy.set(bytes, at);
    return copy;
  };

  test.each<[string, Uint8Array, string]>([
    ['no bytes', new Uint8Array(0), 'elf/magic'],
    ['another format', new TextEncoder().encode('#!/bin/sh\n'), 'elf/magic'],
    ['only the magic', file.slice(0, 4), 'elf/truncated'],
    ['half a header', file.slice(0, 40), 'elf/truncated'],
    ['class 3', patched([4, 3]), 'elf/class'],
    ['big endian', patched([5, 2]), 'elf/big-endian'],
    ['program headers outside the file', patched([32, 0xff, 0xff, 0xff]), 'elf/outside-file'],
    ['program headers at 2^63', patched([39, 0x80]), 'elf/outside-file'],
    ['program headers of another size', patched([54, 55]), 'elf/entry-size'],
  ])('%s', (_, bytes, code) => {
    expect(codeOf(() => readElf(bytes))).toBe(code);
  });

  test.each([[undefined], [null], ['text'], [[0x7f]], [new ArrayBuffer(64)], [new Uint16Array(64)], [{}]])(
    '%s is no file',
    (value) => {
      for (const read of [readElf, link, relink] as ((file: unknown) => unknown)[]) {
        expect(codeOf(() => read(value))).toBe('elf/no-bytes');
      }
      expect(readElf(Buffer.from(file)).header.width).toBe(64);
    },
  );

  test.each([
    ['LLVM bitcode', 'BC\xc0\xde', /-flto/],
    ['a static library', '!<arch>\n', /link a program with it/],
    ['a blob', 'PVM\0', /needs no linking/],
    ['a module', '\0asm', /WebAssembly/],
    ['a script', '#!/bin/sh\n', /pass the file that the linker wrote/],
  ])('what else it may be is named: %s', (_, text, says) => {
    expect(() => readElf(Buffer.from(text, 'latin1'))).toThrow(says);
  });

  test('a broken section table stops only those who need sections', () => {
    for (const [bytes, code] of [
      [patched([40, 0xff, 0xff, 0xff]), 'elf/outside-file'],
      [patched([58, 63]), 'elf/entry-size'],
      [patched([60, 0xff, 0x7f]), 'elf/outside-file'],
      [patched([62, 99]), 'elf/no-section'],
      [patched([62, 1]), 'elf/section-type'],
    ] as const) {
      const elf = readElf(bytes);
      expect(elf.programHeaders).toHaveLength(1);
      expect(codeOf(() => elf.sections)).toBe(code);
    }
  });

  test('sizes that are declared but not present cost nothing', () => {
    for (const section of [
      { name: '.symtab', type: 2, link: 2, entrySize: 24, size: 2 ** 52 },
      { name: '.rela', type: 4, entrySize: 24, size: 2 ** 52 },
    ]) {
      const elf = readElf(
        buildElf({ sections: [section, { name: '.strtab', type: 3, data: new Uint8Array(1) }] }),
      );
      const read = () => (section.type === 2 ? elf.symbols : elf.relocations(elf.sections[1]!));
      expect(codeOf(read)).toBe(section.type === 2 ? 'elf/outside-file' : 'elf/overlap');
    }
  });

  test('relocation sections that share their bytes', () => {
    const rela = { name: '.rela', type: 4, entrySize: 24, data: new Uint8Array(4800) };
    const single = readElf(buildElf({ sections: [rela] }));
    expect(single.relocations(single.sections[1]!).count).toBe(200);
    const shared = readElf(buildElf({ sections: [rela, { ...rela, data: new Uint8Array(0), size: 4800 }] }));
    expect(codeOf(() => shared.relocations(shared.sections[1]!))).toBe('elf/overlap');
  });

  test('names that overlap beyond reason are refused', () => {
    const strings = new Uint8Array(4096).fill(0x61, 1, 4095);
    const records = Array.from({ length: 200 }, (_, i) =>
      symbolRecord(64, { name: 1 + i, value: 0, info: 0, section: 0 }),
    );
    const elf = readElf(
      buildElf({
        sections: [
          { name: '.symtab', type: 2, link: 2, entrySize: 24, data: concat(...records) },
          { name: '.strtab', type: 3, data: strings },
        ],
      }),
    );
    expect(codeOf(() => [...elf.symbols!])).toBe('elf/string-volume');
  });

  test('a name without an end', () => {
    const elf = readElf(
      buildElf({
        sections: [
          {
            name: '.symtab',
            type: 2,
            link: 2,
            entrySize: 24,
            data: concat(
              symbolRecord(64, { name: 2, value: 0, info: 0, section: 0 }),
              symbolRecord(64, { name: 9, value: 0, info: 0, section: 0 }),
            ),
          },
          { name: '.strtab', type: 3, data: new TextEncoder().encode('\0abc') },
        ],
      }),
    );
    expect(codeOf(() => elf.symbols!.at(0))).toBe('elf/no-string');
    expect(codeOf(() => elf.symbols!.at(1))).toBe('elf/no-string');
  });

  test('every truncation gives a riscbox error or a usable file', () => {
    for (let length = 0; length < file.length; length++) {
      codeOf(() => {
        const elf = readElf(file.subarray(0, length));
        for (const section of elf.sections) elf.data(section);
        return [...(elf.symbols ?? [])];
      });
    }
  });
});

describe('build attributes', () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(`${value}\0`);
  const attributes = (content: Uint8Array): Uint8Array => {
    const file = concat(Uint8Array.of(1), bytesOf(5 + content.length), content);
    return concat(Uint8Array.of(0x41), bytesOf(4 + 6 + file.length), text('riscv'), file);
  };
  const content = concat(Uint8Array.of(4, 16, 5), text('rv64i2p1_m2p0'), Uint8Array.of(6, 1));

  test('from a section and from a segment', () => {
    const data = attributes(content);
    const expected = { arch: 'rv64i2p1_m2p0', stackAlignment: 16, unalignedAccess: true };
    const sections = [{ name: '.riscv.attributes', type: 0x70000003, data }];
    expect(readElf(buildElf({ sections })).attributes).toEqual(expected);
    expect(readElf(buildElf({ segments: [{ type: 0x70000003, data }] })).attributes).toEqual(expected);
  });

  test('malformed ones', () => {
    const good = attributes(content);
    const wrongFormat = good.slice();
    wrongFormat[0] = 0x42;
    for (const data of [
      wrongFormat,
      ...Array.from({ length: good.length - 2 }, (_, i) => good.slice(0, i + 2)),
    ]) {
      const elf = readElf(buildElf({ segments: [{ type: 0x70000003, data }] }));
      expect(codeOf(() => elf.attributes)).toBe('elf/attributes');
    }
  });
});
