import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Frame } from '../../../src/blob/debug.ts';
import type { Elf } from '../../../src/linker/elf.ts';
import { readElf } from '../../../src/linker/elf.ts';
import { ET_REL, SHF_EXECINSTR, SHT_NOBITS, STT_FUNC } from '../../../src/linker/elf-format.ts';
import { CodeSection, type LinkInput, type NamedCode } from '../../../src/linker/relink/input/link-input.ts';

/** Programs with debug information, as `npm run guests -- debug` builds them. */
export const DEBUG_PROGRAMS: string = fileURLToPath(new URL('../../../guests/debug', import.meta.url));

export const debugPrograms = (ending: string): readonly string[] =>
  readdirSync(DEBUG_PROGRAMS)
    .filter((name) => name.endsWith(ending))
    .sort();

export const readProgram = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(`${DEBUG_PROGRAMS}/${name}`));

export type DebugInput = Pick<LinkInput, 'elf' | 'code' | 'names'>;

/** Code and functions of a file; relocatable files get addresses that no debug section could hold by accident. */
export const debugInput = (bytes: Uint8Array): DebugInput => inputOf(readElf(bytes));

const inputOf = (elf: Elf): DebugInput => {
  const isRelocatable = elf.header.type === ET_REL;
  const code: CodeSection[] = [];
  const bases = new Map<number, number>();
  let next = 0x54320;
  for (const section of elf.sections) {
    if ((section.flags & SHF_EXECINSTR) === 0 || section.type === SHT_NOBITS) continue;
    const address = isRelocatable ? next : section.address;
    next += section.size + 32;
    bases.set(section.index, isRelocatable ? address : 0);
    code.push(new CodeSection(section.name, address, elf.data(section)));
  }
  const names: NamedCode[] = [];
  for (const { name, value, size, type, section } of elf.symbols ?? []) {
    const base = bases.get(section);
    if (base === undefined || type !== STT_FUNC) continue;
    names.push({ name, address: Number(value) + base, size, isFunction: true });
  }
  names.sort((a, b) => a.address - b.address);
  return { elf, code, names };
};

/** The functions of a stack with the place in each: `name path:line:column`, outermost first. */
export const stackText = (frames: readonly Frame[]): string => {
  const functions = frames.filter(({ kind }, index) => kind === 'call' || (kind === 'enter' && index === 0));
  const places = frames.filter(({ kind }) => kind !== 'enter');
  return functions
    .map(({ function: name }, index) => {
      const place = places[index];
      return place === undefined || place.line === 0
        ? name
        : `${name} ${place.path}:${place.line}:${place.column}`;
    })
    .join('\t');
};
