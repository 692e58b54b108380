import { expect, test } from 'vitest';
import { DataSection } from '../../../../src/linker/relink/graph/data-section.ts';
import type { PlacedReference } from '../../../../src/linker/relink/input/link-input.ts';
import { lowerProgram } from '../../../../src/linker/relink/lower/lower.ts';
import { DATA, inputOf } from './program.ts';

const RETURN = 'jump_indirect ra 0';

test('places in code become blocks, places in data stay', () => {
  const table = new DataSection('ro', '.rodata', 32, 8, new Uint8Array(32));
  const input = inputOf({
    lines: [RETURN, 'add_64 a0 a0 a0', RETURN],
    input: (section) => {
      const references: PlacedReference[] = [
        { offset: 0, size: 8, to: { section, offset: 4 }, minus: undefined },
        { offset: 8, size: 4, to: { section, offset: 8 }, minus: { section: table, offset: 8 } },
        { offset: 16, size: 8, to: { section: DATA, offset: 3 }, minus: undefined },
        { offset: 24, size: 8, to: { section, offset: 12 }, minus: undefined },
      ];
      return { data: [table, DATA], references: new Map([[table, references]]) };
    },
  });
  const graph = lowerProgram(input, {});
  const [first, second, third, behind] = table.references;
  expect(graph.blocks.map(({ address }) => address)).toEqual([0x10000, 0x10004, 0x10008, -1]);
  expect(first).toMatchObject({ to: graph.blocks[1], addend: 0, minus: undefined });
  expect(second).toMatchObject({ to: graph.blocks[2], addend: 0, minus: { section: table, addend: 8 } });
  expect(third).toMatchObject({ to: DATA, addend: 3 });
  expect(behind).toMatchObject({ to: graph.blocks[3], addend: 0 });
  expect(graph.blocks[3]?.end.kind).toBe('trap');
});

test('distances from code cannot be kept', () => {
  const input = inputOf({
    lines: [RETURN, RETURN],
    input: (section) => ({
      references: new Map([
        [DATA, [{ offset: 0, size: 4, to: { section, offset: 4 }, minus: { section, offset: 0 } }]],
      ]),
    }),
  });
  expect(() => lowerProgram(input, {})).toThrow(
    expect.objectContaining({
      code: 'link/code-difference',
      message:
        '.data+0: data holds a distance from .text+0, which is code and moves; compile with -fno-jump-tables',
    }),
  );
});

test('exports must be at instructions', () => {
  const name = (text: string): Uint8Array => new TextEncoder().encode(text);
  const input = inputOf({
    lines: [RETURN, RETURN],
    input: (section) => ({
      exports: ['first', 'second'].map((text, i) => ({
        symbol: name(text),
        place: { section, offset: 4 * i + 1 },
        inputs: 0,
        outputs: 0,
      })),
    }),
  });
  expect(() => lowerProgram(input, {})).toThrow(
    expect.objectContaining({
      code: 'link/export-target',
      message: expect.stringMatching(
        /export "first" is at \.text\+1.*\n.*export "second" is at \.text\+5.*\n/,
      ),
    }),
  );
});

test('every word of code, alone and in pairs, is lowered or refused with a problem', () => {
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state ^ (state >>> 15)) >>> 0;
  };
  for (const width of [32, 64] as const) {
    for (let run = 0; run < 3000; run++) {
      const lines = Array.from({ length: 4 }, () => random());
      try {
        lowerProgram(inputOf({ width, lines }), { demote: run % 2 === 0 });
      } catch (error) {
        expect(error).toHaveProperty('code', expect.stringMatching(/^link\//));
      }
    }
  }
});
