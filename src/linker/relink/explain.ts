import type { Blob } from '../../blob/blob.ts';
import type { DataKind } from './graph/data-section.ts';
import type { ProgramGraph } from './graph/graph.ts';
import type { NamedCode } from './input/link-input.ts';
import { INVENTED, keptBecause, type Reasons, type Subject, UNNAMED } from './kept-because.ts';
import { NamedRanges } from './named-ranges.ts';
import type { OptimisationLevel } from './options.ts';
import type { CodeOrigin } from './output/placement.ts';
import { readableName } from './readable-name.ts';
import type { RegisterReport } from './registers/register-report.ts';
import type { PassReport } from './report.ts';

/** Code of one function of the file, wherever it went: code that was inlined counts for where it came from. */
export interface FunctionReport {
  /** As the source has it, as far as the symbol tells. */
  readonly name: string;
  readonly symbol: string;
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
  /**
   * The way from an export to a function (by name or symbol) or a section of data, a line for each step:
   * `main: exported as "main"`, `printf: called by main`… None for what is not in the program.
   */
  why(name: string): readonly string[];
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
  readonly level: OptimisationLevel;
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

/** Code by symbol and by source file. */
interface CodeSums {
  readonly functions: ReadonlyMap<string, number>;
  readonly files: ReadonlyMap<string, number>;
  /** By symbol: the source file of the first code. */
  readonly paths: ReadonlyMap<string, string | undefined>;
  /** Of functions that are there. Several names may be of one function: by address it counts once. */
  readonly addresses: ReadonlySet<number>;
}

const sumsOf = ({ origins, pathAt }: ExplainInput, ranges: NamedRanges): CodeSums => {
  const addresses = new Set<number>();
  const functions = new Map<string, number>();
  const files = new Map<string, number>();
  const paths = new Map<string, string | undefined>();
  for (const { length, origin } of origins) {
    const named = origin < 0 ? undefined : ranges.at(origin);
    if (named !== undefined) addresses.add(named.address);
    const symbol = origin < 0 ? INVENTED : (named?.name ?? UNNAMED);
    add(functions, symbol, length);
    const path = origin < 0 ? undefined : pathAt(origin);
    if (path !== undefined) add(files, path, length);
    if (!paths.has(symbol)) paths.set(symbol, path);
  }
  return { functions, files, paths, addresses };
};

const LINKERS = 'made by the linker';

/** Why things are there, as text. */
class Because {
  readonly #reasons: Reasons;
  readonly #otherwise: string;

  constructor(reasons: Reasons, level: OptimisationLevel) {
    this.#reasons = reasons;
    this.#otherwise = level === 0 ? 'nothing is left out at level 0' : LINKERS;
  }

  has(subject: Subject): boolean {
    return this.#reasons.has(subject);
  }

  of(subject: Subject): string {
    if (subject === INVENTED) return LINKERS;
    const reason = this.#reasons.get(subject);
    if (reason === undefined) return this.#otherwise;
    const { how, by } = reason;
    return by === undefined ? how : `${how} ${nameOf(by)}`;
  }

  /** The steps from an export. */
  chain(last: Subject): readonly string[] {
    const steps: string[] = [];
    const seen = new Set<Subject>();
    for (let at: Subject | undefined = last; at !== undefined && !seen.has(at); ) {
      seen.add(at);
      steps.push(`${nameOf(at)}: ${this.of(at)}`);
      at = this.#reasons.get(at)?.by;
    }
    return steps.reverse();
  }
}

const nameOf = (subject: Subject): string =>
  typeof subject === 'string' ? readableName(subject) : subject.name;

/** Accounts for every byte of code and every data section of a linked program. */
export const explain = (input: ExplainInput): LinkReport => {
  const { blob, graph, names, passes, registers, level } = input;
  const ranges = new NamedRanges(names);
  const { functions, files, paths, addresses } = sumsOf(input, ranges);
  const because = new Because(keptBecause(graph, ranges), level);
  const kept = graph.data.filter(({ isReachable, size }) => isReachable && size > 0);

  const subjectOf = (name: string): Subject | undefined => {
    const found =
      names.find((named) => named.name === name) ?? names.find((named) => readableName(named.name) === name);
    const symbol = found === undefined ? name : (ranges.at(found.address)?.name ?? name);
    return functions.has(symbol) || because.has(symbol)
      ? symbol
      : kept.find((section) => section.name === name);
  };

  return {
    parts: partsOf(blob),
    functions: largestFirst(functions).map(([symbol, codeBytes]) => ({
      name: readableName(symbol),
      symbol,
      codeBytes,
      path: paths.get(symbol),
      because: because.of(symbol),
    })),
    files: largestFirst(files).map(([path, codeBytes]) => ({ path, codeBytes })),
    data: kept
      .map((section) => ({
        section: section.name,
        kind: section.kind,
        size: section.size,
        because: because.of(section),
      }))
      .sort((a, b) => b.size - a.size),
    left: {
      functions: names
        .filter(({ isFunction, address }) => isFunction && !addresses.has(address))
        // What one instruction of another function does now is not left out.
        .filter(({ address }) => !because.has(ranges.at(address)?.name ?? UNNAMED))
        .map(({ name }) => readableName(name)),
      data: graph.data.filter(({ isReachable, size }) => !isReachable && size > 0).map(({ name }) => name),
    },
    passes,
    registers,
    why: (name) => {
      const subject = subjectOf(name);
      return subject === undefined ? [] : because.chain(subject);
    },
  };
};
