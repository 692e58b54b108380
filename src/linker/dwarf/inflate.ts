import { RiscboxError } from '../../core/error.ts';
import type { Elf } from '../elf.ts';
import { readerAt, word } from '../elf-header.ts';
import type { ElfSection } from '../elf-sections.ts';
import { fail } from './errors.ts';
import { DWARF_SECTIONS, SHF_COMPRESSED } from './sections.ts';

/** Bytes of decompressed sections by section index, or why a section could not be decompressed. */
export type InflatedSections = ReadonlyMap<number, Uint8Array | RiscboxError>;

const ELFCOMPRESS_ZLIB = 1;

/** Largest section that is decompressed: what the debug information of a program of 4 GiB would not reach. */
const LARGEST_SECTION = 2 ** 30;

/** Deflate cannot do better than 1032 to 1. */
const BEST_RATIO = 1032;

/**
 * Decompresses the debug sections of a file, for `readSourceMap`. This is a step of its own because platforms only
 * offer it with promises. Most files have no compressed sections, for which nothing is done.
 */
export const inflateDebugSections = async (elf: Elf): Promise<InflatedSections> => {
  const inflated = new Map<number, Uint8Array | RiscboxError>();
  for (const section of compressedSections(elf)) {
    try {
      inflated.set(section.index, await inflate(elf, section));
    } catch (error) {
      if (!(error instanceof RiscboxError)) throw error;
      inflated.set(section.index, error);
    }
  }
  return inflated;
};

/** True when `inflateDebugSections` has something to do. */
export const hasCompressedDebug = (elf: Elf): boolean => compressedSections(elf).length > 0;

const compressedSections = (elf: Elf): readonly ElfSection[] => {
  try {
    const names: ReadonlySet<string> = new Set(DWARF_SECTIONS);
    return elf.sections.filter(({ name, flags }) => names.has(name) && (flags & SHF_COMPRESSED) !== 0);
  } catch (error) {
    // A broken section table is for those to tell who need more of it than debug information.
    if (error instanceof RiscboxError) return [];
    throw error;
  }
};

/** gABI, "Section Compression": a header with kind and size, and a zlib stream. */
const inflate = async (elf: Elf, section: ElfSection): Promise<Uint8Array> => {
  const failure = (problem: string, cause?: unknown): RiscboxError =>
    fail('link/dwarf-compressed', { section: section.name, problem }, { cause });
  const bytes = elf.data(section);
  const reader = readerAt(bytes, 0);
  const kind = reader.u32();
  if (elf.header.width === 64) reader.u32();
  const size = word(reader, elf.header.width);
  // The alignment.
  word(reader, elf.header.width);
  if (kind !== ELFCOMPRESS_ZLIB) throw failure(`not with zlib (kind ${kind})`);
  const stream = reader.rest();
  if (size > LARGEST_SECTION || size > stream.length * BEST_RATIO) throw failure(`states ${size} bytes`);
  const output = new Uint8Array(size);
  let length = 0;
  try {
    for await (const chunk of decompressed(stream)) {
      if (length + chunk.length > size) break;
      output.set(chunk, length);
      length += chunk.length;
    }
  } catch (cause) {
    throw failure('cannot be decompressed', cause);
  }
  if (length !== size) throw failure(`does not have the ${size} bytes that it states`);
  return output;
};

async function* decompressed(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('deflate'));
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
