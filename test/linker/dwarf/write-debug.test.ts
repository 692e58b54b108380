import { describe, expect, test } from 'vitest';
import { DebugInfo, type Frame, frameLocation, frameName } from '../../../src/blob/debug.ts';
import { writeDebugSections } from '../../../src/linker/dwarf/write-debug.ts';
import type { CodeOrigin } from '../../../src/linker/relink/output/placement.ts';

const frame = (name: string, line: number, kind: Frame['kind'] = 'line'): Frame => ({
  kind,
  namespace: 'n',
  function: name,
  path: 'a.c',
  line,
  column: 0,
});

/** Addresses 100 to 199 are function f, 200 to 299 function g; the rest is unknown. Tens are lines. */
const sources = {
  framesAt: (address: number): readonly Frame[] => {
    if (address < 100 || address >= 300) return [];
    const name = address < 200 ? 'f' : 'g';
    return [frame(name, 1, 'enter'), frame(name, Math.floor(address / 10))];
  },
  notes: [],
};

const write = (...origins: readonly (readonly [offset: number, length: number, origin: number])[]) => {
  const info = new DebugInfo(
    writeDebugSections(
      origins.map(([offset, length, origin]): CodeOrigin => ({ offset, length, origin })),
      sources,
    ),
  );
  return Array.from({ length: info.rangeCount }, (_, i) =>
    [...info.regions(info.range(i))].map(({ begin, end, frames }) => {
      const last = frames.at(-1)!;
      return `${begin}..${end} ${frameName(last)} ${frameLocation(last)}`;
    }),
  );
};

describe('debug sections', () => {
  test('code of equal frames is one region, code of one function one range', () => {
    expect(write([0, 2, 100], [2, 3, 104], [5, 1, 111], [6, 2, 200], [8, 2, 100])).toEqual([
      ['0..5 n::f a.c:10', '5..6 n::f a.c:11'],
      ['6..8 n::g a.c:20'],
      ['8..10 n::f a.c:10'],
    ]);
  });

  test('invented code belongs to the code in front of it', () => {
    expect(write([0, 2, -1], [2, 2, 100], [4, 2, -1], [6, 2, 100], [8, 2, 110], [10, 1, -1])).toEqual([
      ['2..8 n::f a.c:10', '8..11 n::f a.c:11'],
    ]);
  });

  test('unknown code and gaps end ranges', () => {
    expect(write([0, 2, 100], [2, 2, 5], [4, 2, -1], [6, 2, 100], [20, 2, 100], [22, 0, 105])).toEqual([
      ['0..2 n::f a.c:10'],
      ['6..8 n::f a.c:10'],
      ['20..22 n::f a.c:10'],
    ]);
  });

  test('nothing', () => {
    expect(write()).toEqual([]);
    expect(write([0, 4, 5], [4, 4, -1])).toEqual([]);
  });
});
