/**
 * Entry `riscbox/linker`: from ELF files to programs. Apart from `riscbox` itself, because pages that run blobs
 * need no ELF reader.
 */
import '../vm/wasm-tiers.ts';
import { Module, type ModuleOptions } from '../vm/module.ts';
import type { Elf } from './elf.ts';
import { type LinkOptions, linkToBlob } from './riscv-profile.ts';

export { hasCompressedDebug, type InflatedSections, inflateDebugSections } from './dwarf/inflate.ts';
export { Elf, readElf } from './elf.ts';
export type { RiscvAttributes } from './elf-attributes.ts';
export type { ElfHeader, FloatAbi, ProgramHeader, RiscvFlags } from './elf-header.ts';
export type { ElfRelocation, ElfRelocations } from './elf-relocations.ts';
export type { ElfSection } from './elf-sections.ts';
export type { ElfSymbol, ElfSymbols } from './elf-symbols.ts';
export type { DataReport, FunctionReport, LinkReport } from './relink/explain.ts';
export type { DataKind } from './relink/graph/data-section.ts';
export type { LinkStage, OptimisationLevel, RelinkOptions, RelinkTarget } from './relink/options.ts';
export type { RegisterReport } from './relink/registers/register-report.ts';
export { type Relinked, relink, relinkedBytes, relinkToBlob } from './relink/relink.ts';
export type { PassReport } from './relink/report.ts';
export { type LinkOptions, link, linkToBlob } from './riscv-profile.ts';

/**
 * A static RISC-V executable as a module, ready to be instantiated. Unlike `link`, it exports all public functions
 * by default, since no file grows by them. To run it on an engine of yours: `engine.compile(link(elf))`.
 *
 * @throws RiscboxError as `link` and `Module.fromBlob`
 */
export const loadElf = (elf: Uint8Array | Elf, options: LinkOptions & ModuleOptions = {}): Module =>
  Module.fromBlob(linkToBlob(elf, { exports: 'public', ...options }), options);
