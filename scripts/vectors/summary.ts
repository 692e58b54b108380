import type { TierName } from '../../src/jit/tier.ts';
import { CHECKS, type Failure, type Instructions, type Report } from './report.ts';

/** Failures printed in full per kind, and lines of each, unless all are asked for. */
const SHOWN_FAILURES = 5;
const SHOWN_LINES = 6;

/** Lines that tell one failure. */
export const failureLines = ({ kind, id, differences }: Failure, all: boolean): string[] => {
  const lines = differences.flatMap((difference) => difference.split('\n'));
  const shown = all ? lines : lines.slice(0, SHOWN_LINES);
  const rest = lines.length - shown.length;
  return [
    `FAILED ${kind}: ${id}`,
    ...shown.map((line) => `    ${line}`),
    ...(rest > 0 ? [`    … ${rest} more lines (--verbose shows all)`] : []),
  ];
};

/** Prints failures as they come, up to a number per kind. */
export class FailurePrinter {
  readonly #counts: Map<string, number> = new Map();
  readonly #all: boolean;
  readonly #print: (line: string) => void;

  constructor(all: boolean, print: (line: string) => void) {
    this.#all = all;
    this.#print = print;
  }

  add(failure: Failure): void {
    const count = (this.#counts.get(failure.kind) ?? 0) + 1;
    this.#counts.set(failure.kind, count);
    if (this.#all || count <= SHOWN_FAILURES) failureLines(failure, this.#all).forEach(this.#print);
  }

  finish(): void {
    if (this.#all) return;
    for (const [kind, count] of this.#counts) {
      if (count > SHOWN_FAILURES) {
        this.#print(`${kind}: ${count - SHOWN_FAILURES} more cases failed (--verbose shows all)`);
      }
    }
  }
}

const NAME_COLUMNS = 28;
const COUNT_COLUMNS = 9;

const row = (name: string, counts: readonly (number | string)[]): string =>
  `${name.padEnd(NAME_COLUMNS)}${counts.map((count) => String(count).padStart(COUNT_COLUMNS)).join('')}`;

/** Wide enough for the largest count and a space. */
const INSTRUCTION_COLUMNS = 14;

/** Which part of the instructions ran in a tier: in translated code, or, for the interpreter, not in it. */
export const shareText = (tier: TierName, { executed, translated }: Instructions): string => {
  if (executed === 0) return '-';
  const inTier = tier === 'interpreter' ? executed - translated : translated;
  return `${((100 * inTier) / executed).toFixed(1)} %`;
};

/** Guest instructions by group and all together, with the share that ran in a tier. */
const instructionLines = (
  tier: TierName,
  groups: ReadonlyMap<string, Instructions>,
  all: Instructions,
): string[] =>
  [...[...groups].sort(), ['all', all] as const].map(
    ([name, counts]) =>
      name.padEnd(NAME_COLUMNS) +
      String(counts.executed).padStart(INSTRUCTION_COLUMNS) +
      shareText(tier, counts).padStart(COUNT_COLUMNS + 1),
  );

export interface SummaryInput {
  readonly report: Report;
  /** Number of files by what they are, of files that hold no cases. */
  readonly companions: ReadonlyMap<string, number>;
  readonly tier: TierName;
  readonly milliseconds: number;
}

/** The summary; its last line is `N passed, N failed, N skipped`. */
export const summaryLines = ({ report, companions, tier, milliseconds }: SummaryInput): string[] => {
  const lines = ['', row('kind', ['passed', 'failed', 'skipped'])];
  for (const [kind, counts] of [...report.kinds].sort()) {
    lines.push(row(kind, [counts.passed, counts.failed, counts.skipped]));
    for (const check of CHECKS) {
      const of = counts.checks.get(check);
      if (of !== undefined) lines.push(row(`  ${check}`, [of.passed, of.failed]));
    }
  }
  lines.push('', row('check, all kinds', ['passed', 'failed']));
  const { checks } = report;
  for (const check of CHECKS) {
    const of = checks.get(check);
    if (of !== undefined) lines.push(row(check, [of.passed, of.failed]));
  }
  lines.push('');
  const byReason = new Map<string, string[]>();
  for (const { kind, id, entry } of report.skips) {
    byReason.set(entry.reason, [...(byReason.get(entry.reason) ?? []), `${kind}: ${id}`]);
  }
  for (const [reason, ids] of byReason) lines.push(`skipped ${ids.length} (${ids.join(', ')}): ${reason}`);
  for (const [what, count] of companions) lines.push(`${count} files without cases: ${what}`);
  const all = { executed: 0, translated: 0 };
  for (const { executed, translated } of report.instructions.values()) {
    all.executed += executed;
    all.translated += translated;
  }
  lines.push(
    '',
    `${'guest instructions'.padEnd(NAME_COLUMNS)}${'executed'.padStart(INSTRUCTION_COLUMNS)}  in tier ${tier}`,
    ...instructionLines(tier, report.instructions, all),
    '',
  );
  const share = all.executed === 0 ? 'no' : `${shareText(tier, all)} of ${all.executed}`;
  lines.push(`${tier}: ${share} guest instructions, ${(milliseconds / 1000).toFixed(1)} s`);
  const { passed, failed, skipped } = report.totals;
  lines.push(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return lines;
};
