/** What a benchmark found: printed as tables, and written as JSON for `--json FILE`. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { TierName } from '../src/jit/tier.ts';

/** A cell: text, or a number and how many decimals to show of it. */
export type Cell = string | number | readonly [value: number, decimals: number];

export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: (string | number)[][];
  readonly notes: string[];
}

const text = (cell: Cell): string =>
  typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : cell[0].toFixed(cell[1]);

const plain = (cell: Cell): string | number => (typeof cell === 'object' ? cell[0] : cell);

/** The arguments that all benchmarks understand. */
export const benchArguments = (): {
  readonly json: string | undefined;
  readonly elves: string | undefined;
  /** Tier of the benchmarks that have one to choose. */
  readonly tier: 'auto' | TierName;
} => {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      elves: { type: 'string' },
      tier: { type: 'string', default: 'auto' },
    },
    allowPositionals: true,
  });
  // An engine refuses a name that is none.
  return { json: values.json, elves: values.elves, tier: values.tier as 'auto' | TierName };
};

const WIDTH = 10;
const FIRST_WIDTH = 44;

const pad = (cells: readonly string[], columns: readonly string[]): string =>
  cells
    .map((cell, i) =>
      i === 0 ? cell.padEnd(FIRST_WIDTH) : cell.padStart(Math.max(WIDTH, (columns[i] as string).length + 2)),
    )
    .join('');

export class Report {
  readonly tables: Table[] = [];

  /** Begins a table and prints its head; the first column is text. */
  table(name: string, columns: readonly string[]): void {
    this.tables.push({ name, columns, rows: [], notes: [] });
    console.log(`\n${name}\n${pad(columns, columns)}`);
  }

  row(...cells: readonly Cell[]): void {
    const table = this.tables.at(-1) as Table;
    table.rows.push(cells.map(plain));
    console.log(pad(cells.map(text), table.columns));
  }

  note(note: string): void {
    this.tables.at(-1)?.notes.push(note);
    console.log(`  ${note}`);
  }

  /** Writes the tables where `--json` says. */
  finish(): void {
    const { json } = benchArguments();
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(this.tables, undefined, 1)}\n`);
  }
}
