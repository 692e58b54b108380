import { readJamProgram } from '../../../src/blob/jam.ts';
import { blockPricer } from '../../../src/decoder/gas/block-cost.ts';
import { gasModel } from '../../../src/decoder/gas/models.ts';
import { checkLines, codeOf, listingOf } from '../code-checks.ts';
import { Fields } from '../json.ts';
import { referredFile, type VectorKind } from '../kind.ts';

const TEST = /^## (\S+)$/;
const BLOCK = /^Block at (\d+) \(cost (\d+)\):$/;
/** Columns of a timeline (decode, wait, execute, last cycle, wait to retire, retire), then the instruction. */
const ROW = /^[D=eE.R-]+ {2}(.+)$/;

interface Block {
  readonly test: string;
  readonly pc: number;
  readonly cost: number;
  readonly texts: string[];
}

const blocksOf = (lines: readonly string[]): Block[] => {
  const blocks: Block[] = [];
  let test = '';
  for (const line of lines) {
    test = TEST.exec(line)?.[1] ?? test;
    const [, pc, cost] = BLOCK.exec(line) ?? [];
    if (pc !== undefined) blocks.push({ test, pc: Number(pc), cost: Number(cost), texts: [] });
    const text = ROW.exec(line)?.[1];
    if (text !== undefined) blocks.at(-1)?.texts.push(text);
  }
  return blocks;
};

/** Timelines of the full gas model as documentation: block costs, and the instructions of each block. */
export const timelines: VectorKind = {
  name: 'gas-timelines',

  recognise: (file) => file.name.endsWith('.md') && blocksOf(file.lines).length > 0,

  run: (file, run) => {
    for (const { test, pc, cost, texts } of blocksOf(file.lines)) {
      run.case(`${test}, block at ${pc}`, (c) => {
        const vector = referredFile(c, run, `${test}.json`, file);
        const program = new Fields(vector.json, test).bytes('program');
        const blob = readJamProgram(program, { kind: 'jam_v1' });
        const price = blockPricer(codeOf(blob).decoder, gasModel('full-l2-hit', blob.kind));
        c.equal('costs', 'cost', cost, price(pc));
        const listing = listingOf(blob);
        const first = listing.findIndex(({ offset }) => offset === pc);
        const shown = listing.slice(first, first + texts.length).map(({ text }) => text);
        checkLines(c, 'listing', texts, shown);
      });
    }
  },
};
