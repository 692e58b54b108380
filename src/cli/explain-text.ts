import { similarName } from '../core/similar-name.ts';
import type { LinkReport } from '../linker/relink/explain.ts';
import { GRAPH_REGISTER_NAMES } from '../linker/relink/graph/register-names.ts';
import { type Column, tableLines } from './columns.ts';
import { grouped } from './numbers.ts';

const number = (head: string): Column => ({ head, align: 'right' });
const text = (head: string, most?: number): Column => ({
  head,
  align: 'left',
  ...(most === undefined ? {} : { most }),
});

/** Names of C++ and Rust can be hundreds of characters long. */
const NAME = 48;
const REASON = 64;

/** The end of a path, which tells files apart in one project; the table of files has the whole of it. */
const fileName = (path: string): string => path.split('/').slice(-2).join('/');

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

const functionTable = ({ functions }: LinkReport): readonly string[] => {
  const hasPaths = functions.some(({ path }) => path !== undefined);
  return tableLines(
    [
      number('bytes'),
      text('function', NAME),
      text('why it is there', REASON),
      ...(hasPaths ? [text('source file')] : []),
    ],
    functions.map(({ name, codeBytes, because, path }) => [
      grouped(codeBytes),
      name,
      because,
      fileName(path ?? ''),
    ]),
  );
};

const dataTable = ({ data }: LinkReport): readonly string[] =>
  tableLines(
    [number('bytes'), text('section', NAME), text('kind'), text('why it is there', REASON)],
    data.map(({ section: name, kind, size, because }) => [grouped(size), name, kind, because]),
  );

const passTable = ({ passes }: LinkReport): readonly string[] =>
  tableLines(
    [
      text('pass'),
      number('runs'),
      number('ms'),
      number('instructions'),
      number('bytes of code'),
      number('bytes of data'),
    ],
    passes.map((pass) => [
      pass.pass,
      grouped(pass.runs),
      grouped(Math.round(pass.milliseconds)),
      grouped(pass.instructionsSaved),
      grouped(pass.bytesSaved),
      grouped(pass.dataBytesSaved),
    ]),
  );

const registerName = (register: number): string => GRAPH_REGISTER_NAMES[register] ?? `x${register}`;

const registerLines = ({ registers }: LinkReport): readonly string[] => {
  const { loads, stores, moves, renamed, inMemory } = registers;
  const inserted = [
    [loads, 'loads'],
    [stores, 'stores'],
    [moves, 'moves'],
  ] as const;
  return [
    ...(loads + stores + moves === 0
      ? []
      : [`inserted: ${inserted.map(([count, what]) => `${grouped(count)} ${what}`).join(', ')}`]),
    ...(inMemory.length === 0
      ? []
      : [
          `in memory (some for a while only): ${[...inMemory]
            .sort((a, b) => a - b)
            .map(registerName)
            .join(', ')}`,
        ]),
    ...(renamed.length === 0
      ? []
      : [
          `in another register: ${renamed
            .map(({ register, native }) => `${registerName(register)} in ${registerName(native)}`)
            .join(', ')}`,
        ]),
  ];
};

/** How many names of what is left out are printed. */
const NAMED = 8;

const leftOut = (what: string, names: readonly string[]): readonly string[] => {
  if (names.length === 0) return [];
  const some = `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ', …' : ''}`;
  return [`${grouped(names.length)} ${what}${names.length === 1 ? '' : 's'}: ${some}`];
};

/** What `link --explain` prints. */
export const explanationLines = (report: LinkReport): readonly string[] => {
  const { parts, files, left } = report;
  return [
    ...section(
      'Bytes of the file by part',
      tableLines(
        [number('bytes'), text('part')],
        parts.map(({ name, bytes }) => [grouped(bytes), name]),
      ),
    ),
    ...section('Bytes of code by function', functionTable(report)),
    ...section(
      'Bytes of code by source file',
      tableLines(
        [number('bytes'), text('file')],
        files.map(({ path, codeBytes }) => [grouped(codeBytes), path]),
      ),
    ),
    ...section('Bytes of memory by section of data', dataTable(report)),
    ...section('What each pass saved (less than 0: what it added)', passTable(report)),
    ...section('What it took to use 13 registers', registerLines(report)),
    ...section('Left out, because nothing leads to it', [
      ...leftOut('function', left.functions),
      ...leftOut('section', left.data),
    ]),
  ];
};

/** What `link --why NAME` prints. */
export const whyLines = (report: LinkReport, name: string): readonly string[] => {
  const steps = report.why(name);
  if (steps.length > 0) return section(`Why ${name} is there`, steps);
  const { functions, data, left } = report;
  const leftNames = [...left.functions, ...left.data];
  if (leftNames.includes(name)) return ['', `${name} is left out: nothing leads to it`];
  const known = [...functions.map((f) => f.name), ...data.map((d) => d.section), ...leftNames];
  const similar = similarName(name, known);
  const advice = similar === undefined ? 'name a function or a section' : `did you mean ${similar}?`;
  return ['', `${name} is neither a function nor a section of data of the file; ${advice}`];
};
