import { AttributeValues } from './attribute-values.ts';
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
import type { FunctionExtents } from './function-extents.ts';
import { DEEPEST_CALL, type FunctionNode, type Scope, type Subprogram } from './functions.ts';
import type { FileTable } from './line-header.ts';
import type { RangeLists } from './ranges.ts';
import type { DwarfReader } from './reader.ts';
import { NO_STRING, type StringPlace } from './strings.ts';
import type { Unit } from './units.ts';

/** Where what is found in the units of a file goes, and what they refer to. */
export interface EntryContext {
  readonly lineTables: ReadonlyMap<number, FileTable>;
  readonly rangeLists: RangeLists;
  /** By position in .debug_info. */
  readonly subprograms: Map<number, Subprogram>;
  readonly extents: FunctionExtents;
}

/** Around the children of an entry. */
interface Surroundings {
  readonly scope: Scope | undefined;
  readonly node: FunctionNode | undefined;
}

const NOWHERE: Surroundings = { scope: undefined, node: undefined };

/** Walks over the entries of a unit, with the reader behind the unit's header. */
export class EntryWalk {
  readonly #reader: DwarfReader;
  readonly #unit: Unit;
  readonly #context: EntryContext;
  readonly #values = new AttributeValues();

  constructor(reader: DwarfReader, unit: Unit, context: EntryContext) {
    this.#reader = reader;
    this.#unit = unit;
    this.#context = context;
  }

  /** @throws RiscboxError `link/dwarf-…` */
  run(): void {
    const reader = this.#reader;
    const around: Surroundings[] = [];
    let current = NOWHERE;
    while (reader.remaining > 0) {
      const position = reader.position;
      const code = reader.uleb();
      if (code === 0) {
        current = around.pop() ?? NOWHERE;
        if (around.length === 0) return;
        continue;
      }
      const abbreviation = this.#unit.abbreviations.get(code);
      if (abbreviation === undefined) throw reader.malformed(`unknown abbreviation ${code}`);
      this.#values.read(reader, abbreviation.steps, this.#unit);
      const inside = this.#entry(abbreviation.tag, position, current);
      if (!abbreviation.hasChildren) continue;
      around.push(current);
      current = inside;
    }
  }

  /** Takes down an entry; returns the surroundings of its children. */
  #entry(tag: number, position: number, around: Surroundings): Surroundings {
    switch (tag) {
      case DW_TAG_compile_unit:
      case DW_TAG_partial_unit:
      case DW_TAG_skeleton_unit:
        this.#unitEntry();
        return around;
      case DW_TAG_namespace:
      case DW_TAG_class_type:
      case DW_TAG_structure_type:
      case DW_TAG_union_type:
      case DW_TAG_interface_type:
      case DW_TAG_enumeration_type:
        return { scope: this.#scope(tag === DW_TAG_namespace, around.scope), node: around.node };
      case DW_TAG_subprogram:
        return { scope: around.scope, node: this.#subprogram(position, around.scope) };
      case DW_TAG_inlined_subroutine:
        return { scope: around.scope, node: this.#inlined(around.node) };
      default:
        return around;
    }
  }

  #unitEntry(): void {
    const unit = this.#unit;
    const values = this.#values;
    // Bases first: the other values may need them.
    unit.stringOffsetsBase = values.get(DW_AT_str_offsets_base)?.value ?? unit.stringOffsetsBase;
    unit.addressBase =
      (values.get(DW_AT_addr_base) ?? values.get(DW_AT_GNU_addr_base))?.value ?? unit.addressBase;
    unit.rangeListsBase = values.get(DW_AT_rnglists_base)?.value ?? 0;
    unit.lowAddress = this.#address(DW_AT_low_pc) ?? 0;
    const table = values.get(DW_AT_stmt_list);
    unit.files = table === undefined ? undefined : this.#context.lineTables.get(table.value);
    const directory = this.#string(DW_AT_comp_dir);
    if (unit.files !== undefined && directory !== NO_STRING) unit.files.compilationDirectory = directory;
  }

  #scope(isNamespace: boolean, parent: Scope | undefined): Scope {
    return { parent, name: this.#string(DW_AT_name), isNamespace };
  }

  /** The node of the function, or undefined when no code belongs to this entry. */
  #subprogram(position: number, scope: Scope | undefined): FunctionNode | undefined {
    const values = this.#values;
    const unit = this.#unit;
    const linkageName = this.#string(DW_AT_linkage_name);
    this.#context.subprograms.set(position, {
      unit,
      scope,
      name: this.#string(DW_AT_name),
      linkageName: linkageName === NO_STRING ? this.#string(DW_AT_MIPS_linkage_name) : linkageName,
      origin: this.#reference(DW_AT_abstract_origin) ?? this.#reference(DW_AT_specification),
      file: values.get(DW_AT_decl_file)?.value,
      line: values.place(DW_AT_decl_line),
      column: values.place(DW_AT_decl_column),
    });
    if (!this.#hasCode()) return undefined;
    const call = { callFile: undefined, callLine: 0, callColumn: 0 };
    const node = { parent: undefined, depth: 0, definition: position, unit, ...call };
    this.#addExtents(node);
    return node;
  }

  /** Calls nested deeper than frames can tell belong to the function around them. */
  #inlined(parent: FunctionNode | undefined): FunctionNode | undefined {
    const definition = this.#reference(DW_AT_abstract_origin);
    if (parent === undefined || definition === undefined || parent.depth >= DEEPEST_CALL) return parent;
    const values = this.#values;
    const node = {
      parent,
      depth: parent.depth + 1,
      definition,
      unit: this.#unit,
      callFile: values.get(DW_AT_call_file)?.value,
      callLine: values.place(DW_AT_call_line),
      callColumn: values.place(DW_AT_call_column),
    };
    this.#addExtents(node);
    return node;
  }

  #hasCode(): boolean {
    return this.#values.get(DW_AT_ranges) !== undefined || this.#values.get(DW_AT_high_pc) !== undefined;
  }

  #addExtents(node: FunctionNode): void {
    const { rangeLists, extents } = this.#context;
    const ranges = this.#values.get(DW_AT_ranges);
    if (ranges !== undefined) {
      const list = this.#unit.rangeList(ranges.form, ranges.value);
      rangeLists.read(this.#unit, list, (begin, end) => extents.add(node, begin, end));
      return;
    }
    const low = this.#address(DW_AT_low_pc);
    const high = this.#values.get(DW_AT_high_pc);
    if (low === undefined || high === undefined) return;
    // From version 4 on usually the length.
    const { kind } = high.form;
    const end = kind === 'constant' ? low + high.value : this.#unit.address(high.form, high.value);
    extents.add(node, low, end);
  }

  #address(attribute: number): number | undefined {
    const value = this.#values.get(attribute);
    return value === undefined ? undefined : this.#unit.address(value.form, value.value);
  }

  #string(attribute: number): StringPlace {
    const value = this.#values.get(attribute);
    return value === undefined ? NO_STRING : this.#unit.string(value.form, value.value);
  }

  #reference(attribute: number): number | undefined {
    const value = this.#values.get(attribute);
    return value === undefined ? undefined : this.#unit.reference(value.form, value.value);
  }
}
