import { describe, expect, test } from 'vitest';
import type { ReportOptions } from '../../scripts/vectors/report.ts';
import { runVectors } from '../../scripts/vectors/run.ts';
import { SKIP_LIST, skipEntry } from '../../scripts/vectors/skip-list.ts';
import { failureLines, shareText, summaryLines } from '../../scripts/vectors/summary.ts';
import {
  type Content,
  differentialLine,
  jsonLines,
  serviceFile,
  stepsVector,
  traceVector,
  trapFile,
  w3fVector,
  withFiles,
} from './synthetic.ts';

const run = (
  files: Readonly<Record<string, Content>>,
  options?: ReportOptions,
): ReturnType<typeof runVectors> => withFiles(files, (folder) => runVectors([folder], options));

/** Names of the checks that failed. */
const failedChecks = (files: Readonly<Record<string, Content>>): string[] =>
  [...run(files).report.checks].filter(([, { failed }]) => failed > 0).map(([check]) => check);

const trace = { 'service.jam': serviceFile };

describe('every kind', () => {
  const files = {
    'anything/a.json': w3fVector,
    'anything/b.json': stepsVector,
    'anything/c.json': traceVector,
    'other/service.jam': serviceFile,
    'random.jsonl.gz': jsonLines(differentialLine, differentialLine),
    'tables/gas_trap.tsv': '0\t1\t2\t2\t2\n',
    'tables/disasm_trap.tsv': '0\ttrap\n',
    'blobs/trap.polkavm': trapFile,
    'malformed/broken.pvm': Uint8Array.of(1, 2, 3),
    'README.md': '# what this is\n',
  };

  test('is recognised by its contents and passes', () => {
    const { report, companions } = run(files);
    expect(report.failures).toEqual([]);
    expect([...report.kinds.keys()].sort()).toEqual([
      ...['blob', 'cost-table', 'differential', 'jam-program', 'jam-trace', 'listing-table', 'malformed'],
      ...['polkavm-json', 'w3f-json'],
    ]);
    expect(report.totals).toEqual({ passed: 10, failed: 0, skipped: 0 });
    expect([...companions.values()]).toEqual([1]);
    expect(report.instructions.get('jam-trace')?.executed).toBeGreaterThan(0);
    expect(report.instructions.get('malformed')).toBeUndefined();
  });

  test('can be sampled', () => {
    expect(run(files, { every: 2 }).report.totals.passed).toBe(9);
  });
});

describe('a wrong expectation fails in its own check only', () => {
  test.each([
    ['status', { 'expected-status': 'halt' }],
    ['pc', { 'expected-pc': 2 }],
    ['gas', { 'expected-gas': 9999 }],
    ['registers', { 'expected-regs': w3fVector['initial-regs'] }],
    ['memory', { 'expected-memory': [] }],
  ])('W3F: %s', (check, change) => {
    expect(failedChecks({ 'a.json': { ...w3fVector, ...change } })).toEqual([check]);
  });

  test.each([
    ['costs', { costs: [[0, 1, 2, 2, 3]] }],
    ['costs', { costs: [] }],
    ['listing', { listing: '0:1:unlikely' }],
    ['hash', { hash: '00' }],
    ['memory', { memory: [] }],
    ['memory', { memory: [[0x20001, '0901']] }],
    ['heap', { heap_size: 1 }],
    ['status', { events: [{ ...differentialLine.events[0], kind: 'finished' }] }],
    ['gas', { events: [{ ...differentialLine.events[0], gas: 9 }] }],
    ['pc', { events: [{ ...differentialLine.events[0], next_pc: 0 }] }],
  ])('differential: %s', (check, change) => {
    expect(failedChecks({ 'a.jsonl.gz': jsonLines({ ...differentialLine, ...change }) })).toEqual([check]);
  });

  test('differential: a program that should have been refused', () => {
    const { n, isa, blob, listing } = differentialLine;
    const line = { n, isa, blob, listing, error: 'validation failed at offset 0' };
    expect(failedChecks({ 'a.jsonl.gz': jsonLines(line) })).toEqual(['rejected']);
  });

  test('costs of blocks', () => {
    const vector = { ...stepsVector, 'block-gas-costs': [{ pc: 0, cost: 3 }] };
    expect(failedChecks({ 'a.json': vector })).toEqual(['costs']);
  });

  test.each([
    ['memory', 3, { data: '0x0103' }],
    ['gas', 6, { gas: 48 }],
    ['pc', 6, { pc: 0 }],
    ['status', 2, { index: 6 }],
    ['registers', 6, { regs: {} }],
  ])('trace: %s', (check, index, change) => {
    const events = traceVector.events.map((event, i) => (i === index ? { ...event, ...change } : event));
    expect(failedChecks({ ...trace, 'a.json': { ...traceVector, events } })).toEqual([check]);
  });

  test('a malformed file that is accepted', () => {
    expect(failedChecks({ 'malformed/a.pvm': Uint8Array.of(0, 0, 1, 0, 1) })).toEqual(['rejected']);
  });
});

