/** A mapped part of the address space; the end is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
  /** False for address space that is reserved but can't be accessed (PROT_NONE). */
  readonly committed: boolean;
}

/** Disjoint ranges in ascending order; neighbours of the same kind are one range. */
export class RangeList {
  readonly #ranges: Range[] = [];

  get count(): number {
    return this.#ranges.length;
  }

  /** Start of the lowest range. */
  get lowest(): number | undefined {
    return this.#ranges[0]?.start;
  }

  /** Adds a range where none is, joining it with its neighbours. */
  add(range: Range): void {
    const at = this.#firstEndingAfter(range.start);
    const before = this.#ranges[at - 1];
    const after = this.#ranges[at];
    const joinsBefore = before?.end === range.start && before.committed === range.committed;
    const joinsAfter = after?.start === range.end && after.committed === range.committed;
    const joined: Range = {
      start: joinsBefore ? before.start : range.start,
      end: joinsAfter ? after.end : range.end,
      committed: range.committed,
    };
    this.#ranges.splice(at - (joinsBefore ? 1 : 0), (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), joined);
  }

  /** Takes `[start, end)` out and answers the parts of it that were there. */
  remove(start: number, end: number): Range[] {
    const parts = this.within(start, end);
    if (parts.length === 0) return parts;
    const at = this.#firstEndingAfter(start);
    const first = this.#ranges[at] as Range;
    const last = this.#ranges[at + parts.length - 1] as Range;
    const rest: Range[] = [];
    if (first.start < start) rest.push({ ...first, end: start });
    if (last.end > end) rest.push({ ...last, start: end });
    this.#ranges.splice(at, parts.length, ...rest);
    return parts;
  }

  /** The parts of the ranges that lie in `[start, end)`, ascending. */
  within(start: number, end: number): Range[] {
    const parts: Range[] = [];
    if (start >= end) return parts;
    for (let i = this.#firstEndingAfter(start); i < this.#ranges.length; i++) {
      const range = this.#ranges[i] as Range;
      if (range.start >= end) break;
      parts.push({ ...range, start: Math.max(range.start, start), end: Math.min(range.end, end) });
    }
    return parts;
  }

  /** The range that contains the address. */
  at(address: number): Range | undefined {
    const range = this.#ranges[this.#firstEndingAfter(address)];
    return range && range.start <= address ? range : undefined;
  }

  /** True if taking `[start, end)` out would leave two ranges where one is. */
  splits(start: number, end: number): boolean {
    const range = this.at(start);
    return range !== undefined && range.start < start && range.end > end;
  }

  /** True if nothing is missing between `start` and `end`. */
  covers(start: number, end: number): boolean {
    let at = start;
    for (const part of this.within(start, end)) {
      if (part.start !== at) return false;
      at = part.end;
    }
    return at >= end;
  }

  /** True if no range touches `[start, end)`. */
  free(start: number, end: number): boolean {
    const next = this.#ranges[this.#firstEndingAfter(start)];
    return !next || next.start >= end;
  }

  /** The highest address in `[low, high - length]` where `length` bytes are free. */
  highestGap(length: number, low: number, high: number): number | undefined {
    let end = high;
    for (let i = this.#ranges.length - 1; i >= 0; i--) {
      const range = this.#ranges[i] as Range;
      if (end - Math.max(range.end, low) >= length) return end - length;
      end = Math.min(end, range.start);
    }
    return end - low >= length ? end - length : undefined;
  }

  /** Index of the first range that ends behind `address`. */
  #firstEndingAfter(address: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle] as Range).end > address) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
