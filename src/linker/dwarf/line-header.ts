import { DW_LNCT_directory_index, DW_LNCT_path, NEWEST_VERSION, OLDEST_VERSION } from './format.ts';
import { directForm, type Form, type FormSizes, formOf, readForm } from './forms.ts';
import { joinPath, simplifyPath } from './paths.ts';
import type { DwarfReader, OffsetSize } from './reader.ts';
import { type DebugStrings, NO_STRING, type StringPlace, stringPlace } from './strings.ts';

/** A file that a line table tells about. */
export interface SourceFile {
  readonly name: StringPlace;
  readonly directory: number;
}

/** How the program of a line table is to be read (DWARF 5, section 6.2.4). */
export interface LineProgramHeader {
  readonly minimumInstructionLength: number;
  readonly maximumOperations: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operands of standard opcode n at index n - 1. */
  readonly operandCounts: readonly number[];
}

/** The names of files that one line table, and units that belong to it, refer to by number. */
export class FileTable {
  readonly #version: number;
  readonly #directories: readonly StringPlace[];
  readonly #files: SourceFile[];
  readonly #strings: DebugStrings;
  readonly #paths = new Map<number, string>();
  /** DW_AT_comp_dir of the unit that uses the table; what relative paths begin at before version 5. */
  compilationDirectory: StringPlace = NO_STRING;

  constructor(
    version: number,
    directories: readonly StringPlace[],
    files: SourceFile[],
    strings: DebugStrings,
  ) {
    this.#version = version;
    this.#directories = directories;
    this.#files = files;
    this.#strings = strings;
  }

  /** DW_LNE_define_file. */
  define(file: SourceFile): void {
    this.#files.push(file);
  }

  /** The path of a file; empty when there is none of that number. Files count from 1 before version 5. */
  path(index: number): string {
    const known = this.#paths.get(index);
    if (known !== undefined) return known;
    const file = this.#files[this.#version < 5 ? index - 1 : index];
    const path = file === undefined ? '' : simplifyPath(this.#join(file));
    this.#paths.set(index, path);
    return path;
  }

  #join({ name, directory }: SourceFile): string {
    return joinPath(this.#directory(directory), this.#strings.text(name));
  }

  /** Directory 0 is the one that the compiler ran in; version 5 lists it, before that the unit tells. */
  #directory(index: number): string {
    const listed = this.#version < 5 ? index - 1 : index;
    const directory = this.#strings.text(this.#directories[listed] ?? NO_STRING);
    if (index === 0 && this.#version >= 5 && directory !== '') return directory;
    const first = this.#version < 5 ? NO_STRING : (this.#directories[0] ?? NO_STRING);
    const base = this.#strings.text(first === NO_STRING ? this.compilationDirectory : first);
    return joinPath(base, directory);
  }
}

export interface LineHeader {
  readonly program: LineProgramHeader;
  readonly files: FileTable;
}

/**
 * Reads the header of a line table behind its unit length, and leaves the reader at the program.
 * @throws RiscboxError `link/dwarf-…`
 */
export const readLineHeader = (
  reader: DwarfReader,
  offsetSize: OffsetSize,
  strings: DebugStrings,
): LineHeader => {
  const version = reader.u16();
  if (version < OLDEST_VERSION || version > NEWEST_VERSION) throw reader.malformed(`version ${version}`);
  const addressSize = version >= 5 ? reader.u8() : 0;
  // The size of segment selectors, which nobody has.
  if (version >= 5) reader.u8();
  const headerLength = reader.unsigned(offsetSize);
  const programStart = reader.offset + headerLength;
  if (headerLength > reader.remaining) throw reader.malformed(`a header of ${headerLength} bytes`);
  const minimumInstructionLength = reader.u8();
  const maximumOperations = version >= 4 ? Math.max(reader.u8(), 1) : 1;
  // default_is_stmt: every row is of interest here.
  reader.u8();
  const lineBase = (reader.u8() << 24) >> 24;
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  if (opcodeBase === 0) throw reader.malformed('no opcode base');
  const operandCounts = [...reader.take(opcodeBase - 1)];
  const files =
    version >= 5
      ? readEntries(reader, { version, addressSize, offsetSize }, strings)
      : readLists(reader, version, strings);
  reader.offset = programStart;
  const program = {
    minimumInstructionLength,
    maximumOperations,
    lineBase,
    lineRange,
    opcodeBase,
    operandCounts,
  };
  return { program, files };
};

/** Versions 2 to 4: lists that an empty name ends. */
const readLists = (reader: DwarfReader, version: number, strings: DebugStrings): FileTable => {
  const directories: StringPlace[] = [];
  while (!atEmptyString(reader)) directories.push(stringPlace('.debug_line', reader.skipString()));
  const files: SourceFile[] = [];
  while (!atEmptyString(reader)) files.push(readFile(reader));
  return new FileTable(version, directories, files, strings);
};

/** True when the next string is empty, which is skipped then. */
const atEmptyString = (reader: DwarfReader): boolean => {
  if (reader.u8() === 0) return true;
  reader.offset--;
  return false;
};

/** A file entry of versions 2 to 4, also in DW_LNE_define_file: name, directory, time and length. */
export const readFile = (reader: DwarfReader): SourceFile => {
  const name = stringPlace('.debug_line', reader.skipString());
  const directory = reader.uleb();
  reader.skipLeb();
  reader.skipLeb();
  return { name, directory };
};

/** Version 5: tables of entries that state their own format; directories and files alike. */
const readEntries = (reader: DwarfReader, sizes: FormSizes, strings: DebugStrings): FileTable => {
  const directories = readEntryTable(reader, sizes).map(({ name }) => name);
  return new FileTable(sizes.version, directories, readEntryTable(reader, sizes), strings);
};

const readEntryTable = (reader: DwarfReader, sizes: FormSizes): SourceFile[] => {
  const format = Array.from({ length: reader.u8() }, () => ({
    content: reader.uleb(),
    form: formOf(reader.uleb(), reader),
  }));
  const count = reader.uleb();
  // An entry takes a byte at least, or a count out of thin air would fill the memory.
  if (count > reader.remaining) throw reader.malformed(`${count} entries`);
  return Array.from({ length: count }, () => {
    let name = NO_STRING;
    let directory = 0;
    for (const { content, form } of format) {
      const direct = directForm(form, reader);
      const value = readForm(reader, direct, sizes, 0);
      if (content === DW_LNCT_path) name = stringOf(direct, value);
      else if (content === DW_LNCT_directory_index) directory = value;
    }
    return { name, directory };
  });
};

/** Line tables use these three forms for names; indexed strings would need a unit. */
const stringOf = ({ kind }: Form, value: number): StringPlace =>
  kind === 'string'
    ? stringPlace('.debug_line', value)
    : kind === 'string-offset'
      ? stringPlace('.debug_str', value)
      : kind === 'line-string-offset'
        ? stringPlace('.debug_line_str', value)
        : NO_STRING;