describe('what cannot be run', () => {
  test.each<[string, Readonly<Record<string, Content>>]>([
    ['an unknown file', { 'a.xyz': 'something else' }],
    ['JSON of no known shape', { 'a.json': { hello: 1 } }],
    ['a damaged packed file', { 'a.jsonl.gz': Uint8Array.of(0x1f, 0x8b, 1, 2, 3) }],
    ['a vector without a field', { 'a.json': { ...w3fVector, 'initial-gas': undefined } }],
    ['a vector whose program is missing', { 'a.json': traceVector }],
    ['a table whose blob is missing', { 'tables/gas_x.tsv': '0\t1\t2\t2\t2\n' }],
    ['an unknown step', { 'a.json': { ...stepsVector, steps: [{ jump: {} }] } }],
    ['a vector that asserts nothing', { 'a.json': { ...stepsVector, steps: [{ assert: {} }] } }],
  ])('fails: %s', (_, files) => {
    const { passed, failed, skipped } = run(files).report.totals;
    expect({ passed, failed, skipped }).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('is skipped when the list names it and it meets the obstacle', () => {
    const { report } = run({ 'frames/doom_00120.tga': Uint8Array.of(0, 1, 2) });
    expect(report.totals).toEqual({ passed: 0, failed: 0, skipped: 1 });
    expect(run({ 'frames/other_1.tga': Uint8Array.of(0) }).report.totals.failed).toBe(1);
    expect(skipEntry('missing-file', 'game-frame: doom_00120.tga')).toBeUndefined();
    for (const { reason } of SKIP_LIST) expect(reason).not.toBe('');
  });
});

describe('the report', () => {
  test('ends with the counts', () => {
    const { report, companions } = run({ 'a.json': w3fVector, 'b.xyz': 'x', 'c/doom_1.tga': 'x' });
    const lines = summaryLines({ report, companions, tier: 'interpreter', milliseconds: 1 });
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 1 skipped');
    expect(lines.at(-2)).toMatch(/^interpreter: 100\.0 % of \d+ guest instructions/);
    expect(lines.findLast((line) => line.startsWith('w3f-json'))).toMatch(/^w3f-json +[1-9]\d* +100\.0 %$/);
    expect(lines.find((line) => line.startsWith('all '))).toMatch(/^all +[1-9]\d* +100\.0 %$/);
    expect(lines.find((line) => line.startsWith('registers'))?.split(/ +/)).toEqual(['registers', '1', '0']);
    expect(lines.some((line) => line.startsWith('skipped 1 (game-frame: doom_1.tga):'))).toBe(true);
  });

  test('tells which part of the instructions ran in translated code', () => {
    const counts = { executed: 1000, translated: 250 };
    expect(shareText('interpreter', counts)).toBe('75.0 %');
    expect(shareText('wasm', counts)).toBe('25.0 %');
    expect(shareText('wasm', { executed: 0, translated: 0 })).toBe('-');
  });

  test('tells the first differences, all when asked', () => {
    const differences = ['gas: a', ...Array.from({ length: 9 }, (_, i) => `registers: ${i}`)];
    const short = failureLines({ kind: 'k', id: 'i', differences }, false);
    expect(short[0]).toBe('FAILED k: i');
    expect(short.at(-1)).toContain('4 more lines');
    expect(failureLines({ kind: 'k', id: 'i', differences }, true)).toHaveLength(11);
  });
});
