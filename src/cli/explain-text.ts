import type { LinkReport } from '../linker/relink/explain.ts';
import { grouped } from './numbers.ts';

/** Columns of numbers, which are set right. */
const NUMBER_COLUMNS = 12;

const row = (number: number, ...texts: readonly string[]): string =>
  `${grouped(number).padStart(NUMBER_COLUMNS)}  ${texts.filter((text) => text !== '').join('  ')}`;

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines];

/** What `link --explain` prints. */
export const explanationLines = ({
  parts,
  functions,
  files,
  data,
  left,
  passes,
}: LinkReport): readonly string[] => {
  const widest = functions.reduce((most, { name }) => Math.max(most, name.length), 0);
  const column = Math.min(widest, 40);
  return [
    ...section(
      'Bytes of the blob by part:',
      parts.map(({ name, bytes }) => row(bytes, name)),
    ),
    ...section(
      'Bytes of code by function, and why it is there:',
      functions.map(({ name, codeBytes, path, because }) =>
        row(codeBytes, name.padEnd(column), because, path === undefined ? '' : `(${path})`),
      ),
    ),
    ...section(
      'Bytes of code by source file:',
      files.map(({ path, codeBytes }) => row(codeBytes, path)),
    ),
    ...section(
      'Bytes of memory by data section, and why it is there:',
      data.map(({ section: name, kind, size, because }) => row(size, `${name} (${kind})`, because)),
    ),
    ...section(
      'Gained by pass (instructions, then bytes of code and data):',
      passes.map(({ pass, instructionsSaved, bytesSaved, dataBytesSaved }) =>
        row(instructionsSaved, grouped(bytesSaved).padStart(9), grouped(dataBytesSaved).padStart(9), pass),
      ),
    ),
    ...section('Left out, because nothing reaches it:', [
      `${`${left.functions.length}`.padStart(NUMBER_COLUMNS)}  functions${some(left.functions)}`,
      `${`${left.data.length}`.padStart(NUMBER_COLUMNS)}  data sections${some(left.data)}`,
    ]),
  ];
};

/** How many names of what is left out are printed. */
const NAMED = 8;

const some = (names: readonly string[]): string =>
  names.length === 0 ? '' : `: ${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ', …' : ''}`;
