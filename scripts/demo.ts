/**
 * npm run demo
 *
 * Runs committed RISC-V programs of some substance and shows what they print, how many instructions that took and
 * how fast they ran. Needs nothing but Node; takes a few seconds.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { grouped } from '../src/cli/numbers.ts';
import { loadElf } from '../src/linker/index.ts';
import { runLinux } from '../src/linux/index.ts';
import { HostDirectory, standardStreams } from '../src/node/index.ts';

const root = new URL('..', import.meta.url);

interface Show {
  readonly title: string;
  /** Below guests/bin. */
  readonly elf: string;
  readonly args: readonly string[];
}

const SHOWS: readonly Show[] = [
  {
    title: 'A chess move generator counts positions and compares them with the known numbers',
    elf: 'rv32emac/perft.elf',
    args: [],
  },
  {
    title: 'A Lisp interpreter, stripped of its symbols, looks for primes',
    elf: 'rv64imac/lisp_stripped.elf',
    args: ['/programs/primes.lisp'],
  },
];

const GAS = 10_000_000_000n;

const isTerminal = process.stdout.isTTY === true;
const bold = (text: string): string => (isTerminal ? `\x1b[1m${text}\x1b[0m` : text);
const dim = (text: string): string => (isTerminal ? `\x1b[2m${text}\x1b[0m` : text);
const { stdout } = standardStreams();
const print = (text: string): void => {
  stdout(new TextEncoder().encode(text));
};

/** Puts a margin in front of each line of a guest's output, as it comes. */
const withMargin = (): ((bytes: Uint8Array) => number) => {
  const decoder = new TextDecoder();
  let isLineStart = true;
  return (bytes) => {
    let text = decoder.decode(bytes, { stream: true });
    if (isLineStart && text !== '') text = `\n${text}`;
    isLineStart = text.endsWith('\n');
    if (isLineStart) text = text.slice(0, -1);
    return stdout(new TextEncoder().encode(text.replaceAll('\n', `\n  ${dim('│')} `)));
  };
};

/** Runs one program; answers whether it ended well. */
const show = ({ title, elf, args }: Show): boolean => {
  const bytes = new Uint8Array(readFileSync(new URL(`guests/bin/${elf}`, root)));
  print(`\n${bold(title)}\n${dim(`guests/bin/${elf}, ${grouped(bytes.length)} bytes`)}`);
  const start = performance.now();
  const module = loadElf(bytes, { gas: 'sync' });
  const loaded = performance.now();
  const programs = fileURLToPath(new URL('guests/lisp/programs/', root));
  const { outcome, instructions, gas } = runLinux(module, {
    args: [elf, ...args],
    mounts: { '/programs': new HostDirectory(programs, { readOnly: true }) },
    stdout: withMargin(),
    stderr: withMargin(),
    gas: GAS,
  });
  const seconds = (performance.now() - loaded) / 1000;
  const speed = Math.round(instructions / seconds / 1e6);
  print(`\n  ${bold(`${grouped(instructions)} instructions in ${seconds.toFixed(2)} s`)}`);
  print(`, ${bold(`${grouped(speed)} million per second`)}\n`);
  print(
    dim(`  linked in ${(loaded - start).toFixed(0)} ms, ${module.kind}, gas used ${grouped(GAS - gas)}\n`),
  );
  const isGood = outcome.kind === 'exit' && outcome.code === 0;
  if (!isGood) print(`  it ended unexpectedly: ${JSON.stringify(outcome)}\n`);
  return isGood;
};

print(
  `riscbox on Node ${process.versions.node}: stock RISC-V programs, interpreted and metered in TypeScript\n`,
);
process.exitCode = SHOWS.map(show).every((isGood) => isGood) ? 0 : 1;
