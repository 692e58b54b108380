import { fail } from './errors.ts';
import {
  DW_AT_abstract_origin,
  DW_AT_addr_base,
  DW_AT_call_column,
  DW_AT_call_file,
  DW_AT_call_line,
  DW_AT_comp_dir,
  DW_AT_decl_column,
  DW_AT_decl_file,
  DW_AT_decl_line,
  DW_AT_GNU_addr_base,
  DW_AT_high_pc,
  DW_AT_linkage_name,
  DW_AT_low_pc,
  DW_AT_MIPS_linkage_name,
  DW_AT_name,
  DW_AT_ranges,
  DW_AT_rnglists_base,
  DW_AT_specification,
  DW_AT_stmt_list,
  DW_AT_str_offsets_base,
  DW_TAG_class_type,
  DW_TAG_compile_unit,
  DW_TAG_enumeration_type,
  DW_TAG_inlined_subroutine,
  DW_TAG_interface_type,
  DW_TAG_namespace,
  DW_TAG_partial_unit,
  DW_TAG_skeleton_unit,
  DW_TAG_structure_type,
  DW_TAG_subprogram,
  DW_TAG_union_type,
} from './format.ts';
import { type Form, type FormSizes, fixedSize, formOf } from './forms.ts';
import { DwarfReader } from './reader.ts';

const SCOPE: readonly number[] = [DW_AT_name];
const UNIT: readonly number[] = [
  DW_AT_comp_dir,
  DW_AT_stmt_list,
  DW_AT_low_pc,
  DW_AT_str_offsets_base,
  DW_AT_addr_base,
  DW_AT_GNU_addr_base,
  DW_AT_rnglists_base,
];

/** The entries that are looked at, and their attributes. All others are only skipped. */
const WANTED: ReadonlyMap<number, ReadonlySet<number>> = new Map(
  (
    [
      [DW_TAG_compile_unit, UNIT],
      [DW_TAG_partial_unit, UNIT],
      [DW_TAG_skeleton_unit, UNIT],
      [DW_TAG_namespace, SCOPE],
      [DW_TAG_class_type, SCOPE],
      [DW_TAG_structure_type, SCOPE],
      [DW_TAG_union_type, SCOPE],
      [DW_TAG_interface_type, SCOPE],
      [DW_TAG_enumeration_type, SCOPE],
      [
        DW_TAG_subprogram,
        [
          DW_AT_name,
          DW_AT_linkage_name,
          DW_AT_MIPS_linkage_name,
          DW_AT_abstract_origin,
          DW_AT_specification,
          DW_AT_decl_file,
          DW_AT_decl_line,
          DW_AT_decl_column,
          DW_AT_low_pc,
          DW_AT_high_pc,
          DW_AT_ranges,
        ],
      ],
      [
        DW_TAG_inlined_subroutine,
        [
          DW_AT_abstract_origin,
          DW_AT_call_file,
          DW_AT_call_line,
          DW_AT_call_column,
          DW_AT_low_pc,
          DW_AT_high_pc,
          DW_AT_ranges,
        ],
      ],
    ] as const
  ).map(([tag, attributes]) => [tag, new Set<number>(attributes)]),
);

/** What to do next in an entry: skip bytes, skip a value of variable size, or read an attribute. */
export interface AttributeStep {
  /** 0 when the value is not wanted. */
  readonly attribute: number;
  /** Undefined when `bytes` are skipped. */
  readonly form: Form | undefined;
  readonly bytes: number;
  /** Value of DW_FORM_implicit_const. */
  readonly implicit: number;
}

/** The shape of entries of one code. */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly steps: readonly AttributeStep[];
}

export type AbbreviationTable = ReadonlyMap<number, Abbreviation>;

/** Tables may overlap in a broken file; real ones are apart, though units with other sizes read them again. */
const VOLUME_FACTOR = 8;

const SECTION = '.debug_abbrev';

/** The abbreviation tables of a file. */
export class Abbreviations {
  readonly #bytes: Uint8Array;
  readonly #tables = new Map<string, AbbreviationTable>();
  #volume = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * The table at an offset, for units of the given sizes.
   * @throws RiscboxError `link/dwarf-…`
   */
  table(offset: number, sizes: FormSizes): AbbreviationTable {
    const key = `${offset} ${sizes.version} ${sizes.addressSize} ${sizes.offsetSize}`;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const limit = VOLUME_FACTOR * this.#bytes.length;
    if (this.#volume > limit) throw fail('link/dwarf-volume', { section: SECTION, limit });
    const reader = new DwarfReader(this.#bytes, SECTION);
    reader.skip(offset);
    try {
      const table = readTable(reader, sizes);
      this.#tables.set(key, table);
      return table;
    } finally {
      this.#volume += reader.offset - offset;
    }
  }
}

const readTable = (reader: DwarfReader, sizes: FormSizes): AbbreviationTable => {
  const table = new Map<number, Abbreviation>();
  for (;;) {
    const code = reader.uleb();
    if (code === 0) return table;
    const tag = reader.uleb();
    const hasChildren = reader.u8() !== 0;
    table.set(code, { tag, hasChildren, steps: readSteps(reader, sizes, WANTED.get(tag)) });
  }
};

const readSteps = (
  reader: DwarfReader,
  sizes: FormSizes,
  wanted: ReadonlySet<number> | undefined,
): AttributeStep[] => {
  const steps: AttributeStep[] = [];
  const seen = new Set<number>();
  let bytes = 0;
  const flush = (): void => {
    if (bytes > 0) steps.push({ attribute: 0, form: undefined, bytes, implicit: 0 });
    bytes = 0;
  };
  for (;;) {
    const attribute = reader.uleb();
    const code = reader.uleb();
    if (attribute === 0 && code === 0) break;
    const form = formOf(code, reader);
    const implicit = form.encoding === 'implicit' ? reader.sleb() : 0;
    // Only the first of several: values may take no bytes, and then nothing else would bound their number.
    const isWanted = wanted?.has(attribute) === true && !seen.has(attribute);
    seen.add(attribute);
    const size = isWanted ? undefined : fixedSize(form, sizes);
    if (size !== undefined) bytes += size;
    else {
      flush();
      steps.push({ attribute: isWanted ? attribute : 0, form, bytes: 0, implicit });
    }
  }
  flush();
  return steps;
};
