import { contentHash } from '../core/content-hash.ts';
import { isRiscboxError } from '../core/error.ts';
import { fail } from './errors.ts';
import { AotProgram, type ProgramOptions } from './program.ts';
import { readSections } from './sections.ts';

/** A translated program: the file's bytes, or a module that the host compiled from them under its own policy. */
export type TranslatedSource = Uint8Array | ArrayBuffer | WebAssembly.Module;

const damaged = (cause: unknown): Error => {
  if (isRiscboxError(cause)) return cause;
  return fail('aot/format', { problem: 'its WebAssembly is damaged' }, { cause });
};

const programFrom = (
  module: WebAssembly.Module,
  source: TranslatedSource,
  options: ProgramOptions,
): AotProgram => {
  try {
    const contents = readSections(module);
    if (!(source instanceof WebAssembly.Module)) {
      const { length, hash } = contents.facts.code;
      if (contentHash(new Uint8Array(bytesOf(source).buffer, bytesOf(source).byteOffset, length)) !== hash)
        throw fail('aot/format', { problem: 'its code is damaged' });
    }
    return new AotProgram(module, contents, options);
  } catch (error) {
    throw damaged(error);
  }
};

const bytesOf = (source: Uint8Array | ArrayBuffer): Uint8Array<ArrayBuffer> =>
  (source instanceof Uint8Array ? source : new Uint8Array(source)) as Uint8Array<ArrayBuffer>;

/**
 * Gets a translated program ready to run.
 *
 * Throws aot/format for what is no such file, aot/version for one of another version, aot/program and
 * aot/program-missing when the program is not the one that was translated, aot/metering, limits/range.
 */
export const load = async (source: TranslatedSource, options: ProgramOptions = {}): Promise<AotProgram> => {
  let module: WebAssembly.Module;
  try {
    module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(bytesOf(source));
  } catch (error) {
    throw damaged(error);
  }
  return programFrom(module, source, options);
};

/** The same at once. Browsers compile nothing large at once on a page's main thread: pass a compiled module there. */
export const loadSync = (source: TranslatedSource, options: ProgramOptions = {}): AotProgram => {
  let module: WebAssembly.Module;
  try {
    module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(bytesOf(source));
  } catch (error) {
    throw damaged(error);
  }
  return programFrom(module, source, options);
};
