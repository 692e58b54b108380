import type { Blob, RiscvImage, RiscvSegment } from '../blob/blob.ts';
import { makeSymbolTable } from '../blob/tables.ts';
import { equalBytes, readUint } from '../core/bytes.ts';
import { hex } from '../core/error.ts';
import type { RiscvKind } from '../core/kind.ts';
import { riscvLength } from '../decoder/riscv.ts';
import { formatRiscv } from '../decoder/text-riscv.ts';
import { quote } from './quoted.ts';
import { type Emit, hexText, writeBytes, writeRows, writeWords } from './write-bytes.ts';

/** The parts of a RISC-V profile program. Its code is stated as bytes, with its text in comments. */
export const writeRiscvImage = (
  emit: Emit,
  { exports }: Blob,
  kind: RiscvKind,
  image: RiscvImage,
  rawExports: boolean,
): void => {
  emit(`%entry = ${hex(image.entry)}`);
  if (image.embedded) emit('%embedded = 1');
  const headers = image.programHeaders;
  if (headers) emit(`%program_headers = ${hex(headers.address)} ${headers.count} ${headers.entrySize}`);
  if (!rawExports) {
    for (const { offset, symbol } of exports) emit(`%export ${quote(symbol)} = ${hex(offset)}`);
  }
  for (const segment of image.segments) writeSegment(emit, segment, kind, image.embedded ? 16 : 32);
  emit('');
  writeWords(emit, 'block_starts', Array.from(image.extraStarts, hex));
  writeSymbols(emit, image);
};

const writeSegment = (emit: Emit, segment: RiscvSegment, kind: RiscvKind, registers: number): void => {
  const { address, memorySize, data, readable, writable, executable } = segment;
  const rights = `${readable ? 'r' : '-'}${writable ? 'w' : '-'}${executable ? 'x' : '-'}`;
  emit('');
  emit(`%segment = ${hex(address)} ${hex(memorySize)} ${rights}`);
  if (!executable) {
    writeRows(emit, 'bytes', data);
    return;
  }
  for (let at = 0; at < data.length; ) {
    const length = at + 1 < data.length ? riscvLength(readUint(data, at, 2)) : 1;
    const bytes = data.subarray(at, at + length);
    const text =
      bytes.length === length && length > 1
        ? ` // ${(address + at).toString(16)}: ${formatRiscv(readUint(bytes, 0, length), address + at, kind, registers)}`
        : '';
    emit(`    %bytes = ${hexText(bytes)}${text}`);
    at += length;
  }
};

const writeSymbols = (emit: Emit, { symbols }: RiscvImage): void => {
  if (symbols === undefined || symbols.bytes.length === 0) return;
  if (!equalBytes(makeSymbolTable(symbols).bytes, symbols.bytes)) {
    writeBytes(emit, 'raw_symbols', symbols.bytes);
    return;
  }
  for (const { address, size, name } of symbols) emit(`%symbol ${hex(address)} ${size} = ${quote(name)}`);
};
