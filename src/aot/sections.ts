import { contentHash } from '../core/content-hash.ts';
import { fail } from './errors.ts';
import { type Facts, MAGIC, SECTIONS, VERSION } from './facts.ts';
import { Places } from './places.ts';

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

/** What a file says about its program, checked. */
export interface Contents {
  readonly facts: Facts;
  readonly places: Places;
  /** Undefined when it was left out. */
  readonly program: Uint8Array | undefined;
}

const bad = (problem: string, options?: ErrorOptions): Error => fail('aot/format', { problem }, options);

/** Reads our sections. Throws aot/format, aot/version. */
export const readSections = (module: WebAssembly.Module): Contents => {
  const section = (name: string): Uint8Array | undefined => {
    const [bytes] = WebAssembly.Module.customSections(module, name);
    return bytes && new Uint8Array(bytes);
  };
  const text = new TextDecoder().decode(section(SECTIONS.facts));
  const line = text.indexOf('\n');
  const [magic, version = '', hash] = text.slice(0, line).split(' ');
  if (magic !== MAGIC) throw bad('it has no section of facts');
  if (version !== `${VERSION}`) throw fail('aot/version', { version, expected: VERSION });
  const json = text.slice(line + 1);
  const places = section(SECTIONS.places);
  if (places === undefined || contentHash(encoder.encode(json)) !== hash) throw bad('its facts are damaged');
  const facts: Facts = JSON.parse(json);
  if (contentHash(places) !== facts.places) throw bad('its list of places is damaged');
  return { facts, places: new Places(places), program: section(SECTIONS.program) };
};
