import { Abbreviations } from './abbreviations.ts';
import type { CodeExtents } from './code-extent.ts';
import { EntryWalk } from './entries.ts';
import { FunctionExtents } from './function-extents.ts';
import type { Subprogram } from './functions.ts';
import type { FileTable } from './line-header.ts';
import type { Notes } from './notes.ts';
import { RangeLists } from './ranges.ts';
import { DwarfReader } from './reader.ts';
import type { DwarfSections } from './sections.ts';
import { readUnit } from './units.ts';

const SECTION = '.debug_info';

/** The functions of a program and their code. */
export interface ProgramFunctions {
  /** By position in .debug_info. */
  readonly subprograms: ReadonlyMap<number, Subprogram>;
  readonly extents: FunctionExtents;
}

/** Reads all units of .debug_info. A broken unit is noted, and its functions are left out. */
export const readUnits = (
  sections: DwarfSections,
  lineTables: ReadonlyMap<number, FileTable>,
  code: CodeExtents,
  notes: Notes,
): ProgramFunctions => {
  const abbreviations = new Abbreviations(sections['.debug_abbrev']);
  const subprograms = new Map<number, Subprogram>();
  const extents = new FunctionExtents(code);
  const context = { lineTables, rangeLists: new RangeLists(sections), subprograms, extents };
  const reader = new DwarfReader(sections[SECTION], SECTION);
  notes.guard(() => {
    while (reader.remaining > 0) {
      const offset = reader.position;
      const { length, offsetSize } = reader.unitLength();
      const entries = reader.part(length);
      // Sections may be padded with zeros.
      if (length === 0) continue;
      const before = extents.length;
      const whole = notes.guard(() => {
        const unit = readUnit(entries, offset, offsetSize, abbreviations, sections);
        if (unit !== undefined) new EntryWalk(entries, unit, context).run();
      });
      if (!whole) extents.truncate(before);
    }
  });
  extents.finish();
  return { subprograms, extents };
};
