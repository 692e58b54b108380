import type { Blob } from '../../blob/blob.ts';
import type { DataKind } from './graph/data-section.ts';
import type { ProgramGraph } from './graph/graph.ts';
import type { NamedCode } from './input/link-input.ts';
import { keptBecause, UNNAMED } from './kept-because.ts';
import { NamedRanges } from './named-ranges.ts';
import type { CodeOrigin } from './output/placement.ts';
import type { RegisterReport } from './registers/register-report.ts';
import type { PassReport } from './report.ts';

/** Code of one function of the file, wherever it went: code that was inlined counts for where it came from. */
export interface FunctionReport {
  readonly name: string;
  readonly codeBytes: number;
  /** Source file, when the file has debug information. */
  readonly path: string | undefined;
  /** Why the function was kept: `exported as "main"`, `called by main`… */
  readonly because: string;
}

export interface DataReport {
  readonly section: string;
  readonly kind: DataKind;
  /** Bytes in memory. */
  readonly size: number;
  readonly because: string;
}

/** Where the bytes of a linked program come from. Lists are sorted by size, largest first. */
export interface LinkReport {
  /** Parts of the blob, in its order. */
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
  readonly functions: readonly FunctionReport[];
  readonly files: readonly { readonly path: string; readonly codeBytes: number }[];
  readonly data: readonly DataReport[];
  /** What was not reachable and is not in the program: functions and data sections by name. */
  readonly left: { readonly functions: readonly string[]; readonly data: readonly string[] };
  readonly passes: readonly PassReport[];
  /** What it cost that there are 13 registers. */
  readonly registers: RegisterReport;
}

export interface ExplainInput {
  readonly blob: Blob;
  readonly graph: ProgramGraph;
  readonly origins: readonly CodeOrigin[];
  /** Symbols in code, ascending by address. */
  readonly names: readonly NamedCode[];
  readonly pathAt: (address: number) => string | undefined;
  readonly passes: readonly PassReport[];
  readonly registers: RegisterReport;
}

const add = (sums: Map<string, number>, key: string, bytes: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + bytes);
};

/** Entries by number, largest first; equal ones by name, so that reports do not depend on anything else. */
const largestFirst = (sums: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...sums].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));

const partsOf = (blob: Blob): LinkReport['parts'] =>
  [
    { name: 'read-only data', bytes: blob.roData.length },
    { name: 'read-write data', bytes: blob.rwData.length },
    { name: 'imports', bytes: blob.imports.offsets.length + blob.imports.symbols.length },
    { name: 'exports', bytes: blob.exports.bytes.length },
    { name: 'jump table', bytes: blob.jumpTable.bytes.length },
    { name: 'code', bytes: blob.code.length },
    { name: 'bitmask', bytes: blob.bitmask.length },
    {
      name: 'debug information',
      bytes: blob.debug.strings.length + blob.debug.linePrograms.length + blob.debug.lineRanges.length,
    },
  ].filter(({ bytes }) => bytes > 0);

/** Accounts for every byte of code and every data section of a linked program. */
export const explain = ({
  blob,
  graph,
  origins,
  names,
  pathAt,
  passes,
  registers,
}: ExplainInput): LinkReport => {
  const ranges = new NamedRanges(names);
  // Several names may be of one function: by address it counts once.
  const keptAddresses = new Set<number>();
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  const paths = new Map<string, string | undefined>();
  for (const { length, origin } of origins) {
    const named = origin < 0 ? undefined : ranges.at(origin);
    if (named !== undefined) keptAddresses.add(named.address);
    const name = named?.name ?? UNNAMED;
    add(functions, name, length);
    const path = origin < 0 ? undefined : pathAt(origin);
    if (path !== undefined) add(files, path, length);
    if (!paths.has(name)) paths.set(name, path);
  }
  const reasons = keptBecause(graph, ranges);
  const kept = graph.data.filter(({ isReachable, size }) => isReachable && size > 0);
  return {
    parts: partsOf(blob),
    functions: largestFirst(functions).map(([name, codeBytes]) => ({
      name,
      codeBytes,
      path: paths.get(name),
      because: reasons.functions.get(name) ?? 'inlined into what is kept',
    })),
    files: largestFirst(files).map(([path, codeBytes]) => ({ path, codeBytes })),
    data: kept
      .map((section) => ({
        section: section.name,
        kind: section.kind,
        size: section.size,
        because: reasons.data.get(section) ?? 'made by the linker',
      }))
      .sort((a, b) => b.size - a.size),
    left: {
      functions: names
        .filter(({ isFunction, address }) => isFunction && !keptAddresses.has(address))
        .map(({ name }) => name),
      data: graph.data.filter(({ isReachable, size }) => !isReachable && size > 0).map(({ name }) => name),
    },
    passes,
    registers,
  };
};
