import { contentHash } from '../core/content-hash.ts';
import { type Facts, MAGIC, SECTIONS, VERSION } from './facts.ts';

/** Custom sections of a file, in the order in which they stand behind the translation. */
export interface Sections {
  readonly facts: Facts;
  readonly places: Uint8Array;
  /** The program file; undefined when it was left out. */
  readonly program: Uint8Array | undefined;
}

const encoder = new TextEncoder();

const leb = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...leb(Math.floor(value / 128))];

/** Appends our sections to a WebAssembly module. */
export const appendSections = (
  code: Uint8Array,
  { facts, places, program }: Sections,
): Uint8Array<ArrayBuffer> => {
  const json = JSON.stringify(facts);
  const text = `${MAGIC} ${VERSION} ${contentHash(encoder.encode(json))}\n${json}`;
  const parts: Uint8Array[] = [code];
  const append = (section: string, bytes: Uint8Array): void => {
    const name = encoder.encode(section);
    parts.push(Uint8Array.from([0, ...leb(1 + name.length + bytes.length), name.length]), name, bytes);
  };
  append(SECTIONS.facts, encoder.encode(text));
  append(SECTIONS.places, places);
  if (program !== undefined) append(SECTIONS.program, program);
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
};
