import { expect, test } from 'vitest';
import { RiscboxError } from '../../src/core/error.ts';
import { Problems } from '../../src/core/problems.ts';

const thrown = (...problems: readonly (readonly [code: string, message: string])[]): RiscboxError => {
  const collected = new Problems();
  for (const [index, [code, message]] of problems.entries()) {
    collected.add(new RiscboxError(code, message, { index }));
  }
  try {
    collected.check();
  } catch (error) {
    return error as RiscboxError;
  }
  throw new Error('nothing was thrown');
};

test('without a problem nothing happens', () => {
  const problems = new Problems();
  problems.check();
  expect(problems.isFull).toBe(false);
});

test('the only problem is thrown as it is', () => {
  expect(thrown(['link/a', 'one; do it'])).toMatchObject({
    code: 'link/a',
    message: 'one; do it',
    detail: { index: 0 },
  });
});

test('the first decides the code; those like it are told first, then the others', () => {
  const error = thrown(['link/a', 'one'], ['link/b', 'two'], ['link/a', 'three']);
  expect([error.code, error.message]).toEqual(['link/a', 'one\nthree\ntwo']);
  expect(error.detail).toMatchObject({
    index: 0,
    count: 3,
    problems: [
      { code: 'link/a', message: 'one', detail: { index: 0 } },
      { code: 'link/b', message: 'two', detail: { index: 1 } },
      { code: 'link/a', message: 'three', detail: { index: 2 } },
    ],
  });
});

test('of many, some of each kind are told', () => {
  const many = Array.from({ length: 2000 }, (_, i) => ['link/a', `a${i}`] as const);
  const error = thrown(...many.slice(0, 500), ['link/b', 'the other'], ...many.slice(500));
  const lines = error.message.split('\n');
  expect(lines).toHaveLength(21);
  expect(lines.at(-2)).toBe('the other');
  expect(lines.at(-1)).toBe('and 1981 more problems (see detail.problems)');
  expect(error.detail.count).toBe(2001);
  expect((error.detail.problems as unknown[]).length).toBe(1000);
});

test('those of a text are told in its order', () => {
  const problems = new Problems('as-found');
  for (const [code, message] of [
    ['asm/a', 'one'],
    ['asm/b', 'two'],
    ['asm/a', 'three'],
  ] as const) {
    problems.attempt(() => {
      throw new RiscboxError(code, message);
    });
  }
  expect(() => problems.check()).toThrow('one\ntwo\nthree');
});
