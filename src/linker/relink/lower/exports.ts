import type { GraphExport } from '../graph/graph.ts';
import { CodeSection, type Place } from '../input/link-input.ts';
import type { Problems } from '../problems.ts';
import { blockAt } from './code-map.ts';
import { fail } from './errors.ts';
import type { LoweredProgram } from './program.ts';

const START = '_start';
/** What a function returns of which only the address is known: as much as the calling convention has. */
const UNKNOWN_OUTPUTS = 2;

/** The exports of a program: those that the file declares or that were asked for, and a stock program's entry point. */
export const lowerExports = (program: LoweredProgram, problems: Problems): readonly GraphExport[] => {
  const { input, isDemoted, code } = program;
  const found = new Map<string, GraphExport>();
  const add = (symbol: Uint8Array, { section, offset }: Place, outputs: number): void => {
    const name = new TextDecoder().decode(symbol);
    const block = section instanceof CodeSection ? blockAt(code, section, offset) : undefined;
    if (block !== undefined) found.set(name, { symbol, block, outputs });
    else problems.add(fail('link/export-target', { name, place: input.describe(section, offset) }));
  };
  for (const { symbol, place, outputs } of input.exports) add(symbol, place, outputs);
  if (input.entry !== undefined && (isDemoted || input.exports.length === 0) && !found.has(START)) {
    add(new TextEncoder().encode(START), input.entry, UNKNOWN_OUTPUTS);
  }
  if (found.size === 0) problems.add(fail('link/no-exports', {}));
  return [...found.values()];
};
