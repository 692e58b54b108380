/**
 * Chooses the sequences of operations that the interpreter's loops execute as one case: those that real
 * programs run most often one after the other. Usage: npx tsx bench/choose-fused.ts [ELF…]
 *
 * Programs: the committed guests, and files given. Each is run for a while block by block; its blocks, weighted
 * by how often they ran, are text in which the most frequent neighbours are merged again and again (as in byte
 * pair encoding), so that what is chosen reflects what earlier choices leave. A program counts as much as any
 * other, however long it runs. Writes scripts/interpreter/fused-sequences.ts; run `npm run generate` after it.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fusedBody } from '../scripts/interpreter/loop.ts';
import type { Width } from '../src/core/kind.ts';
import { Instruction } from '../src/decoder/instruction.ts';
import { type Program, programFrom } from '../src/decoder/program.ts';
import { CompiledCode } from '../src/interpreter/compiled-code.ts';
import { Machine } from '../src/interpreter/machine.ts';
import { labelOf, SHAPES } from '../src/interpreter/records.ts';
import { FULL_ROWS } from '../src/isa/full-table.ts';
import type { Row } from '../src/isa/row.ts';
import { INVALID, isTerminator, ROWS } from '../src/isa/table.ts';
import { linkToBlob } from '../src/linker/riscv-profile.ts';
import { FlatMemory } from '../src/memory/flat-memory.ts';

/** Merges tried; what does not pay for its size is dropped again. */
const MERGES = 400;
const LONGEST = 5;
/**
 * Characters of generated text that the sequences of a width may have: bytecode is about 0.42 of it, and the loop
 * has to stay below V8's limit for optimised functions (61,440 bytes; bench/dispatch.ts checks it).
 */
const TEXT: Readonly<Record<Width, number>> = { 32: 25_000, 64: 22_000 };
const BLOCKS = 400_000;
const MEMORY = 256 << 20;

interface Block {
  tokens: string[];
  weight: number;
}

const shapeName = new Map(SHAPES.map((s) => [s.label, s.row]));

/** What the guest asks of the kernel while being profiled: enough for the committed guests to run on. */
const answer = (machine: Machine, embedded: boolean): boolean => {
  const call = machine.getRegister32(embedded ? 5 : 17);
  if (call === 93 || call === 94) return false;
  machine.setRegister(10, call === 64 ? machine.getRegister32(12) : call === 214 || call === 63 ? 0 : -38);
  return true;
};

/** Times each block of a program was entered. */
const profile = (program: Program, machine: Machine): Map<number, number> => {
  const counts = new Map<number, number>();
  for (let blocks = 0; blocks < BLOCKS; blocks++) {
    const pc = machine.nextPc;
    if (pc === undefined) break;
    counts.set(pc, (counts.get(pc) ?? 0) + 1);
    const stop = machine.run(1);
    if (stop.kind === 'host-call' && answer(machine, program.riscv?.embedded === true)) continue;
    if (stop.kind !== 'interrupted') break;
  }
  return counts;
};

const isRare = new Map(FULL_ROWS.map(({ name, rare }) => [name, rare]));

const fusible = (row: Row): boolean =>
  !isRare.get(row.name) && !['host-call', 'trap', 'custom', 'nothing'].includes(row.effect.kind);

const blocksOf = (program: Program, counts: Map<number, number>): Block[] => {
  const instruction = new Instruction();
  const blocks: Block[] = [];
  let total = 0;
  for (const [start, weight] of counts) {
    const tokens: string[] = [];
    for (let pc = start; ; pc += instruction.length) {
      program.code.decode(pc, instruction);
      if (instruction.op === INVALID) break;
      const row = shapeName.get(labelOf(ROWS[instruction.op] as Row)) as Row;
      tokens.push(fusible(row) ? row.name : `!${row.name}`);
      if (isTerminator(instruction.op)) break;
    }
    total += weight * tokens.length;
    blocks.push({ tokens, weight });
  }
  for (const block of blocks) block.weight /= total;
  return blocks;
};

const run = (file: string): { width: Width; blocks: Block[] } => {
  const program = programFrom(linkToBlob(new Uint8Array(readFileSync(file))));
  const map = program.memoryMap({ maxMemory: MEMORY });
  const pricing = { costs: new Uint32Array(ROWS.length + 1).fill(1), blockCost: undefined };
  const machine = new Machine(
    new CompiledCode(program.code, program.width, true, pricing),
    new FlatMemory(map, MEMORY),
    {
      kind: program.kind,
      embedded: program.riscv?.embedded === true,
      metering: 'none',
      granularity: 'block',
    },
  );
  // An empty argument list: zero words below the stack's end.
  machine.setRegister(2, map.stackPointer - 64);
  machine.nextPc = program.riscv?.entry;
  const counts = profile(program, machine);
  console.log(`${file}: ${machine.executed} instructions, ${counts.size} blocks`);
  return { width: program.width, blocks: blocksOf(program, counts) };
};

