import { ByteReader, toHex } from '../core/bytes.ts';
import type { Width } from '../core/kind.ts';
import {
  EF_RISCV_FLOAT_ABI,
  EF_RISCV_RVC,
  EF_RISCV_RVE,
  EF_RISCV_TSO,
  PN_XNUM,
  SHN_XINDEX,
} from './elf-format.ts';
import { fail, READER_ERRORS } from './errors.ts';

/** The ELF header, with extended numbers resolved. Offsets and sizes in bytes. */
export interface ElfHeader {
  /** ELF class: 32 or 64. */
  readonly width: Width;
  readonly osAbi: number;
  /** e_type: ET_REL, ET_EXEC, ET_DYN… */
  readonly type: number;
  readonly machine: number;
  readonly entry: number;
  readonly flags: number;
  readonly programHeaderOffset: number;
  readonly programHeaderSize: number;
  readonly programHeaderCount: number;
  readonly sectionHeaderOffset: number;
  readonly sectionHeaderSize: number;
  readonly sectionCount: number;
  /** Section with the section names; 0 when there is none. */
  readonly sectionNamesIndex: number;
}

/** e_flags of RISC-V files (RISC-V ELF psABI, "File Header"). */
export interface RiscvFlags {
  readonly compressed: boolean;
  readonly floatAbi: FloatAbi;
  /** RV32E or RV64E: 16 registers. */
  readonly embedded: boolean;
  readonly totalStoreOrdering: boolean;
}

export type FloatAbi = 'soft' | 'single' | 'double' | 'quad';

const FLOAT_ABIS: readonly FloatAbi[] = ['soft', 'single', 'double', 'quad'];

export const riscvFlags = (flags: number): RiscvFlags => ({
  compressed: (flags & EF_RISCV_RVC) !== 0,
  floatAbi: FLOAT_ABIS[(flags & EF_RISCV_FLOAT_ABI) >> 1]!,
  embedded: (flags & EF_RISCV_RVE) !== 0,
  totalStoreOrdering: (flags & EF_RISCV_TSO) !== 0,
});

/** One entry of the program header table. */
export interface ProgramHeader {
  readonly index: number;
  /** PT_LOAD, PT_DYNAMIC… */
  readonly type: number;
  /** PF_R, PF_W, PF_X. */
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly physicalAddress: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly alignment: number;
}

/** Sizes of the records that depend on the ELF class. */
export const recordSizes = (
  width: Width,
): { header: number; programHeader: number; sectionHeader: number; symbol: number; relocation: number } =>
  width === 64
    ? { header: 64, programHeader: 56, sectionHeader: 64, symbol: 24, relocation: 24 }
    : { header: 52, programHeader: 32, sectionHeader: 40, symbol: 16, relocation: 12 };

/** A reader that stands at `offset` of the file. */
export const readerAt = (file: Uint8Array, offset: number): ByteReader => {
  const reader = new ByteReader(file, READER_ERRORS);
  reader.offset = offset;
  return reader;
};

/** An address, offset or size as wide as the ELF class; above 2^53 rounded, which no check mistakes for valid. */
export const word = (reader: ByteReader, width: Width): number =>
  width === 64 ? reader.u64() : reader.u32();

/** Throws unless the range lies in the file. */
export const checkRange = (file: Uint8Array, what: string, offset: number, size: number): void => {
  if (offset + size > file.length) {
    throw fail('elf/outside-file', { what, offset, size, fileSize: file.length });
  }
};

/** Throws unless a table of `count` records of the stated size lies in the file. */
const checkTable = (
  file: Uint8Array,
  what: string,
  offset: number,
  count: number,
  size: number,
  expected: number,
): void => {
  if (count === 0) return;
  if (size !== expected) throw fail('elf/entry-size', { what, size, expected });
  checkRange(file, what, offset, count * size);
};

/**
 * Reads the ELF header. A section header table that is not in the file is not an error here: programs run
 * without one.
 * @throws RiscboxError `elf/…`
 */
