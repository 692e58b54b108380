import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Blob } from '../../src/blob/blob.ts';
import { DebugInfo, DebugWriter, frameLocation, frameName } from '../../src/blob/debug.ts';
import { uniqueHash } from '../../src/blob/hash.ts';
import { readJamProgram, readSpi, writeJamProgram, writeSpi } from '../../src/blob/jam.ts';
import { makeBlob } from '../../src/blob/make.ts';
import { readBlob } from '../../src/blob/read.ts';
import { writeBlob } from '../../src/blob/write.ts';
import { equalBytes, toHex } from '../../src/core/bytes.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import {
  eachVector,
  listVectors,
  readVector,
  readVectorLines,
  vectorPath,
  vectorTest,
} from '../vectors-path.ts';

const blobs = listVectors('', '.polkavm');
const byName = (name: string): string =>
  blobs.find((path) => basename(path) === name && !path.includes('riscv-tests')) ?? vectorPath(name);

/** Rebuilds a blob from what its tables say rather than from their bytes. */
const remake = (blob: Blob): Blob =>
  makeBlob({
    kind: blob.kind,
    roDataSize: blob.roDataSize,
    rwDataSize: blob.rwDataSize,
    stackSize: blob.stackSize,
    roData: blob.roData,
    rwData: blob.rwData,
    imports: Array.from({ length: blob.imports.count }, (_, i) => blob.imports.symbol(i)!),
    exports: [...blob.exports],
    // Upstream's writer gives a table that holds nothing but offset 0 the entry size 0; ours does not.
    jumpTable:
      blob.jumpTable.entrySize === 0
        ? blob.jumpTable
        : Array.from({ length: blob.jumpTable.count }, (_, i) => blob.jumpTable.target(i)),
    code: blob.code,
    bitmask: blob.bitmask,
    debug: blob.debug,
  });

describe('PolkaVM blobs', () => {
  vectorTest(`${blobs.length} files are written back byte for byte`, blobs, () => {
    for (const path of blobs) {
      const bytes = readVector(path);
      const blob = readBlob(bytes);
      expect(equalBytes(writeBlob(blob), bytes), path).toBe(true);
      expect(equalBytes(writeBlob(remake(blob)), bytes), `${path}, remade`).toBe(true);
    }
  });

  eachVector('kind, hash and bytes', listVectors('polkavm/differential', '.jsonl.gz'), (path) => {
    let hashes = 0;
    for (const line of readVectorLines(path)) {
      const {
        n,
        isa,
        blob: hex,
        hash,
      } = JSON.parse(line) as { n: number; isa: string; blob: string; hash?: string };
      const bytes = new Uint8Array(Buffer.from(hex, 'hex'));
      const blob = readBlob(bytes);
      expect(blob.kind).toBe(isa);
      // Lines about programs that upstream refuses to load have no hash.
      if (hash !== undefined) {
        expect(toHex(uniqueHash(blob, { debug: true })), `line ${n}`).toBe(hash);
        hashes++;
      }
      expect(equalBytes(writeBlob(blob), bytes), `line ${n}`).toBe(true);
    }
    expect(hashes).toBeGreaterThan(0);
  });

  const infoPath = vectorPath('polkavm/tables/blob-info.txt');
  vectorTest('sizes and hashes as tabulated', [infoPath], () => {
    let checked = 0;
    for (const line of readVectorLines(infoPath)) {
      const [name, ...pairs] = line.split(' ');
      if (!blobs.includes(byName(name!))) continue;
      const want = Object.fromEntries(pairs.map((pair) => pair.split('=')));
      const blob = readBlob(readVector(byName(name!)));
      expect({
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
      }).toEqual(want);
      checked++;
    }
    expect(checked).toBeGreaterThan(8);
  });

  vectorTest('hello world is what its example says', [byName('example-hello-world.polkavm')], () => {
    const blob = readBlob(readVector(byName('example-hello-world.polkavm')));
    const text = new TextDecoder();
    expect(text.decode(blob.imports.symbol(0))).toBe('get_third_number');
    expect([...blob.exports].map((e) => [e.offset, text.decode(e.symbol)])).toEqual([[0, 'add_numbers']]);
  });
});

