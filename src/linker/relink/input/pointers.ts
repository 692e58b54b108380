import type { Elf } from '../../elf.ts';
import { PT_TLS, SHF_TLS, STB_LOCAL } from '../../elf-format.ts';
import type { Place, Target } from './link-input.ts';
import type { LinkSections } from './sections.ts';
import type { LinkSymbols } from './symbols.ts';

const GLOBAL_POINTER: Uint8Array = new TextEncoder().encode('__global_pointer$\0');

/** What gp is meant to hold (RISC-V ELF psABI, "Global-pointer Relaxation"). */
export const globalPointerOf = (elf: Elf, symbols: LinkSymbols): Target | undefined => {
  const table = elf.symbols;
  if (table === undefined) return undefined;
  const names = table.nameBytes;
  for (let index = 1; index < table.count; index++) {
    if (table.binding(index) === STB_LOCAL) continue;
    const at = table.nameOffset(index);
    if (GLOBAL_POINTER.every((byte, i) => names[at + i] === byte)) {
      return symbols.target(index, 0, () => 'the setting of gp');
    }
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
