import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DebugInfo,
  DebugWriter,
  debugString,
  type Frame,
  frameLocation,
  frameName,
} from '../../src/blob/debug.ts';
import {
  type RawFrame,
  type RawRegion,
  runLineProgram,
  writeLineProgram,
} from '../../src/blob/line-program.ts';
import { ByteWriter } from '../../src/core/bytes.ts';
import { errorCode, u32 } from './sections.ts';

const FRAME: RawFrame = { kind: 'line', namespace: 0, function: 0, path: 0, line: 0, column: 0 };

/** Runs a line program that begins behind the version byte. */
const run = (...program: number[]): RawRegion[] => [...runLineProgram(Uint8Array.of(1, ...program), 1, 100)];

describe('line programs', () => {
  test('regions count code bytes', () => {
    expect(run(14, 15, 5, 15, 0, 0).map(({ begin, end }) => [begin, end])).toEqual([
      [100, 101],
      [101, 106],
      [106, 106],
    ]);
  });

  test('fields, kinds and line arithmetic', () => {
    const frames = run(
      10,
      1,
      2,
      5,
      9,
      6,
      8,
      7,
      7,
      8,
      6,
      9,
      5,
      14,
      3,
      11,
      14,
      12,
      10,
      14,
      4,
      13,
      20,
      14,
      0,
    ).map(({ frames }) => frames[0]);
    const base = { namespace: 9, function: 8, path: 7, column: 5 };
    expect(frames).toEqual([
      { ...base, kind: 'enter', line: 6 },
      { ...base, kind: 'call', line: 7 },
      { ...base, kind: 'call', line: 17 },
      { ...base, kind: 'line', line: 0xfffffffd },
    ]);
  });

  test('a region has the frames from before its own depth change', () => {
    expect(run(16, 16, 17, 3, 18, 19, 2, 18, 18, 14, 0).map(({ frames }) => frames.length)).toEqual([
      0, 1, 2, 3, 2, 1, 0, 0,
    ]);
  });

  test('depth is reported up to 16', () => {
    expect(run(10, 0x7f, 14, 18, 14, 0).map(({ frames }) => frames.length)).toEqual([16, 16, 16]);
    expect(run(10, 0xf0, 255, 255, 255, 255, 16, 16, 14, 0).length).toBe(3);
  });

  test('each frame is edited on its own; frames beyond the 16th take no edits', () => {
    const [region] = run(10, 2, 1, 1, 8, 7, 1, 16, 8, 9, 1, 0, 8, 5, 14, 0);
    expect(region!.frames.map(({ line }) => line)).toEqual([5, 7]);
  });

  test('512 operations without a region are too many', () => {
    const edits = (count: number): number[] => Array.from({ length: count }, () => 11);
    expect(run(...edits(511), 14, ...edits(511), 14, 0).length).toBe(2);
    expect(errorCode(() => run(...edits(512), 14, 0))).toBe('blob/debug-too-long');
  });

  test.each<[string, number[]]>([
    ['debug-operation', [20]],
    ['truncated', [14]],
    ['truncated', [15]],
    ['varint', [15, 0xff]],
    ['debug-region', [15, 0xf0, 255, 255, 255, 255]],
  ])('%s', (name, program) => {
    expect(errorCode(() => run(...program))).toBe(`blob/${name}`);
  });

  test('other versions, no bytes, and offsets beyond the end are refused', () => {
    expect(errorCode(() => [...runLineProgram(Uint8Array.of(2, 0), 1, 0)])).toBe('blob/debug-version');
    expect(errorCode(() => [...runLineProgram(new Uint8Array(0), 1, 0)])).toBe('blob/debug-version');
    expect(errorCode(() => [...runLineProgram(Uint8Array.of(1, 0), 9, 0)])).toBe('blob/truncated');
  });

  const u32s = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffff_ffff }));
  const frame: fc.Arbitrary<RawFrame> = fc.record({
    kind: fc.constantFrom('enter', 'call', 'line'),
    namespace: u32s,
    function: u32s,
    path: u32s,
    line: u32s,
    column: u32s,
  });
  const regions = fc
    .tuple(
      fc.nat(1000),
      fc.array(fc.tuple(fc.nat(300), fc.array(frame, { maxLength: 16 })), { minLength: 1 }),
    )
    .map(([start, list]) => {
      let at = start;
      return list.map(([length, frames]): RawRegion => {
        const begin = at;
        at += length;
        return { begin, end: at, frames };
      });
    });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(regions, (list) => {
        const writer = new ByteWriter().u8(1);
        writeLineProgram(writer, list);
        expect([...runLineProgram(writer.finish(), 1, list[0]!.begin)]).toEqual(list);
      }),
    );
  });

  test.each<[string, RawRegion[]]>([
    ['too many frames', [{ begin: 0, end: 1, frames: Array.from({ length: 17 }, () => FRAME) }]],
    ['a gap', [region(0, 1), region(2, 3)]],
    ['an end before the begin', [region(4, 3)]],
    ['an end beyond u32', [region(0, 2 ** 32)]],
  ])('%s cannot be written', (_, list) => {
    expect(errorCode(() => writeLineProgram(new ByteWriter(), list))).toBe('blob/debug-write');
  });
});

