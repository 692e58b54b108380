/**
 * Speed of the interpreter against the hand-written loop of a prototype:
 * `RISCBOX_PROTOTYPE=DIR npx tsx bench/prototype.ts --elves DIR`.
 *
 * DIR of the prototype holds `interp.js`, a CommonJS module with `mkSwitch(file, '32' | '64', options)`, which
 * gives `{ reset(), run(n) }`: a switch with fused pairs made for one program, without gas, bounds of memory
 * checked. DIR of the ELF files holds `NAME.rv32` and `NAME.rv64`, each with a function `run(n)` that returns a
 * checksum; by default it is the prototype's.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { Engine, type Instance } from '../src/index.ts';
import { link } from '../src/linker/index.ts';
import { geometricMean, interleave, millionsPerSecond, wholeRun } from './interleave.ts';
import { APART, KERNELS } from './kernel-arguments.ts';
import { benchArguments, Report } from './report.ts';

const GAS = 10n ** 15n;
const engine = new Engine({ tier: 'interpreter' });

interface Prototype {
  reset(): void;
  run(n: number): number;
}

type MakeSwitch = (file: string, width: '32' | '64', options: object) => Prototype;

const comparable = (elves: string, width: '32' | '64'): string[] =>
  Object.keys(KERNELS).filter((name) => existsSync(join(elves, `${name}.rv${width}`)));

/** The prototype lacks some instructions and the data of some programs, and says so by an exception. */
const prototypeOf = (make: () => Prototype, n: number): Prototype | undefined => {
  try {
    const prototype = make();
    prototype.reset();
    prototype.run(n);
    return prototype;
  } catch {
    return undefined;
  }
};

const againstPrototype = (report: Report, folder: string, elves: string): void => {
  const { mkSwitch } = createRequire(join(resolve(folder), 'interp.js'))('./interp.js') as {
    mkSwitch: MakeSwitch;
  };
  report.table('Interpreter with gas against the hand-written loop without (M instr./s, whole runs)', [
    'kernel',
    'M instr.',
    'riscbox',
    'prototype',
    'speed ratio',
    'minima',
    'quartile',
    'quartile',
  ]);
  for (const width of ['32', '64'] as const) {
    const ratios: { medians: number[]; minima: number[]; speed: number[] } = {
      medians: [],
      minima: [],
      speed: [],
    };
    for (const name of comparable(elves, width)) {
      const file = join(elves, `${name}.rv${width}`);
      const n = KERNELS[name] as number;
      const theirs = prototypeOf(() => mkSwitch(file, width, { super: () => null, npairs: 48 }), n);
      if (theirs === undefined) {
        report.row(`rv${width} ${name}`, '', '', 'fails', '', '', '', '');
        continue;
      }
      const blob = link(new Uint8Array(readFileSync(file)), { exports: 'public' });
      const ours: Instance = engine.compile(blob, { gas: 'sync' }).instantiate({ gas: GAS });
      let [sum, check] = [0n, 0];
      sum = ours.call('run', n);
      const work = ours.executed;
      const result = interleave(
        wholeRun(
          work,
          () => {
            check = theirs.run(n);
          },
          () => theirs.reset(),
        ),
        wholeRun(
          work,
          () => {
            sum = ours.call('run', n);
          },
          () => ours.reset(),
        ),
        { budget: 900, warmUp: 4, rounds: 8 },
      );
      if (Number(BigInt.asUintN(32, sum)) !== check >>> 0) throw new Error(`${name}: checksums differ`);
      const speed = millionsPerSecond(result.b, result.b.minimum);
      report.row(
        `rv${width} ${name}`,
        [work / 1e6, 1],
        [speed, 0],
        [millionsPerSecond(result.a, result.a.minimum), 0],
        [result.ratioOfMedians, 2],
        [result.ratioOfMinima, 2],
        [result.quartiles[0], 2],
        [result.quartiles[1], 2],
      );
      if (name === APART) continue;
      ratios.medians.push(result.ratioOfMedians);
      ratios.minima.push(result.ratioOfMinima);
      ratios.speed.push(speed);
    }
    if (ratios.medians.length === 0) continue;
    report.row(
      `rv${width} geometric mean`,
      '',
      [geometricMean(ratios.speed), 0],
      '',
      [geometricMean(ratios.medians), 3],
      [geometricMean(ratios.minima), 3],
      '',
      '',
    );
  }
  report.note(
    'Above 1: riscbox is faster. Goal: at least 0.85 in the mean. Fails: the prototype cannot run the file.',
  );
};

const report = new Report();
const prototype = process.env.RISCBOX_PROTOTYPE;
if (prototype !== undefined) againstPrototype(report, prototype, benchArguments().elves ?? prototype);
else {
  report.table('Interpreter against the hand-written loop', ['']);
  report.note('not measured: RISCBOX_PROTOTYPE names no directory with the prototype');
}
report.finish();
