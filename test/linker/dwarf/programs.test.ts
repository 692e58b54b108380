import { describe, expect, test } from 'vitest';
import { inflateDebugSections } from '../../../src/linker/dwarf/inflate.ts';
import { readSourceMap } from '../../../src/linker/dwarf/read-source-map.ts';
import { debugInput, debugPrograms, readProgram, stackText } from './debug-input.ts';

/** What llvm-symbolizer said about each even offset of .text. */
const expectedStacks = (name: string): readonly string[] =>
  new TextDecoder()
    .decode(readProgram(name))
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, begin, end, stack] = /^(\d+)\.\.(\d+)\t(.*)$/.exec(line)!;
      return new Array<string>((Number(end) - Number(begin)) / 2).fill(stack!);
    });

const stacksOf = async (name: string): Promise<readonly string[]> => {
  const input = debugInput(readProgram(name));
  const map = readSourceMap(input, await inflateDebugSections(input.elf));
  const text = input.code.find((section) => section.name === '.text')!;
  const stacks = Array.from({ length: text.bytes.length / 2 }, (_, i) =>
    stackText(map.framesAt(text.address + 2 * i)),
  );
  expect(map.notes).toEqual([]);
  return stacks;
};

describe('functions, inlined calls and lines are those of llvm-symbolizer', () => {
  test.each([...debugPrograms('.elf'), ...debugPrograms('.o')])('%s', async (name) => {
    const expected = expectedStacks(name.replace(/\.[^.]*$/, '.tsv'));
    expect(expected.length).toBeGreaterThan(50);
    expect(await stacksOf(name)).toEqual(expected);
  });
});

describe('what the symbolizer does not say', () => {
  const framesIn = (name: string, symbol: string) => {
    const input = debugInput(readProgram(name));
    const address = input.names.find((code) => code.name === symbol)!.address;
    return readSourceMap(input).framesAt(address);
  };

  test.each(debugPrograms('.elf').filter((name) => name !== 'gcc_compressed.elf'))(
    'namespaces, types and declarations: %s',
    (name) => {
      const [enter] = framesIn(name, '_ZN4shop6Basket6Coupon8discountEi');
      expect(enter).toMatchObject({
        kind: 'enter',
        namespace: 'shop::Basket::Coupon',
        function: 'discount',
        path: 'guests/debug/frames.cpp',
        line: 17,
      });
      const [hidden] = framesIn(name, '_ZN4shop12_GLOBAL__N_16hiddenEi');
      expect(hidden).toMatchObject({ namespace: 'shop::(anonymous namespace)', function: 'hidden' });
    },
  );

  test('compressed sections that were not decompressed are noted, and symbols name the functions', () => {
    const input = debugInput(readProgram('gcc_compressed.elf'));
    const map = readSourceMap(input);
    expect(map.notes.join('\n')).toMatch(/\.debug_info is compressed .* --decompress-debug-sections/);
    const address = input.names.find(({ name }) => name.includes('discount'))!.address;
    expect(map.framesAt(address)).toMatchObject([
      { kind: 'enter', namespace: 'shop::Basket::Coupon', function: 'discount', path: '', line: 0 },
    ]);
  });

  test('addresses outside of the code have no frames', () => {
    const map = readSourceMap(debugInput(readProgram('gcc_dwarf5.elf')));
    for (const address of [0, 2, 0xfffe, 0x20000, 2 ** 32]) expect(map.framesAt(address)).toEqual([]);
  });
});