describe('debug information', () => {
  const tables = listVectors('polkavm/tables', '.tsv.gz').filter((path) =>
    basename(path).startsWith('lines_'),
  );
  eachVector('every region as tabulated', tables, (path) => {
    const name = basename(path).slice('lines_'.length, -'.tsv.gz'.length);
    const info = new DebugInfo(readBlob(readVector(byName(`${name}.polkavm`))).debug);
    const lines: string[] = [];
    for (let i = 0; i < info.rangeCount; i++) {
      for (const region of info.regions(info.range(i))) {
        const frames = region.frames.map(
          (frame) => `${KIND_LETTER[frame.kind]} ${frameName(frame)} ${frameLocation(frame)}`,
        );
        lines.push([`${region.begin}..${region.end}`, ...frames].join('\t'));
        expect(info.lookup(region.begin)).toEqual(region);
      }
    }
    expect(lines).toEqual(readVectorLines(path));
  });

  for (const name of ['quake.polkavm', 'doom_64_debug.polkavm', 'revive-transfer-example.polkavm']) {
    vectorTest(`${name}: regions survive being written again`, [byName(name)], () => {
      const { debug } = readBlob(readVector(byName(name)));
      const info = new DebugInfo(debug);
      const writer = new DebugWriter();
      const expected = Array.from({ length: info.rangeCount }, (_, i) => [...info.regions(info.range(i))]);
      for (const regions of expected) writer.range(regions);
      const again = writer.finish();
      const back = new DebugInfo(again);
      expect(back.rangeCount).toBe(info.rangeCount);
      for (const [i, regions] of expected.entries())
        expect([...back.regions(back.range(i))]).toEqual(regions);
      expect(equalBytes(again.lineRanges.subarray(0, 8), debug.lineRanges.subarray(0, 8))).toBe(true);
      expect(again.linePrograms.length).toBeLessThanOrEqual(debug.linePrograms.length);
    });
  }
});

const KIND_LETTER = { enter: 'f', call: 'c', line: 'l' } as const;

describe('JAM programs', () => {
  const spi = listVectors('jam', '.jam');
  vectorTest(`${spi.length} SPI files with metadata are written back byte for byte`, spi, () => {
    for (const path of spi) {
      const bytes = readVector(path);
      const blob = readSpi(bytes, { metadata: true });
      expect(blob.container).toBe('jam-spi');
      expect(equalBytes(writeSpi(blob), bytes), path).toBe(true);
      expect(readSpi(bytes).spi?.metadata, path).toEqual(blob.spi?.metadata);
      // The same container without its metadata is found to have none.
      const bare = writeSpi({ ...blob, spi: { heapPages: blob.spi!.heapPages, metadata: undefined } });
      expect(readSpi(bare).spi?.metadata, `${path}, bare`).toBeUndefined();
      expect(equalBytes(writeSpi(readSpi(bare, { metadata: false })), bare), `${path}, bare`).toBe(true);
    }
  });

  const raw = [
    ...listVectors('jam/pvm-debugger', '.pvm'),
    ...listVectors('jam/pvm-debugger', 'doom.bin'),
  ].filter((path) => !path.includes('malformed'));
  vectorTest(`${raw.length} bare programs are written back byte for byte`, raw, () => {
    for (const path of raw) {
      const bytes = readVector(path);
      expect(equalBytes(writeJamProgram(readJamProgram(bytes)), bytes), path).toBe(true);
    }
  });

  const json = ['jam/w3f-v0.4-64bit', 'jam/fluffylabs-extra-64bit', 'polkavm/spec-vectors'].flatMap(
    (folder) => listVectors(folder, '.json'),
  );
  vectorTest(`the programs of ${json.length} JSON vectors are written back byte for byte`, json, () => {
    for (const path of json) {
      const { program } = JSON.parse(readVectorLines(path).join('\n')) as { program?: number[] };
      if (!program) continue;
      const bytes = Uint8Array.from(program);
      expect(equalBytes(writeJamProgram(readJamProgram(bytes, { kind: 'jam_v1' })), bytes), path).toBe(true);
    }
  });

  const malformed = listVectors('jam/pvm-debugger-malformed', '.pvm');
  vectorTest('the malformed programs are refused', malformed, () => {
    for (const path of malformed) {
      expect(() => readJamProgram(readVector(path))).toThrow(
        expect.objectContaining({ name: 'RiscboxError' }),
      );
    }
  });
});

test('an error of this area is recognised as one', () => {
  try {
    readBlob(new Uint8Array(3));
  } catch (error) {
    expect(isRiscboxError(error, 'blob/magic')).toBe(true);
  }
});
