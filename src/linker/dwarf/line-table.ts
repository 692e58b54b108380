import type { CodeExtents } from './code-extent.ts';
import {
  DW_LNE_define_file,
  DW_LNE_end_sequence,
  DW_LNE_set_address,
  DW_LNS_advance_line,
  DW_LNS_advance_pc,
  DW_LNS_const_add_pc,
  DW_LNS_copy,
  DW_LNS_fixed_advance_pc,
  DW_LNS_set_column,
  DW_LNS_set_file,
} from './format.ts';
import { type FileTable, type LineProgramHeader, readFile, readLineHeader } from './line-header.ts';
import type { LineRows, Sequence } from './line-rows.ts';
import type { Notes } from './notes.ts';
import { DwarfReader, type OffsetSize } from './reader.ts';
import type { DebugStrings } from './strings.ts';

const SECTION = '.debug_line';

/** Largest number that a program's own line table can state. */
const UNSIGNED_32 = 0xffff_ffff;

/**
 * Reads all line tables, one after another as they stand in .debug_line, and adds their rows to `rows`.
 *
 * Units refer to tables by offset, yet following them could read the same bytes again for every unit of a broken
 * file; in order, each byte is read once. A broken table is noted and left out.
 *
 * @returns the file names of each table by the table's offset
 */
export const readLineTables = (
  bytes: Uint8Array,
  strings: DebugStrings,
  code: CodeExtents,
  rows: LineRows,
  notes: Notes,
): ReadonlyMap<number, FileTable> => {
  const tables = new Map<number, FileTable>();
  const reader = new DwarfReader(bytes, SECTION);
  notes.guard(() => {
    while (reader.remaining > 0) {
      const offset = reader.position;
      const { length, offsetSize } = reader.unitLength();
      const table = reader.part(length);
      // Sections may be padded with zeros.
      if (length === 0) continue;
      notes.guard(() => {
        tables.set(offset, readLineTable(table, offsetSize, strings, code, rows));
      });
    }
  });
  rows.finish();
  return tables;
};

const readLineTable = (
  reader: DwarfReader,
  offsetSize: OffsetSize,
  strings: DebugStrings,
  code: CodeExtents,
  rows: LineRows,
): FileTable => {
  const { program, files } = readLineHeader(reader, offsetSize, strings);
  const before = rows.length;
  try {
    rows.addSequences(new LineProgram(reader, program, files, code, rows).run());
  } catch (error) {
    rows.truncate(before);
    throw error;
  }
  return files;
};

/** The state machine of line programs (DWARF 5, section 6.2.2). Flags of rows do not matter here and are not kept. */
class LineProgram {
  readonly #reader: DwarfReader;
  readonly #header: LineProgramHeader;
  readonly #fileTable: FileTable;
  readonly #code: CodeExtents;
  readonly #rows: LineRows;
  readonly #sequences: Sequence[] = [];
  #address = 0;
  #operation = 0;
  #file = 1;
  #line = 1;
  #column = 0;
  /** Index of the first row of the sequence. */
  #first = 0;

  constructor(
    reader: DwarfReader,
    header: LineProgramHeader,
    files: FileTable,
    code: CodeExtents,
    rows: LineRows,
  ) {
    this.#reader = reader;
    this.#header = header;
    this.#fileTable = files;
    this.#code = code;
    this.#rows = rows;
  }

  run(): readonly Sequence[] {
    const reader = this.#reader;
    const { opcodeBase } = this.#header;
    this.#reset();
    while (reader.remaining > 0) {
      const opcode = reader.u8();
      if (opcode >= opcodeBase) this.#special(opcode - opcodeBase);
      else if (opcode === 0) this.#extended();
      else this.#standard(opcode);
    }
    // Rows behind the last end of a sequence have no end.
    this.#rows.truncate(this.#first);
    return this.#sequences;
  }

  #reset(): void {
    this.#address = 0;
    this.#operation = 0;
    this.#file = 1;
    this.#line = 1;
    this.#column = 0;
    this.#first = this.#rows.length;
  }

  #special(opcode: number): void {
    const { lineBase, lineRange } = this.#header;
    this.#advance(this.#quotient(opcode));
    this.#line = (this.#line + lineBase + (opcode % lineRange)) >>> 0;
    this.#row();
  }

  #quotient(opcode: number): number {
    const { lineRange } = this.#header;
    if (lineRange === 0) throw this.#reader.malformed('a line range of 0');
    return Math.floor(opcode / lineRange);
  }

  #standard(opcode: number): void {
    const reader = this.#reader;
    switch (opcode) {
      case DW_LNS_copy:
        this.#row();
        return;
      case DW_LNS_advance_pc:
        this.#advance(reader.uleb());
        return;
      case DW_LNS_advance_line:
        this.#line = (this.#line + reader.sleb()) >>> 0;
        return;
      case DW_LNS_set_file:
        this.#file = reader.uleb();
        return;
      case DW_LNS_set_column:
        this.#column = Math.min(reader.uleb(), UNSIGNED_32);
        return;
      case DW_LNS_const_add_pc:
        this.#advance(this.#quotient(255 - this.#header.opcodeBase));
        return;
      case DW_LNS_fixed_advance_pc:
        this.#address += reader.u16();
        this.#operation = 0;
        return;
      default:
        for (let operands = this.#header.operandCounts[opcode - 1]!; operands > 0; operands--) {
          reader.skipLeb();
        }
    }
  }

  #extended(): void {
    const reader = this.#reader;
    const length = reader.uleb();
    if (length === 0) return;
    const operands = reader.part(length);
    switch (operands.u8()) {
      case DW_LNE_end_sequence:
        this.#endSequence();
        return;
      case DW_LNE_set_address:
        this.#address = operands.unsigned(length - 1);
        this.#operation = 0;
        return;
      case DW_LNE_define_file:
        this.#fileTable.define(readFile(operands));
        return;
    }
  }

  /** Section 6.2.5.1: operations count within instructions where these hold several; here they hold one. */
  #advance(operations: number): void {
    const { minimumInstructionLength, maximumOperations } = this.#header;
    const operation = this.#operation + operations;
    this.#address += minimumInstructionLength * Math.floor(operation / maximumOperations);
    this.#operation = operation % maximumOperations;
  }

  /** Of rows with one address the last counts. Rows that go back in address would break the order; none should. */
  #row(): void {
    const rows = this.#rows;
    if (rows.length > this.#first) {
      const last = rows.address(rows.length - 1);
      if (this.#address < last) return;
      if (this.#address === last) rows.truncate(rows.length - 1);
    }
    rows.push(this.#address, this.#file, this.#line, this.#column);
  }

  #endSequence(): void {
    const { length: last } = this.#rows;
    const address = last > this.#first ? this.#rows.address(this.#first) : 0;
    const codeEnd = this.#code.endAt(address);
    const end = Math.min(this.#address, codeEnd ?? 0);
    if (last > this.#first && address < end) {
      this.#sequences.push({ address, end, first: this.#first, last, files: this.#fileTable });
    } else this.#rows.truncate(this.#first);
    this.#reset();
  }
}
