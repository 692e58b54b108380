import { isRiscboxError } from '../../../core/error.ts';
import { widthOf } from '../../../core/kind.ts';
import { Problems } from '../../../core/problems.ts';
import type { Elf } from '../../elf.ts';
import { ELFOSABI_GNU, ELFOSABI_NONE, EM_RISCV, ET_DYN, ET_EXEC, ET_REL } from '../../elf-format.ts';
import { fail as elfFail } from '../../errors.ts';
import { DataSection } from '../graph/data-section.ts';
import { Location } from '../location.ts';
import type { RelinkOptions } from '../options.ts';
import { readCodeRelocations } from './code-relocations.ts';
import { readReferences } from './data-relocations.ts';
import { isBehindEcalli } from './ecalli.ts';
import { fail } from './errors.ts';
import {
  CodeSection,
  type ExportRecord,
  type LinkInput,
  type NamedCode,
  type Place,
  type PlacedReference,
} from './link-input.ts';
import { withLoaded } from './loaded-relocations.ts';
import { Records } from './metadata.ts';
import { splitMixedSections } from './mixed-sections.ts';
import { nameAt, namesOf } from './names.ts';
import { globalPointerSymbol, threadPointerOf } from './pointers.ts';
import { KeptRelocations, type RelocationContext } from './relocations.ts';
import { requestedExports } from './requested-exports.ts';
import { LinkSections } from './sections.ts';
import { stackSizeOf } from './stack-size.ts';
import { LinkSymbols } from './symbols.ts';
import { usesAddresses } from './uses-addresses.ts';

/**
 * Reads a file with relocations: a linked one that has kept them (--emit-relocs), or a relocatable one that needs no
 * other.
 * @throws RiscboxError `elf/…`, `linker/machine`, `link/…`; all problems of the file at once, where one does not hide
 * the others
 */
export const readLinkInput = (elf: Elf, options: RelinkOptions): LinkInput => {
  checkHeader(elf, options);
  const problems = new Problems();
  const sections = new LinkSections(elf, problems);
  problems.check();
  checkCode(elf, sections);

  let known: readonly NamedCode[] | undefined;
  const names = (): readonly NamedCode[] => {
    known ??= namesOf(elf, sections);
    return known;
  };
  const describe = (section: CodeSection | DataSection, offset: number): Location => {
    const named = section instanceof CodeSection ? nameAt(names(), section.address + offset) : undefined;
    return new Location(section.name, offset, named);
  };

  const { width } = elf.header;
  const symbols = new LinkSymbols(elf, sections, problems);
  const kept = new KeptRelocations(elf, problems);
  const isBare = !sections.isRelocatable && !sections.placed.some((placed) => kept.has(placed));
  const needsRelocations = (): boolean =>
    sections.placed.some(({ use }) => use === 'exports') || sections.code.some(usesAddresses);
  if (isBare && needsRelocations()) throw fail('link/no-relocations', {});
  splitMixedSections(elf, sections, kept);
  checkLengths(sections.code, problems);

  const pointerSymbol = globalPointerSymbol(elf);
  const globalPointer = pointerSymbol === undefined ? undefined : elf.symbols?.value(pointerSymbol);
  const context = { width, sections, symbols, problems, globalPointer, describe };
  const references = withLoaded(elf, readRelocations(kept, context), context);
  const records = new Records(width, references, problems, describe);
  readImports(sections.code, records, problems);
  const declared = sections.placed.flatMap(({ use, content }) =>
    use === 'exports' && content instanceof DataSection ? records.exportsOf(content) : [],
  );
  const input: LinkInput = {
    elf,
    width,
    embedded: elf.flags.embedded,
    code: sections.code,
    data: sections.data,
    references,
    exports: withRequested(declared, options.exports ?? [], sections, names, problems),
    entry: sections.codeAt(elf.header.entry),
    stackSize: stackSizeOf(elf, problems),
    get names() {
      return names();
    },
    globalPointer:
      pointerSymbol === undefined ? undefined : symbols.target(pointerSymbol, 0, () => 'the setting of gp'),
    threadPointer: threadPointerOf(elf, sections),
    importAt: (place: Place) => records.importAt(place),
    sectionAt: (index) => sections.contentOf(index),
    describe,
  };
  problems.check();
  return input;
};

