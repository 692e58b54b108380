import { toHex } from '../../../core/bytes.ts';
import type { Problems } from '../../../core/problems.ts';
import type { GraphExport } from '../graph/graph.ts';
import { CodeSection, type Place } from '../input/link-input.ts';
import type { Where } from '../location.ts';
import { blockAt } from './code-map.ts';
import { fail } from './errors.ts';
import type { LoweredProgram } from './program.ts';

const START: Uint8Array = new TextEncoder().encode('_start');
/** What a function returns of which only the address is known: as much as the calling convention has. */
const UNKNOWN_OUTPUTS = 2;

/** The exports of a program: those that the file declares or that were asked for, and a stock program's entry point. */
export const lowerExports = (program: LoweredProgram, problems: Problems): readonly GraphExport[] => {
  const { input, isDemoted, code } = program;
  /** By the bytes of the symbol, which need not be text. */
  const found = new Map<string, GraphExport & { readonly place: Where }>();
  const add = (symbol: Uint8Array, { section, offset }: Place, outputs: number): void => {
    const name = new TextDecoder().decode(symbol);
    const place = input.describe(section, offset);
    const block = section instanceof CodeSection ? blockAt(code, section, offset) : undefined;
    const before = found.get(toHex(symbol));
    if (block === undefined) problems.add(fail('link/export-target', { name, place }));
    else if (before === undefined || before.block === block) {
      const most = Math.max(outputs, before?.outputs ?? 0);
      found.set(toHex(symbol), { symbol, block, outputs: most, place });
    } else problems.add(fail('link/export-twice', { name, first: before.place, second: place }));
  };
  for (const { symbol, place, outputs } of input.exports) add(symbol, place, outputs);
  const hasStart = found.has(toHex(START));
  if (input.entry !== undefined && (isDemoted || input.exports.length === 0) && !hasStart) {
    add(START, input.entry, UNKNOWN_OUTPUTS);
  }
  if (found.size === 0) problems.add(fail('link/no-exports', {}));
  return [...found.values()].map(({ symbol, block, outputs }) => ({ symbol, block, outputs }));
};
