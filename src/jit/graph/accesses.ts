import { ROWS } from '../../isa/table.ts';
import { definesA } from '../../isa/term.ts';
import { HEAP_SPAN } from '../../memory/linear-layout.ts';
import type { FunctionGraph } from './function-graph.ts';
import { leavesTheCode } from './registers.ts';

/** No base register: the address is absolute. */
export const ABSOLUTE = -1;

/** Accesses through one value of one register, checked together before the first of them. */
export interface AccessGroup {
  /** Instruction that the check comes before: the first access of the group. */
  readonly at: number;
  readonly base: number;
  /** Offsets from the base: of the first byte, and behind the last. */
  low: number;
  high: number;
  /** Accesses in it. */
  size: number;
  writes: boolean;
}

/** What kind of access an operation makes, if any. */
export interface AccessShape {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly store: boolean;
  readonly signed: boolean;
  /** Which operand the base is, if any. */
  readonly base: 'a' | 'b' | undefined;
  /** Stores: where the value comes from. */
  readonly value: 'a' | 'y';
}

const SHAPES: readonly (AccessShape | undefined)[] = ROWS.map(({ effect }) => {
  if (effect.kind === 'load') {
    return { bytes: effect.size, store: false, signed: effect.signed, base: effect.base, value: 'a' };
  }
  if (effect.kind === 'store') {
    return { bytes: effect.size, store: true, signed: false, base: effect.base, value: effect.value };
  }
  return undefined;
});

/** The load or store that an operation is, or undefined. */
export const accessOf = (op: number): AccessShape | undefined => SHAPES[op];

/**
 * Groups the accesses of one node: those with the same base register, not written in between, are checked together
 * before the first of them. A failing check leaves to the interpreter at that first access, so a group may be
 * refused although its first accesses are fine.
 */
export const groupAccesses = (graph: FunctionGraph, id: number): ReadonlyMap<number, AccessGroup> => {
  const { first, end } = graph.node(id);
  const { op, a, b, x } = graph.instructions;
  let groups: Map<number, AccessGroup> = NONE;
  const open = new Map<number, AccessGroup>();
  for (let i = first; i < end; i++) {
    const o = op[i] as number;
    const shape = SHAPES[o];
    if (shape !== undefined) {
      const base = shape.base === undefined ? ABSOLUTE : ((shape.base === 'a' ? a[i] : b[i]) as number);
      const low = x[i] as number;
      if (groups === NONE) groups = new Map();
      let group = base === ABSOLUTE ? undefined : open.get(base);
      if (group !== undefined) {
        const from = Math.min(group.low, low);
        const to = Math.max(group.high, low + shape.bytes);
        if (to - from > HEAP_SPAN) group = undefined;
        else {
          group.low = from;
          group.high = to;
          group.size++;
          group.writes ||= shape.store;
        }
      }
      if (group === undefined) {
        group = { at: i, base, low, high: low + shape.bytes, size: 1, writes: shape.store };
        open.set(base, group);
      }
      groups.set(i, group);
    }
    if (leavesTheCode(o)) open.clear();
    else if (definesA(o)) open.delete(a[i] as number);
  }
  return groups;
};

const NONE: Map<number, AccessGroup> = new Map();
