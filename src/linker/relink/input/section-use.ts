import {
  SHF_ALLOC,
  SHF_EXECINSTR,
  SHF_WRITE,
  SHT_DYNAMIC,
  SHT_DYNSYM,
  SHT_GNU_HASH,
  SHT_GNU_VERDEF,
  SHT_GNU_VERNEED,
  SHT_GNU_VERSYM,
  SHT_HASH,
  SHT_NOBITS,
  SHT_REL,
  SHT_RELA,
  SHT_RELR,
  SHT_STRTAB,
  SHT_SYMTAB,
} from '../../elf-format.ts';
import type { ElfSection } from '../../elf-sections.ts';
import type { DataKind } from '../graph/data-section.ts';

/**
 * What a section is for. `loaders-only`: read by dynamic loaders and unwinders, of which there are none; `unloaded`:
 * not in memory at all, for example debug information.
 */
export type SectionUse =
  | 'code'
  | DataKind
  | 'metadata'
  | 'exports'
  | 'stack-sizes'
  | 'loaders-only'
  | 'unloaded';

/** Flags that a section of a well-known name must have. */
export type ExpectedFlags = 'executable and not writable' | 'writable' | 'not writable' | undefined;

interface NamedUse {
  readonly use: SectionUse | 'rw-or-bss';
  readonly expected?: ExpectedFlags;
  readonly names: readonly string[];
  /** Names that begin with one of `names` and a dot as well. */
  readonly withSuffix?: boolean;
}

/** Sections by name; the first that fits counts. Relocated constants are writable only to a loader that relocates. */
const NAMED: readonly NamedUse[] = [
  { use: 'metadata', names: ['.polkavm_metadata'] },
  { use: 'exports', names: ['.polkavm_exports'] },
  { use: 'stack-sizes', names: ['.polkavm_min_stack_size'] },
  { use: 'ro', names: ['.data.rel.ro'], withSuffix: true },
  { use: 'ro', names: ['.got', '.got.plt', '.relro_padding'] },
  { use: 'ro', expected: 'not writable', names: ['.rodata', '.srodata'], withSuffix: true },
  {
    use: 'rw-or-bss',
    expected: 'writable',
    names: ['.data', '.sdata', '.bss', '.sbss', '.tdata', '.tbss'],
    withSuffix: true,
  },
  { use: 'code', expected: 'executable and not writable', names: ['.text'], withSuffix: true },
  {
    use: 'loaders-only',
    names: ['.eh_frame', '.eh_frame_hdr', '.dynsym', '.dynstr', '.dynamic', '.interp', '.gcc_except_table'],
    withSuffix: true,
  },
];

/** Types of sections that only linkers and loaders read. */
const LOADERS_TYPES: ReadonlySet<number> = new Set([
  SHT_SYMTAB,
  SHT_STRTAB,
  SHT_RELA,
  SHT_HASH,
  SHT_DYNAMIC,
  SHT_REL,
  SHT_DYNSYM,
  SHT_RELR,
  SHT_GNU_HASH,
  SHT_GNU_VERDEF,
  SHT_GNU_VERNEED,
  SHT_GNU_VERSYM,
]);

/** Sections of these uses count whether or not they are to be loaded. */
const DECLARATIONS: ReadonlySet<SectionUse | 'rw-or-bss'> = new Set(['metadata', 'exports', 'stack-sizes']);

export const useOf = (section: ElfSection): { use: SectionUse; expected: ExpectedFlags } => {
  const { name, type, flags } = section;
  const isLoaded = (flags & SHF_ALLOC) !== 0;
  const named = NAMED.find(({ names, withSuffix }) =>
    names.some((known) => name === known || (withSuffix === true && name.startsWith(`${known}.`))),
  );
  if (named !== undefined && (isLoaded || DECLARATIONS.has(named.use))) {
    const use = named.use === 'rw-or-bss' ? writable(type) : named.use;
    return { use, expected: named.expected };
  }
  return { use: isLoaded ? useByFlags(type, flags) : 'unloaded', expected: undefined };
};

const useByFlags = (type: number, flags: number): SectionUse => {
  if (LOADERS_TYPES.has(type)) return 'loaders-only';
  if (flags & SHF_EXECINSTR) return 'code';
  return flags & SHF_WRITE ? writable(type) : 'ro';
};

const writable = (type: number): DataKind => (type === SHT_NOBITS ? 'bss' : 'rw');

/** True when flags are as a name promises. */
export const hasFlags = (flags: number, expected: ExpectedFlags): boolean => {
  const isWritable = (flags & SHF_WRITE) !== 0;
  switch (expected) {
    case undefined:
      return true;
    case 'writable':
      return isWritable;
    case 'not writable':
      return !isWritable;
    case 'executable and not writable':
      return !isWritable && (flags & SHF_EXECINSTR) !== 0;
  }
};
