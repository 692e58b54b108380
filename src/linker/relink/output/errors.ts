import { defineErrors, type Fail, hex } from '../../../core/error.ts';

const table = {
  'link/nothing-reachable': (_: Record<string, never>) =>
    'the program has no code that anything leads to; export a function or keep everything with level 0',
  'link/memory-map': (d: { roSize: number; rwSize: number; stackSize: number; problem: string }) =>
    `${d.roSize} bytes of read-only data, ${d.rwSize} of read-write data and ${d.stackSize} of stack ${d.problem}; make data or the stack smaller`,
  'link/data-padding': (d: { section: string; stored: number; limit: number }) =>
    `sections in front of ${d.section} leave so many bytes without contents that ${d.stored} bytes would have to be stored, more than ${d.limit}; check their sizes and alignments`,
  'link/value': (d: { section: string; offset: number; size: number; value: number }) =>
    `section ${d.section}, offset ${hex(d.offset)}: the value ${d.value} does not fit the ${d.size} bytes of its field; use a wider field or bring both ends closer together`,
  'link/import-twice': (d: { symbol: string; first: string; second: string }) =>
    `import ${d.symbol} is declared as ${d.first} and as ${d.second}; declare it once`,
  'link/import-without-index': (d: { symbol: string }) =>
    `import ${d.symbol} has no index, others have one; give all imports an index or none`,
  'link/import-index': (d: { symbol: string; other: string; index: number }) =>
    `imports ${d.other} and ${d.symbol} both ask for index ${d.index}; give each its own`,
  'link/too-many-imports': (d: { count: number; limit: number }) =>
    `${d.count} host-call numbers, at most ${d.limit} are allowed; import fewer functions or use smaller indexes`,
  'link/jump-table': (d: { count: number; limit: number }) =>
    `${d.count} places have their address taken, at most ${d.limit} are allowed; split the program`,
  'link/code-too-long': (d: { length: number; limit: number }) =>
    `${d.length} bytes of code, at most ${d.limit} are allowed; split the program or use a higher optimisation level`,
  'link/dispatch': (d: { symbol: string; similar?: string }) =>
    `the dispatch table names "${d.symbol}", which is not exported; ${d.similar === undefined ? 'export it or leave it out' : `did you mean "${d.similar}"?`}`,
  'link/standard-program-kind': (d: { kind: string }) =>
    `a JAM standard program has instructions of jam_v1, not ${d.kind}; link for target jam_v1 (--target jam_v1)`,
  'link/standard-program-size': (d: { what: string; size: number; limit: number }) =>
    `${d.size} ${d.what} do not fit into a JAM standard program, which has at most ${d.limit}; make them smaller or write a PolkaVM blob`,
};

/** Makes the errors of the last stage: laying out and writing the program. */
export const fail: Fail<typeof table> = defineErrors(table);
