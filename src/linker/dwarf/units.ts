import type { Abbreviations, AbbreviationTable } from './abbreviations.ts';
import {
  DW_UT_compile,
  DW_UT_partial,
  DW_UT_skeleton,
  DW_UT_split_compile,
  DW_UT_split_type,
  DW_UT_type,
  NEWEST_VERSION,
  OLDEST_VERSION,
} from './format.ts';
import type { Form, FormSizes } from './forms.ts';
import type { FileTable } from './line-header.ts';
import { DwarfReader, type OffsetSize } from './reader.ts';
import type { DwarfSectionName, DwarfSections } from './sections.ts';
import { NO_STRING, type StringPlace, stringPlace } from './strings.ts';

/**
 * A unit of .debug_info: its header, and what its first entry says about how values of the others are to be read.
 */
export class Unit implements FormSizes {
  /** Position of the header, which references count from. */
  readonly offset: number;
  readonly version: number;
  readonly addressSize: number;
  readonly offsetSize: OffsetSize;
  readonly abbreviations: AbbreviationTable;
  readonly #sections: DwarfSections;
  stringOffsetsBase: number;
  addressBase: number;
  rangeListsBase: number;
  /** What offsets in range lists count from. */
  lowAddress = 0;
  files: FileTable | undefined;

  constructor(
    header: FormSizes & { readonly offset: number; readonly abbreviations: AbbreviationTable },
    sections: DwarfSections,
  ) {
    this.offset = header.offset;
    this.version = header.version;
    this.addressSize = header.addressSize;
    this.offsetSize = header.offsetSize;
    this.abbreviations = header.abbreviations;
    this.#sections = sections;
    // Without an attribute: behind the header of the section's only table (section 7.5.5).
    const tableHeader = header.version < 5 ? 0 : 2 * header.offsetSize;
    this.stringOffsetsBase = tableHeader;
    this.addressBase = tableHeader;
    this.rangeListsBase = 0;
  }

  /** Where the string of an attribute is. */
  string({ kind }: Form, value: number): StringPlace {
    switch (kind) {
      case 'string':
        return stringPlace('.debug_info', value);
      case 'string-offset':
        return stringPlace('.debug_str', value);
      case 'line-string-offset':
        return stringPlace('.debug_line_str', value);
      case 'string-index': {
        const at = this.stringOffsetsBase + value * this.offsetSize;
        return stringPlace('.debug_str', this.#entry('.debug_str_offsets', at, this.offsetSize));
      }
      default:
        return NO_STRING;
    }
  }

  /** An address from an attribute of an address form. */
  address({ kind }: Form, value: number): number {
    return kind === 'address-index' ? this.indexedAddress(value) : value;
  }

  indexedAddress(index: number): number {
    return this.#entry('.debug_addr', this.addressBase + index * this.addressSize, this.addressSize);
  }

  /** Position in .debug_info that a reference points to; undefined when it points out of the file. */
  reference({ kind }: Form, value: number): number | undefined {
    return kind === 'unit-reference' ? this.offset + value : kind === 'reference' ? value : undefined;
  }

  /** Where a range list is: an offset, or one of the offsets behind the base. */
  rangeList({ kind }: Form, value: number): number {
    if (kind !== 'range-list-index') return value;
    const at = this.rangeListsBase + value * this.offsetSize;
    return this.rangeListsBase + this.#entry('.debug_rnglists', at, this.offsetSize);
  }

  #entry(section: DwarfSectionName, at: number, size: number): number {
    const reader = new DwarfReader(this.#sections[section], section);
    reader.skip(at);
    return reader.unsigned(size);
  }
}

/** The header of a unit, or undefined for type units, which no code belongs to. */
export const readUnit = (
  reader: DwarfReader,
  offset: number,
  offsetSize: OffsetSize,
  abbreviations: Abbreviations,
  sections: DwarfSections,
): Unit | undefined => {
  const version = reader.u16();
  if (version < OLDEST_VERSION || version > NEWEST_VERSION) throw reader.malformed(`version ${version}`);
  let type = DW_UT_compile;
  let addressSize: number;
  let table: number;
  if (version >= 5) {
    type = reader.u8();
    addressSize = reader.u8();
    table = reader.unsigned(offsetSize);
  } else {
    table = reader.unsigned(offsetSize);
    addressSize = reader.u8();
  }
  switch (type) {
    case DW_UT_compile:
    case DW_UT_partial:
      break;
    case DW_UT_skeleton:
      // The identification of the file with the rest.
      reader.skip(8);
      break;
    case DW_UT_type:
    case DW_UT_split_compile:
    case DW_UT_split_type:
      return undefined;
    default:
      throw reader.malformed(`unknown unit type ${type}`);
  }
  if (addressSize !== 4 && addressSize !== 8) throw reader.malformed(`addresses of ${addressSize} bytes`);
  const sizes = { version, addressSize, offsetSize };
  return new Unit({ ...sizes, offset, abbreviations: abbreviations.table(table, sizes) }, sections);
};
