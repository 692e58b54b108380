import { definesA } from '../../../isa/term.ts';
import { accessOf } from '../accesses.ts';
import type { FunctionGraph } from '../function-graph.ts';
import type { Machine } from './cycle.ts';

/** A word of the stack that a loop uses as a variable; always accessed as a whole. */
export interface Slot {
  /** From the stack pointer, which the loop does not change. */
  readonly offset: number;
  readonly bytes: 4 | 8;
  stored: boolean;
}

/** Slots of a loop at most: each is a local. */
const MOST_SLOTS = 24;
/** Bytes between the first and the last slot: an offset of wasm's loads, and one range. */
const LARGEST_FRAME = 2048;

const NONE: readonly Slot[] = [];

/**
 * The words that the nodes access by the stack pointer, in ascending order; none when they overlap in part, differ in
 * size, are smaller than words, or the stack pointer changes.
 */
export const slotsOf = (
  graph: FunctionGraph,
  nodes: readonly number[],
  { stackPointer, width }: Machine,
): readonly Slot[] => {
  const { op, a, b, x } = graph.instructions;
  const slots: Slot[] = [];
  for (const id of nodes) {
    const { first, end } = graph.node(id);
    for (let i = first; i < end; i++) {
      const o = op[i] as number;
      if (definesA(o) && a[i] === stackPointer) return NONE;
      const shape = accessOf(o);
      if (shape?.base === undefined || (shape.base === 'a' ? a[i] : b[i]) !== stackPointer) continue;
      const { bytes, store } = shape;
      if (bytes !== 4 && (bytes !== 8 || width === 32)) return NONE;
      const offset = x[i] as number;
      let slot = slots.find((s) => s.offset < offset + bytes && offset < s.offset + s.bytes);
      if (slot === undefined) {
        slot = { offset, bytes, stored: false };
        slots.push(slot);
      } else if (slot.offset !== offset || slot.bytes !== bytes) return NONE;
      slot.stored ||= store;
    }
  }
  slots.sort((p, q) => p.offset - q.offset);
  const extent = slots.length === 0 ? 0 : (slots.at(-1) as Slot).offset - (slots[0] as Slot).offset;
  return slots.length > MOST_SLOTS || extent > LARGEST_FRAME ? NONE : slots;
};
