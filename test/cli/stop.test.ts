import { expect, test } from 'vitest';
import { DebugWriter, type Frame } from '../../src/blob/debug.ts';
import { placeOf } from '../../src/cli/stop.ts';
import type { Program } from '../../src/decoder/program.ts';

const frame = (kind: Frame['kind'], name: string, line: number): Frame => ({
  kind,
  namespace: 'shapes',
  function: name,
  path: line === 0 ? '' : 'box.cc',
  line,
  column: 0,
});

const place = (...frames: readonly Frame[]): string => {
  const debug = new DebugWriter().range([{ begin: 4, end: 8, frames }]).finish();
  return placeOf({ riscv: undefined, blob: { debug } } as unknown as Program, 6);
};

test('places of stops tell function and line', () => {
  expect(place(frame('enter', 'total', 1), frame('line', 'total', 7))).toBe('shapes::total (0x6, box.cc:7)');
});

test('places in inlined functions tell who called them, the nearest callers first', () => {
  expect(place(frame('enter', 'total', 1), frame('call', 'at', 7), frame('line', 'at', 3))).toBe(
    'shapes::at (0x6, box.cc:3), inlined into shapes::total (box.cc:7)',
  );
  const calls = [2, 3, 4, 5].map((n) => frame('call', `f${n}`, n));
  expect(place(frame('enter', 'f1', 0), ...calls, frame('line', 'f5', 9))).toBe(
    'shapes::f5 (0x6, box.cc:9), inlined into shapes::f4 (box.cc:5), inlined into shapes::f3 (box.cc:4), ' +
      'inlined into shapes::f2 (box.cc:3), inlined into …',
  );
});

test('what is unknown is left out', () => {
  expect(place(frame('enter', 'total', 0), frame('call', 'at', 0), frame('line', 'at', 0))).toBe(
    'shapes::at (0x6), inlined into shapes::total',
  );
  expect(
    placeOf({ riscv: undefined, blob: { debug: new DebugWriter().finish() } } as unknown as Program, 6),
  ).toBe('0x6');
});
