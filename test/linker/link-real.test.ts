import { describe, expect, test } from 'vitest';
import { readBlob } from '../../src/blob/read.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import { hasStart, sweepRiscv } from '../../src/decoder/riscv-sweep.ts';
import { BlockStarts } from '../../src/linker/block-starts.ts';
import { type Elf, readElf } from '../../src/linker/elf.ts';
import { ET_EXEC, PT_LOAD, SHF_ALLOC, SHT_RELA } from '../../src/linker/elf-format.ts';
import { codeSymbols, FunctionIndex } from '../../src/linker/functions.ts';
import { link, linkToBlob } from '../../src/linker/riscv-profile.ts';
import { loadSegments, profileSegments } from '../../src/linker/segments.ts';
import { vectorTest } from '../vectors-path.ts';
import { elfName, guestElfs, readElfFile, vectorElfs } from './real-elfs.ts';

const isExecutable = (path: string): boolean => readElf(readElfFile(path)).header.type === ET_EXEC;
/** Files without an entry point are libraries: nothing of them runs when they are stripped. */
const hasEntry = (path: string): boolean => readElf(readElfFile(path)).header.entry !== 0;
const executables = guestElfs.filter((path) => isExecutable(path) && hasEntry(path));
const vectorExecutables = vectorElfs.filter(isExecutable);

const loadableBytes = (elf: Elf): number =>
  elf.programHeaders.filter(({ type }) => type === PT_LOAD).reduce((sum, { fileSize }) => sum + fileSize, 0);

/** What `strip` takes away: the symbol tables, made unreadable in place. */
const withoutSymbols = (bytes: Uint8Array): Uint8Array => {
  const copy = bytes.slice();
  const elf = readElf(bytes);
  const recordSize = elf.header.width === 64 ? 64 : 40;
  for (const { index, type } of elf.sections) {
    if (type === 2) copy[elf.header.sectionHeaderOffset + index * recordSize + 4] = 0;
  }
  return copy;
};

/** What `strip --strip-sections` leaves: headers and loadable bytes. */
const withoutSections = (bytes: Uint8Array): Uint8Array => {
  const elf = readElf(bytes);
  const end = Math.max(
    ...elf.programHeaders.filter(({ type }) => type === PT_LOAD).map((h) => h.offset + h.fileSize),
  );
  const copy = bytes.slice(0, end);
  const [offset, counts] = elf.header.width === 64 ? [40, 60] : [32, 48];
  copy.fill(0, offset, offset + elf.header.width / 8);
  copy.fill(0, counts, counts + 4);
  return copy;
};

const blockStartsOf = (elf: Elf): BlockStarts => {
  const segments = profileSegments(elf, loadSegments(elf, 0), 0);
  return new BlockStarts(segments, elf.header.entry, elf.header.width, elf.flags.embedded ? 16 : 32);
};

describe.each(executables.map((path) => [elfName(path), path]))('%s', (_, path) => {
  const bytes = readElfFile(path);
  const elf = readElf(bytes);

  test('is at most 5 % longer as a blob than its loadable bytes, small ones by 100 bytes', () => {
    const loadable = loadableBytes(elf);
    expect(link(elf).length).toBeLessThanOrEqual(loadable + Math.max(loadable * 0.05, 100));
  });

  test('comes back from its blob', () => {
    const blob = linkToBlob(elf, { exports: 'all', symbols: true });
    const written = writeBlob(blob);
    const back = readBlob(written);
    expect(back.riscv!.segments).toEqual(blob.riscv!.segments);
    expect(back.riscv!.extraStarts).toEqual(blob.riscv!.extraStarts);
    expect(writeBlob(back)).toEqual(written);
  });

  test('gives the same code and block starts when stripped', () => {
    // The ELF header, which stripping changes, may be in memory, but not in code.
    const essence = (elf: Uint8Array): unknown => {
      const { segments, ...image } = linkToBlob(elf).riscv!;
      return { ...image, segments: segments.map((s) => (s.executable ? s : { ...s, data: s.data.length })) };
    };
    const whole = essence(bytes);
    expect(essence(withoutSymbols(bytes))).toEqual(whole);
    expect(essence(withoutSections(bytes))).toEqual(whole);
  });

  test('block starts lie in functions, and the stored ones imply all others', () => {
    const blocks = blockStartsOf(elf);
    const segments = profileSegments(elf, loadSegments(elf, 0), 0);
    const { width } = elf.header;
    const sweeps = segments
      .filter(({ executable }) => executable)
      .map(({ address, data }) => ({
        address,
        end: address + data.length,
        sweep: sweepRiscv(data, address, blocks.extra, width, elf.flags.embedded ? 16 : 32),
      }));
    for (const start of blocks.found) {
      const { sweep, address } = sweeps.find((s) => start >= s.address && start < s.end)!;
      expect(hasStart(sweep.blockStarts, (start - address) / 2)).toBe(true);
    }
    const functions = new FunctionIndex(codeSymbols(elf, segments, 0));
    if (elf.symbols === undefined) return;
    const labels = new Set(codeSymbols(elf, segments, 0).map(({ address }) => address));
    const outside = [...blocks.found].filter((a) => functions.at(a) === undefined && !labels.has(a));
    // Assembly without sizes is in no function; constants that look like pointers are rare.
    expect(outside.length).toBeLessThanOrEqual(30 + blocks.found.length / 100);
  });
});

/** rvc.elf jumps over some of its own branches; all others run through their whole code. */
const skipsCode = (path: string): boolean => path.includes('uc/');

/** R_RISCV_BRANCH, JAL, RVC_BRANCH, RVC_JUMP; and words of data, R_RISCV_32 and R_RISCV_64. */
const DIRECT = [16, 17, 44, 45];
const WORDS = [1, 2];

vectorTest(
  `every target that relocations name in ${vectorExecutables.length} executables`,
  vectorExecutables,
  () => {
    let checked = 0;
    for (const path of vectorExecutables.filter((p) => p.includes('riscv-tests') && !skipsCode(p))) {
      const elf = readElf(readElfFile(path));
      const found = new Set(blockStartsOf(elf).found);
      const code = loadSegments(elf, 0).filter(({ flags }) => flags & 1);
      for (const section of elf.sections.filter(({ type }) => type === SHT_RELA)) {
        if ((elf.sections[section.info]!.flags & SHF_ALLOC) === 0) continue;
        for (const { type, symbol, addend } of elf.relocations(section)) {
          if (!DIRECT.includes(type) && !WORDS.includes(type)) continue;
          const target = Number(elf.symbols!.at(symbol).value + addend);
          if (!code.some((s) => target >= s.address && target < s.address + s.data.length)) continue;
          expect(found, `${elfName(path)} ${target.toString(16)}`).toContain(target);
          checked++;
        }
      }
    }
    expect(checked).toBeGreaterThan(5000);
  },
);

vectorTest('all vector files link or say why not', vectorElfs, () => {
  const codes = new Map<string, number>();
  for (const path of vectorElfs) {
    let outcome = 'linked';
    try {
      readBlob(link(readElfFile(path)));
    } catch (error) {
      if (!isRiscboxError(error)) throw error;
      outcome = error.code;
    }
    codes.set(outcome, (codes.get(outcome) ?? 0) + 1);
  }
  expect(codes.get('linker/relocatable')).toBe(3);
  expect(codes.get('linked')).toBe(vectorElfs.length - 3);
});
