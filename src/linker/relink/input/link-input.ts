import type { Width } from '../../../core/kind.ts';
import type { Elf } from '../../elf.ts';
import type { DataSection } from '../graph/data-section.ts';
import type { Import } from '../graph/import.ts';
import type { Where } from '../location.ts';

/** A section of instructions. */
export class CodeSection {
  readonly name: string;
  /** Address of its first byte in the file; in relocatable files one that the reader has chosen. Even. */
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Ascending by offset; at most one per instruction field, paired ones joined. */
  relocations: readonly CodeRelocation[] = [];

  constructor(name: string, address: number, bytes: Uint8Array) {
    this.name = name;
    this.address = address;
    this.bytes = bytes;
  }
}

/** A position in a section that is loaded. `offset` may be beyond the section's end, where symbols like `_end` are. */
export interface Place {
  readonly section: CodeSection | DataSection;
  readonly offset: number;
}

/** A relocation target: a place, or a number that does not move (absolute symbols, undefined weak ones as 0). */
export type Target = Place | { readonly section: undefined; readonly value: number };

/**
 * What a relocation says about one instruction, without regard to how linkers encode it:
 * - `call`: auipc + jalr at this offset and the next go to the target (CALL, CALL_PLT);
 * - `jump`: jal or c.j, c.jal (JAL, RVC_JUMP); `branch`: also compressed (BRANCH, RVC_BRANCH);
 * - `pcrel-high`, `got-high`: auipc of the target or of the slot that holds its address (also TLS GOT: `got-high`
 *   never means a thread-local there, those are refused);
 * - `pcrel-low`: the low part of the auipc at code offset `high` of the same section;
 * - `high`: lui, c.lui; `low`: the low part, in an addition, load or store;
 * - `gp-relative`: an addition, load or store that has the whole address, relative to gp or, where linkers found it
 *   near zero, to x0 (relaxation);
 * - `tp-high`, `tp-low`, `tp-add`: local-exec thread-local data; the target is the variable's initial copy;
 * - `pointer`: a pointer among the instructions, behind an `ecalli` of the guest's import functions.
 */
export type CodeRelocation =
  | { readonly kind: CodeRelocationKind; readonly offset: number; readonly target: Target }
  | { readonly kind: 'pcrel-low'; readonly offset: number; readonly high: number };

export type CodeRelocationKind =
  | 'call'
  | 'jump'
  | 'branch'
  | 'pcrel-high'
  | 'got-high'
  | 'high'
  | 'low'
  | 'gp-relative'
  | 'tp-high'
  | 'tp-low'
  | 'tp-add'
  | 'pointer';

/** A field of a data section, with code as places; lowering turns it into a DataReference. */
export interface PlacedReference {
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly to: Place;
  readonly minus: Place | undefined;
}

/** A function that the file wants to be callable by the host. */
export interface ExportRecord {
  readonly symbol: Uint8Array;
  readonly place: Place;
  /** Argument registers, 0 to 9, and registers of the result, 0 to 2. */
  readonly inputs: number;
  readonly outputs: number;
}

/** A named function or label of code; for explanations, listings and `explain`. */
export interface NamedCode {
  readonly name: string;
  readonly address: number;
  /** Bytes; 0 when the symbol does not tell. */
  readonly size: number;
  readonly isFunction: boolean;
}

/** A file with relocations, as the relinker sees it: sections by what they are for, and positions instead of addresses. */
export interface LinkInput {
  readonly elf: Elf;
  readonly width: Width;
  /** The file promises to use 16 registers only (EF_RISCV_RVE). */
  readonly embedded: boolean;
  /** Sections of code in the order of the file, apart from each other in address. */
  readonly code: readonly CodeSection[];
  /** Sections of data in the order of the file. */
  readonly data: readonly DataSection[];
  readonly references: ReadonlyMap<DataSection, readonly PlacedReference[]>;
  readonly exports: readonly ExportRecord[];
  /** The ELF entry point, if it is in code. */
  readonly entry: Place | undefined;
  /** The largest stack that the file asks for, in `.polkavm_min_stack_size` or PT_GNU_STACK; 0 when it does not. */
  readonly stackSize: number;
  /** Symbols in code, ascending by address. */
  readonly names: readonly NamedCode[];
  /** The value that gp is meant to have: `__global_pointer$`. */
  readonly globalPointer: Target | undefined;
  /** Where the initial copy of thread-local data begins: what tp is meant to hold in a program of one thread. */
  readonly threadPointer: Place | undefined;
  /**
   * The import that the metadata record at a place declares; the same record gives the same Import. Equal symbols with
   * different prototypes are a problem that is collected.
   */
  importAt(place: Place): Import;
  /** What was made of section `index` of the ELF file; undefined for sections that are not loaded. */
  sectionAt(index: number): CodeSection | DataSection | undefined;
  /** `name+0x12 (section .text, offset 0x40)`, for messages. */
  describe(section: CodeSection | DataSection, offset: number): Where;
}
