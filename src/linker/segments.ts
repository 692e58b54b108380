import type { RiscvProgramHeaders, RiscvSegment } from '../blob/blob.ts';
import { ADDRESS_SPACE, MAX_SEGMENTS } from '../blob/limits.ts';
import { isRiscboxError } from '../core/error.ts';
import type { Elf } from './elf.ts';
import {
  PF_R,
  PF_W,
  PF_X,
  PT_LOAD,
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHF_TLS,
  SHF_WRITE,
  SHT_NOBITS,
} from './elf-format.ts';
import { type ProgramHeader, recordSizes } from './elf-header.ts';
import type { ElfSection } from './elf-sections.ts';
import { fail } from './errors.ts';

/** A PT_LOAD segment at its place in guest memory. `data` may be a copy that relocations were applied to. */
export interface LoadedSegment {
  /** Index in the program header table. */
  readonly index: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly memorySize: number;
  readonly data: Uint8Array;
}

/**
 * The segments a loader would map, moved up by `base`, ascending by address. Empty ones are left out.
 * @throws RiscboxError `linker/…` when they cannot be loaded, `elf/outside-file`
 */
export const loadSegments = (elf: Elf, base: number): LoadedSegment[] => {
  const segments = elf.programHeaders
    .filter(({ type, memorySize }) => type === PT_LOAD && memorySize > 0)
    .map((header) => loadSegment(elf, header, base))
    .sort((a, b) => a.address - b.address);
  if (segments.length === 0) throw fail('linker/no-segments', {});
  if (segments.length > MAX_SEGMENTS) {
    throw fail('linker/too-many-segments', { count: segments.length, limit: MAX_SEGMENTS });
  }
  for (const [i, second] of segments.entries()) {
    const first = segments[i - 1];
    if (first !== undefined && first.address + first.memorySize > second.address) {
      throw fail('linker/overlap', { first: first.index, second: second.index, address: second.address });
    }
  }
  return segments;
};

const loadSegment = (elf: Elf, header: ProgramHeader, base: number): LoadedSegment => {
  const { index, flags, offset, fileSize, memorySize } = header;
  const address = header.address + base;
  if (fileSize > memorySize) throw fail('linker/segment-size', { index, address, fileSize, memorySize });
  if (address + memorySize > ADDRESS_SPACE)
    throw fail('linker/address-space', { index, address, memorySize });
  if (flags & PF_X && address % 2 !== 0) throw fail('linker/odd-code', { index, address });
  return { index, flags, offset, address, memorySize, data: elf.segmentData(header) };
};

/** What a RISC-V kernel makes of segment flags: there is no writable page that cannot be read. */
const permissions = (flags: number): Pick<RiscvSegment, 'readable' | 'writable' | 'executable'> => ({
  readable: (flags & (PF_R | PF_W)) !== 0,
  writable: (flags & PF_W) !== 0,
  executable: (flags & PF_X) !== 0,
});

/**
 * The segments of the RISC-V profile.
 *
 * Code is immutable, so that a store to an executable segment is a fault. A segment that is both writable and
 * executable (`ld -N`, simple linker scripts) is therefore cut at section boundaries into code and data where
 * the file has a section table. Where it has none, or one section mixes both, the part stays writable and
 * executable: stores go to memory as in any data, and never change what executes.
 */
export const profileSegments = (
  elf: Elf,
  segments: readonly LoadedSegment[],
  base: number,
): RiscvSegment[] => {
  const sections = segments.some(isWritableCode) ? allocatedSections(elf) : [];
  return segments
    .flatMap((segment) => (isWritableCode(segment) ? splitBySections(sections, segment, base) : [segment]))
    .flatMap((segment) => (segment.flags & PF_X ? withoutHeaders(elf, segment, base) : [segment]))
    .map(({ address, memorySize, data, flags }) => ({ address, memorySize, data, ...permissions(flags) }));
};

const isWritableCode = ({ flags }: LoadedSegment): boolean => (flags & PF_W) !== 0 && (flags & PF_X) !== 0;

/**
 * Linkers may put the ELF and program headers in front of the code, in its segment. They are no code, and
 * stripping changes them: taken apart, they have no influence on where instructions and blocks start.
 */
