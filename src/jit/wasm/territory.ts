import { isRiscvKind, type Kind } from '../../core/kind.ts';
import { READ, WRITE } from '../../memory/guest-memory.ts';
import { heapRange, type LinearLayout } from '../../memory/linear-layout.ts';
import { isHostFilled, type MemoryMap } from '../../memory/map.ts';

/** Addresses as offsets of the linear memory, where accesses of some kind are allowed as long as an instance lives. */
export interface Range {
  readonly start: number;
  /** Bytes; undefined for the range that the heap extends, whose length is in a cell. */
  readonly length: number | undefined;
  readonly writable: boolean;
}

/** What translated code may take for granted of the memory of all instances of a module. */
export class Territory {
  readonly layout: LinearLayout;
  /** Added to a guest address, modulo 2^32, gives the offset in linear memory. */
  readonly delta: number;
  /** Number of the stack pointer. */
  readonly stackPointer: number;
  readonly stack: Range | undefined;
  /** Where most pointers point, tried in this order. */
  readonly data: readonly Range[];
  /** Regions that can only be read. */
  readonly readOnly: readonly Range[];
  /** All of them, the likeliest first; neighbours are one. */
  readonly ranges: readonly Range[];
  /** Where the first of them begins. */
  readonly lowest: number;
  readonly #fixed: readonly Range[];

  constructor(kind: Kind, map: MemoryMap, layout: LinearLayout) {
    const riscv = isRiscvKind(kind);
    this.layout = layout;
    this.delta = (layout.guestStart - map.origin) | 0;
    this.stackPointer = riscv ? 2 : 1;
    const offset = (address: number): number => (address + this.delta) >>> 0;
    const fixed = map.regions
      .filter((r) => !isHostFilled(r) && r.size > 0)
      .map((r) => ({ name: r.name, start: offset(r.start), length: r.size, writable: r.writable }));
    this.#fixed = fixed;
    this.readOnly = fixed.filter(({ writable }) => !writable);
    this.stack = fixed.find(({ name }) => name === 'stack');
    const heap: Range = { start: offset(heapRange(map).start), length: undefined, writable: true };
    this.data = riscv
      ? [...joined(fixed.filter(({ name, writable }) => name === 'segment' && writable)), heap]
      : [heap];
    const others = [...merged(fixed.filter(({ writable }) => writable)), ...merged(this.readOnly)];
    this.ranges = [
      ...this.data,
      ...others.filter(({ start }) => !this.data.some((r) => r.length !== undefined && r.start === start)),
    ];
    this.lowest = Math.min(...this.ranges.map(({ start }) => start));
  }

  /** Whether an access to `size` bytes at an offset is allowed in every instance. */
  isFixed(start: number, size: number, store: boolean): boolean {
    return this.#fixed.some(
      (r) => start >= r.start && start + size <= r.start + (r.length as number) && (r.writable || !store),
    );
  }
}

/** Ranges of one kind, those that lie side by side as one. */
const merged = (ranges: readonly Range[]): Range[] => {
  const list: Range[] = [];
  for (const range of ranges) {
    const last = list.at(-1);
    if (last !== undefined && last.start + (last.length as number) === range.start) {
      list[list.length - 1] = { ...last, length: (last.length as number) + (range.length as number) };
    } else list.push(range);
  }
  return list;
};

/** Of these ranges, only the largest is worth a comparison. */
const joined = (ranges: readonly Range[]): Range[] => {
  const largest = merged(ranges).reduce<Range | undefined>(
    (best, range) =>
      best === undefined || (range.length as number) > (best.length as number) ? range : best,
    undefined,
  );
  return largest === undefined ? [] : [largest];
};

/** The rights that an access needs of its pages. */
export const rightsFor = (store: boolean): number => (store ? WRITE : READ);
