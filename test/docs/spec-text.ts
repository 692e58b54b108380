import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SPECIAL_TEXTS } from '../../src/decoder/text-polkavm.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { RELOCATION_TYPES } from '../../src/linker/relink/input/relocation-types.ts';
import { SYSTEM_CALLS } from '../../src/linux/calls/table.ts';
import { ROOT } from './blocks.ts';

/** One error as its area's table defines it. */
export interface ErrorEntry {
  readonly code: string;
  readonly fields: readonly string[];
  /** With an ellipsis for each value. */
  readonly message: string;
}

const sources = (): string[] =>
  readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );

/** Files that define errors, from the root of the repository. */
export const errorFiles: readonly string[] = sources()
  .map((path) => `src/${path}`)
  .filter((path) => path !== 'src/core/error.ts')
  .filter((path) => readFileSync(join(ROOT, path), 'utf8').includes('defineErrors('))
  .sort();

const ENTRY =
  /^ {2}'([a-z0-9-]+\/[a-z0-9-]+)': \(\w+: (\{[^}]*\}|Record<string, never>)\)(?:: string)? =>\s*([\s\S]*?),\n(?= {2}'|\n| {2}\/\/|\})/gm;

/** Replaces what is inserted into a template literal, braces within braces included. */
const withoutValues = (template: string): string => {
  let text = '';
  for (let at = 0; at < template.length; at++) {
    if (!template.startsWith('${', at)) {
      text += template[at];
      continue;
    }
    let depth = 1;
    for (at += 2; depth > 0; at++) {
      if (template[at] === '{') depth++;
      if (template[at] === '}') depth--;
    }
    at--;
    text += '…';
  }
  return text;
};

const fieldsOf = (type: string): string[] =>
  [...type.matchAll(/(\w+)\??:/g)].map((match) => match[1] as string);

/** The text of a message: what stands between its quotes. */
const messageOf = (expression: string): string =>
  withoutValues(expression.trim()).replace(/^[`'"]|[`'"]$/g, '');

/** All errors that a file's table defines. Throws when it cannot read one of them. */
export const errorsOf = (path: string): ErrorEntry[] => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const entries = [...text.matchAll(ENTRY)].map(
    ([, code, type, expression]): ErrorEntry => ({
      code: code as string,
      fields: fieldsOf(type as string),
      message: messageOf(expression as string),
    }),
  );
  const codes = [...text.matchAll(/^ {2}'[a-z0-9-]+\/[a-z0-9-]+': \(/gm)].length;
  if (codes !== entries.length) throw new Error(`${path}: read ${entries.length} of ${codes} errors`);
  return entries;
};

const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

const errorTable = (): string => {
  const entries = errorFiles.flatMap(errorsOf).sort((a, b) => (a.code < b.code ? -1 : 1));
  return [
    '| Code | Fields | Message |',
    '|---|---|---|',
    ...entries.map((e) => `| \`${e.code}\` | ${e.fields.join(', ')} | ${cell(e.message)} |`),
  ].join('\n');
};

const systemCallTable = (): string => {
  const rows = [...SYSTEM_CALLS].sort((a, b) => a.number - b.number || (a.width ?? 0) - (b.width ?? 0));
  return [
    '| Number | Call | Arguments | Kinds |',
    '|---|---|---|---|',
    ...rows.map((row) => {
      const kinds = row.width === undefined ? 'both' : `rv${row.width}`;
      return `| ${row.number} | ${row.name} | ${row.arguments.join(', ')} | ${kinds} |`;
    }),
  ].join('\n');
};

/** What stands for each token of a row's text (FullRow.text). */
const TOKEN_NAMES: Readonly<Record<string, string>> = {
  ...{ a: 'X', b: 'Y', c: 'Z', t: 'T', x: 'N', y: 'M', xy: 'N', 'x:d': 'N', 'x:u': 'N' },
  ...{ 'a+x': 'X + N', 'b+x': 'Y + N', 'b +x': 'Y + N', 'b+y': 'Y + M', 'tmp+y': 'tmp + M' },
  ...{ '+x': '+ N', 'x-b': 'N - Y', '>>r': '>>r' },
};

const textOf = (template: string): string =>
  template.replace(/^~/, 'i32 ').replace(/\{([^}]+)\}/g, (token, name: string) => TOKEN_NAMES[name] ?? token);

const instructionTexts = (): string => {
  const special = SPECIAL_TEXTS.map(({ op, text }) => [FULL_ROWS[op]?.name, text]);
  const rows = [
    ...FULL_ROWS.filter(({ text }) => text !== '').map(({ name, text }) => [name, text]),
    ...special,
  ];
  return [
    '| Instruction | Text |',
    '|---|---|',
    ...rows.map(([name, text]) => `| \`${name}\` | \`${textOf(text as string).replaceAll('|', '\\|')}\` |`),
  ].join('\n');
};

const relocationTable = (): string => {
  const rows = [...RELOCATION_TYPES].map(([number, { name, code, data, isHint }]) => {
    const inCode = isHint ? 'ignored' : code === undefined ? '–' : code.kind;
    const inData = isHint ? 'ignored' : data === undefined ? '–' : `${data.part}, ${data.size}`;
    return `| ${number} | ${name.replace(/^R_RISCV_/, '')} | ${inCode} | ${inData} |`;
  });
  return [
    '| Number | R_RISCV_… | Among instructions | In data: part, bytes |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
};

const SECTIONS: Readonly<Record<string, () => string>> = {
  errors: errorTable,
  'system-calls': systemCallTable,
  relocations: relocationTable,
  'instruction-texts': instructionTexts,
};

/** SPEC.md as it should be: the text between each pair of marks made anew. Throws when a mark is missing. */
export const specWithTables = (spec: string): string => {
  let text = spec;
  for (const [name, table] of Object.entries(SECTIONS)) {
    const begin = `<!-- generated:${name}:begin -->`;
    const end = `<!-- generated:${name}:end -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`SPEC.md lacks the marks of ${name}`);
    text = `${text.slice(0, from + begin.length)}\n\n${table()}\n\n${text.slice(to)}`;
  }
  return text;
};
