import type { Blob } from '../../../src/blob/blob.ts';
import { readJamProgram, readSpi } from '../../../src/blob/jam.ts';
import { readBlob } from '../../../src/blob/read.ts';
import { isRiscboxError } from '../../../src/core/error.ts';
import { programFrom } from '../../../src/decoder/program.ts';
import { linkToBlob } from '../../../src/linker/index.ts';
import { listingOf, readAndWriteBack } from '../code-checks.ts';
import { accepted, type VectorFile } from '../file.ts';
import type { VectorKind } from '../kind.ts';

const ENDINGS = /\.(jam|pvm|spi|bin)$/;

const containerOf = (file: VectorFile): Blob['container'] | undefined => {
  const readers: [Blob['container'], (bytes: Uint8Array) => Blob][] = [
    ['jam-raw', readJamProgram],
    ['jam-spi', readSpi],
  ];
  // Either reading must use up the file exactly, so at most one fits; the usual one is tried first.
  if (file.name.endsWith('.jam')) readers.reverse();
  return readers.find(([, read]) => accepted(() => read(file.bytes)) !== undefined)?.[0];
};

/** JAM program files: bare programs and standard programs (SPI). */
export const jamProgram: VectorKind = {
  name: 'jam-program',

  recognise: (file) => ENDINGS.test(file.name),

  run: (file, run) => {
    run.case(file.name, (c) => {
      // A file that is no program fails here with the reader's own error.
      const blob = readAndWriteBack(c, file.bytes, containerOf(file) ?? 'jam-spi');
      const listing = listingOf(programFrom(blob).blob);
      c.check(
        'listing',
        listing.length > 0 && (listing.at(-1)?.next ?? 0) >= blob.code.length,
        () => 'ends early',
      );
    });
  },
};

/** What reads files of an ending. */
const READERS: Readonly<Record<string, readonly ((bytes: Uint8Array) => unknown)[]>> = {
  '.polkavm': [(bytes) => programFrom(readBlob(bytes))],
  '.pvm': [readJamProgram],
  '.bin': [readJamProgram],
  '.jam': [readSpi],
  '.spi': [readSpi],
  '.elf': [linkToBlob],
};

/** Files that their readers must refuse, all readers when the ending says nothing; only their folder can tell. */
export const malformed: VectorKind = {
  name: 'malformed',

  recognise: (file) => file.folder.split(/[\\/]/).some((part) => /malformed/i.test(part)),

  run: (file, run) => {
    run.case(file.name, (c) => {
      for (const read of READERS[/\.\w+$/.exec(file.name)?.[0] ?? ''] ?? Object.values(READERS).flat()) {
        const refusal = refusalOf(() => read(file.bytes));
        c.check('rejected', refusal === undefined, () => `${read.name}: ${refusal}`);
      }
    });
  },
};

/** Undefined when the bytes are refused with an error of ours, else what happened. */
const refusalOf = (read: () => unknown): string | undefined => {
  try {
    read();
    return 'accepted';
  } catch (error) {
    return isRiscboxError(error) ? undefined : String(error);
  }
};
