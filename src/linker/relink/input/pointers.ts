import type { Elf } from '../../elf.ts';
import { PT_TLS, SHF_TLS, SHN_UNDEF, STB_LOCAL } from '../../elf-format.ts';
import type { Place } from './link-input.ts';
import type { LinkSections } from './sections.ts';

const GLOBAL_POINTER: Uint8Array = new TextEncoder().encode('__global_pointer$\0');

/** The symbol that stands for what gp is meant to hold (RISC-V ELF psABI, "Global-pointer Relaxation"). */
export const globalPointerSymbol = ({ symbols }: Elf): number | undefined => {
  if (symbols === undefined) return undefined;
  const names = symbols.nameBytes;
  for (let index = 1; index < symbols.count; index++) {
    if (symbols.binding(index) === STB_LOCAL || symbols.section(index) === SHN_UNDEF) continue;
    const at = symbols.nameOffset(index);
    if (GLOBAL_POINTER.every((byte, i) => names[at + i] === byte)) return index;
  }
  return undefined;
};

/** Where the first of the sections of thread-local data begins; in linked files, where their segment does. */
export const threadPointerOf = (elf: Elf, sections: LinkSections): Place | undefined => {
  const locals = sections.placed.filter(({ elf: section }) => (section.flags & SHF_TLS) !== 0);
  const segment = elf.programHeaders.find(({ type }) => type === PT_TLS);
  const first =
    segment === undefined || sections.isRelocatable
      ? locals[0]
      : locals.find(
          ({ address, elf: { size } }) => segment.address >= address && segment.address <= address + size,
        );
  if (first === undefined) return undefined;
  const offset = segment === undefined || sections.isRelocatable ? 0 : segment.address - first.address;
  return { section: first.content, offset };
};
