import { plainView } from '../core/bytes.ts';
import type { Kind } from '../core/kind.ts';
import { isRiscvKind } from '../core/kind.ts';
import type {
  Blob,
  ContainerName,
  DebugSections,
  ExportTable,
  FunctionSymbol,
  ImportTable,
  JumpTable,
  RiscvImage,
  SpiFields,
} from './blob.ts';
import { fail as readFail } from './errors.ts';
import { checkField, MAX_SPI_HEAP_PAGES, MAX_SPI_SIZE } from './limits.ts';
import { checkDataLength, POLKAVM_VERSIONS } from './polkavm.ts';
import { checkProgramPart } from './program.ts';
import { WITHOUT_POLKAVM_PARTS } from './riscv.ts';
import { checkRiscvImage } from './riscv-rules.ts';
import { makeUnknownSections } from './sections.ts';
import {
  makeExportTable,
  makeImportTable,
  makeJumpTable,
  makeSymbolTable,
  type Name,
  PackedSymbolTable,
} from './tables.ts';
import { fail } from './write-errors.ts';

/** What `makeBlob` needs to know; everything left out is empty or zero. */
export interface BlobInit {
  readonly kind: Kind;
  /** Default: `riscv` with `riscv`, `jam-spi` with `spi`, else `polkavm` (`jam-raw` for kind `jam_gp07`). */
  readonly container?: ContainerName;
  /** Defaults to the length of the data, as `rwDataSize` does. */
  readonly roDataSize?: number;
  readonly rwDataSize?: number;
  readonly stackSize?: number;
  readonly roData?: Uint8Array;
  readonly rwData?: Uint8Array;
  /** Symbols by host-call number; an empty one leaves its number without an import. */
  readonly imports?: ImportTable | Iterable<Name>;
  readonly exports?: ExportTable | Iterable<{ readonly offset: number; readonly symbol: Name }>;
  /** Code offsets. */
  readonly jumpTable?: JumpTable | readonly number[] | Uint32Array;
  readonly code?: Uint8Array;
  readonly bitmask?: Uint8Array;
  readonly debug?: Partial<DebugSections>;
  readonly spi?: Partial<SpiFields>;
  readonly riscv?: Omit<RiscvImage, 'symbols'> & {
    readonly symbols?: Iterable<Omit<FunctionSymbol, 'name'> & { readonly name: Name }> | undefined;
  };
  readonly unknown?: Iterable<{ readonly id: number; readonly bytes: Uint8Array }>;
}

const NO_BYTES = new Uint8Array(0);

/**
 * A blob from its parts, ready for the writers: what they make of it can be read again.
 *
 * @throws RiscboxError `blob/*` when a part breaks a rule of the container
 */
export const makeBlob = (init: BlobInit): Blob => {
  const container = init.container ?? defaultContainer(init);
  checkKind(init.kind, container);
  checkParts(init, container);
  const stackSize = init.stackSize ?? 0;
  checkField('stackSize', stackSize, container === 'jam-spi' ? MAX_SPI_SIZE : undefined);
  const shared = {
    kind: init.kind,
    container,
    stackSize,
    exports: makeExports(init.exports),
    debug: { strings: NO_BYTES, linePrograms: NO_BYTES, lineRanges: NO_BYTES, ...init.debug },
    unknown: makeUnknownSections(init.unknown ?? []),
  };
  if (container === 'riscv') return { ...WITHOUT_POLKAVM_PARTS, ...shared, riscv: makeRiscvImage(init) };
  const blob: Blob = { ...shared, ...makePolkaVmParts(init) };
  return container === 'jam-spi' ? { ...blob, spi: makeSpi(blob, init.spi) } : blob;
};

const defaultContainer = ({ kind, riscv, spi }: BlobInit): ContainerName =>
  riscv ? 'riscv' : spi ? 'jam-spi' : kind === 'jam_gp07' ? 'jam-raw' : 'polkavm';

