import type { TierName } from '../../src/jit/tier.ts';
import { type Coverage, expectedOperations, expectedStops, PROFILES } from './coverage.ts';

/** What a run of at least `DEMANDING` programs must reach. */
export const MIN_MEDIAN = 500;
export const MIN_TRANSLATED = 0.8;
export const DEMANDING = 5000;

/** What of the demands on coverage is not met. */
export const unmetDemands = (coverage: Coverage, tier: TierName): string[] => {
  const problems: string[] = [];
  if (coverage.median < MIN_MEDIAN) {
    problems.push(`the median program executes ${coverage.median} instructions, less than ${MIN_MEDIAN}`);
  }
  if (tier !== 'interpreter' && coverage.translated < MIN_TRANSLATED * coverage.ran) {
    problems.push(`${share(coverage)} of the instructions ran in translated code, less than 80 %`);
  }
  for (const profile of PROFILES) {
    const operations = coverage.missingOperations(profile);
    if (operations.length > 0) problems.push(`${profile}: never executed: ${operations.join(' ')}`);
    const stops = coverage.missingStops(profile);
    if (stops.length > 0) problems.push(`${profile}: never stopped by: ${stops.join(', ')}`);
  }
  return problems;
};

const share = ({ translated, ran }: Coverage): string =>
  ran === 0 ? 'none' : `${((100 * translated) / ran).toFixed(1)} %`;

/** The lines that tell what a run has covered. */
export const coverageLines = (coverage: Coverage): string[] => {
  const lines = ['', 'profile       operations      stops'];
  for (const profile of PROFILES) {
    const operations = expectedOperations(profile).length;
    const stops = expectedStops(profile).length;
    const ran = operations - coverage.missingOperations(profile).length;
    const stopped = stops - coverage.missingStops(profile).length;
    lines.push(`${profile.padEnd(14)}${`${ran} of ${operations}`.padEnd(16)}${stopped} of ${stops}`);
  }
  const stops = new Map<string, number>();
  for (const profile of PROFILES) {
    for (const [name, count] of coverage.stopsOf(profile)) stops.set(name, (stops.get(name) ?? 0) + count);
  }
  lines.push('', 'stops of the tier under test');
  for (const [name, count] of [...stops].sort()) lines.push(`  ${name.padEnd(30)}${count}`);
  lines.push('', 'programs and moves');
  for (const [name, count] of [...coverage.features].sort()) lines.push(`  ${name.padEnd(30)}${count}`);
  const sorted = [...coverage.executed].sort((p, q) => p - q);
  const at = (part: number): number => sorted[Math.floor(part * sorted.length)] ?? 0;
  lines.push(
    '',
    `executed instructions per program: median ${coverage.median}, quartiles ${at(0.25)} and ${at(0.75)}, 99 % below ${at(0.99)}`,
    `${coverage.comparisons} runs compared, ${coverage.ran} instructions in them, ${share(coverage)} in translated code`,
  );
  return lines;
};
