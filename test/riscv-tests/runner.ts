/**
 * npm run riscv-tests -- [--tier TIER] [FILE…]
 *
 * Runs per-instruction tests as user programs under the Linux personality: ours, or all ELF files below the folder
 * that the environment variable RISCV_TESTS names. A test that exits with 0 passes; any other exit code is the number
 * of the check that failed. The last line is "N passed, N failed", the one before it tells which part of the guest
 * instructions ran in the tier.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { shareText } from '../../scripts/vectors/summary.ts';
import { Engine, type EngineOptions } from '../../src/index.ts';
import { link } from '../../src/linker/index.ts';
import { LinuxProgram, type LinuxResult } from '../../src/linux/index.ts';

/** Milliseconds; the tests take well under one each. */
const DEADLINE = 30_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tier: { type: 'string', default: 'auto' } },
});

const folder = process.env.RISCV_TESTS ?? fileURLToPath(new URL('bin', import.meta.url));

const isElf = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

const filesBelow = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const describe = ({ outcome }: LinuxResult): string => {
  switch (outcome.kind) {
    case 'exit':
      return outcome.signal === undefined
        ? `check ${outcome.code} failed`
        : `ended by signal ${outcome.signal}`;
    case 'trap':
      return `trap at 0x${outcome.pc.toString(16)}: ${outcome.reason}`;
    case 'interrupted':
      return `not finished after ${DEADLINE} ms`;
    default:
      return `stopped: ${outcome.kind}`;
  }
};

if (![...Engine.tiers, 'auto'].includes(values.tier)) {
  console.log(`there is no tier '${values.tier}': take auto, ${Engine.tiers.join(', ')}`);
  process.exit(1);
}
const engine = new Engine({ tier: values.tier as NonNullable<EngineOptions['tier']> });

let executed = 0;
let translated = 0;

/** What went wrong, or undefined. */
const problemOf = (bytes: Uint8Array, path: string): string | undefined => {
  try {
    using program = new LinuxProgram(engine.compile(link(bytes)), { args: [path] });
    const result = program.run({ deadline: DEADLINE });
    executed += result.instructions;
    translated += program.instance.translatedInstructions;
    return result.outcome.kind === 'exit' && result.outcome.code === 0 ? undefined : describe(result);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

let passed = 0;
let failed = 0;
for (const path of positionals.length > 0 ? positionals : filesBelow(folder)) {
  const bytes = new Uint8Array(readFileSync(path));
  if (!isElf(bytes)) continue;
  const problem = problemOf(bytes, path);
  if (problem === undefined) {
    passed++;
  } else {
    failed++;
    console.log(`FAILED  ${positionals.length > 0 ? path : relative(folder, path)}: ${problem}`);
  }
}
if (passed + failed === 0)
  console.log(`no ELF file below ${folder}: set RISCV_TESTS to a folder that has some`);
console.log(
  `${engine.tier}: ${shareText(engine.tier, { executed, translated })} of ${executed} guest instructions`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
