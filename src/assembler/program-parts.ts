import type { Blob, ContainerName, Framing, ImportTable, RiscvSegment } from '../blob/blob.ts';
import { READER_ERRORS } from '../blob/errors.ts';
import { checkField } from '../blob/limits.ts';
import { type BlobInit, makeBlob } from '../blob/make.ts';
import { PackedExportTable, PackedImportTable, PackedJumpTable, PackedSymbolTable } from '../blob/tables.ts';
import { ByteReader, ByteWriter, compareBytes } from '../core/bytes.ts';
import { isRiscvKind, type Kind } from '../core/kind.ts';
import type { BuiltCode } from './code-builder.ts';
import type { LabelReference, Labels } from './labels.ts';

/** A place in the code: a label, or an offset (in RISC-V kinds an address) as a number. */
export type Place = LabelReference | number;

/** Numbers that a directive sets, by its name. */
export type NumberPart =
  | 'ro_data_size'
  | 'rw_data_size'
  | 'stack_size'
  | 'jump_table_entry_size'
  | 'jump_table_count'
  | 'heap_pages'
  | 'entry';

/** Byte strings that a directive sets or goes on with, by its name. */
export type BytesPart =
  | 'ro_data'
  | 'rw_data'
  | 'metadata'
  | 'raw_imports'
  | 'raw_exports'
  | 'raw_symbols'
  | 'debug_strings'
  | 'debug_line_programs'
  | 'debug_line_ranges'
  | 'trailing';

export interface SegmentPart extends Omit<RiscvSegment, 'data'> {
  readonly data: ByteWriter;
}

