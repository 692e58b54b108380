import type { Blob, RiscvImage, RiscvSegment } from '../blob/blob.ts';
import { makeSymbolTable } from '../blob/tables.ts';
import { equalBytes, readUint } from '../core/bytes.ts';
import { hex } from '../core/error.ts';
import type { RiscvKind } from '../core/kind.ts';
import { riscvLength } from '../decoder/riscv.ts';
import { formatRiscv } from '../decoder/text-riscv.ts';
import { quote } from './quoted.ts';
import { hexRows, hexText, wordRows } from './write-bytes.ts';

/** The parts of a RISC-V profile program. Its code is stated as bytes, with its text in comments. */
export function* writeRiscvImage(
  { exports }: Blob,
  kind: RiscvKind,
  image: RiscvImage,
  rawExports: boolean,
): Generator<string, void> {
  yield `%entry = ${hex(image.entry)}`;
  if (image.embedded) yield '%embedded = 1';
  const headers = image.programHeaders;
  if (headers) yield `%program_headers = ${hex(headers.address)} ${headers.count} ${headers.entrySize}`;
  if (!rawExports) {
    for (const { offset, symbol } of exports) yield `%export ${quote(symbol)} = ${hex(offset)}`;
  }
  for (const segment of image.segments) yield* writeSegment(segment, kind, image.embedded ? 16 : 32);
  yield '';
  yield* wordRows('block_starts', Array.from(image.extraStarts, hex));
  yield* writeSymbols(image);
}

function* writeSegment(segment: RiscvSegment, kind: RiscvKind, registers: number): Generator<string, void> {
  const { address, memorySize, data, readable, writable, executable } = segment;
  const rights = `${readable ? 'r' : '-'}${writable ? 'w' : '-'}${executable ? 'x' : '-'}`;
  yield '';
  yield `%segment = ${hex(address)} ${hex(memorySize)} ${rights}`;
  if (!executable) {
    yield* hexRows('bytes', data, undefined, false);
    return;
  }
  for (let at = 0; at < data.length; ) {
    const length = at + 1 < data.length ? riscvLength(readUint(data, at, 2)) : 1;
    const bytes = data.subarray(at, at + length);
    const text =
      bytes.length === length && length > 1
        ? ` // ${(address + at).toString(16)}: ${formatRiscv(readUint(bytes, 0, length), address + at, kind, registers)}`
        : '';
    yield `    %bytes = ${hexText(bytes)}${text}`;
    at += length;
  }
}

function* writeSymbols({ symbols }: RiscvImage): Generator<string, void> {
  if (symbols === undefined || symbols.bytes.length === 0) return;
  if (!equalBytes(makeSymbolTable(symbols).bytes, symbols.bytes)) {
    yield* hexRows('raw_symbols', symbols.bytes);
    return;
  }
  for (const { address, size, name } of symbols) yield `%symbol ${hex(address)} ${size} = ${quote(name)}`;
}
