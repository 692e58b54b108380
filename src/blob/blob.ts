import type { Kind } from '../core/kind.ts';

/**
 * The parsed form of a program file. Everything that reads, links, decodes or runs a program starts from this
 * value.
 *
 * All byte fields of a blob that was read are views into the input: they cost nothing, and they change when
 * the caller changes the input. Values made by `makeBlob` are views into what it was given.
 */
export interface Blob {
  readonly kind: Kind;
  readonly container: ContainerName;
  /** Size of the read-only data in guest memory, in bytes; at least `roData.length`, the rest is zero. */
  readonly roDataSize: number;
  /** Size of the read-write data in guest memory, in bytes; at least `rwData.length`, the rest is zero. */
  readonly rwDataSize: number;
  /** Stack size in bytes as declared: not rounded to pages. RISC-V profile: 0 leaves the choice to the host. */
  readonly stackSize: number;
  readonly roData: Uint8Array;
  readonly rwData: Uint8Array;
  /** Host functions by number: `ecalli i` calls import `i`. Empty in JAM and RISC-V programs. */
  readonly imports: ImportTable;
  readonly exports: ExportTable;
  readonly jumpTable: JumpTable;
  /** PolkaVM bytecode. Empty in the RISC-V profile, where code stays inside its segment. */
  readonly code: Uint8Array;
  /** Bit k (least significant bit of byte 0 first) is 1 when an instruction starts at code offset k. */
  readonly bitmask: Uint8Array;
  readonly debug: DebugSections;
  /** Only in JAM SPI containers. */
  readonly spi?: SpiFields;
  /** Only in the RISC-V profile. */
  readonly riscv?: RiscvImage;
  /** Optional sections nobody here knows, and known ones that came late or twice, in file order. */
  readonly unknown: UnknownSections;
  /** Sections that were present although empty, and bytes behind the end: kept so that writing gives them back. */
  readonly framing?: Framing;
}

/** PolkaVM's container, a bare JAM program, a JAM standard program (SPI), or our RISC-V profile container. */
export type ContainerName = 'polkavm' | 'jam-raw' | 'jam-spi' | 'riscv';

export interface ImportTable {
  readonly count: number;
  /** `count` little-endian u32 offsets into `symbols`. */
  readonly offsets: Uint8Array;
  /** All symbols end to end. */
  readonly symbols: Uint8Array;
  /** Bytes of symbol `index` (normally UTF-8), or undefined when there is none or its range is broken. */
  symbol(index: number): Uint8Array | undefined;
}

/** One exported function: `offset` is a code offset, in the RISC-V profile a guest address. */
export interface Export {
  readonly offset: number;
  readonly symbol: Uint8Array;
}

/** Exports in file order; iteration decodes lazily and ends at the first malformed entry. */
export interface ExportTable extends Iterable<Export> {
  /** The whole payload of the exports section. */
  readonly bytes: Uint8Array;
}

export interface JumpTable {
  /** Usable entries: 0 when `entrySize` is 0, whatever the file declares. */
  readonly count: number;
  /** The count the file states; differs from `count` only when `entrySize` is 0. */
  readonly declaredCount: number;
  /** Bytes per entry, 0 to 4. */
  readonly entrySize: number;
  readonly bytes: Uint8Array;
  /**
   * Code offset of entry `index`, 0 to `count - 1`; guest code address `2 * (index + 1)` means this entry.
   * @throws RiscboxError `blob/jump-table-index` for any other index
   */
  target(index: number): number;
}

/** Payloads of the three debug sections; `debug.ts` interprets them. */
export interface DebugSections {
  readonly strings: Uint8Array;
  readonly linePrograms: Uint8Array;
  readonly lineRanges: Uint8Array;
}

export interface SpiFields {
  /** Pages of 4096 bytes added behind the read-write data, 0 to 65535. */
  readonly heapPages: number;
  /** The metadata in front of the container, or undefined when the file has none. */
  readonly metadata: Uint8Array | undefined;
}

export interface UnknownSection {
  /** 128 to 255. */
  readonly id: number;
  /** Offset of the section's id byte in the blob it was read from; in a blob that was made, in `bytes` below. */
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** Skipped sections. They lie side by side in the file and are only taken apart by iteration. */
export interface UnknownSections extends Iterable<UnknownSection> {
  /** All of them with their ids and lengths. */
  readonly bytes: Uint8Array;
}

/** What a valid file can hold and our writer would leave out. */
export interface Framing {
  /** Ids of known sections that are present although they say nothing, so that a writer would omit them. */
  readonly emptySections: readonly number[];
  /** Bytes behind the end-of-file section id; readers ignore them. */
  readonly trailing: Uint8Array;
}

/** A RISC-V program as it lies in guest memory. */
export interface RiscvImage {
  /** RV32E or RV64E program: 16 registers, system call number in t0. */
  readonly embedded: boolean;
  /** Guest address of the first instruction; 0 outside executable segments means that there are only exports. */
  readonly entry: number;
  /** Ascending by address, not overlapping. */
  readonly segments: readonly RiscvSegment[];
  /** Basic-block starts that the sweep does not imply: even guest addresses in executable segments, ascending. */
  readonly extraStarts: readonly number[] | Uint32Array;
  /** Where the ELF program headers lie in guest memory, for auxv AT_PHDR; undefined when no segment has them. */
  readonly programHeaders?: RiscvProgramHeaders | undefined;
  /** Function names; absent or empty when stripped. */
  readonly symbols?: SymbolTable | undefined;
}

export interface RiscvSegment {
  /** Guest address of the first byte; even for executable segments. */
  readonly address: number;
  /** Bytes in guest memory, at least 1 and at least `data.length`; the rest is zero. */
  readonly memorySize: number;
  readonly data: Uint8Array;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
}

export interface RiscvProgramHeaders {
  readonly address: number;
  readonly count: number;
  /** Bytes per header: 32 in ELF32 files, 56 in ELF64 files. */
  readonly entrySize: number;
}

/** Name of the function at guest addresses `address` to `address + size - 1`. */
export interface FunctionSymbol {
  readonly address: number;
  /** In bytes; 0 when unknown. */
  readonly size: number;
  readonly name: Uint8Array;
}

/** Function symbols, ascending by address; iteration decodes lazily and ends at the first malformed entry. */
export interface SymbolTable extends Iterable<FunctionSymbol> {
  /** The whole payload of the symbols section. */
  readonly bytes: Uint8Array;
}
