import { hex } from '../../core/error.ts';

/**
 * `wrong`: a reader or engine would refuse it, trap on it, or lose it. `unusual`: it works, but PolkaVM's writers do
 * not make it.
 */
export type ProblemLevel = 'wrong' | 'unusual';

/** Rules that a program must keep, beyond what its reader checks. */
const WRONG = {
  unreadable: (d: { problem: string }): string => d.problem,
  'varint-form': (d: { what: string; value: number; length: number; shortest: number }): string =>
    `${d.what} ${d.value} is written with ${d.length} bytes in a form other than the shortest one of ${d.shortest}`,
  'memory-map': (d: { problem: string }): string => d.problem,
  'import-range': (d: { index: number }): string =>
    `the symbol of import ${d.index} is not inside of the symbols, or ends before it begins`,
  'import-gap': (d: { bytes: number }): string =>
    `${d.bytes} bytes of symbols stand in front of the first import`,
  'import-twice': (d: { index: number; other: number; symbol: string }): string =>
    `import ${d.index} has the symbol ${d.symbol} of import ${d.other}`,
  'export-list': (d: { count: number; found: number; left: number }): string =>
    `${d.count} exports are stated; ${d.found} are there, with ${d.left} bytes left over`,
  'export-twice': (d: { symbol: string }): string => `${d.symbol} is exported twice`,
  'export-offset': (d: { symbol: string; target: number }): string =>
    `export ${d.symbol} is at code offset ${d.target}, where no instruction starts`,
  'first-start': (_: Record<string, never>): string => 'no instruction starts at code offset 0',
  'unknown-instruction': (d: { offset: number; opcode: number; kind: string }): string =>
    `opcode ${d.opcode} at code offset ${d.offset} is no instruction of ${d.kind}`,
  register: (d: { offset: number; instruction: string }): string =>
    `${d.instruction} at code offset ${d.offset} names a register above 12, or has bits set that mean nothing`,
  encoding: (d: { offset: number; instruction: string; length: number; shortest: number }): string =>
    `${d.instruction} at code offset ${d.offset} takes ${d.length} bytes, its shortest form ${d.shortest}`,
  'falls-off': (d: { offset: number; instruction: string }): string =>
    `${d.instruction} at code offset ${d.offset} goes on to where no instruction starts`,
  'code-gap': (d: { offset: number }): string => `bytes at code offset ${d.offset} belong to no instruction`,
  'jump-target': (d: { offset: number; instruction: string; target: number }): string =>
    `${d.instruction} at code offset ${d.offset} leads to ${d.target}, where no basic block begins`,
  'jump-table-size': (d: { entrySize: number; shortest: number; count: number }): string =>
    `${d.count} jump table entries have ${d.entrySize} bytes each; ${d.shortest} would do`,
  'jump-table-entry': (d: { index: number; target: number }): string =>
    `jump table entry ${d.index} leads to ${d.target}, where no basic block begins`,
  'debug-strings': (d: { problem: string }): string => `debug strings: ${d.problem}`,
  'debug-ranges': (d: { problem: string }): string => `debug ranges: ${d.problem}`,
  'debug-range': (d: { begin: number; end: number; problem: string }): string =>
    `the debug range from ${d.begin} to ${d.end} ${d.problem}`,
  'debug-line-program': (d: { begin: number; program: number; problem: string }): string =>
    `the line program at ${hex(d.program)} of the debug range from ${d.begin}: ${d.problem}`,
} as const;

/** What PolkaVM's writers do not make. */
const UNUSUAL = {
  'empty-section': (d: { id: number }): string => `section ${d.id} is present although it says nothing`,
  'unknown-section': (d: { id: number; size: number }): string =>
    `section ${d.id} with ${d.size} bytes is unknown, or comes late or twice`,
  'trailing-bytes': (d: { count: number }): string => `${d.count} bytes follow the end of the sections`,
  'stack-size': (d: { size: number }): string => `the stack of ${d.size} bytes is no multiple of 4096`,
  'export-inside': (d: { symbol: string; target: number }): string =>
    `export ${d.symbol} is at code offset ${d.target}, inside of a basic block`,
  'symbol-text': (d: { what: string }): string => `the symbol of ${d.what} is not UTF-8`,
  'long-distance': (d: { offset: number; instruction: string; length: number; shortest: number }): string =>
    `${d.instruction} at code offset ${d.offset} takes ${d.length} bytes, as its distance is longer than needed (${d.shortest})`,
  'jump-table-lost': (d: { count: number }): string =>
    `${d.count} jump table entries of no bytes each are stated; there is no table`,
  'host-call': (d: { offset: number; number: number; count: number }): string =>
    `host call ${d.number} at code offset ${d.offset} has no import; there are ${d.count}`,
} as const;

const MESSAGES = { ...WRONG, ...UNUSUAL } as const;

export type BlobRule = keyof typeof WRONG | keyof typeof UNUSUAL;

export interface BlobProblem {
  readonly level: ProblemLevel;
  readonly rule: BlobRule;
  /** Offset in the file. */
  readonly at: number;
  readonly message: string;
}

/** Notes a problem: rule, offset in the file, and what the rule's message needs. */
export type Report = <R extends BlobRule>(
  rule: R,
  at: number,
  detail: Parameters<(typeof WRONG & typeof UNUSUAL)[R]>[0],
) => void;

/** A report that collects into `problems`. */
export const reportTo =
  (problems: BlobProblem[]): Report =>
  (rule, at, detail) => {
    const message = (MESSAGES[rule] as (d: unknown) => string)(detail);
    problems.push({ level: rule in WRONG ? 'wrong' : 'unusual', rule, at, message });
  };
