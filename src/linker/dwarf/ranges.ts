import { fail } from './errors.ts';
import {
  DW_RLE_base_address,
  DW_RLE_base_addressx,
  DW_RLE_end_of_list,
  DW_RLE_offset_pair,
  DW_RLE_start_end,
  DW_RLE_start_length,
  DW_RLE_startx_endx,
  DW_RLE_startx_length,
} from './format.ts';
import { DwarfReader } from './reader.ts';
import type { DwarfSectionName, DwarfSections } from './sections.ts';
import type { Unit } from './units.ts';

/** Addresses `begin` to `end - 1`. */
export type AddRange = (begin: number, end: number) => void;

/** Lists may be shared and overlap in a broken file; real ones are referred to once, or twice with their unit. */
const VOLUME_FACTOR = 4;

/** The range lists of a file: .debug_ranges before version 5, .debug_rnglists from then on. */
export class RangeLists {
  readonly #sections: DwarfSections;
  #volume = 0;

  constructor(sections: DwarfSections) {
    this.#sections = sections;
  }

  /**
   * Calls `add` with every range of the list at an offset.
   * @throws RiscboxError `link/dwarf-…`
   */
  read(unit: Unit, offset: number, add: AddRange): void {
    const section: DwarfSectionName = unit.version < 5 ? '.debug_ranges' : '.debug_rnglists';
    const bytes = this.#sections[section];
    const limit = VOLUME_FACTOR * bytes.length;
    if (this.#volume > limit) throw fail('link/dwarf-volume', { section, limit });
    const reader = new DwarfReader(bytes, section);
    reader.skip(offset);
    try {
      if (unit.version < 5) readPairs(reader, unit, add);
      else readList(reader, unit, add);
    } finally {
      this.#volume += reader.offset - offset;
    }
  }
}

/** DWARF 4, section 2.17.3: pairs of addresses; the largest address before a new base, two zeros at the end. */
const readPairs = (reader: DwarfReader, unit: Unit, add: AddRange): void => {
  const largest = unit.addressSize === 8 ? 2 ** 64 : 2 ** 32 - 1;
  let base = unit.lowAddress;
  for (;;) {
    const begin = reader.unsigned(unit.addressSize);
    const end = reader.unsigned(unit.addressSize);
    if (begin === 0 && end === 0) return;
    if (begin === largest) base = end;
    else add(base + begin, base + end);
  }
};

/** DWARF 5, section 2.17.3. */
const readList = (reader: DwarfReader, unit: Unit, add: AddRange): void => {
  let base = unit.lowAddress;
  for (;;) {
    const kind = reader.u8();
    switch (kind) {
      case DW_RLE_end_of_list:
        return;
      case DW_RLE_base_addressx:
        base = unit.indexedAddress(reader.uleb());
        break;
      case DW_RLE_base_address:
        base = reader.unsigned(unit.addressSize);
        break;
      case DW_RLE_offset_pair: {
        const begin = base + reader.uleb();
        add(begin, base + reader.uleb());
        break;
      }
      case DW_RLE_startx_endx: {
        const begin = unit.indexedAddress(reader.uleb());
        add(begin, unit.indexedAddress(reader.uleb()));
        break;
      }
      case DW_RLE_startx_length: {
        const begin = unit.indexedAddress(reader.uleb());
        add(begin, begin + reader.uleb());
        break;
      }
      case DW_RLE_start_end: {
        const begin = reader.unsigned(unit.addressSize);
        add(begin, reader.unsigned(unit.addressSize));
        break;
      }
      case DW_RLE_start_length: {
        const begin = reader.unsigned(unit.addressSize);
        add(begin, begin + reader.uleb());
        break;
      }
      default:
        throw reader.malformed(`unknown kind ${kind} of range`);
    }
  }
};