function region(begin: number, end: number): RawRegion {
  return { begin, end, frames: [] };
}

describe('strings', () => {
  test('length, then UTF-8', () => {
    const strings = new ByteWriter().u8(0).varint(4).bytes(new TextEncoder().encode('aäb')).finish();
    expect(debugString(strings, 0)).toBe('');
    expect(debugString(strings, 1)).toBe('aäb');
  });

  test.each<[string, number[], number]>([
    ['beyond the end', [0], 5],
    ['cut short', [3, 65], 0],
    ['not UTF-8', [1, 0xff], 0],
  ])('%s', (_, bytes, offset) => {
    expect(errorCode(() => debugString(Uint8Array.from(bytes), offset))).toBe('blob/debug-string');
  });
});

describe('look-up', () => {
  const frame = (name: string, line: number): Frame => ({
    kind: 'line',
    namespace: 'crate::m',
    function: name,
    path: 'src/m.rs',
    line,
    column: 0,
  });
  const first = [
    { begin: 10, end: 14, frames: [frame('f', 1)] },
    { begin: 14, end: 15, frames: [frame('f', 2), frame('g', 7)] },
  ];
  const second = [{ begin: 20, end: 30, frames: [frame('h', 3)] }];
  const info = new DebugInfo(new DebugWriter().range(first).range(second).finish());

  test('finds the region of an offset, or nothing', () => {
    expect([9, 10, 13, 14, 15, 19, 20, 29, 30].map((at) => info.lookup(at))).toEqual([
      undefined,
      first[0],
      first[0],
      first[1],
      undefined,
      undefined,
      second[0],
      second[0],
      undefined,
    ]);
  });

  test('stores equal strings once', () => {
    const writer = new DebugWriter();
    expect(writer.string('')).toBe(0);
    expect(writer.string('x')).toBe(writer.string('x'));
  });

  test('no sections, no information', () => {
    const none = new Uint8Array(0);
    const empty = new DebugInfo({ strings: none, linePrograms: none, lineRanges: none });
    expect([empty.isEmpty, empty.rangeCount, empty.lookup(0)]).toEqual([true, 0, undefined]);
  });

  test('a range section of odd size is refused when used', () => {
    const odd = new DebugInfo({
      strings: new Uint8Array(0),
      linePrograms: Uint8Array.of(1),
      lineRanges: Uint8Array.from([...u32(0), ...u32(9), 1]),
    });
    expect(odd.isEmpty).toBe(false);
    expect(errorCode(() => odd.lookup(0))).toBe('blob/debug-ranges-size');
  });

  test('ranges are written in ascending order', () => {
    expect(errorCode(() => new DebugWriter().range(second).range(first))).toBe('blob/debug-write');
  });

  test('shown names and places', () => {
    const base = frame('f', 3);
    expect(frameName(base)).toBe('crate::m::f');
    expect(frameName({ ...base, namespace: '' })).toBe('f');
    expect(frameLocation(base)).toBe('src/m.rs:3');
    expect(frameLocation({ ...base, column: 4 })).toBe('src/m.rs:3:4');
    expect(frameLocation({ ...base, line: 0 })).toBe('src/m.rs');
    expect(frameLocation({ ...base, path: '' })).toBe('');
  });
});
