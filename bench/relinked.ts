/**
 * npx tsx bench/relinked.ts
 *
 * What relinking and demoting cost in instructions: each guest runs in place (RISC-V profile), and as PolkaVM code at
 * levels 0 and 2. Counts depend on nothing but the binaries. Then how long linking takes, by size of the program.
 */

import { Engine } from '../src/index.ts';
import { readElf } from '../src/linker/elf.ts';
import { SHF_EXECINSTR } from '../src/linker/elf-format.ts';
import { link, type OptimisationLevel, relinkedBytes, relinkToBlob } from '../src/linker/index.ts';
import { runLinux } from '../src/linux/index.ts';
import { geometricMean } from './interleave.ts';
import { fileBytes } from './kernel-runs.ts';
import { Report } from './report.ts';

const KERNELS = [
  'sieve',
  'matmul',
  'quicksort',
  'sha256',
  'nbody_fixed',
  'switchvm',
  'hash',
  'lz',
  'heap',
  'deflate',
];
const TARGETS = ['rv32em', 'rv64em', 'rv32im', 'rv64im'] as const;
/** PolkaVM's execution environment calls cost the same instructions in both profiles. */
const ENGINE = new Engine();
const ROUNDS: Readonly<Record<string, string>> = { nbody_fixed: '1000', switchvm: '60000', heap: '20000' };

const run = (blob: Uint8Array, name: string): { instructions: number; output: string } => {
  const { outcome, stdout, instructions } = runLinux(ENGINE.compile(blob), {
    args: [name, ROUNDS[name] ?? '1'],
  });
  if (outcome.kind !== 'exit' || outcome.code !== 0) throw new Error(`${name}: ${JSON.stringify(outcome)}`);
  return { instructions, output: new TextDecoder().decode(stdout) };
};

const codeBytes = (elf: Uint8Array): number =>
  readElf(elf).sections.reduce((sum, { flags, size }) => sum + ((flags & SHF_EXECINSTR) !== 0 ? size : 0), 0);

const report = new Report();
for (const target of TARGETS) {
  const demote = !/^rv\d+e/.test(target);
  report.table(
    `${target}${demote ? ', demoted' : ''}: instructions and bytes of code, over those of the ELF file`,
    ['program', 'instructions in place', 'level 0', 'level 2', 'bytes, level 0', 'level 2'],
  );
  const sums: [number[], number[], number[], number[]] = [[], [], [], []];
  for (const name of KERNELS) {
    const elf = fileBytes(`guests/bin/${target}/${name}.elf`);
    const inPlace = run(link(elf), name);
    const at = (level: OptimisationLevel): readonly [number, number] => {
      const { blob } = relinkToBlob(elf, { level, demote, strip: true });
      const { instructions, output } = run(relinkedBytes(blob), name);
      if (output !== inPlace.output) throw new Error(`${target} ${name}, level ${level}: ${output}`);
      return [instructions / inPlace.instructions, blob.code.length / codeBytes(elf)];
    };
    const [executed0, bytes0] = at(0);
    const [executed2, bytes2] = at(2);
    const ratios = [executed0, executed2, bytes0, bytes2];
    ratios.forEach((ratio, i) => {
      sums[i]?.push(ratio);
    });
    const [a, b, c, d] = ratios as [number, number, number, number];
    report.row(name, inPlace.instructions, [a, 2], [b, 2], [c, 2], [d, 2]);
  }
  const [a, b, c, d] = sums.map((ratios) => geometricMean(ratios)) as [number, number, number, number];
  report.row('geometric mean', '', [a, 2], [b, 2], [c, 2], [d, 2]);
}
report.finish();