/** The beginning of the names of sections with GCC's intermediate code (-flto). */
const INTERMEDIATE = '.gnu.lto_';

const checkCode = (elf: Elf, { code }: LinkSections): void => {
  const isEmpty = code.every(({ bytes }) => bytes.length === 0);
  if (isEmpty && elf.sections.some(({ name }) => name.startsWith(INTERMEDIATE))) {
    throw fail('link/intermediate-code', {});
  }
  if (code.length === 0) throw fail('link/no-code', {});
};

const checkHeader = (elf: Elf, { target = 'latest' }: RelinkOptions): void => {
  const { machine, osAbi, type, width } = elf.header;
  if (machine !== EM_RISCV) throw elfFail('linker/machine', { machine });
  const problems = new Problems();
  if (osAbi !== ELFOSABI_NONE && osAbi !== ELFOSABI_GNU) problems.add(fail('link/os-abi', { osAbi }));
  if (type !== ET_REL && type !== ET_EXEC && type !== ET_DYN) problems.add(fail('link/file-type', { type }));
  if (target !== 'latest' && widthOf(target) !== width) {
    problems.add(fail('link/target-width', { target, width }));
  }
  problems.check();
};

const checkLengths = (code: readonly CodeSection[], problems: Problems): void => {
  for (const { name, bytes } of code) {
    if (bytes.length % 2 === 0) continue;
    const problem = 'is code of an odd number of bytes (put .balign 2 at its end)';
    problems.add(fail('link/section-size', { section: name, size: bytes.length, problem }));
  }
  problems.check();
};

/** Gives sections of code their relocations; returns those of data. */
const readRelocations = (
  kept: KeptRelocations,
  context: RelocationContext,
): ReadonlyMap<DataSection, readonly PlacedReference[]> => {
  const references = new Map<DataSection, readonly PlacedReference[]>();
  for (const placed of context.sections.placed) {
    const { content, address, use, constants } = placed;
    if (use === 'loaders-only') continue;
    const table = kept.of(placed);
    if (table === undefined) continue;
    if (content instanceof CodeSection) {
      const split = constants === undefined ? table.count : table.indexOf(address + constants.from);
      content.relocations = readCodeRelocations(content, address, table.slice(0, split), context);
      if (constants === undefined) continue;
      const behind = table.slice(split, table.count);
      const base = address + constants.start;
      references.set(constants.content, readReferences(constants.content, base, behind, context));
    } else {
      references.set(content, readReferences(content, address, table, context));
    }
  }
  return references;
};

/** Reads what all `ecalli` refer to, so that what is wrong with any is known at once. */
const readImports = (code: readonly CodeSection[], records: Records, problems: Problems): void => {
  for (const { relocations, bytes } of code) {
    for (const relocation of relocations) {
      if (relocation.kind !== 'pointer' || relocation.target.section === undefined) continue;
      const { offset, target } = relocation;
      if (!isBehindEcalli(bytes, offset)) continue;
      try {
        records.importAt(target);
      } catch (error) {
        if (!isRiscboxError(error)) throw error;
        problems.add(error);
      }
    }
  }
};

/** The declared exports, and those of the functions asked for that are not among them. */
const withRequested = (
  declared: readonly ExportRecord[],
  requested: readonly string[],
  sections: LinkSections,
  names: () => readonly NamedCode[],
  problems: Problems,
): readonly ExportRecord[] => {
  if (requested.length === 0) return declared;
  const decoder = new TextDecoder();
  const known = new Set(declared.map(({ symbol }) => decoder.decode(symbol)));
  const missing = requested.filter((name) => !known.has(name));
  return [...declared, ...requestedExports(new Set(missing), names(), sections, problems)];
};
