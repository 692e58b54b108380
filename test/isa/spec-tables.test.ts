import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { generateSpecTables } from '../../scripts/spec-tables.ts';

test('the instruction tables of SPEC.md are up to date (else: npm run generate)', () => {
  const { path, text } = generateSpecTables();
  expect(text).toBe(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8'));
});
