/**
 * npm run fuzz:real -- [--only TEXT]… [--levels 0,1,2,3] [--keep]
 *
 * Compiles the programs of guests/link-tests in many ways, links them to PolkaVM code at all levels, as they are where
 * they have 13 registers and demoted, and compares what they print and how they exit with QEMU. `--only` picks builds
 * and programs by a part of their names. Ends with the line `N passed, N failed`; without compilers or QEMU nothing is
 * run and all is counted as skipped.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkProgramBlob } from '../../../src/decoder/check-blob.ts';
import type { OptimisationLevel, RelinkOptions } from '../../../src/linker/relink/options.ts';
import { relink } from '../../../src/linker/relink/relink.ts';
import { runLinux } from '../../../src/linux/program.ts';
import { Engine } from '../../../src/vm/engine.ts';
import { qemu } from '../../guests/toolchain.ts';
import { BUILDS, type Build, buildName } from './builds.ts';
import { compileProgram, missingTools, needsLibrary, SOURCES } from './compile.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    levels: { type: 'string', default: '0,1,2,3' },
    keep: { type: 'boolean', default: false },
  },
});
const levels = values.levels.split(',').map(Number) as readonly OptimisationLevel[];

interface Expected {
  readonly stdout: string;
  readonly status: number | null;
}

const waysOf = ({ mabi }: Build): readonly RelinkOptions[] =>
  levels.flatMap((level) =>
    (mabi.endsWith('e') ? [false, true] : [true]).map((demote) => ({ level, demote, strip: level !== 2 })),
  );

/** What is wrong with a program that was linked in one way; undefined for nothing. */
const problemOf = (elf: Uint8Array, options: RelinkOptions, expected: Expected): string | undefined => {
  try {
    const blob = relink(elf, options);
    const wrong = checkProgramBlob(blob).filter(({ level }) => level === 'wrong');
    if (wrong.length > 0) return `wrong blob: ${JSON.stringify(wrong.slice(0, 3))}`;
    const { outcome, stdout } = runLinux(new Engine({ deadline: 20_000 }).compile(blob), {
      args: ['program', 'argument'],
    });
    const text = new TextDecoder().decode(stdout);
    if (text !== expected.stdout) {
      const lines = text.split('\n');
      const at = expected.stdout.split('\n').findIndex((line, i) => line !== lines[i]);
      return `line ${at + 1}: ${lines[at]} instead of ${expected.stdout.split('\n')[at]}; ${JSON.stringify(outcome)}`;
    }
    const isSame = outcome.kind === 'exit' && outcome.code === expected.status;
    return isSame ? undefined : `ends with ${JSON.stringify(outcome)} instead of ${expected.status}`;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
};

const count = { passed: 0, failed: 0, programs: 0 };

const checkProgram = (build: Build, source: string, folder: string): void => {
  const { elf, runnable } = compileProgram(build, source, folder);
  const { stdout, status } = qemu(build.march.startsWith('rv64') ? 64 : 32, runnable, ['argument']);
  const expected = { stdout: stdout.toString('utf8'), status };
  const bytes = new Uint8Array(readFileSync(elf));
  count.programs++;
  for (const options of waysOf(build)) {
    const problem = problemOf(bytes, options, expected);
    if (problem === undefined) count.passed++;
    else {
      count.failed++;
      console.log(`FAILED ${elf} (${basename(source)}, ${buildName(build)}), ${JSON.stringify(options)}`);
      for (const line of problem.split('\n').slice(0, 6)) console.log(`    ${line}`);
    }
  }
};

const missing = missingTools();
const sources = readdirSync(SOURCES)
  .filter((name) => name.endsWith('.c'))
  .sort();
if (missing.length > 0) {
  console.log(`missing: ${missing.join(', ')}`);
  console.log(`0 passed, 0 failed, ${sources.length * BUILDS.length} skipped`);
} else {
  const root = mkdtempSync(join(tmpdir(), 'riscbox-real-'));
  for (const [index, build] of BUILDS.entries()) {
    for (const name of sources) {
      const source = join(SOURCES, name);
      const title = `${buildName(build)} ${name}`;
      if (needsLibrary(source) && !build.hasLibrary) continue;
      if (!values.only.every((part) => title.includes(part))) continue;
      try {
        checkProgram(build, source, join(root, `${index}`));
      } catch (error) {
        count.failed++;
        console.log(`FAILED ${title}\n    ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  if (!values.keep && count.failed === 0) rmSync(root, { recursive: true });
  console.log(`${count.programs} files of ${sources.length} programs`);
  console.log(`${count.passed} passed, ${count.failed} failed`);
}
process.exitCode = count.failed > 0 ? 1 : 0;
