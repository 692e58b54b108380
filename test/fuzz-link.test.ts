import { describe, expect, test } from 'vitest';
import { seedOf } from '../scripts/fuzz/random.ts';
import { runJob } from '../scripts/fuzz-link/job.ts';
import { generate } from '../scripts/fuzz-link/program/generate.ts';
import type { FuzzProgram, Statement } from '../scripts/fuzz-link/program/program.ts';
import { guiltyPass } from '../scripts/fuzz-link/run/blame.ts';
import { checkVariant, prepare, type Variant } from '../scripts/fuzz-link/run/check.ts';
import { programText } from '../scripts/fuzz-link/run/listing.ts';
import { shrink } from '../scripts/fuzz-link/run/shrink.ts';
import { operation } from '../src/isa/table.ts';
import { PassRunner } from '../src/linker/relink/optimise/pass-runner.ts';

const PROGRAMS = 25;
const VARIANT: Variant = { options: { level: 2, demote: true }, tier: 'interpreter', isRepeated: false };

describe('random programs with relocations', () => {
  test('do the same linked at all levels', { timeout: 120_000 }, () => {
    const reports: string[] = [];
    let done = { passed: 0, failed: 0, links: 0 };
    const job = { seed: 21, programs: PROGRAMS, first: 0, step: 1, only: [] };
    runJob(
      job,
      () => {},
      (result, report) => {
        done = result;
        if (report !== undefined) reports.push(`${report.title}\n${report.text}`);
      },
    );
    expect(reports).toEqual([]);
    expect(done.passed).toBeGreaterThan(PROGRAMS - 3);
    expect(done.links).toBeGreaterThan(5 * done.passed);
  });

  test('are the same for the same seed', () => {
    for (let index = 0; index < 20; index++) {
      const seed = seedOf(5, index);
      expect(prepare(generate(seed))?.elf).toEqual(prepare(generate(seed))?.elf);
    }
  });

  test('hold no addresses in what they show', () => {
    for (let index = 0; index < 30; index++) {
      const program = generate(seedOf(6, index));
      // Other code, and so other addresses.
      const other = { ...program, isCompressed: !program.isCompressed, isSplit: !program.isSplit };
      expect(prepare(other)?.expected).toEqual(prepare(program)?.expected);
    }
  });
});

/** Statements of one kind of operation, at any depth. */
const usesOf = (program: FuzzProgram, name: string): number => {
  const op = operation(name);
  const count = (statement: Statement): number => (statement.kind === 'value' && statement.op === op ? 1 : 0);
  return program.functions.reduce((sum, { body }) => sum + body.reduce((inner, s) => inner + count(s), 0), 0);
};

describe('a program that fails', () => {
  const wanted = (program: FuzzProgram): boolean =>
    prepare(program) !== undefined && usesOf(program, 'xor') > 0;

  test('is made small', () => {
    const index = Array.from({ length: 200 }, (_unused, i) => i).find((i) => wanted(generate(seedOf(7, i))));
    const small = shrink(generate(seedOf(7, index!)), wanted);
    expect(small.functions).toHaveLength(1);
    expect(small.functions[0]?.body).toHaveLength(1);
    expect(programText(small)).toContain('value op xor');
  });

  test('is blamed on the pass that breaks it', () => {
    const prepared = prepare(generate(seedOf(8, 1)))!;
    expect(checkVariant(prepared, VARIANT)).toBeUndefined();
    const { run } = PassRunner.prototype;
    // A pass that takes the first instruction of all blocks away.
    PassRunner.prototype.run = function (pass) {
      if (pass.name !== 'forward substitution') return run.call(this, pass);
      return run.call(this, {
        name: pass.name,
        run: (graph) => {
          for (const { instructions } of graph.blocks) instructions.shift();
          return true;
        },
      });
    };
    try {
      expect(guiltyPass(() => checkVariant(prepared, VARIANT) !== undefined)).toMatch(
        /^forward substitution, run \d+$/,
      );
    } finally {
      PassRunner.prototype.run = run;
    }
  });
});
