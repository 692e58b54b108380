import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LinkReport } from '../../../src/linker/relink/explain.ts';
import type { RelinkOptions } from '../../../src/linker/relink/options.ts';
import { readableName } from '../../../src/linker/relink/readable-name.ts';
import { relinkToBlob } from '../../../src/linker/relink/relink.ts';
import { ROOT } from '../../docs/blocks.ts';
import { R, RETURN, source } from './errors/cases.ts';
import { ALLOC, data, FUNC } from './input/object-file.ts';

const guest = (name: string): Uint8Array => readFileSync(`${ROOT}guests/bin/${name}.elf`);

const reportOf = (file: Uint8Array, options: RelinkOptions = {}): LinkReport =>
  relinkToBlob(file, options).explain();

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

const ADD = 'add_imm_64 a0 a0 1';
const functionAt = (value: number, size = 8): object => ({ section: 'text', value, size, info: FUNC });

/** main calls helper, whose name is C++'s; nothing calls unused. */
const SMALL: Uint8Array = source({
  lines: [0x537, 'jump 8', ADD, RETURN, ADD, RETURN],
  relocations: [{ at: 0, type: R.high, symbol: 'table' }],
  sections: {
    table: data(4, { name: '.rodata.table', flags: ALLOC, data: Uint8Array.of(1, 2, 3, 4) }),
    unused: data(4, { name: '.rodata.unused', flags: ALLOC, data: Uint8Array.of(1, 2, 3, 4) }),
  },
  symbols: {
    main: functionAt(0) as never,
    alias: functionAt(8) as never,
    _ZN4Tool6helperEi: functionAt(8) as never,
    unused: functionAt(16) as never,
    table: { section: 'table' },
  },
});
const MAIN = { exports: ['main'] };

describe('every byte is accounted for', () => {
  test.each([
    ['rv32emac/kit_greet', {}],
    ['rv64emac/kit_sha256', { level: 0 }],
    ['rv64emac/kit_sha256_rust', { level: 3, strip: true }],
    ['rv64imac/perft', { demote: true }],
  ] as const)('%s %o', (name, options) => {
    const { blob, explain } = relinkToBlob(guest(name), options);
    const { parts, functions, data: sections, passes, left } = explain();
    expect(sum(functions.map(({ codeBytes }) => codeBytes))).toBe(blob.code.length);
    const part = (wanted: string): number => parts.find((one) => one.name === wanted)?.bytes ?? 0;
    expect(part('code')).toBe(blob.code.length);
    expect(part('read-only data')).toBe(blob.roData.length);
    expect(part('debug information') > 0).toBe(!('strip' in options));
    expect(sum(sections.map(({ size }) => size))).toBeLessThanOrEqual(blob.roDataSize + blob.rwDataSize);
    for (const list of [functions.map((f) => f.codeBytes), sections.map((d) => d.size)]) {
      expect(list).toEqual([...list].sort((a, b) => b - a));
    }
    expect(passes.every(({ runs }) => runs > 0)).toBe(true);
    const there = new Set(functions.map((f) => f.name));
    expect(left.functions.filter((f) => there.has(f))).toEqual([]);
  });
});

test('all of a program at level 2 is there for a reason that leads to an export', () => {
  const { functions, data: sections, why } = reportOf(guest('rv32emac/kit_inventory'));
  for (const { name, because } of functions) {
    const chain = why(name);
    expect(chain[0]).toMatch(/: exported as "/);
    expect(chain.at(-1)).toBe(`${name}: ${because}`);
  }
  for (const { section } of sections) expect(why(section)[0]).toMatch(/: exported as "/);
});

test('level 1: functions, data, and what is left out', () => {
  const { functions, data: sections, left, why } = reportOf(SMALL, { ...MAIN, level: 1 });
  expect(functions.map(({ name, because }) => [name, because])).toEqual(
    expect.arrayContaining([
      ['main', 'exported as "main"'],
      ['Tool::helper', 'called by main'],
    ]),
  );
  expect(sections).toEqual([{ section: '.rodata.table', kind: 'ro', size: 4, because: 'used by main' }]);
  expect(left).toEqual({ functions: ['unused'], data: ['.rodata.unused'] });
  const chain = ['main: exported as "main"', 'Tool::helper: called by main'];
  for (const name of ['Tool::helper', '_ZN4Tool6helperEi', 'alias']) expect(why(name)).toEqual(chain);
  expect(why('.rodata.table')).toEqual(['main: exported as "main"', '.rodata.table: used by main']);
  for (const name of ['unused', '.rodata.unused', 'nothing']) expect(why(name)).toEqual([]);
});

test('level 0 keeps everything, and says so', () => {
  const { functions, data: sections, left } = reportOf(SMALL, { ...MAIN, level: 0 });
  const because = Object.fromEntries(functions.map((f) => [f.name, f.because]));
  expect(because).toMatchObject({ main: 'exported as "main"', unused: 'nothing is left out at level 0' });
  expect(sections.map((d) => d.because)).toContain('nothing is left out at level 0');
  expect(left).toEqual({ functions: [], data: [] });
});

test('a function that is inlined altogether is not left out', () => {
  const { left, why } = reportOf(SMALL, { ...MAIN, level: 2 });
  expect(left.functions).toEqual(['unused']);
  expect(why('Tool::helper')[1]).toMatch(/^Tool::helper: (inlined into|called by) main$/);
});

test('what 13 registers cost', () => {
  const { registers } = reportOf(guest('rv64imac/perft'), { demote: true });
  expect(registers.loads).toBeGreaterThan(0);
  expect(registers.stores).toBeGreaterThan(0);
  expect(registers.inMemory.length).toBeGreaterThan(0);
});

test('source files come from debug information', () => {
  const { files, functions } = reportOf(guest('rv32emac/add_numbers_relinkable'));
  expect(files.every(({ path }) => path.length > 0)).toBe(true);
  expect(sum(files.map(({ codeBytes }) => codeBytes))).toBeLessThanOrEqual(
    sum(functions.map((f) => f.codeBytes)),
  );
});

test.each([
  ['main', 'main'],
  ['_ZN3foo3barEi', 'foo::bar'],
  ['_ZN4core3fmt5write17h0123456789abcdefE', 'core::fmt::write'],
  ['_RNvC7mycrate3foo', 'mycrate::foo'],
])('names of sources: %s', (symbol, name) => {
  expect(readableName(symbol)).toBe(name);
});
