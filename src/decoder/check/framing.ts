import type { Blob } from '../../blob/blob.ts';
import { READER_ERRORS } from '../../blob/errors.ts';
import { HEADER_LENGTH, SECTION } from '../../blob/sections.ts';
import { ByteReader, ByteWriter, equalBytes } from '../../core/bytes.ts';
import type { Report } from './rules.ts';

/** Reads a varint of a blob that was read before, and reports when it is not in its only canonical form. */
export const checkedVarint = (reader: ByteReader, what: string, report: Report): number => {
  const start = reader.offset;
  const at = reader.position;
  const value = reader.varint();
  const shortest = new ByteWriter(8).varint(value).finish();
  const found = reader.bytes.subarray(start, reader.offset);
  if (!equalBytes(found, shortest)) {
    report('varint-form', at, { what, value, length: found.length, shortest: shortest.length });
  }
  return value;
};

/** The varints at the beginning of sections, by section id; exports are checked with their contents. */
const checkSection = (id: number, payload: ByteReader, report: Report): void => {
  switch (id) {
    case SECTION.memoryConfig:
      for (const what of ['read-only data size', 'read-write data size', 'stack size']) {
        checkedVarint(payload, what, report);
      }
      return;
    case SECTION.imports:
      checkedVarint(payload, 'number of imports', report);
      return;
    case SECTION.code:
      checkedVarint(payload, 'number of jump table entries', report);
      payload.u8();
      checkedVarint(payload, 'length of the code', report);
      return;
  }
};

/** Checks how sections stand in a file that could be read. */
export const checkFraming = (bytes: Uint8Array, blob: Blob, report: Report): void => {
  const reader = new ByteReader(bytes, READER_ERRORS);
  reader.take(HEADER_LENGTH);
  const seen = new Set<number>();
  for (let id = reader.u8(); id !== SECTION.endOfFile; id = reader.u8()) {
    const length = checkedVarint(reader, `length of section ${id}`, report);
    const at = reader.position;
    const payload = reader.sub(length);
    if (!seen.has(id)) checkSection(id, payload, report);
    seen.add(id);
    if (blob.framing?.emptySections.includes(id)) report('empty-section', at, { id });
  }
  for (const { id, position, bytes: payload } of blob.unknown) {
    report('unknown-section', position, { id, size: payload.length });
  }
  if (reader.remaining > 0) report('trailing-bytes', reader.position, { count: reader.remaining });
};
