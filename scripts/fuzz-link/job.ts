import { seedOf } from '../fuzz/random.ts';
import { generate } from './program/generate.ts';
import type { FuzzProgram } from './program/program.ts';
import { guiltyPass } from './run/blame.ts';
import { checkVariant, type Finding, prepare, variantsOf } from './run/check.ts';
import { graphText, programText } from './run/listing.ts';
import { shrink } from './run/shrink.ts';

/** A share of the programs of a run: every `step`-th from `first` on. */
export interface Job {
  readonly seed: number;
  readonly programs: number;
  readonly first: number;
  readonly step: number;
  /** Seeds of programs to be run instead. */
  readonly only: readonly number[];
}

/** What is known so far. */
export interface JobResult {
  readonly passed: number;
  readonly failed: number;
  /** Programs that were too large, or ran too long, to be judged. */
  readonly unfit: number;
  readonly links: number;
  readonly observations: number;
}

export interface Report {
  readonly seed: number;
  readonly title: string;
  readonly text: string;
}

/** A fault as it is found first, and as small as it can be made. */
const reportOf = (seed: number, program: FuzzProgram, found: Finding): Report => {
  const { variant, kind } = found;
  const faultOf = (candidate: FuzzProgram): Finding | undefined => {
    const prepared = prepare(candidate);
    const finding = prepared && checkVariant(prepared, variant);
    return finding?.kind === kind ? finding : undefined;
  };
  const small = shrink(program, (candidate) => faultOf(candidate) !== undefined);
  const prepared = prepare(small)!;
  const pass = guiltyPass(() => faultOf(small) !== undefined);
  return {
    seed,
    title: `${kind}, ${JSON.stringify(variant)}, ${pass === undefined ? 'without any pass' : `by pass ${pass}`}`,
    text: [
      faultOf(small)?.text ?? '',
      programText(small),
      kind === 'error' ? '' : graphText(prepared.elf, variant.options),
    ].join('\n\n'),
  };
};

/** Runs a share of the programs. */
export const runJob = (
  { seed, programs, first, step, only }: Job,
  begin: (index: number, seed: number) => void,
  tell: (result: JobResult, report: Report | undefined) => void,
): void => {
  const count = { passed: 0, failed: 0, unfit: 0, links: 0, observations: 0 };
  const seeds = only.length > 0 ? only : undefined;
  for (let index = first; index < (seeds?.length ?? programs); index += step) {
    const programSeed = seeds?.[index] ?? seedOf(seed, index);
    begin(index, programSeed);
    const program = generate(programSeed);
    const prepared = prepare(program);
    if (prepared === undefined) {
      count.unfit++;
      continue;
    }
    count.observations += prepared.expected.length;
    let found: Finding | undefined;
    for (const variant of variantsOf(program, programSeed)) {
      count.links++;
      found ??= checkVariant(prepared, variant);
    }
    if (found === undefined) count.passed++;
    else count.failed++;
    tell({ ...count }, found && reportOf(programSeed, program, found));
  }
  tell({ ...count }, undefined);
};
