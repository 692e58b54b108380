import { basename } from 'node:path';
import { describe, expect } from 'vitest';
import { readBlob } from '../../src/blob/read.ts';
import { type PolkaVmKind, widthOf } from '../../src/core/kind.ts';
import { PolkaVmDecoder } from '../../src/decoder/polkavm.ts';
import { formatPolkaVm } from '../../src/decoder/text-polkavm.ts';
import { CodeWalk } from '../../src/decoder/walk.ts';
import { listVectors, readVector, readVectorLines, vectorPath, vectorTest } from '../vectors-path.ts';

/** Offset, offset of what follows, and text of every instruction. */
const walk = function* (bytes: Uint8Array): Generator<readonly [number, number, string], void> {
  const { kind, code, bitmask } = readBlob(bytes);
  const steps = new CodeWalk(new PolkaVmDecoder(kind as PolkaVmKind, code, bitmask));
  while (steps.next()) {
    const { offset, instruction } = steps;
    yield [offset, offset + instruction.length, formatPolkaVm(instruction, widthOf(kind))];
  }
};

describe('text of whole programs', () => {
  for (const path of listVectors('polkavm/differential', '.jsonl.gz')) {
    vectorTest(`${basename(path)}: every listing`, [path], () => {
      const lines = readVectorLines(path);
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) {
        const { n, blob, listing } = JSON.parse(line) as { n: number; blob: string; listing: string };
        const actual = [...walk(new Uint8Array(Buffer.from(blob, 'hex')))].map((entry) => entry.join(':'));
        expect(actual.join('|'), `line ${n}`).toBe(listing);
      }
    });
  }

  for (const [table, blob] of [
    ['disasm_doom.tsv.gz', 'blobs/doom.polkavm'],
    ['disasm_revive-transfer-example.tsv.gz', 'linked/revive-transfer-example.polkavm'],
  ] as const) {
    const paths = [vectorPath('polkavm/tables', table), vectorPath('polkavm', blob)] as const;
    vectorTest(`${blob}: every instruction`, paths, () => {
      const expected = readVectorLines(paths[0]);
      const actual = [...walk(readVector(paths[1]))].map(([offset, , text]) => `${offset}\t${text}`);
      expect(actual.length).toBe(expected.length);
      for (const [index, line] of expected.entries())
        if (actual[index] !== line) expect(actual[index]).toBe(line);
    });
  }
});