/** The merge that saves most dispatches, as its two tokens. */
const best = (blocks: readonly Block[]): [string, string, number] | undefined => {
  const gains = new Map<string, number>();
  for (const { tokens, weight } of blocks) {
    for (let i = 0; i + 1 < tokens.length; i++) {
      const key = `${tokens[i]} ${tokens[i + 1]}`;
      if (key.includes('!') || key.split(' ').length > LONGEST) continue;
      gains.set(`${tokens[i]}|${tokens[i + 1]}`, (gains.get(`${tokens[i]}|${tokens[i + 1]}`) ?? 0) + weight);
    }
  }
  let found: [string, string, number] | undefined;
  for (const [key, gain] of gains) {
    const [left, right] = key.split('|') as [string, string];
    if (found === undefined || gain > found[2]) found = [left, right, gain];
  }
  return found;
};

const merge = (blocks: readonly Block[], left: string, right: string): void => {
  for (const block of blocks) {
    const merged: string[] = [];
    for (let i = 0; i < block.tokens.length; i++) {
      if (block.tokens[i] === left && block.tokens[i + 1] === right) {
        merged.push(`${left} ${right}`);
        i++;
      } else merged.push(block.tokens[i] as string);
    }
    block.tokens = merged;
  }
};

/** Splits blocks into the longest known sequences, from the left, as the pre-decoder does. */
const tokenise = (blocks: readonly Block[], known: ReadonlySet<string>): Map<string, number> => {
  const saved = new Map<string, number>();
  for (const { tokens, weight } of blocks) {
    for (let i = 0; i < tokens.length; ) {
      let length = 1;
      for (let n = Math.min(LONGEST, tokens.length - i); n > 1; n--) {
        const sequence = tokens.slice(i, i + n).join(' ');
        if (!known.has(sequence)) continue;
        saved.set(sequence, (saved.get(sequence) ?? 0) + weight * (n - 1));
        length = n;
        break;
      }
      i += length;
    }
  }
  return saved;
};

const choose = (blocks: readonly Block[], width: Width): string[] => {
  const original = blocks.map((b) => ({ tokens: [...b.tokens], weight: b.weight }));
  let chosen: string[] = [];
  while (chosen.length < MERGES) {
    const found = best(blocks);
    if (found === undefined) break;
    merge(blocks, found[0], found[1]);
    chosen.push(`${found[0]} ${found[1]}`);
  }
  const size = (sequence: string): number => fusedBody(sequence, width).length;
  const total = original.reduce((sum, b) => sum + b.weight * b.tokens.length, 0);
  for (;;) {
    const saved = tokenise(original, new Set(chosen));
    const worth = (sequence: string): number => (saved.get(sequence) ?? 0) / size(sequence);
    chosen.sort((p, q) => worth(q) - worth(p));
    const text = chosen.reduce((sum, sequence) => sum + size(sequence), 0);
    if (text <= TEXT[width]) {
      const left = total - [...saved.values()].reduce((sum, n) => sum + n, 0);
      console.log(
        `${width}-bit: ${chosen.length} sequences, ${((100 * left) / total).toFixed(1)} % of dispatches left`,
      );
      return chosen;
    }
    chosen = chosen.slice(0, -Math.ceil(chosen.length / 50));
  }
};

const guests = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? guests(path) : path.endsWith('.elf') ? [path] : [];
  });

const files = [
  ...guests('guests/bin').filter((f) => !/text_tables|add_numbers|hello|words|deflate/.test(f)),
  ...process.argv.slice(2),
];
const profiles = files.map(run);
const list = (width: Width): string =>
  choose(
    profiles.filter((p) => p.width === width).flatMap((p) => p.blocks),
    width,
  )
    .map((sequence) => `    '${sequence}',\n`)
    .join('');
writeFileSync(
  'scripts/interpreter/fused-sequences.ts',
  `// Written by \`npx tsx bench/choose-fused.ts\` from what the guests execute; see bench/results.md.
import type { Width } from '../../src/core/kind.ts';

// biome-ignore format: one sequence per line.
export const FUSED_SEQUENCES: Readonly<Record<Width, readonly string[]>> = {
  32: [
${list(32)}  ],
  64: [
${list(64)}  ],
};
`,
);
