import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { relink } from '../../../src/linker/relink/relink.ts';
import { listVectors, vectorTest } from '../../vectors-path.ts';

/** Programs in which level 0 gives other instructions than PolkaVM 0.35's linker, and why. */
const EXPLAINED: readonly (readonly [RegExp, string])[] = [
  [/^rv(32|64)ua\/amo/, 'atomic operations take fewer instructions, and minimum and maximum exist'],
  [/^rv(32|64)uzbb\/(min|max)u?$/, 'minimum and maximum of x0 are operations, not a comparison and a move'],
  [/^rv(32|64)uzbb\/(orc_b|rorw?|rolw)$/, 'orc.b takes fewer instructions; rotations of x0 are constants'],
  [/^rv(32|64)ui\/(add|and|or|sub|xor|s[lr][la]w?)$/, 'operations with x0 are moves and constants'],
  [/^rv(32|64)um\/mulw?$/, 'products with x0 are constants'],
  [/^rv(32|64)uc\/rvc$/, 'mv stays a move, where PolkaVM 0.35 adds 0'],
];

const elfs = listVectors('polkavm/elf/riscv-tests', '.elf');
const linked = new Map(
  listVectors('polkavm/linked/riscv-tests/o0', '.polkavm').map((path) => [basename(path, '.polkavm'), path]),
);
const programs = elfs.map((path) => ({ path, id: `${basename(dirname(path))}/${basename(path, '.elf')}` }));
const same = programs.filter(({ id }) => !EXPLAINED.some(([pattern]) => pattern.test(id)));

describe('level 0 writes the bytes that PolkaVM 0.35 writes', () => {
  test.runIf(same.length > 0).each(same)('$id', ({ path, id }) => {
    const expected = new Uint8Array(readFileSync(linked.get(id.replace('/', '_')) as string));
    const actual = relink(new Uint8Array(readFileSync(path)), { level: 0, strip: true, minStackSize: 0 });
    expect(actual).toEqual(expected);
  });

  vectorTest('all but the explained differences are compared', elfs, () => {
    expect(same.length).toBeGreaterThanOrEqual(115);
  });
});
