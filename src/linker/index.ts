/**
 * Entry `riscbox/linker`: from ELF files to blobs. Apart from `riscbox` itself, because pages that run blobs need
 * no ELF reader.
 */
export { Elf, readElf } from './elf.ts';
export type { RiscvAttributes } from './elf-attributes.ts';
export type { ElfHeader, FloatAbi, ProgramHeader, RiscvFlags } from './elf-header.ts';
export type { ElfRelocation, ElfRelocations } from './elf-relocations.ts';
export type { ElfSection } from './elf-sections.ts';
export type { ElfSymbol, ElfSymbols } from './elf-symbols.ts';
export { type LinkOptions, link, linkToBlob } from './riscv-profile.ts';
