import { FlatMemory } from '../../memory/flat-memory.ts';
import { type GuestMemory, RIGHTS_PAGE } from '../../memory/guest-memory.ts';

/** The first difference on a page. */
export interface MemoryDifference {
  /** Guest address of the page. */
  readonly page: number;
  /** Guest address of the first byte that differs; the page's when only its rights do. */
  readonly address: number;
  /** How many bytes of the page differ. */
  readonly bytes: number;
  /** Access rights of the page on either side (bits of memory/guest-memory.ts). */
  readonly rights: readonly [number, number];
  /** Up to 16 bytes from `address` on, of either side; empty where the page is not accessible. */
  readonly contents: readonly [Uint8Array, Uint8Array];
}

const SHOWN_BYTES = 16;
const NOTHING: Uint8Array = new Uint8Array(0);

/** Buffer offset of the first page that is the guest's; it may be another one in each memory of a map. */
const guestStart = ({ delta, map }: FlatMemory): number => (delta + map.origin) >>> 0;

/** Bytes of the buffer from there on. */
const guestSize = (memory: FlatMemory): number => memory.size - guestStart(memory);

/** Rights of the page at a distance from the guest's first one. */
const rightsAt = (memory: FlatMemory, distance: number): number =>
  distance < guestSize(memory) ? (memory.rights[(guestStart(memory) + distance) / RIGHTS_PAGE] as number) : 0;

/** Whether the same pages are accessible in the same way, in two flat memories of one map. */
const sameShape = (first: FlatMemory, second: FlatMemory): boolean => {
  if (first.heapEnd !== second.heapEnd || first.accessible !== second.accessible) return false;
  const [a, b] = [guestStart(first) / RIGHTS_PAGE, guestStart(second) / RIGHTS_PAGE];
  const pages = Math.min(guestSize(first), guestSize(second)) / RIGHTS_PAGE;
  for (let page = 0; page < pages; page++) {
    if (first.rights[a + page] !== second.rights[b + page]) return false;
  }
  // What only one of them has room for can only be accessible there, and the numbers of bytes are equal.
  return true;
};

/** Distances from the guest's first page of the accessible pages that lie together. */
function* accessibleRuns(memory: FlatMemory): Generator<readonly [start: number, end: number]> {
  const end = guestSize(memory);
  for (let at = 0; at < end; at += RIGHTS_PAGE) {
    const start = at;
    while (at < end && rightsAt(memory, at) !== 0) at += RIGHTS_PAGE;
    if (at > start) yield [start, at];
  }
}

/**
 * Makes a memory equal to another one of the same map in everything that a program, its host or a snapshot can
 * see. Throws memory/limit when the engine has no room for it.
 */
export const copyMemory = (from: GuestMemory, to: GuestMemory): void => {
  if (from instanceof FlatMemory && to instanceof FlatMemory && sameShape(from, to)) {
    const [a, b] = [guestStart(from), guestStart(to)];
    for (const [start, end] of accessibleRuns(from)) {
      to.bytes.set(from.bytes.subarray(a + start, a + end), b + start);
    }
    to.hostWriteProtected = from.hostWriteProtected;
  } else to.restore(from.save());
  to.reservation = from.reservation;
  to.registers.set(from.registers);
};

/** Whether two memories of the same map hold the same; registers left out. */
export const equalMemory = (first: GuestMemory, second: GuestMemory): boolean => {
  if (first.heapEnd !== second.heapEnd) return false;
  if (first instanceof FlatMemory && second instanceof FlatMemory) {
    if (!sameShape(first, second)) return false;
    for (const [start, end] of accessibleRuns(first)) {
      if (!equalWords(wordsOf(first, start, end), wordsOf(second, start, end))) return false;
    }
    return true;
  }
  return memoryDifferences(first, second, 1).length === 0;
};

const wordsOf = (memory: FlatMemory, start: number, end: number): Int32Array =>
  new Int32Array(memory.buffer, guestStart(memory) + start, (end - start) / 4);

const equalWords = (first: Int32Array, second: Int32Array): boolean => {
  for (let i = 0; i < first.length; i++) if (first[i] !== second[i]) return false;
  return true;
};

/** A page of one of the two memories. */
interface Page {
  readonly rights: number;
  readonly bytes: Uint8Array;
}

const flatPage = (memory: FlatMemory, distance: number): Page | undefined => {
  const rights = rightsAt(memory, distance);
  const start = guestStart(memory) + distance;
  return rights === 0 ? undefined : { rights, bytes: memory.bytes.subarray(start, start + RIGHTS_PAGE) };
};

/** Accessible pages of a memory that maps them in slots, by address. */
const mappedPages = (memory: GuestMemory): ReadonlyMap<number, Page> => {
  const { ranges, pages } = memory.save();
  const contents = new Map(pages.map(({ address, bytes }) => [address, bytes]));
  return new Map(
    ranges.map(({ address, size, rights }): [number, Page] => [
      address,
      { rights, bytes: contents.get(address) ?? new Uint8Array(size) },
    ]),
  );
};

const pageDifference = (
  page: number,
  first: Page | undefined,
  second: Page | undefined,
): MemoryDifference | undefined => {
  const a = first?.bytes ?? NOTHING;
  const b = second?.bytes ?? NOTHING;
  const rights = [first?.rights ?? 0, second?.rights ?? 0] as const;
  let at = -1;
  let bytes = 0;
  if (a.length === b.length) {
    for (let i = 0; i < a.length; i++) {
      if (a[i] === b[i]) continue;
      if (bytes++ === 0) at = i;
    }
  }
  if (bytes === 0 && rights[0] === rights[1]) return undefined;
  const from = Math.max(at, 0);
  const shown = (of: Uint8Array): Uint8Array => of.slice(from, from + SHOWN_BYTES);
  return { page, address: page + from, bytes, rights, contents: [shown(a), shown(b)] };
};

/** Pages of two memories of the same map that differ, by address, at most `most`. */
export const memoryDifferences = (
  first: GuestMemory,
  second: GuestMemory,
  most: number,
): MemoryDifference[] => {
  const found: MemoryDifference[] = [];
  const add = (page: number, a: Page | undefined, b: Page | undefined): void => {
    const difference = pageDifference(page, a, b);
    if (difference !== undefined) found.push(difference);
  };
  if (first instanceof FlatMemory && second instanceof FlatMemory) {
    const end = Math.max(guestSize(first), guestSize(second));
    for (let at = 0; at < end && found.length < most; at += RIGHTS_PAGE) {
      add((first.map.origin + at) >>> 0, flatPage(first, at), flatPage(second, at));
    }
    return found;
  }
  const a = mappedPages(first);
  const b = mappedPages(second);
  for (const page of [...new Set([...a.keys(), ...b.keys()])].sort((p, q) => p - q)) {
    if (found.length < most) add(page, a.get(page), b.get(page));
  }
  return found;
};
