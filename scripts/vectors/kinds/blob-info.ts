import type { Blob } from '../../../src/blob/blob.ts';
import { uniqueHash } from '../../../src/blob/hash.ts';
import { readBlob } from '../../../src/blob/read.ts';
import { toHex } from '../../../src/core/bytes.ts';
import { referredFile, type VectorKind } from '../kind.ts';

/** `name.polkavm isa=… ro=…`: one line per blob. */
const LINE = /^\S+\.polkavm( \w+=\S+)+$/;

/** Sizes and hashes of blobs. */
export const blobInfo: VectorKind = {
  name: 'blob-info',

  recognise: (file) =>
    file.name.endsWith('.txt') && file.lines.length > 0 && file.lines.every((l) => LINE.test(l)),

  run: (file, run) => {
    for (const line of file.lines) {
      const [name = '', ...pairs] = line.split(' ');
      run.case(name, (c) => {
        const bytes = referredFile(c, run, name, file).bytes;
        const facts = factsOf(readBlob(bytes));
        for (const pair of pairs) {
          const [key = '', value = ''] = pair.split('=');
          c.equal(key.startsWith('hash') ? 'hash' : 'header', key, value, facts[key]);
        }
      });
    }
  },
};

const factsOf = (blob: Blob): Readonly<Record<string, string>> => ({
  isa: blob.kind,
  ro: `${blob.roData.length}/${blob.roDataSize}`,
  rw: `${blob.rwData.length}/${blob.rwDataSize}`,
  stack: `${blob.stackSize}`,
  code: `${blob.code.length}`,
  bitmask: `${blob.bitmask.length}`,
  jt: `${blob.jumpTable.count}`,
  imports: `${blob.imports.count}`,
  hash: toHex(uniqueHash(blob)),
  hash_dbg: toHex(uniqueHash(blob, { debug: true })),
});
