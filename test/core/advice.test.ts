import { expect, test } from 'vitest';
import { withAdviceOnce } from '../../src/core/advice.ts';

test('neighbours give the same advice once, the last of them', () => {
  expect(
    withAdviceOnce([
      'a is wrong; repair it',
      'b is wrong; repair it',
      'c is wrong; leave it',
      'd',
      'e; repair it',
    ]),
  ).toEqual(['a is wrong', 'b is wrong; repair it', 'c is wrong; leave it', 'd', 'e; repair it']);
});

test('only what stands behind the last semicolon is advice', () => {
  expect(withAdviceOnce(['a; b; do c', 'd; do c'])).toEqual(['a; b', 'd; do c']);
  expect(withAdviceOnce([])).toEqual([]);
});
