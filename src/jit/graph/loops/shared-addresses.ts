import type { FunctionGraph } from '../function-graph.ts';
import { followCycle, type Machine } from './cycle.ts';
import { type Form, hasSameSummands } from './linear-forms.ts';

/** An address that several accesses of a fast loop's body share, computed where the body begins. */
export interface SharedAddress {
  /** Low 32 bits of the lowest of the accesses' addresses, of registers where the body begins. */
  readonly form: Form;
}

/** Where an access finds its address. */
export interface AccessPlace {
  readonly shared: SharedAddress;
  /** Bytes from there; not negative. */
  readonly offset: number;
}

/** Accesses further apart do not share an address. */
const WIDEST = 2 ** 20;
/** Shared addresses of a body at most: each is a local. */
const MOST_SHARED = 8;

/** The shared addresses of bodies one behind the other. */
export interface SharedAddresses {
  readonly all: readonly SharedAddress[];
  /** By copy of the body: the places of accesses that have one, by instruction. */
  readonly places: readonly ReadonlyMap<number, AccessPlace>[];
}

interface Group {
  readonly members: { readonly copy: number; readonly at: number; readonly distance: number }[];
  readonly base: Form;
  lowest: number;
  highest: number;
}

/** Finds the addresses that accesses of `times` bodies of a cycle share, each address being that of an access. */
export const sharedAddresses = (
  graph: FunctionGraph,
  nodes: readonly number[],
  times: number,
  machine: Machine,
): SharedAddresses => {
  const repeated: number[] = [];
  for (let k = 0; k < times; k++) repeated.push(...nodes);
  const accesses = followCycle(graph, repeated, machine)?.accesses ?? [];
  const perCopy = accesses.length / times;
  const groups: Group[] = [];
  for (const [k, { at, address }] of accesses.entries()) {
    // Of an address with an unknown part the lowest is perhaps not accessed.
    if (address.slack > 0) continue;
    const copy = Math.floor(k / perCopy);
    let group: Group | undefined;
    let distance = 0;
    for (const known of groups) {
      if (!hasSameSummands(known.base, address)) continue;
      distance = (address.constant - known.base.constant) | 0;
      if (Math.max(distance, known.highest) - Math.min(distance, known.lowest) > WIDEST) continue;
      group = known;
      break;
    }
    if (group === undefined) {
      distance = 0;
      group = { members: [], base: address, lowest: 0, highest: 0 };
      groups.push(group);
    }
    group.lowest = Math.min(group.lowest, distance);
    group.highest = Math.max(group.highest, distance);
    group.members.push({ copy, at, distance });
  }
  const all: SharedAddress[] = [];
  const places: Map<number, AccessPlace>[] = [];
  for (let k = 0; k < times; k++) places.push(new Map());
  for (const { members, base, lowest } of groups) {
    if (members.length === 1 || base.summands.length === 0 || all.length === MOST_SHARED) continue;
    const shared = { form: { ...base, constant: (base.constant + lowest) | 0 } };
    all.push(shared);
    for (const { copy, at, distance } of members)
      places[copy]?.set(at, { shared, offset: distance - lowest });
  }
  return { all, places };
};
