import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseCase, printCase } from '../../scripts/fuzz/case-text.ts';
import { compareCase } from '../../scripts/fuzz/pair.ts';
import { variantsOf } from '../../scripts/fuzz/variants.ts';
import { TIER_NAMES, tierNamed } from '../../src/cli/tiers.ts';

const FOLDER = fileURLToPath(new URL('cases', import.meta.url));

const cases = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));

const variants = TIER_NAMES.flatMap((name) => variantsOf(tierNamed(name), name));

/** Programs that a tier once ran in another way than the interpreter. */
describe.each(cases)('$name', ({ text }) => {
  test.each(variants)('runs on tier $name as on the interpreter', ({ tier }) => {
    expect(compareCase(parseCase(text), tierNamed('interpreter'), tier)).toBeUndefined();
  });

  test('is printed as it was read', () => {
    const comments = text
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .map((line) => line.slice(2));
    expect(printCase(parseCase(text), comments)).toBe(text);
  });
});