const withoutHeaders = (elf: Elf, segment: LoadedSegment, base: number): LoadedSegment[] => {
  const { width, entry, programHeaderOffset, programHeaderCount } = elf.header;
  const sizes = recordSizes(width);
  const end = sizes.header + programHeaderCount * sizes.programHeader;
  const code = segment.address + end;
  const isFirst = segment.offset === 0 && programHeaderOffset === sizes.header && end < segment.data.length;
  const executesHeaders = entry + base >= segment.address && entry + base < code;
  if (!isFirst || executesHeaders) return [segment];
  return [
    part(segment, segment.address, code, segment.flags & ~PF_X),
    part(segment, code, segment.address + segment.memorySize, segment.flags),
  ];
};

/** Zeros at the end of data need not be stored. Code keeps them: its last instruction may end in zeros. */
export const withoutTrailingZeros = (segment: RiscvSegment): RiscvSegment => {
  const { data, executable } = segment;
  let end = data.length;
  while (!executable && end > 0 && data[end - 1] === 0) end--;
  return { ...segment, data: data.subarray(0, end) };
};

const splitBySections = (
  sections: readonly ElfSection[],
  segment: LoadedSegment,
  base: number,
): LoadedSegment[] => {
  const end = segment.address + segment.memorySize;
  const inside = sections
    .map(({ address, size, flags }) => ({
      start: address + base,
      end: address + base + size,
      flags: segmentFlags(flags),
    }))
    .filter((section) => section.start >= segment.address && section.end <= end)
    .sort((a, b) => a.start - b.start);

  // A part begins where the permissions change; bytes between sections belong to the part before them.
  const cuts = [{ start: segment.address, flags: inside[0]?.flags ?? segment.flags }];
  let previousEnd = segment.address;
  for (const section of inside) {
    const oddCode = section.flags & PF_X && section.start % 2 !== 0;
    if (section.start < previousEnd || oddCode) return [segment];
    if (section.flags !== cuts.at(-1)!.flags) cuts.push({ start: section.start, flags: section.flags });
    previousEnd = section.end;
  }
  return cuts
    .map((cut, i) => part(segment, cut.start, cuts[i + 1]?.start ?? end, cut.flags))
    .filter(({ memorySize }) => memorySize > 0);
};

/** Sections that occupy guest memory; none when the section table is missing or broken, which stops no program. */
const allocatedSections = (elf: Elf): readonly ElfSection[] => {
  try {
    const isTlsBss = ({ type, flags }: ElfSection) => type === SHT_NOBITS && (flags & SHF_TLS) !== 0;
    return elf.sections.filter((s) => s.flags & SHF_ALLOC && s.size > 0 && !isTlsBss(s));
  } catch (error) {
    if (isRiscboxError(error)) return [];
    throw error;
  }
};

/** Constants in a writable segment stay writable, as they are to a kernel that knows only segments. */
const segmentFlags = (sectionFlags: number): number => {
  if ((sectionFlags & SHF_EXECINSTR) === 0) return PF_R | PF_W;
  return sectionFlags & SHF_WRITE ? PF_R | PF_W | PF_X : PF_R | PF_X;
};

const part = (segment: LoadedSegment, start: number, end: number, flags: number): LoadedSegment => ({
  ...segment,
  flags,
  offset: segment.offset + start - segment.address,
  address: start,
  memorySize: end - start,
  data: segment.data.subarray(start - segment.address, end - segment.address),
});

/** Where the program headers are in guest memory: in the segment whose file range holds them, as Linux finds them. */
export const programHeadersInMemory = (
  elf: Elf,
  loaded: readonly LoadedSegment[],
  segments: readonly RiscvSegment[],
): RiscvProgramHeaders | undefined => {
  const { programHeaderOffset: offset, programHeaderCount: count, width } = elf.header;
  const entrySize = recordSizes(width).programHeader;
  const holder = loaded.find(
    (s) => s.offset <= offset && offset + count * entrySize <= s.offset + s.data.length,
  );
  if (holder === undefined) return undefined;
  const address = holder.address + offset - holder.offset;
  const end = address + count * entrySize;
  const inOneSegment = segments.some((s) => s.address <= address && end <= s.address + s.memorySize);
  return inOneSegment ? { address, count, entrySize } : undefined;
};