export const readHeader = (file: Uint8Array): ElfHeader => {
  const reader = readerAt(file, 0);
  const ident = file.subarray(0, 4);
  if (toHex(ident) !== '7f454c46') throw fail('elf/magic', { found: toHex(ident) });
  reader.offset = 4;
  const elfClass = reader.u8();
  if (elfClass !== 1 && elfClass !== 2) throw fail('elf/class', { class: elfClass });
  const width: Width = elfClass === 2 ? 64 : 32;
  const data = reader.u8();
  if (data !== 1) throw fail('elf/big-endian', { data });
  reader.offset = 7;
  const osAbi = reader.u8();
  reader.offset = 16;
  const type = reader.u16();
  const machine = reader.u16();
  reader.offset = 24;
  const entry = word(reader, width);
  const programHeaderOffset = word(reader, width);
  const sectionHeaderOffset = word(reader, width);
  const flags = reader.u32();
  reader.offset += 2;
  const programHeaderSize = reader.u16();
  const phnum = reader.u16();
  const sectionHeaderSize = reader.u16();
  const shnum = reader.u16();
  const shstrndx = reader.u16();

  // gABI, "ELF Header": numbers that do not fit 16 bits stand in section header 0.
  const extended =
    sectionHeaderOffset !== 0 && (phnum === PN_XNUM || shnum === 0 || shstrndx === SHN_XINDEX)
      ? firstSection(file, width, sectionHeaderOffset)
      : undefined;
  return {
    width,
    osAbi,
    type,
    machine,
    entry,
    flags,
    programHeaderOffset,
    programHeaderSize,
    programHeaderCount: phnum === PN_XNUM && extended ? extended.info : phnum,
    sectionHeaderOffset,
    sectionHeaderSize,
    sectionCount: sectionHeaderOffset === 0 ? 0 : shnum === 0 && extended ? extended.size : shnum,
    sectionNamesIndex: shstrndx === SHN_XINDEX && extended ? extended.link : shstrndx,
  };
};

/** The fields of section header 0 that extend the ELF header, or undefined when it is not in the file. */
const firstSection = (
  file: Uint8Array,
  width: Width,
  offset: number,
): { size: number; link: number; info: number } | undefined => {
  if (offset + recordSizes(width).sectionHeader > file.length) return undefined;
  const reader = readerAt(file, offset + (width === 64 ? 32 : 20));
  return { size: word(reader, width), link: reader.u32(), info: reader.u32() };
};

/** @throws RiscboxError `elf/entry-size`, `elf/outside-file` */
export const readProgramHeaders = (file: Uint8Array, header: ElfHeader): readonly ProgramHeader[] => {
  const { width, programHeaderOffset, programHeaderSize, programHeaderCount } = header;
  const size = recordSizes(width).programHeader;
  checkTable(
    file,
    'the program header table',
    programHeaderOffset,
    programHeaderCount,
    programHeaderSize,
    size,
  );
  return Array.from({ length: programHeaderCount }, (_, index) => {
    const reader = readerAt(file, programHeaderOffset + index * size);
    const type = reader.u32();
    const flags64 = width === 64 ? reader.u32() : 0;
    const offset = word(reader, width);
    const address = word(reader, width);
    const physicalAddress = word(reader, width);
    const fileSize = word(reader, width);
    const memorySize = word(reader, width);
    const flags = width === 64 ? flags64 : reader.u32();
    const alignment = word(reader, width);
    return { index, type, flags, offset, address, physicalAddress, fileSize, memorySize, alignment };
  });
};

/** Throws unless the section header table is usable. */
export const checkSectionTable = (file: Uint8Array, header: ElfHeader): void =>
  checkTable(
    file,
    'the section header table',
    header.sectionHeaderOffset,
    header.sectionCount,
    header.sectionHeaderSize,
    recordSizes(header.width).sectionHeader,
  );
