/**
 * npx tsx test/docs/write-spec-tables.ts
 *
 * Writes the tables of error codes, system calls, relocations and instruction texts into SPEC.md; a test says when that is needed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './blocks.ts';
import { specWithTables } from './spec-text.ts';

const path = join(ROOT, 'SPEC.md');
const text = readFileSync(path, 'utf8');
const written = specWithTables(text);
if (written !== text) writeFileSync(path, written);
console.log(written === text ? 'SPEC.md is up to date' : 'wrote SPEC.md');
