/**
 * npx tsx bench/size.ts [--write]
 *
 * How large programs are: the same C sources compiled by the same clang for RISC-V (ELF files), for WebAssembly, with
 * and without wasm-opt, and linked to our blobs at every level. Prints a table per compiler level; `--write` also puts
 * them into bench/size.md. Needs clang-19 and lld-19, and binaryen's wasm-opt for its column.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COLUMNS, type Column, type Size, type SizeProgram } from './size-builds.ts';
import { SIZE_PROGRAMS } from './size-programs.ts';

const COMPILER_LEVELS = ['-O3', '-Os', '-Oz'] as const;
const REPORT = fileURLToPath(new URL('size.md', import.meta.url));
const MARK = '<!-- measured -->';

const have = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

const columns = COLUMNS.filter(({ name }) => name !== 'wasm-opt' || have('wasm-opt'));

type Row = ReadonlyMap<Column, Size>;

const measure = (program: SizeProgram, level: string, folder: string): Row =>
  new Map(columns.map((column) => [column, column.measure(program, level, folder)]));

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Ratios to this column stand under each table. */
const BASELINE = 'latest64 level 2';

const table = (level: string, part: keyof Size, rows: ReadonlyMap<SizeProgram, Row>): readonly string[] => {
  const names = [...rows.keys()];
  const baseline = columns.find(({ name }) => name === BASELINE) as Column;
  const sizes = (column: Column): readonly number[] =>
    names.map((program) => (rows.get(program) as Row).get(column)?.[part] ?? Number.NaN);
  return [
    `### ${level}, bytes of ${part === 'code' ? 'code' : 'the whole file'}`,
    '',
    `| | ${names.map(({ name }) => name).join(' | ')} | geometric mean, ${BASELINE} = 1 |`,
    `|---|${'---|'.repeat(names.length + 1)}`,
    ...columns.map((column) => {
      const own = sizes(column);
      const base = sizes(baseline);
      const ratio = geometricMean(own.map((size, i) => size / (base[i] as number)));
      return `| ${column.name} | ${own.join(' | ')} | ${ratio.toFixed(2)} |`;
    }),
    '',
  ];
};

const folder = mkdtempSync(join(tmpdir(), 'riscbox-size-'));
try {
  const lines = COMPILER_LEVELS.flatMap((level) => {
    const rows = new Map(SIZE_PROGRAMS.map((program) => [program, measure(program, level, folder)]));
    return [...table(level, 'code', rows), ...table(level, 'file', rows)];
  });
  console.log(lines.join('\n'));
  if (process.argv.includes('--write')) {
    const [head] = readFileSync(REPORT, 'utf8').split(MARK);
    writeFileSync(REPORT, `${head}${MARK}\n\n${lines.join('\n').trimEnd()}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
