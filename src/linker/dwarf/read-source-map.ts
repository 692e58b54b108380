import type { LinkInput } from '../relink/input/link-input.ts';
import { CodeExtents } from './code-extent.ts';
import type { InflatedSections } from './inflate.ts';
import { LineRows } from './line-rows.ts';
import { readLineTables } from './line-table.ts';
import { FunctionNames } from './names.ts';
import { Notes } from './notes.ts';
import { readUnits } from './read-units.ts';
import { type DwarfSections, loadDwarfSections } from './sections.ts';
import { type SourceMap, TableSourceMap } from './source-map.ts';
import { DebugStrings } from './strings.ts';

const NONE: InflatedSections = new Map();

/**
 * Reads the debug information of an ELF file: DWARF 2 to 5, and symbols for functions without. What is broken is left
 * out and noted; nothing is thrown. Parts in other files (split DWARF, supplementary files) are not looked for.
 *
 * @param inflated what `inflateDebugSections` gave; without it, compressed sections are noted and left out
 */
export const readSourceMap = (
  { elf, code, names }: Pick<LinkInput, 'elf' | 'code' | 'names'>,
  inflated: InflatedSections = NONE,
): SourceMap => {
  const notes = new Notes();
  return sourceMapOf(loadDwarfSections(elf, code, inflated, notes), code, names, notes);
};

/** The source map that debug sections describe, for code at the given addresses. */
export const sourceMapOf = (
  sections: DwarfSections,
  code: LinkInput['code'],
  names: LinkInput['names'],
  notes: Notes,
): SourceMap => {
  const strings = new DebugStrings(sections, notes);
  const extents = new CodeExtents(code);
  const rows = new LineRows();
  const lineTables = readLineTables(sections['.debug_line'], strings, extents, rows, notes);
  const functions = readUnits(sections, lineTables, extents, notes);
  const functionNames = new FunctionNames(functions.subprograms, strings);
  return new TableSourceMap({ rows, extents: functions.extents, functionNames, notes }, names);
};
