import type { Blob } from '../../blob/blob.ts';
import { writeFile } from '../../blob/write-file.ts';
import { hex } from '../../core/error.ts';
import { readSourceMap } from '../dwarf/read-source-map.ts';
import { writeDebugSections } from '../dwarf/write-debug.ts';
import { type Elf, elfOf } from '../elf.ts';
import { checkOptions } from './check-options.ts';
import { codeArithmetic } from './code-arithmetic.ts';
import { explain, type LinkReport } from './explain.ts';
import type { LinkInput } from './input/link-input.ts';
import { readLinkInput } from './input/read.ts';
import type { Where } from './location.ts';
import { lowerProgram } from './lower/lower.ts';
import { optimise } from './optimise/optimise.ts';
import type { LinkStage, RelinkOptions } from './options.ts';
import { checkOutput } from './output/check-output.ts';
import { writeProgram } from './output/write.ts';
import { assignRegisters } from './registers/assign.ts';

/** A program that was linked to PolkaVM code. */
export interface Relinked {
  readonly blob: Blob;
  /** What to know about it that is no error, for example debug information that could not be read. */
  readonly notes: readonly string[];
  /** Where its bytes come from, what each pass gained, and why things are in it. */
  explain(): LinkReport;
}

/** Tells the caller how far linking is, by stages of about their usual share of the time. */
const SHARES: readonly (readonly [LinkStage, number])[] = [
  ['read', 0],
  ['lower', 0.1],
  ['optimise', 0.25],
  ['registers', 0.65],
  ['write', 0.7],
  ['debug', 0.8],
];

const progressOf = ({ onProgress }: RelinkOptions): ((stage: LinkStage) => void) => {
  const shares = new Map(SHARES);
  return (stage) => onProgress?.(stage, shares.get(stage) ?? 0);
};

/**
 * Links an ELF file that has kept its relocations (`--emit-relocs`, or a self-contained object file) to PolkaVM code:
 * its functions become blocks, are optimised, and are written as a blob.
 *
 * The result depends on nothing but the file and the options.
 *
 * @throws RiscboxError `elf/…` when the file is broken, `link/…` for what cannot be linked; problems of one kind come
 * all at once (`detail.problems`)
 */
export const relinkToBlob = (file: Uint8Array | Elf, given: RelinkOptions = {}): Relinked => {
  checkOptions(given);
  // A standard program has one kind only, so that naming the container is enough.
  const options: RelinkOptions = given.container === 'jam-spi' ? { target: 'jam_v1', ...given } : given;
  const progress = progressOf(options);
  progress('read');
  const elf = elfOf(file);
  const input = readLinkInput(elf, options);
  progress('lower');
  const graph = lowerProgram(input, options);
  checkOutput(graph, options);
  const additions = codeArithmetic(graph);
  const placeOf = placesIn(input);
  progress('optimise');
  const { passes } = optimise(graph, options);
  progress('registers');
  const registers = assignRegisters(graph, placeOf);
  progress('write');
  const { blob, origins } = writeProgram(graph, options);
  progress('debug');
  const sources = options.strip === true ? undefined : readSourceMap(input, options.debugSections);
  const written = sources === undefined ? blob : { ...blob, debug: writeDebugSections(origins, sources) };
  options.onProgress?.('debug', 1);
  return {
    blob: written,
    notes: [...(sources?.notes ?? []), ...arithmeticNotes(additions, placeOf)],
    explain: () => {
      const map = sources ?? readSourceMap(input, options.debugSections);
      return explain({
        blob: written,
        graph,
        origins,
        names: input.names,
        pathAt: (address) => map.framesAt(address)[0]?.path || undefined,
        passes,
        registers,
        level: options.level ?? 2,
      });
    },
  };
};

/** Names places in code by their ELF addresses. */
const placesIn =
  ({ code, describe }: LinkInput) =>
  (address: number): Where => {
    const section = code.find((s) => address >= s.address && address < s.address + s.bytes.length);
    return section === undefined ? hex(address) : describe(section, address - section.address);
  };

/** How many places a note names. */
const NAMED_PLACES = 3;

const arithmeticNotes = (
  additions: readonly number[],
  placeOf: (address: number) => Where,
): readonly string[] => {
  if (additions.length === 0) return [];
  const places = additions.slice(0, NAMED_PLACES).map(placeOf);
  const more = additions.length > NAMED_PLACES ? ` and ${additions.length - NAMED_PLACES} more` : '';
  return [
    `${places.join(', ')}${more} computes with the address of code, which is a number of its own after linking: ` +
      'where it adds a distance between labels (goto *(&&a + distances[i])), let the table hold addresses instead',
  ];
};

/** The file of a linked program, in the container that was asked for. */
export const relinkedBytes = (blob: Blob): Uint8Array => writeFile(blob);

/**
 * The bytes of `relinkToBlob`.
 * @throws RiscboxError as `relinkToBlob`
 */
export const relink = (file: Uint8Array | Elf, options: RelinkOptions = {}): Uint8Array =>
  relinkedBytes(relinkToBlob(file, options).blob);
