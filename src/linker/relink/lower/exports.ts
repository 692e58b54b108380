import type { GraphExport } from '../graph/graph.ts';
import { CodeSection, type Place } from '../input/link-input.ts';
import type { RelinkOptions } from '../options.ts';
import type { Problems } from '../problems.ts';
import { blockAt } from './code-map.ts';
import { fail } from './errors.ts';
import type { LoweredProgram } from './program.ts';

/** A function that only a name tells of may return what fits two registers. */
const UNKNOWN_OUTPUTS = 2;

/** The exports of a program: those that the file declares, those that were asked for, and the entry point. */
export const lowerExports = (
  program: LoweredProgram,
  options: RelinkOptions,
  problems: Problems,
): readonly GraphExport[] => {
  const { input } = program;
  const found: GraphExport[] = [];
  const add = (symbol: Uint8Array, { section, offset }: Place, outputs: number): void => {
    const block = section instanceof CodeSection ? blockAt(program.code, section, offset) : undefined;
    if (block !== undefined) found.push({ symbol, block, outputs });
    else {
      const name = new TextDecoder().decode(symbol);
      problems.add(fail('link/export', { name, place: input.describe(section, offset) }));
    }
  };
  for (const { symbol, place, outputs } of input.exports) add(symbol, place, outputs);
  for (const name of options.exports ?? []) {
    const place = placeOf(program, name);
    if (place === undefined) problems.add(fail('link/no-symbol', { name }));
    else add(new TextEncoder().encode(name), place, UNKNOWN_OUTPUTS);
  }
  if (input.entry !== undefined && (options.demote === true || input.exports.length === 0)) {
    const symbol = new TextEncoder().encode('_start');
    if (!options.exports?.includes('_start')) add(symbol, input.entry, UNKNOWN_OUTPUTS);
  }
  if (found.length === 0 && problems.isEmpty) problems.add(fail('link/no-exports', {}));
  return found;
};

const placeOf = ({ input }: LoweredProgram, name: string): Place | undefined => {
  const named = input.names.filter((candidate) => candidate.name === name);
  const address = (named.find(({ isFunction }) => isFunction) ?? named[0])?.address;
  if (address === undefined) return undefined;
  const section = input.code.find(
    (candidate) => address >= candidate.address && address < candidate.address + candidate.bytes.length,
  );
  return section && { section, offset: address - section.address };
};
