import { basename } from 'node:path';
import { describe, expect } from 'vitest';
import type { Blob } from '../../../../src/blob/blob.ts';
import { readBlob } from '../../../../src/blob/read.ts';
import { toHex } from '../../../../src/core/bytes.ts';
import type { PolkaVmKind } from '../../../../src/core/kind.ts';
import { Instruction } from '../../../../src/decoder/instruction.ts';
import { PolkaVmDecoder } from '../../../../src/decoder/polkavm.ts';
import { FORMS } from '../../../../src/isa/row.ts';
import { ROWS } from '../../../../src/isa/table.ts';
import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import type { WrittenProgram } from '../../../../src/linker/relink/output/placement.ts';
import { writeProgram } from '../../../../src/linker/relink/output/write.ts';
import { listVectors, readVector, vectorTest } from '../../../vectors-path.ts';
import { liftBlob } from './lift-blob.ts';

/** What is to be equal; payloads of data may end earlier, as we store no zeros at the end. */
const partsOf = (blob: Blob): Record<string, unknown> => ({
  kind: blob.kind,
  roDataSize: blob.roDataSize,
  rwDataSize: blob.rwDataSize,
  stackSize: blob.stackSize,
  roData: toHex(blob.roData).replace(/(00)+$/, ''),
  rwData: toHex(blob.rwData).replace(/(00)+$/, ''),
  imports: toHex(blob.imports.symbols),
  exports: toHex(blob.exports.bytes),
});

const codeOf = ({ jumpTable, code, bitmask }: Blob): readonly string[] =>
  [jumpTable.bytes, code, bitmask].map((bytes) => toHex(bytes));

/** Instructions without their lengths: targets are instruction numbers. */
const instructionsOf = (blob: Blob): readonly string[] => {
  const decoder = new PolkaVmDecoder(blob.kind as PolkaVmKind, blob.code, blob.bitmask);
  const instruction = new Instruction();
  const numbers = new Map<number, number>();
  const found: { op: number; a: number; b: number; c: number; x: number; y: number; target: number }[] = [];
  for (let offset = 0; offset < blob.code.length; offset += instruction.length) {
    Object.assign(instruction, new Instruction());
    decoder.decode(offset, instruction);
    const { op, a, b, c, x, y, target } = instruction;
    numbers.set(offset, found.length);
    const hasTarget = (FORMS[ROWS[op]!.form] as string).includes('t');
    found.push({ op, a, b, c, x, y, target: hasTarget ? target : -1 });
  }
  return found.map(({ target, ...rest }) =>
    [...Object.values(rest), target < 0 ? '' : numbers.get(target)].join(' '),
  );
};

const writtenAgain = (path: string): { original: Blob; written: WrittenProgram } => {
  const original = readBlob(readVector(path));
  const graph = liftBlob(original);
  checkGraph(graph);
  const written = writeProgram(graph, { level: 0, minStackSize: 0 });
  expect(partsOf(written.blob), basename(path)).toStrictEqual(
    partsOf({ ...original, exports: isDoom(path) ? written.blob.exports : original.exports }),
  );
  return { original, written };
};

const isDoom = (path: string): boolean => basename(path).startsWith('doom');

describe('programs that PolkaVM 0.35 linked, taken apart and written again, are the same', () => {
  const files = [...listVectors('polkavm/linked', '.polkavm')];
  const expectSame = (path: string): void => {
    const { original, written } = writtenAgain(path);
    expect(codeOf(written.blob), basename(path)).toStrictEqual(codeOf(original));
    // What `unlikely` is lifted from has an origin of its own.
    for (const { offset, origin } of written.origins) expect([offset, offset + 1]).toContain(origin);
  };

  for (const level of ['o0', 'o2']) {
    const some = files.filter((path) => path.includes(`/${level}/`));
    vectorTest(`riscv-tests at ${level}`, some, () => some.forEach(expectSame));
  }
  for (const path of files.filter((name) => !name.includes('riscv-tests') && !isDoom(name))) {
    vectorTest(basename(path), [path], () => expectSame(path));
  }

  // PolkaVM's writer starts from a guess that is partly too high, and keeps a few distances longer than they need be.
  const doom = files.filter(isDoom).slice(0, 1);
  vectorTest('doom, but for longer distances', doom, () => {
    for (const path of doom) {
      const { original, written } = writtenAgain(path);
      expect(instructionsOf(written.blob)).toStrictEqual(instructionsOf(original));
      expect(written.blob.jumpTable.count).toBe(original.jumpTable.count);
      const saved = original.code.length - written.blob.code.length;
      expect(saved).toBeGreaterThanOrEqual(0);
      expect(saved).toBeLessThan(100);
    }
  });
});
