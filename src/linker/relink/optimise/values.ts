import type { Width } from '../../../core/kind.ts';
import { Block } from '../graph/block.ts';
import type { Link, LinkTarget } from '../graph/link.ts';

/**
 * A value that passes have proved a register to hold, by number; equal values have equal numbers. Symbols by
 * themselves, which are by far the most, are numbers below UNVISITED; all others are in a table.
 */
export type Value = number;

/** Not found out yet. */
export const UNVISITED: Value = -1;

/**
 * What a value is counted from: 0 for plain numbers, positive for links, negative for symbols (the value of the symbol
 * itself): something that nobody knows but that is the same wherever the symbol occurs.
 */
export type Root = number;

type PartRoots = Map<LinkTarget, Map<number, Root>>;

/**
 * Distances from a link that are counted. Addresses of programs are below 2^31 by far more than that; so nothing
 * wraps around.
 */
const FARTHEST = 1 << 28;

/** Numbers at first; doubled when it is more than half full. */
const FIRST_CAPACITY = 1 << 12;

/**
 * All values of a pass: a root and a 64-bit number that is added to it, in two words. In 32-bit programs the high word
 * repeats the sign.
 */
export class Values {
  readonly width: Width;
  readonly #roots: Root[] = [];
  readonly #lows: number[] = [];
  readonly #highs: number[] = [];
  /** Value numbers plus 1 by hash; 0 is free. */
  #slots = new Int32Array(FIRST_CAPACITY);
  /** Links by root - 1, and the offset that belongs to a part. */
  readonly #links: { readonly link: Link; readonly offset: number }[] = [];
  readonly #wholes = new Map<LinkTarget, Root>();
  /** Of blocks, by id: there are many. */
  readonly #blockWholes: Root[] = [];
  /** `high` and `low` by target and offset. */
  readonly #parts: readonly [PartRoots, PartRoots] = [new Map(), new Map()];

  constructor(width: Width) {
    this.width = width;
  }

  rootOf(value: Value): Root {
    return value < 0 ? value : (this.#roots[value] as Root);
  }

  /** The number that is added to the root: low and high word. */
  lowOf(value: Value): number {
    return value < 0 ? 0 : (this.#lows[value] as number);
  }

  highOf(value: Value): number {
    return value < 0 ? 0 : (this.#highs[value] as number);
  }

  isNumber(value: Value): boolean {
    return value >= 0 && this.#roots[value] === 0;
  }

  /** True when the value is its root plus a signed 32-bit number. */
  isShort(value: Value): boolean {
    return this.lowOf(value) >> 31 === this.highOf(value);
  }

  /** True when the value can be an immediate: signed 32-bit numbers and what is known at layout. */
  isImmediate(value: Value): boolean {
    const root = this.rootOf(value);
    return root >= 0 && this.isShort(value) && (root === 0 || this.#isWhole(root) || this.lowOf(value) === 0);
  }

  #isWhole(root: Root): boolean {
    return this.#links[root - 1]?.link.part === 'whole';
  }

  /** The link of a value that can be an immediate. */
  linkOf(value: Value): Link | undefined {
    const root = this.rootOf(value);
    return root > 0 ? this.#links[root - 1]?.link : undefined;
  }

  /** The immediate beside the link. */
  immediateOf(value: Value): number {
    const root = this.rootOf(value);
    return root > 0 && !this.#isWhole(root) ? (this.#links[root - 1]?.offset ?? 0) : this.lowOf(value);
  }

  /** The target of a `whole` link and the distance from it. */
  addressOf(value: Value): { readonly to: LinkTarget; readonly offset: number } | undefined {
    const link = this.linkOf(value);
    return link?.part === 'whole' ? { to: link.to, offset: this.lowOf(value) } : undefined;
  }

  /** A signed 32-bit number. */
  short(number: number): Value {
    return this.of(0, number, number >> 31);
  }

  symbol(index: number): Value {
    return -2 - index;
  }

  /** The number of the symbol that a value is counted from; -1 for none. */
  symbolOf(value: Value): number {
    const root = this.rootOf(value);
    return root < 0 ? -2 - root : -1;
  }

  /** What an immediate stands for. */
  immediate(x: number, link: Link | undefined): Value {
    if (link === undefined) return this.short(x);
    if (link.part !== 'whole') return this.of(this.#partRoot(link, x), 0, 0);
    return this.of(this.#wholeRoot(link), x, x >> 31);
  }

  #wholeRoot(link: Link): Root {
    if (link.to instanceof Block) {
      this.#blockWholes[link.to.id] ??= this.#links.push({ link, offset: 0 });
      return this.#blockWholes[link.to.id] as Root;
    }
    const known = this.#wholes.get(link.to);
    if (known !== undefined) return known;
    const root = this.#links.push({ link, offset: 0 });
    this.#wholes.set(link.to, root);
    return root;
  }

  #partRoot(link: Link, offset: number): Root {
    const parts = this.#parts[link.part === 'high' ? 0 : 1];
    const known = parts.get(link.to) ?? new Map<number, Root>();
    parts.set(link.to, known);
    const root = known.get(offset) ?? this.#links.push({ link, offset });
    known.set(offset, root);
    return root;
  }

  /** The value plus a number; `undefined` when nothing is known of the sum. */
  add(value: Value, low: number, high: number): Value | undefined {
    const a = this.lowOf(value);
    const sum = (a + low) | 0;
    const carry = (a >>> 0) + (low >>> 0) > 0xffff_ffff ? 1 : 0;
    const top = this.width === 32 ? sum >> 31 : (this.highOf(value) + high + carry) | 0;
    const root = this.rootOf(value);
    if (root > 0 && (isFar(a) || isFar(sum) || sum >> 31 !== top)) return undefined;
    return this.of(root, sum, top);
  }

  /**
   * `high` of a target plus `low` of the same one is its address, although their offsets may differ a little: one
   * `lui` serves neighbouring fields.
   */
  joinParts(value: Value, low: Link, offset: number): Value | undefined {
    const root = this.rootOf(value);
    const high = root > 0 ? this.#links[root - 1] : undefined;
    if (high?.link.part !== 'high' || high.link.to !== low.to) return undefined;
    if (this.lowOf(value) !== 0 || Math.abs(high.offset - offset) >= 0x800) return undefined;
    return this.immediate(offset, { to: low.to, part: 'whole' });
  }

  of(root: Root, low: number, high: number): Value {
    if (root < 0 && low === 0 && high === 0) return root;
    const mask = this.#slots.length - 1;
    let at = hash(root, low, high) & mask;
    for (let found = this.#slots[at] as number; found !== 0; found = this.#slots[at] as number) {
      const value = found - 1;
      if (this.#lows[value] === low && this.#roots[value] === root && this.#highs[value] === high)
        return value;
      at = (at + 1) & mask;
    }
    const value = this.#roots.push(root) - 1;
    this.#lows.push(low);
    this.#highs.push(high);
    this.#slots[at] = value + 1;
    if (value * 2 > mask) this.#grow();
    return value;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let value = 0; value < this.#roots.length; value++) {
      let at = hash(this.rootOf(value), this.lowOf(value), this.highOf(value)) & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = value + 1;
    }
    this.#slots = slots;
  }
}

const isFar = (distance: number): boolean => distance > FARTHEST || distance < -FARTHEST;

const hash = (root: number, low: number, high: number): number => {
  const mixed = Math.imul(root, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b) ^ Math.imul(high, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
};
