import { blake3 } from '@noble/hashes/blake3.js';
import { ByteWriter } from '../core/bytes.ts';
import type { Kind } from '../core/kind.ts';
import type { Blob, RiscvImage } from './blob.ts';

export interface HashOptions {
  /** Include the debug sections (and RISC-V symbols, and SPI metadata); default false. */
  readonly debug?: boolean;
}

/** First word of the hashed text. 1 is PolkaVM 0.35's layout; ours are far from what upstream may use next. */
const LAYOUT = { polkavm: 1, spi: 0x8000_0001, riscv: 0x8000_0002 } as const;

/** Second word. 0 to 3 are PolkaVM 0.35's numbers, which are not the version bytes; the others are ours. */
const INSTRUCTION_SET: Readonly<Record<Kind, number>> = {
  revive_v1: 0,
  jam_v1: 1,
  latest32: 2,
  latest64: 3,
  jam_gp07: 0x8000_0000,
  rv32: 0x8000_0001,
  rv64: 0x8000_0002,
};

/**
 * The 32-byte content hash of a program: BLAKE3 over its parts, independent of how the file frames them.
 * For PolkaVM blobs it equals upstream's unique hash; SPEC.md, "Hash" of each container, gives the layouts.
 */
export const uniqueHash = (blob: Blob, options: HashOptions = {}): Uint8Array => {
  const debug = options.debug ?? false;
  const parts = blob.riscv ? riscvParts(blob, blob.riscv, debug) : polkaVmParts(blob, debug);
  const hash = blake3.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const words = (...values: readonly number[]): Uint8Array => {
  const writer = new ByteWriter(values.length * 4);
  for (const value of values) writer.u32(value);
  return writer.finish();
};

const polkaVmParts = (blob: Blob, debug: boolean): Uint8Array[] => {
  const { roData, rwData, code, jumpTable, bitmask, imports, exports, spi } = blob;
  const header = words(
    spi ? LAYOUT.spi : LAYOUT.polkavm,
    INSTRUCTION_SET[blob.kind],
    blob.roDataSize,
    blob.rwDataSize,
    blob.stackSize,
    roData.length,
    rwData.length,
    code.length,
    jumpTable.bytes.length,
    jumpTable.entrySize,
    bitmask.length,
    imports.offsets.length,
    imports.symbols.length,
    exports.bytes.length,
  );
  const parts = [
    header,
    roData,
    rwData,
    code,
    jumpTable.bytes,
    bitmask,
    imports.offsets,
    imports.symbols,
    exports.bytes,
  ];
  if (spi) parts.push(words(spi.heapPages));
  if (debug) parts.push(...(spi ? withLengths(spi.metadata ?? new Uint8Array(0)) : debugParts(blob)));
  return parts;
};

const riscvParts = (blob: Blob, image: RiscvImage, debug: boolean): Uint8Array[] => {
  const { segments, extraStarts, programHeaders, symbols } = image;
  const header = words(
    LAYOUT.riscv,
    INSTRUCTION_SET[blob.kind],
    image.embedded ? 1 : 0,
    image.entry,
    blob.stackSize,
    programHeaders?.address ?? 0,
    programHeaders?.count ?? 0,
    programHeaders?.entrySize ?? 0,
    segments.length,
    extraStarts.length,
    blob.exports.bytes.length,
  );
  const records = segments.map(({ address, memorySize, data, readable, writable, executable }) =>
    words(address, memorySize, data.length, (readable ? 4 : 0) + (writable ? 2 : 0) + (executable ? 1 : 0)),
  );
  const parts = [
    header,
    ...records,
    ...segments.map(({ data }) => data),
    startWords(extraStarts),
    blob.exports.bytes,
  ];
  if (debug) parts.push(...debugParts(blob), ...withLengths(symbols?.bytes ?? new Uint8Array(0)));
  return parts;
};

const startWords = (starts: RiscvImage['extraStarts']): Uint8Array => {
  const writer = new ByteWriter(starts.length * 4);
  for (const start of starts) writer.u32(start);
  return writer.finish();
};

const debugParts = ({ debug }: Blob): Uint8Array[] =>
  withLengths(debug.strings, debug.lineRanges, debug.linePrograms);

/** The lengths of some byte strings, then the byte strings. */
const withLengths = (...parts: readonly Uint8Array[]): Uint8Array[] => [
  words(...parts.map((part) => part.length)),
  ...parts,
];
