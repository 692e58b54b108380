import { type GuestMemory, RIGHTS_PAGE } from '../../src/memory/guest-memory.ts';
import { roundUp } from '../../src/memory/map.ts';
import { PagedMemory } from '../../src/memory/paged-memory.ts';
import type { Case } from './report.ts';

export interface Chunk {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Guest memory by pages of 4096 bytes; pages of zeros are left out. */
type Image = Map<number, Uint8Array>;

/** Compared with zeros at once: most of a large region is untouched. */
const PIECE = 1 << 16;
const ZEROS: Buffer = Buffer.alloc(PIECE);

interface Range {
  readonly address: number;
  readonly size: number;
}

/** Accessible memory. */
const rangesOf = (memory: GuestMemory): readonly Range[] => {
  if (memory instanceof PagedMemory) return memory.save().ranges;
  const { map, heapEnd } = memory;
  const heapStart = map.regions.find(({ name }) => name === 'read-write');
  const grownFrom = heapStart === undefined ? map.heap.base : heapStart.start + heapStart.size;
  return [
    ...map.regions.map(({ start, size }) => ({ address: start, size })),
    { address: grownFrom, size: Math.max(0, roundUp(heapEnd, map.pageSize) - grownFrom) },
  ];
};

/** What a program can read, as far as it is not zero. */
const imageOf = (memory: GuestMemory): Image => {
  const image: Image = new Map();
  for (const { address, size } of rangesOf(memory)) {
    for (let done = 0; done < size; done += PIECE) {
      addPages(image, address + done, piece(memory, address + done, Math.min(PIECE, size - done)));
    }
  }
  return image;
};

/** Flat memory is looked at in place: copying gigabytes of zeros would take most of the time. */
const piece = (memory: GuestMemory, address: number, length: number): Buffer => {
  if (memory.size === 0) return Buffer.from(memory.read(address, length).buffer);
  return Buffer.from(memory.buffer, (address + memory.delta) >>> 0, length);
};

const addPages = (image: Image, address: number, bytes: Buffer): void => {
  if (bytes.equals(ZEROS.subarray(0, bytes.length))) return;
  for (let at = 0; at < bytes.length; at += RIGHTS_PAGE) {
    const page = bytes.subarray(at, at + RIGHTS_PAGE);
    if (!page.equals(ZEROS.subarray(0, page.length))) image.set(address + at, page);
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

/**
 * Checks that all accessible memory that is not zero is as listed, and that all that is listed is there.
 *
 * @param covers whether the list is about the page at an address; default: all pages
 */
export const checkMemory = (
  c: Case,
  memory: GuestMemory,
  expected: readonly Chunk[],
  what: string,
  covers: (page: number) => boolean = () => true,
): void => {
  const actual = imageOf(memory);
  for (const page of actual.keys()) if (!covers(page)) actual.delete(page);
  const difference = firstDifference(imageFrom(expected), actual);
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
