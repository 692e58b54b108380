import { basename } from 'node:path';
import { describe, expect } from 'vitest';
import type { Blob } from '../../../../src/blob/blob.ts';
import { readBlob } from '../../../../src/blob/read.ts';
import { toHex } from '../../../../src/core/bytes.ts';
import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import { writeProgram } from '../../../../src/linker/relink/output/write.ts';
import { listVectors, readVector, vectorTest } from '../../../vectors-path.ts';
import { liftBlob } from './lift-blob.ts';

/** What is to be equal; payloads of data may end earlier, as we store no zeros at the end. */
const partsOf = (blob: Blob): Record<string, unknown> => ({
  kind: blob.kind,
  roDataSize: blob.roDataSize,
  rwDataSize: blob.rwDataSize,
  roData: toHex(blob.roData).replace(/(00)+$/, ''),
  rwData: toHex(blob.rwData).replace(/(00)+$/, ''),
  jumpTable: toHex(blob.jumpTable.bytes),
  imports: toHex(blob.imports.symbols),
  exports: toHex(blob.exports.bytes),
  bitmask: toHex(blob.bitmask),
  code: toHex(blob.code),
});

describe('programs that PolkaVM 0.35 linked, taken apart and written again, are the same', () => {
  const files = [...listVectors('polkavm/linked', '.polkavm')];
  for (const level of ['o0', 'o2']) {
    const some = files.filter((path) => path.includes(`/${level}/`));
    vectorTest(`riscv-tests at ${level}`, some, () => {
      for (const path of some) expectSame(path);
    });
  }
  for (const path of files.filter((name) => !name.includes('riscv-tests'))) {
    vectorTest(basename(path), [path], () => expectSame(path));
  }
});

const expectSame = (path: string): void => {
  const blob = readBlob(readVector(path));
  const graph = liftBlob(blob);
  checkGraph(graph);
  const written = writeProgram(graph, { level: 0, minStackSize: 0 });
  expect(partsOf(written.blob), basename(path)).toStrictEqual(partsOf(blob));
  expect(written.blob.stackSize).toBe(blob.stackSize);
  for (const { offset, origin } of written.origins) expect(origin).toBe(offset);
};
