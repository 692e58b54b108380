import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isRiscboxError, type RiscboxError } from '../../../../src/core/error.ts';
import { Engine } from '../../../../src/index.ts';
import type { RelinkOptions } from '../../../../src/linker/relink/options.ts';
import { relink } from '../../../../src/linker/relink/relink.ts';
import { ROOT } from '../../../docs/blocks.ts';
import { errorFiles, errorsOf } from '../../../docs/spec-text.ts';
import type { Accepted, Refused } from './cases.ts';
import { CATALOGUE } from './catalogue.ts';
import { acceptedCode, codeCases } from './code-cases.ts';
import { acceptedFiles, fileCases } from './file-cases.ts';
import { acceptedRecords, recordCases } from './record-cases.ts';
import { acceptedRelocations, relocationCases } from './relocation-cases.ts';

const REFUSED: readonly Refused[] = [...fileCases, ...recordCases, ...codeCases, ...relocationCases];
const ACCEPTED: readonly Accepted[] = [
  ...acceptedFiles,
  ...acceptedRecords,
  ...acceptedCode,
  ...acceptedRelocations,
];

const TESTS = join(ROOT, 'test/linker/relink');

const MAIN: RelinkOptions = { exports: ['main'] };

const errorOf = (file: Uint8Array, options: RelinkOptions = {}): RiscboxError => {
  try {
    relink(file, { ...MAIN, ...options });
  } catch (error) {
    if (isRiscboxError(error)) return error;
    throw error;
  }
  throw new Error('the file was linked');
};

test('each case of the catalogue is shown by one here', () => {
  const known = new Set([...REFUSED, ...ACCEPTED].map(({ subject }) => subject));
  const shown = CATALOGUE.flatMap(([, , ...names]) => names);
  expect(shown.filter((name) => !known.has(name))).toEqual([]);
  expect(known.size).toBe(REFUSED.length + ACCEPTED.length);
});

describe('each case says what, where, and what to do', () => {
  test.each(REFUSED.map((refused) => [refused.subject, refused] as const))('%s', (_, refused) => {
    const error = errorOf(refused.file, refused.options);
    expect(error.message).toBe(error.message.trim());
    expect([error.code, error.message]).toEqual([
      refused.code,
      expect.stringContaining(refused.says[0] ?? ''),
    ]);
    for (const text of refused.says) expect(error.message).toContain(text);
    expect(error.detail).toMatchObject(refused.detail ?? {});
    expect(error.detail.problems).toBeUndefined();
  });
});

describe('two of a kind are told at once', () => {
  const cases = REFUSED.flatMap(({ subject, twice, file, options, code }) =>
    twice === undefined ? [] : [[subject, { file, options, ...twice, code }] as const],
  );
  test.each(cases)('%s', (_, { file, options, says, code }) => {
    const { message, detail } = errorOf(file, options);
    for (const text of says) expect(message).toContain(text);
    const problems = detail.problems as RiscboxError[];
    expect(problems.length).toBeGreaterThanOrEqual(2);
    expect(problems.map((problem) => problem.code)).toContain(code);
  });
});

describe('what others refuse works', () => {
  test.each(ACCEPTED.map((accepted) => [accepted.subject, accepted] as const))('%s', (_, accepted) => {
    const { file, options, call, result } = accepted;
    for (const level of [0, 1, 2, 3] as const) {
      const instance = new Engine().compile(relink(file, { ...MAIN, ...options, level })).instantiate();
      const run = () => instance.call('main', ...call);
      if (result === 'trap') expect(run).toThrow(expect.objectContaining({ code: 'call/trap' }));
      else expect(run()).toBe(result);
    }
  });
});
test('each code of linking has a case here, or a test of the stage that files alone do not bring about', () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.test\.ts$/.test(path),
  );
  const texts = files.map((path) => readFileSync(join(TESTS, path), 'utf8')).join('\n');
  const codes = errorFiles.filter((path) => path.startsWith('src/linker/relink/')).flatMap(errorsOf);
  const told = new Set(REFUSED.map(({ code }) => code));
  expect(
    codes.map(({ code }) => code).filter((code) => !told.has(code) && !texts.includes(`'${code}'`)),
  ).toEqual([]);
});
