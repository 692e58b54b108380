/**
 * npx tsx bench/size-passes.ts [--write] [ELF file...]
 *
 * What each pass of the relinker gains at level 3, as `riscbox link --explain` tells it: over all guests with
 * registers of their own, and of each file that is named. `--write` also puts the table into bench/size.md.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { relinkToBlob } from '../src/linker/index.ts';

const GUESTS = fileURLToPath(new URL('../guests/bin/', import.meta.url));
const FOLDERS = ['rv32em', 'rv32emac', 'rv64em', 'rv64emac'];
const REPORT = fileURLToPath(new URL('size.md', import.meta.url));
const [BEGIN, END] = ['<!-- passes -->', '<!-- /passes -->'];

interface Column {
  readonly name: string;
  readonly files: readonly string[];
}

/** Bytes by pass, the size that is left, and how many files it is of. */
interface Gains {
  readonly passes: Map<string, { bytes: number; instructions: number }>;
  code: number;
  files: number;
}

const gainsOf = ({ files }: Column): Gains => {
  const gains: Gains = { passes: new Map(), code: 0, files: 0 };
  for (const file of files) {
    try {
      const linked = relinkToBlob(new Uint8Array(readFileSync(file)), { level: 3 });
      for (const { pass, bytesSaved, instructionsSaved } of linked.explain().passes) {
        const sum = gains.passes.get(pass) ?? { bytes: 0, instructions: 0 };
        sum.bytes += bytesSaved;
        sum.instructions += instructionsSaved;
        gains.passes.set(pass, sum);
      }
      gains.code += linked.blob.code.length;
      gains.files++;
    } catch {
      // Guests that show what cannot be linked are no part of the table.
    }
  }
  return gains;
};

const write = process.argv.includes('--write');
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const columns: readonly Column[] = [
  ...named.map((file) => ({ name: basename(file, '.elf'), files: [file] })),
  {
    name: 'guests',
    files: FOLDERS.flatMap((folder) =>
      readdirSync(GUESTS + folder).map((file) => `${GUESTS}${folder}/${file}`),
    ),
  },
];
const gains = columns.map(gainsOf);
const passes = [...new Set(gains.flatMap(({ passes }) => [...passes.keys()]))];
const cell = (sum: { bytes: number; instructions: number } | undefined): string =>
  `${sum?.bytes ?? 0} | ${sum?.instructions ?? 0}`;
const lines = [
  `| Pass | ${columns.map(({ name }) => `${name}: bytes | instructions`).join(' | ')} |`,
  `|---|${'---:|---:|'.repeat(columns.length)}`,
  ...passes.map((pass) => `| ${pass} | ${gains.map(({ passes }) => cell(passes.get(pass))).join(' | ')} |`),
  `| *code that is left* | ${gains.map(({ code, files }) => `${code} | ${files === 1 ? '' : `${files} files`}`).join(' | ')} |`,
];
console.log(lines.join('\n'));
if (write) {
  const text = readFileSync(REPORT, 'utf8');
  const [head = ''] = text.split(BEGIN);
  const [, rest = ''] = text.split(END);
  writeFileSync(REPORT, `${head}${BEGIN}\n\n${lines.join('\n')}\n\n${END}${rest}`);
}