/** Everything of a program but its instructions, as the directives have filled it in. */
export class ProgramParts {
  readonly kind: Kind;
  container: ContainerName | undefined;
  embedded = false;
  programHeaders:
    | { readonly address: number; readonly count: number; readonly entrySize: number }
    | undefined;
  jumpTable: Place[] | undefined;
  emptySections: number[] = [];
  readonly numbers: Map<NumberPart, number> = new Map();
  readonly bytes: Map<BytesPart, ByteWriter> = new Map();
  readonly imports: Map<number, Uint8Array> = new Map();
  readonly exports: { readonly symbol: Uint8Array; readonly place: Place }[] = [];
  /** Labels with `pub` in front. */
  readonly public: LabelReference[] = [];
  readonly sections: { readonly id: number; readonly bytes: ByteWriter }[] = [];
  readonly segments: SegmentPart[] = [];
  readonly blockStarts: number[] = [];
  readonly symbols: { readonly address: number; readonly size: number; readonly name: Uint8Array }[] = [];
  /** Entries that `X = @label` asks for. */
  readonly #added: LabelReference[] = [];
  /** First positions of the stated entries; made when the text has been read. */
  #entries: ReadonlyMap<Place, number> | undefined;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  /** Position in the jump table of a label's code address: the stated entry, else a new one behind all others. */
  entryOf(label: LabelReference): number {
    this.#entries ??= new Map(
      this.jumpTable?.map((place, index): [Place, number] => [place, index]).reverse(),
    );
    return this.#entries.get(label) ?? (this.jumpTable?.length ?? 0) + this.#added.push(label) - 1;
  }

  /** @throws RiscboxError `blob/*` for what breaks a rule of the container */
  toBlob(labels: Labels, built: BuiltCode | undefined): Blob {
    const offsetOf = (place: Place): number =>
      typeof place === 'number' ? place : (built?.offsetOf(labels.indexOf(place)) ?? 0);
    const isRiscv = isRiscvKind(this.kind);
    const framing = this.#framing();
    const blob = makeBlob({
      kind: this.kind,
      ...present('container', this.container),
      ...present('stackSize', this.numbers.get('stack_size')),
      ...present('roDataSize', this.numbers.get('ro_data_size')),
      ...present('rwDataSize', this.numbers.get('rw_data_size')),
      ...present('roData', this.bytes.get('ro_data')?.finish()),
      ...present('rwData', this.bytes.get('rw_data')?.finish()),
      ...present('imports', this.#imports()),
      ...present('exports', this.#exports(offsetOf)),
      ...present('jumpTable', isRiscv && this.jumpTable === undefined ? undefined : this.#jumps(offsetOf)),
      ...present('code', built?.code),
      ...present('bitmask', built?.bitmask),
      ...present('debug', this.#debug()),
      ...present('spi', this.#spi()),
      ...present('riscv', isRiscv || this.#hasRiscvParts ? this.#riscv() : undefined),
      ...present('unknown', this.sections.length === 0 ? undefined : this.#sections()),
    });
    return framing === undefined ? blob : { ...blob, framing };
  }

  #imports(): BlobInit['imports'] {
    const raw = this.bytes.get('raw_imports');
    if (raw !== undefined) return readImports(raw.finish());
    if (this.imports.size === 0) return undefined;
    const highest = Math.max(...this.imports.keys());
    return Array.from({ length: highest + 1 }, (_, index) => this.imports.get(index) ?? NO_BYTES);
  }

  #exports(offsetOf: (place: Place) => number): BlobInit['exports'] {
    const raw = this.bytes.get('raw_exports');
    if (raw !== undefined) return new PackedExportTable(raw.finish());
    const entries = [...this.exports, ...sortedByName(this.public)].map(({ symbol, place }) => ({
      symbol,
      offset: offsetOf(place),
    }));
    return entries.length === 0 ? undefined : entries;
  }

  #jumps(offsetOf: (place: Place) => number): BlobInit['jumpTable'] {
    const targets = [...(this.jumpTable ?? []), ...this.#added].map(offsetOf);
    const entrySize = this.numbers.get('jump_table_entry_size');
    if (entrySize === undefined) return targets;
    const count = entrySize === 0 ? (this.numbers.get('jump_table_count') ?? targets.length) : targets.length;
    const writer = new ByteWriter(targets.length * Math.min(entrySize, 4));
    for (const target of targets) {
      if (entrySize > 0) checkField('jump target', target, Math.min(256 ** entrySize, 2 ** 32) - 1);
      writer.uint(target, Math.min(entrySize, 4));
    }
    return new PackedJumpTable(count, entrySize, entrySize === 0 ? NO_BYTES : writer.finish());
  }

  #debug(): BlobInit['debug'] {
    const parts = {
      ...present('strings', this.bytes.get('debug_strings')?.finish()),
      ...present('linePrograms', this.bytes.get('debug_line_programs')?.finish()),
      ...present('lineRanges', this.bytes.get('debug_line_ranges')?.finish()),
    };
    return Object.keys(parts).length === 0 ? undefined : parts;
  }

  #spi(): BlobInit['spi'] {
    const heapPages = this.numbers.get('heap_pages');
    const metadata = this.bytes.get('metadata')?.finish();
    if (heapPages === undefined && metadata === undefined) return undefined;
    return { ...present('heapPages', heapPages), metadata };
  }

  /** In other kinds these parts are a mistake, which `makeBlob` reports. */
  get #hasRiscvParts(): boolean {
    const { segments, blockStarts, symbols, programHeaders, numbers, bytes } = this;
    const count = segments.length + blockStarts.length + symbols.length;
    return count > 0 || this.embedded || !!programHeaders || numbers.has('entry') || bytes.has('raw_symbols');
  }

  #riscv(): BlobInit['riscv'] {
    const rawSymbols = this.bytes.get('raw_symbols')?.finish();
    return {
      embedded: this.embedded,
      entry: this.numbers.get('entry') ?? 0,
      segments: this.segments.map((segment) => ({ ...segment, data: segment.data.finish() })),
      extraStarts: this.blockStarts,
      programHeaders: this.programHeaders,
      symbols: rawSymbols === undefined ? this.symbols : new PackedSymbolTable(rawSymbols),
    };
  }

  #sections(): NonNullable<BlobInit['unknown']> {
    return this.sections.map(({ id, bytes }) => ({ id, bytes: bytes.finish() }));
  }

  #framing(): Framing | undefined {
    const trailing = this.bytes.get('trailing')?.finish() ?? NO_BYTES;
    if (this.emptySections.length === 0 && trailing.length === 0) return undefined;
    return { emptySections: this.emptySections, trailing };
  }
}

const NO_BYTES = new Uint8Array(0);

/** A property that is left out when it has no value. */
const present = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);

const readImports = (payload: Uint8Array): ImportTable => {
  const reader = new ByteReader(payload, READER_ERRORS);
  const count = reader.varint();
  return new PackedImportTable(count, reader.take(count * 4), reader.rest());
};

/** PolkaVM 0.35's assembler exports labels in the order of their names' bytes. */
const sortedByName = (
  labels: readonly LabelReference[],
): { readonly symbol: Uint8Array; readonly place: LabelReference }[] => {
  const encoder = new TextEncoder();
  return labels
    .map((place) => ({ symbol: encoder.encode(place.name), place }))
    .sort((a, b) => compareBytes(a.symbol, b.symbol));
};
