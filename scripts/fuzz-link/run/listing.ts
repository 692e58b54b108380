import { ROWS } from '../../../src/isa/table.ts';
import { readElf } from '../../../src/linker/elf.ts';
import { textOf } from '../../../src/linker/relink/graph/graph-text.ts';
import { GRAPH_REGISTER_NAMES } from '../../../src/linker/relink/graph/register-names.ts';
import { readLinkInput } from '../../../src/linker/relink/input/read.ts';
import { lowerProgram } from '../../../src/linker/relink/lower/lower.ts';
import type { RelinkOptions } from '../../../src/linker/relink/options.ts';
import type { FuzzProgram, Statement } from '../program/program.ts';

/** What the linker makes of a file before anything is optimised. */
export const graphText = (elf: Uint8Array, options: RelinkOptions): string =>
  textOf(lowerProgram(readLinkInput(readElf(elf), options), options));

const REGISTERS: ReadonlySet<string> = new Set([
  'a',
  'b',
  'c',
  'd',
  'counter',
  'pointer',
  'index',
  'temporary',
]);

const valueText = (key: string, value: unknown): string => {
  if (key === 'op') return ROWS[value as number]?.name ?? '';
  if (REGISTERS.has(key) && typeof value === 'number') return GRAPH_REGISTER_NAMES[value] ?? 'zero';
  if (typeof value === 'bigint') return `${value}`;
  return JSON.stringify(value, (inner, each) =>
    REGISTERS.has(inner) && typeof each === 'number' ? GRAPH_REGISTER_NAMES[each] : each,
  );
};

const LISTS: ReadonlySet<string> = new Set(['taken', 'otherwise', 'body', 'cases']);

function* statementLines(statement: Statement, indent: string): Generator<string> {
  const { kind, ...rest } = statement;
  const plain = Object.entries(rest).filter(([key]) => !LISTS.has(key));
  yield `${indent}${kind} ${plain.map(([key, value]) => `${key} ${valueText(key, value)}`).join(', ')}`;
  for (const [key, value] of Object.entries(rest)) {
    if (!LISTS.has(key)) continue;
    const lists =
      key === 'cases' ? (value as readonly (readonly Statement[])[]) : [value as readonly Statement[]];
    for (const list of lists) {
      yield `${indent} ${key}`;
      for (const each of list) yield* statementLines(each, `${indent}  `);
    }
  }
}

/** A program for people. */
export const programText = ({ functions, sections, imports, ...rest }: FuzzProgram): string =>
  [
    JSON.stringify(rest),
    `sections ${sections.map(({ name }) => name).join(' ')}`,
    ...imports.map(({ name, inputs, outputs }) => `${name} ${inputs} -> ${outputs}`),
    ...functions.flatMap(({ body, ...attributes }, i) => [
      `function ${i} ${JSON.stringify(attributes)}`,
      ...body.flatMap((statement) => [...statementLines(statement, '  ')]),
    ]),
  ].join('\n');
