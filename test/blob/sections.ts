import type { Kind } from '../../src/core/kind.ts';

/** Blobs built by hand for tests of the reader: nothing here shares code with the writer under test. */

export const VERSION: Partial<Record<Kind, number>> = {
  revive_v1: 0,
  latest32: 1,
  latest64: 2,
  jam_v1: 3,
  rv32: 0x80,
  rv64: 0x81,
};

export type Section = readonly [id: number, ...payload: (number | string | readonly number[])[]];

/** Numbers as bytes; text as its characters. Payloads of tests are shorter than 128 bytes. */
const flat = (parts: Section[1][]): number[] =>
  parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part));

export const u32 = (value: number): number[] =>
  [value, value >>> 8, value >>> 16, value >>> 24].map((b) => b & 0xff);

export const section = ([id, ...payload]: Section): number[] => {
  const bytes = flat(payload);
  if (bytes.length > 127) throw new Error('payload too long for a one-byte length');
  return [id, bytes.length, ...bytes];
};

/** A blob of raw bytes behind the header, with the right length field. */
export const withHeader = (version: number, body: readonly number[]): Uint8Array =>
  Uint8Array.from([0x50, 0x56, 0x4d, 0, version, ...u32(body.length + 13), 0, 0, 0, 0, ...body]);

export const blobOf = (version: number, ...sections: Section[]): Uint8Array =>
  withHeader(version, [...sections.flatMap(section), 0]);

/** The smallest code section: one byte of code, which is an instruction. */
export const CODE: Section = [6, 0, 0, 1, 0x00, 0x01];

/** Runs `action` and returns the code of the error it throws, or 'none'. */
export const errorCode = (action: () => unknown): string => {
  try {
    action();
    return 'none';
  } catch (error) {
    const { name, code } = error as { name?: string; code?: string };
    return name === 'RiscboxError' ? `${code}` : `not a riscbox error: ${error}`;
  }
};
