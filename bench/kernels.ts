/** Speed of the interpreter on the committed kernels, with gas and without. */
import { readFileSync } from 'node:fs';
import { Engine } from '../src/index.ts';
import { link } from '../src/linker/index.ts';
import { LinuxProgram } from '../src/linux/index.ts';
import { geometricMean, interleave, millionsPerSecond, type Side } from './interleave.ts';
import { APART, KERNELS } from './kernel-arguments.ts';
import { Report } from './report.ts';

const TARGETS = ['rv32em', 'rv64im'] as const;
/** Instructions per slice: about 0.2 ms. */
const SLICE = 60_000;
const GAS = 10n ** 15n;

const engine = new Engine({ tier: 'interpreter' });

const bytesOf = (file: URL): Uint8Array => new Uint8Array(readFileSync(file));
const decoder = new TextDecoder();

/** A kernel as a process that is run `SLICE` instructions at a time. */
const sliced = (
  elf: Uint8Array,
  name: string,
  gas: 'sync' | 'none',
): Side & { readonly output: () => string } => {
  const module = engine.compile(link(elf), { gas });
  const args = [name, String(KERNELS[name])];
  let program: LinuxProgram | undefined;
  let output = '';
  return {
    start: () => {
      program?.dispose();
      program = new LinuxProgram(module, { args });
      program.instance.gas = GAS;
      output = '';
    },
    slice: () => {
      if (program === undefined || output !== '') return 0;
      const before = program.instance.executed;
      const { outcome, stdout, instructions } = program.run({ budget: SLICE });
      if (outcome.kind === 'exit' && outcome.code === 0) output = decoder.decode(stdout);
      else if (outcome.kind !== 'interrupted') throw new Error(`${name}: ${JSON.stringify(outcome)}`);
      return instructions - before;
    },
    output: () => output,
  };
};

const kernels = (report: Report): void => {
  report.table('Kernels, million guest instructions per second (fastest time of each slice)', [
    'kernel',
    'M instr.',
    'gas sync',
    'gas none',
    'sync/none',
    'minima',
    'quartile',
    'quartile',
  ]);
  for (const target of TARGETS) {
    const speeds: { sync: number[]; none: number[]; ratio: number[] } = { sync: [], none: [], ratio: [] };
    for (const name of Object.keys(KERNELS)) {
      const elf = bytesOf(new URL(`../guests/bin/${target}/${name}.elf`, import.meta.url));
      const [sync, none] = [sliced(elf, name, 'sync'), sliced(elf, name, 'none')];
      const result = interleave(sync, none, { budget: 700, rounds: 6 });
      if (sync.output() !== none.output()) throw new Error(`${name}: metering changes the result`);
      const [withGas, without] = [
        millionsPerSecond(result.a, result.a.minimum),
        millionsPerSecond(result.b, result.b.minimum),
      ];
      report.row(
        `${target} ${name}`,
        [result.a.work / 1e6, 1],
        [withGas, 0],
        [without, 0],
        [result.ratioOfMedians, 3],
        [result.ratioOfMinima, 3],
        [result.quartiles[0], 3],
        [result.quartiles[1], 3],
      );
      if (name === APART) continue;
      speeds.sync.push(withGas);
      speeds.none.push(without);
      speeds.ratio.push(result.ratioOfMedians);
    }
    report.row(
      `${target} geometric mean`,
      '',
      [geometricMean(speeds.sync), 0],
      [geometricMean(speeds.none), 0],
      [geometricMean(speeds.ratio), 3],
      '',
      '',
      '',
    );
  }
  report.note(`sync/none: time with gas over time without, medians. ${APART} is not part of the means.`);
};

const report = new Report();
kernels(report);
report.finish();
