import { expect, test } from 'vitest';
import type { NamedCode } from '../../../src/linker/relink/input/link-input.ts';
import { NamedRanges } from '../../../src/linker/relink/named-ranges.ts';

const named = (name: string, address: number, size = 0, isFunction = true): NamedCode => ({
  name,
  address,
  size,
  isFunction,
});

const namesAt = (names: readonly NamedCode[], ...addresses: readonly number[]): readonly unknown[] => {
  const ranges = new NamedRanges(names);
  return addresses.map((address) => ranges.at(address)?.name);
};

test('an address belongs to the last function that begins at or before it', () => {
  const names = [named('first', 10), named('second', 20)];
  expect(namesAt(names, 9, 10, 19, 20, 1000)).toEqual([undefined, 'first', 'first', 'second', 'second']);
});

test('a function that states its size ends there', () => {
  expect(namesAt([named('first', 10, 4), named('second', 20)], 13, 14, 19, 20)).toEqual([
    'first',
    undefined,
    undefined,
    'second',
  ]);
});

test('labels count where there are no functions', () => {
  const labels = [named('label', 12, 0, false)];
  expect(namesAt(labels, 11, 13)).toEqual([undefined, 'label']);
  expect(namesAt([named('first', 10), ...labels], 13)).toEqual(['first']);
  expect(namesAt([], 5)).toEqual([undefined]);
});
