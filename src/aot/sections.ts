import { contentHash } from '../core/content-hash.ts';
import { fail } from './errors.ts';
import { type Facts, MAGIC, SECTIONS, VERSION } from './facts.ts';
import { Places } from './places.ts';

const encoder = new TextEncoder();

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
