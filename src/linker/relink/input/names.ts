import { rangeAt } from '../../address-ranges.ts';
import type { Elf } from '../../elf.ts';
import { STB_LOCAL, STT_FUNC, STT_NOTYPE } from '../../elf-format.ts';
import type { ElfSymbols } from '../../elf-symbols.ts';
import { CodeSection, type NamedCode } from './link-input.ts';
import type { LinkSections } from './sections.ts';

const DOT = 0x2e;
const DOLLAR = 0x24;

/**
 * The names of code, ascending by address: functions and global labels, without the assembler's local labels (`.L…`)
 * and mapping symbols (`$x…`), of which there are many times more.
 */
export const namesOf = (elf: Elf, sections: LinkSections): readonly NamedCode[] => {
  const { symbols } = elf;
  if (symbols === undefined) return [];
  const bases = codeBases(sections);
  const names: NamedCode[] = [];
  for (let index = 1; index < symbols.count; index++) {
    const type = symbols.type(index);
    if (type !== STT_FUNC && type !== STT_NOTYPE) continue;
    const isFunction = type === STT_FUNC;
    if (!isFunction && symbols.binding(index) === STB_LOCAL) continue;
    const base = bases.get(symbols.section(index));
    if (base === undefined || !isNamed(symbols, index)) continue;
    const address = symbols.value(index) + base.add;
    if (address < base.start || address > base.end) continue;
    names.push({ name: symbols.name(index), address, size: symbols.size(index), isFunction });
  }
  return names.sort((a, b) => a.address - b.address);
};

/** What turns values of symbols into addresses, by index of their section. */
const codeBases = (
  sections: LinkSections,
): ReadonlyMap<number, { readonly add: number; readonly start: number; readonly end: number }> => {
  const bases = new Map<number, { add: number; start: number; end: number }>();
  for (const { elf, address, content } of sections.placed) {
    if (!(content instanceof CodeSection)) continue;
    const start = content.address;
    bases.set(elf.index, { add: start - address, start, end: start + content.bytes.length });
  }
  return bases;
};

const isNamed = (symbols: ElfSymbols, index: number): boolean => {
  const { nameBytes } = symbols;
  const first = nameBytes[symbols.nameOffset(index)];
  return first !== undefined && first !== 0 && first !== DOT && first !== DOLLAR;
};

/** Which name an address of code belongs to, and how far behind it lies; undefined in front of all names. */
export const nameAt = (
  names: readonly NamedCode[],
  address: number,
): { readonly name: string; readonly offset: number } | undefined => {
  const found = rangeAt(names, address);
  return found && { name: found.name, offset: address - found.address };
};
