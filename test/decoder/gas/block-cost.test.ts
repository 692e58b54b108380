import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readJamProgram } from '../../../src/blob/jam.ts';
import { readBlob } from '../../../src/blob/read.ts';
import type { PolkaVmKind } from '../../../src/core/kind.ts';
import { blockCost, blockPricer, costFrom } from '../../../src/decoder/gas/block-cost.ts';
import { GAS_MODEL_NAMES, gasModel } from '../../../src/decoder/gas/models.ts';
import { PolkaVmDecoder } from '../../../src/decoder/polkavm.ts';
import { listVectors, readVector, readVectorLines, vectorPath, vectorTest } from '../../vectors-path.ts';

/** Rows of block start and the costs of all models, as the vectors list them. */
type CostRow = readonly number[];

/** Our cost rows for every offset where control can enter the code. */
const costRows = (decoder: PolkaVmDecoder): CostRow[] => {
  const pricers = GAS_MODEL_NAMES.map((name) => {
    const model = gasModel(name, decoder.kind);
    const price = blockPricer(decoder, model);
    return (offset: number): number | undefined => costFrom(decoder, offset, model, price);
  });
  const rows: number[][] = [];
  for (let offset = 0; offset < decoder.code.length; offset++) {
    const costs = pricers.map((price) => price(offset)).filter((cost) => cost !== undefined);
    if (costs.length > 0) rows.push([offset, ...costs]);
  }
  return rows;
};

const decoderOf = (bytes: Uint8Array): PolkaVmDecoder => {
  const { kind, code, bitmask } = readBlob(bytes);
  return new PolkaVmDecoder(kind as PolkaVmKind, code, bitmask);
};

describe('block costs of all models', () => {
  const programs = [
    ['gas_doom.tsv.gz', 'blobs/doom.polkavm', 34_842],
    ['gas_revive-transfer-example.tsv.gz', 'linked/revive-transfer-example.polkavm', 85],
  ] as const;
  for (const [table, blob, blocks] of programs) {
    const paths = [vectorPath('polkavm/tables', table), vectorPath('polkavm', blob)] as const;
    vectorTest(`${blob}: ${blocks} blocks`, paths, () => {
      const expected = readVectorLines(paths[0]).map((line) => line.split('\t').map(Number));
      const actual = costRows(decoderOf(readVector(paths[1])));
      expect(actual.length).toBe(blocks);
      expect(actual).toEqual(expected);
    });
  }

  for (const path of listVectors('polkavm/differential', '.jsonl.gz')) {
    vectorTest(`${basename(path)}: every program that runs`, [path], () => {
      let priced = 0;
      for (const line of readVectorLines(path)) {
        // A jam_v1 program with invalid code is refused as a whole: its line has an error instead of costs.
        const { n, blob, costs } = JSON.parse(line) as { n: number; blob: string; costs?: CostRow[] };
        if (costs === undefined) continue;
        priced++;
        expect(costRows(decoderOf(new Uint8Array(Buffer.from(blob, 'hex')))), `line ${n}`).toEqual(costs);
      }
      expect(priced).toBeGreaterThan(400);
    });
  }

  const spec = listVectors('polkavm/spec-vectors', '.json');
  vectorTest(`${spec.length} specification vectors, L2 model`, spec, () => {
    const model = gasModel('full-l2-hit', 'jam_v1');
    for (const path of spec) {
      const vector = JSON.parse(new TextDecoder().decode(readVector(path))) as {
        program: number[];
        'block-gas-costs': { pc: number; cost: number }[];
      };
      const { code, bitmask } = readJamProgram(Uint8Array.from(vector.program), { kind: 'jam_v1' });
      const decoder = new PolkaVmDecoder('jam_v1', code, bitmask);
      for (const { pc, cost } of vector['block-gas-costs']) {
        expect(blockCost(decoder, pc, model), `${basename(path)} at ${pc}`).toBe(cost);
      }
    }
  });

  const timelines = vectorPath('polkavm/tables/spec-timelines-l2.md');
  vectorTest('costs in the timelines agree with the vectors', [timelines, ...spec], () => {
    const model = gasModel('full-l2-hit', 'jam_v1');
    let name = '';
    let blocks = 0;
    for (const line of readVectorLines(timelines)) {
      name = /^## (.+)$/.exec(line)?.[1] ?? name;
      const block = /^Block at (\d+) \(cost (\d+)\):$/.exec(line);
      if (block === null) continue;
      const file = vectorPath('polkavm/spec-vectors', `${name}.json`);
      const { program } = JSON.parse(new TextDecoder().decode(readVector(file))) as { program: number[] };
      const { code, bitmask } = readJamProgram(Uint8Array.from(program), { kind: 'jam_v1' });
      const decoder = new PolkaVmDecoder('jam_v1', code, bitmask);
      expect(blockCost(decoder, Number(block[1]), model), `${name} at ${block[1]}`).toBe(Number(block[2]));
      blocks++;
    }
    expect(blocks).toBeGreaterThan(0);
  });
});

describe('asking for the cost of an offset', () => {
  // load_imm ra = 1; jump 0: one block of two instructions, five bytes.
  const code = Uint8Array.of(51, 0, 1, 40, 0xfd);
  const decoder = new PolkaVmDecoder('latest64', code, Uint8Array.of(0b01001));
  const ask = (name: (typeof GAS_MODEL_NAMES)[number], offset: number): number | undefined =>
    costFrom(decoder, offset, gasModel(name, 'latest64'));

  test('answers at block starts only', () => {
    expect(ask('naive', 0)).toBe(2);
    expect(ask('naive', 1)).toBeUndefined();
    expect(ask('naive', 3)).toBeUndefined();
  });

  test('behind the code it is the cost of an invalid instruction', () => {
    expect(ask('naive', code.length)).toBe(1);
    expect(ask('full-l1-hit', code.length + 100)).toBe(2);
  });

  test('code that runs off its end pays for the invalid instruction there', () => {
    const open = new PolkaVmDecoder('latest64', Uint8Array.of(51, 0, 1), Uint8Array.of(1));
    expect(blockCost(open, 0, gasModel('naive', 'latest64'))).toBe(2);
    expect(blockCost(open, 0, gasModel('full-l3-hit', 'latest64'))).toBe(2);
  });
});
