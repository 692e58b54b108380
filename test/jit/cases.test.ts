import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseCase, printCase } from '../../scripts/fuzz/case-text.ts';
import { compareCase } from '../../scripts/fuzz/pair.ts';
import { TIER_NAMES, tierNamed } from '../../src/cli/tiers.ts';

const FOLDER = fileURLToPath(new URL('cases', import.meta.url));

const cases = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));

/** Programs that a tier once ran in another way than the interpreter. */
describe.each(cases)('$name', ({ text }) => {
  test.each(TIER_NAMES)('runs on tier %s as on the interpreter', (name) => {
    expect(compareCase(parseCase(text), tierNamed('interpreter'), tierNamed(name))).toBeUndefined();
  });

  test('is printed as it was read', () => {
    const comments = text
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .map((line) => line.slice(2));
    expect(printCase(parseCase(text), comments)).toBe(text);
  });
});
