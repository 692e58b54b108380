import { type GuestMemory, RIGHTS_PAGE } from '../../src/memory/guest-memory.ts';
import type { Case } from './report.ts';

export interface Chunk {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Guest memory by pages of 4096 bytes; pages of zeros are left out. */
type Image = Map<number, Uint8Array>;

/** Read at once: most pages of a large region are zero. */
const PIECE = 1 << 16;

/** What a program can read, as far as it is not zero. */
const imageOf = (memory: GuestMemory): Image => {
  const image: Image = new Map();
  for (const { address, size } of memory.save().ranges) {
    for (let done = 0; done < size; done += PIECE) {
      addPages(image, address + done, memory.read(address + done, Math.min(PIECE, size - done)));
    }
  }
  return image;
};

const addPages = (image: Image, address: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; at += RIGHTS_PAGE) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, RIGHTS_PAGE / 4);
    if (words.some((word) => word !== 0)) image.set(address + at, bytes.subarray(at, at + RIGHTS_PAGE));
  }
};

const imageFrom = (chunks: readonly Chunk[]): Image => {
  const image: Image = new Map();
  for (const { address, bytes } of chunks) {
    bytes.forEach((byte, i) => {
      const at = address + i;
      const start = at - (at % RIGHTS_PAGE);
      let page = image.get(start);
      if (page === undefined) {
        page = new Uint8Array(RIGHTS_PAGE);
        image.set(start, page);
      }
      page[at - start] = byte;
    });
  }
  return image;
};

const ZEROS = new Uint8Array(RIGHTS_PAGE);

/** Checks that all accessible memory that is not zero is as listed, and that all that is listed is there. */
export const checkMemory = (c: Case, memory: GuestMemory, expected: readonly Chunk[], what: string): void => {
  const difference = firstDifference(imageFrom(expected), imageOf(memory));
  c.check('memory', difference === undefined, () => `${what}: ${difference}`);
  for (const { address, bytes } of expected) {
    if (memory.isAccessible(address, bytes.length, false)) continue;
    c.check('memory', false, () => `${what}: 0x${address.toString(16)} is not accessible`);
  }
};

const firstDifference = (expected: Image, actual: Image): string | undefined => {
  for (const start of [...new Set([...expected.keys(), ...actual.keys()])].sort((a, b) => a - b)) {
    const want = expected.get(start) ?? ZEROS;
    const have = actual.get(start) ?? ZEROS;
    for (let i = 0; i < RIGHTS_PAGE; i++) {
      if (want[i] !== have[i]) {
        return `byte 0x${(start + i).toString(16)} is ${have[i]}, expected ${want[i]}`;
      }
    }
  }
  return undefined;
};