const checkKind = (kind: Kind, container: ContainerName): void => {
  const fits =
    container === 'polkavm' ? POLKAVM_VERSIONS.includes(kind) : isRiscvKind(kind) === (container === 'riscv');
  if (!fits) throw fail('blob/kind', { kind, container });
};

/** What a container has no place for must not get lost silently on writing. */
const PARTS_WITHOUT_PLACE: Readonly<Record<ContainerName, readonly (keyof BlobInit)[]>> = {
  polkavm: ['spi', 'riscv'],
  'jam-raw': [
    'roData',
    'rwData',
    'roDataSize',
    'rwDataSize',
    'stackSize',
    'imports',
    'exports',
    'debug',
    'spi',
    'riscv',
    'unknown',
  ],
  'jam-spi': ['imports', 'exports', 'debug', 'riscv', 'unknown'],
  riscv: ['roData', 'rwData', 'roDataSize', 'rwDataSize', 'imports', 'jumpTable', 'code', 'bitmask', 'spi'],
};

const checkParts = (init: BlobInit, container: ContainerName): void => {
  const part = PARTS_WITHOUT_PLACE[container].find((name) => init[name] !== undefined);
  if (part) throw fail('blob/part', { part, container });
};

const makePolkaVmParts = (init: BlobInit): Pick<Blob, keyof typeof WITHOUT_POLKAVM_PARTS> => {
  const roData = plainView(init.roData ?? NO_BYTES);
  const rwData = plainView(init.rwData ?? NO_BYTES);
  const code = plainView(init.code ?? NO_BYTES);
  const bitmask = plainView(init.bitmask ?? NO_BYTES);
  const { roDataSize = roData.length, rwDataSize = rwData.length } = init;
  checkField('roDataSize', roDataSize);
  checkField('rwDataSize', rwDataSize);
  checkDataLength('read-only', roData, roDataSize);
  checkDataLength('read-write', rwData, rwDataSize);
  const program = { jumpTable: makeJumps(init.jumpTable), code, bitmask };
  checkProgramPart(program);
  return { roDataSize, rwDataSize, roData, rwData, imports: makeImports(init.imports), ...program };
};

// Tables that already have their payload are taken as they are.
const makeExports = (exports: BlobInit['exports'] = []): ExportTable =>
  'bytes' in exports ? exports : makeExportTable(exports);

const makeImports = (imports: BlobInit['imports'] = []): ImportTable =>
  'offsets' in imports ? imports : makeImportTable(imports);

const makeJumps = (jumpTable: BlobInit['jumpTable'] = []): JumpTable =>
  'bytes' in jumpTable ? jumpTable : makeJumpTable(jumpTable);

/** The SPI form states lengths only: data cannot be shorter than its declared size. */
const makeSpi = (blob: Blob, init: Partial<SpiFields> = {}): SpiFields => {
  const { heapPages = 0, metadata } = init;
  checkField('heapPages', heapPages, MAX_SPI_HEAP_PAGES);
  checkField('roDataSize', blob.roDataSize, Math.min(blob.roData.length, MAX_SPI_SIZE));
  checkField('rwDataSize', blob.rwDataSize, Math.min(blob.rwData.length, MAX_SPI_SIZE));
  return { heapPages, metadata };
};

const makeRiscvImage = ({ riscv }: BlobInit): RiscvImage => {
  if (!riscv) throw readFail('blob/riscv-no-segments', {});
  const { embedded, entry, segments, extraStarts, programHeaders, symbols = [] } = riscv;
  checkField('entry', entry);
  if (programHeaders) {
    checkField('programHeaders.address', programHeaders.address);
    checkField('programHeaders.count', programHeaders.count);
    checkField('programHeaders.entrySize', programHeaders.entrySize);
  }
  const plain = segments.map((segment) => ({ ...segment, data: plainView(segment.data) }));
  const image = { embedded, entry, segments: plain, extraStarts, programHeaders };
  checkRiscvImage(image);
  return { ...image, symbols: symbols instanceof PackedSymbolTable ? symbols : makeSymbolTable(symbols) };
};
