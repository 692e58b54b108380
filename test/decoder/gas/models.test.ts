import { describe, expect, test } from 'vitest';
import { blockCost } from '../../../src/decoder/gas/block-cost.ts';
import { GAS_MODEL_NAMES, type GasModelOption, gasModel } from '../../../src/decoder/gas/models.ts';
import { readGasTable, writeGasTable } from '../../../src/decoder/gas/table-format.ts';
import { PolkaVmDecoder } from '../../../src/decoder/polkavm.ts';
import { INVALID, operation } from '../../../src/isa/table.ts';

const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
};

describe('gas models by name', () => {
  test('naive counts instructions in every kind', () => {
    for (const kind of ['latest32', 'jam_gp07', 'rv64'] as const) {
      const model = gasModel('naive', kind);
      expect(model.shape === 'sum' && model.costs.every((cost) => cost === 1)).toBe(true);
    }
  });

  test('full models exist for bytecode and not for RISC-V', () => {
    for (const name of GAS_MODEL_NAMES.filter((n) => n !== 'naive')) {
      expect(gasModel(name, 'jam_gp07').shape).toBe('pipeline');
      expect(codeOf(() => gasModel(name, 'rv32'))).toBe('gas/model-unavailable');
    }
  });

  test('an unknown name is refused', () => {
    expect(codeOf(() => gasModel('fast' as GasModelOption, 'rv64'))).toBe('gas/unknown-model');
  });
});

describe('cost tables', () => {
  const table = { costs: { add_64: 7, jump: 2 }, otherwise: 1, invalid: 9 };

  test('a block costs the sum over its instructions', () => {
    // add_64; add_64; an opcode that does not exist.
    const code = Uint8Array.of(200, 0x11, 1, 200, 0x11, 1, 255);
    const decoder = new PolkaVmDecoder('jam_v1', code, Uint8Array.of(0b1001001));
    expect(blockCost(decoder, 0, gasModel(table, 'jam_v1'))).toBe(7 + 7 + 9);
  });

  test('apply to RISC-V by the same names', () => {
    const model = gasModel(table, 'rv64');
    expect(model.shape === 'sum' && model.costs[operation('add_64')]).toBe(7);
    expect(model.shape === 'sum' && model.costs[INVALID]).toBe(9);
  });

  test.each([
    ['gas/table-name', { costs: { add_65: 1 }, otherwise: 1, invalid: 1 }],
    ['gas/table-cost', { costs: { add_64: 1.5 }, otherwise: 1, invalid: 1 }],
    ['gas/table-cost', { costs: { add_64: -1 }, otherwise: 1, invalid: 1 }],
    ['gas/table-cost', { costs: {}, otherwise: 2 ** 32, invalid: 1 }],
    ['gas/table-cost', { costs: {}, otherwise: 1, invalid: Number.NaN }],
    ['gas/table-incomplete', { costs: { add_64: 1 }, invalid: 1 }],
    ['gas/table-shape', { invalid: 1 }],
  ])('%s: %j', (code, broken) => {
    expect(codeOf(() => gasModel(broken as GasModelOption, 'jam_v1'))).toBe(code);
  });

  test('survive the file form', () => {
    const bytes = writeGasTable(table);
    const read = readGasTable(bytes);
    expect(read.costs.add_64).toBe(7);
    expect(read.costs.trap).toBe(1);
    expect(read.invalid).toBe(9);
    expect(writeGasTable(read)).toEqual(bytes);
    // Version, 141 instructions, invalid.
    expect(bytes.length).toBe(4 * (1 + 141 + 1));
    // Names in alphabetical order: add_32, add_64, …
    expect(new DataView(bytes.buffer).getUint32(8, true)).toBe(7);
  });

  test('a file of another length or version is refused', () => {
    const bytes = writeGasTable(table);
    expect(codeOf(() => readGasTable(bytes.subarray(4)))).toBe('gas/table-length');
    expect(codeOf(() => readGasTable(bytes.with(0, 3)))).toBe('gas/table-version');
  });
});
