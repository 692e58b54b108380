import { expect, test } from 'vitest';
import { DataSection } from '../../../src/linker/relink/graph/data-section.ts';
import { keptBecause } from '../../../src/linker/relink/kept-because.ts';
import { NamedRanges } from '../../../src/linker/relink/named-ranges.ts';
import { buildGraph } from './build-graph.ts';

/** Functions at 0x100, 0x200…, called f1, f2… */
const NAMES = [1, 2, 3, 4].map((n) => ({
  name: `f${n}`,
  address: 0x100 * n,
  size: 0x100,
  isFunction: true,
}));

/** Reasons as text, by function or section. */
const reasonsOf = (text: string): Record<string, string> => {
  const nameOf = (subject: string | DataSection): string =>
    typeof subject === 'string' ? subject : subject.name;
  return Object.fromEntries(
    [...keptBecause(buildGraph(text), new NamedRanges(NAMES))].map(([subject, { how, by }]) => [
      nameOf(subject),
      by === undefined ? how : `${how} ${nameOf(by)}`,
    ]),
  );
};

test('exports are there for themselves, functions for who calls them, the nearest one', () => {
  const text = `
    b0 @0x100 export main/1:
      ra = call b2 back b1
    b1 @0x104 taken:
      ra = call b3 back b1
    b2 @0x200:
      branch_eq_imm a0 0 then b3 else b2
    b3 @0x300:
      jump-indirect ra 0`;
  expect(reasonsOf(text)).toEqual({ f1: 'exported as "main"', f2: 'called by f1', f3: 'called by f2' });
});

test('that a function is called says more than that data has its address', () => {
  const text = `
    ro .table size 16 align 8
      0: u64 &b3
      8: u64 &b2
    b0 @0x100 export main/1:
      a0 = load_imm &.table
      ra = call b1 back b4
    b1 @0x200:
      jump b2
    b2 @0x300 taken:
      trap
    b3 @0x400 taken:
      trap
    b4 @0x104 taken:
      trap`;
  expect(reasonsOf(text)).toEqual({
    f1: 'exported as "main"',
    '.table': 'used by f1',
    f2: 'called by f1',
    f3: 'called by f2',
    f4: 'its address is in .table',
  });
});

test('addresses of functions, jump tables, data that leads to data', () => {
  const text = `
    ro .a size 8 align 8
      0: u32 &b1 less &.a
    ro .b size 8 align 8
      0: u64 &.a
    b0 @0x100 export main/1:
      a0 = load_imm &b2
      a1 = load_u64 &.b
      trap
    b1 @0x210 taken:
      trap
    b2 @0x300 taken:
      trap`;
  expect(reasonsOf(text)).toEqual({
    f1: 'exported as "main"',
    f2: 'it is in a jump table of .a',
    f3: 'its address is taken by f1',
    '.a': 'its address is in .b',
    '.b': 'used by f1',
  });
});

test('what is inlined is there for the function that it is in', () => {
  const text = `
    b0 @0x100 export main/1:
      a0 = load_imm 1  ; 0x204
      branch_eq_imm a0 0 then b1 else b2
    b1 @0x308:
      trap
    b2 @0x104:
      jump-indirect ra 0  ; 0x400`;
  expect(reasonsOf(text)).toEqual({
    f1: 'exported as "main"',
    f2: 'inlined into f1',
    f3: 'inlined into f1',
    f4: 'inlined into f1',
  });
});

test('who is reached through code of the linker is reached from where that is', () => {
  const text = `
    b0 @0x100:
      ra = call b1 back b1
    b1 @0x200 taken:
      trap
    b2 export main/1:
      jump b0`;
  expect(reasonsOf(text)).toEqual({ f1: 'exported as "main"', f2: 'called by f1' });
});

test('thread-local data comes together', () => {
  const graph = buildGraph('b0 @0x100 export main/1:\ntrap');
  const [tdata, tbss] = ['.tdata', '.tbss'].map(
    (name) => new DataSection('rw', name, 8, 8, new Uint8Array(8), true),
  ) as [DataSection, DataSection];
  graph.data.push(tdata, tbss);
  const [block] = graph.blocks;
  const loading = buildGraph('rw .x size 8 align 8\nb0 export main/1:\na0 = load_imm &.x\ntrap').blocks[0]!;
  const [load] = loading.instructions;
  Object.assign(load!, { xLink: tbss.link });
  block!.instructions = [load!];
  const reasons = keptBecause(graph, new NamedRanges(NAMES));
  expect(reasons.get(tbss)).toEqual({ how: 'used by', by: 'f1' });
  expect(reasons.get(tdata)).toEqual({ how: 'thread-local, as is', by: tbss });
});
