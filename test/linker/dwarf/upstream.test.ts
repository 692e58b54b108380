import { describe, expect } from 'vitest';
import { DebugInfo, type Frame } from '../../../src/blob/debug.ts';
import { readBlob } from '../../../src/blob/read.ts';
import { readSourceMap } from '../../../src/linker/dwarf/read-source-map.ts';
import { readVector, vectorPath, vectorTest } from '../../vectors-path.ts';
import { readElfFile } from '../real-elfs.ts';
import { debugInput } from './debug-input.ts';

/** Frames that a region can have. A stack of so many may have lost some, here and there. */
const MOST_FRAMES = 16;

/**
 * Stacks as the file's debug information has them. PolkaVM 0.35's linker inlines blocks and then puts one stack behind
 * the other: a new one begins where a function is entered that has not just been called.
 */
const stacksIn = (frames: readonly Frame[]): readonly (readonly Frame[])[] => {
  const stacks: Frame[][] = [];
  for (const [index, frame] of frames.entries()) {
    const before = frames[index - 1];
    const isCalled = before?.kind === 'call' && before.function === frame.function && frame.path !== '';
    if (frame.kind === 'enter' && !isCalled) stacks.push([]);
    stacks.at(-1)?.push(frame);
  }
  return stacks;
};

const place = ({ kind, path, line, column }: Frame): string => `${kind} ${path}:${line}:${column}`;

/** Namespaces are not compared: those of PolkaVM 0.35 lack types, and are often empty where there is a namespace. */
const stackText = (stack: readonly Frame[]): string =>
  stack.map((frame) => `${frame.function} ${place(frame)}`).join('\n');

const expectedStacks = (name: string): readonly (readonly Frame[])[] => {
  const info = new DebugInfo(readBlob(readVector(vectorPath('polkavm', 'linked', name))).debug);
  return Array.from({ length: info.rangeCount }, (_, i) => [...info.regions(info.range(i))])
    .flat()
    .flatMap(({ frames }) => stacksIn(frames).slice(0, frames.length === MOST_FRAMES ? -1 : undefined));
};

/** True when all of `part` stands in `whole`, in order, going by places. */
const isWithin = (part: readonly Frame[], whole: readonly Frame[]): boolean => {
  let found = 0;
  for (const frame of whole) {
    if (found < part.length && place(frame) === place(part[found]!)) found++;
  }
  return found === part.length;
};

/** Shares of the expected stacks that occur as they are, and that do when calls may be missing and names may differ. */
const compare = (elf: string, blob: string): { identical: number; explained: number } => {
  const input = debugInput(readElfFile(elf));
  const map = readSourceMap(input);
  const known = new Set<string>();
  const byPlace = new Map<string, Map<string, readonly Frame[]>>();
  for (const { address, bytes } of input.code) {
    for (let at = address; at < address + bytes.length; at += 2) {
      const frames = map.framesAt(at);
      const last = frames.at(-1);
      const text = stackText(frames);
      if (last === undefined || known.has(text)) continue;
      known.add(text);
      const alike = byPlace.get(place(last)) ?? new Map<string, readonly Frame[]>();
      byPlace.set(place(last), alike.set(text, frames));
    }
  }
  expect(map.notes).toEqual([]);
  let identical = 0;
  let explained = 0;
  const expected = expectedStacks(blob);
  expect(expected.length).toBeGreaterThan(100);
  for (const stack of expected) {
    if (known.has(stackText(stack))) identical++;
    else {
      const alike = byPlace.get(place(stack.at(-1)!))?.values() ?? [];
      if ([...alike].some((whole) => isWithin(stack, whole))) explained++;
    }
  }
  return { identical: identical / expected.length, explained: (identical + explained) / expected.length };
};

describe('stacks of PolkaVM 0.35', () => {
  const revive = vectorPath('polkavm', 'elf', 'revive-transfer-example.zst');
  vectorTest('a relocatable file of DWARF 4: all', [revive], () => {
    expect(compare(revive, 'revive-transfer-example.polkavm')).toEqual({ identical: 1, explained: 1 });
  });

  const doom = vectorPath('polkavm', 'elf', 'doom', 'doom_64.elf.zst');
  /**
   * The others: PolkaVM 0.35 calls constructors and destructors by their linkage names, and leaves out some of the
   * calls that were inlined; llvm-symbolizer has them as we do.
   */
  vectorTest(
    'a large program of DWARF 5: most, and nearly all but for names and left-out calls',
    [doom],
    () => {
      const { identical, explained } = compare(doom, 'doom_64_debug.polkavm');
      expect(identical).toBeGreaterThan(0.9);
      expect(explained).toBeGreaterThan(0.99);
    },
  );
});
