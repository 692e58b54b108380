import type { Image } from './layout.ts';
import type { Settings } from './settings.ts';

/** What a run begins with. */
export interface Start {
  readonly pc: number;
  readonly gas: bigint;
  /** Unsigned, by register number. */
  readonly registers: readonly bigint[];
}

/** What the host does at a host call, all of it or what is possible. */
export type Action =
  | { readonly do: 'register'; readonly register: number; readonly value: bigint }
  | { readonly do: 'gas'; readonly add: bigint }
  | { readonly do: 'grow'; readonly bytes: number }
  | { readonly do: 'write'; readonly address: number; readonly bytes: Uint8Array }
  /** Flat memory: pages of an `mmap` and their end; paged memory: a page of zeros and its end. */
  | { readonly do: 'map'; readonly address: number }
  | { readonly do: 'unmap'; readonly address: number }
  /** Flat memory: restores the memory as it is without one page, which need not be the heap's. */
  | { readonly do: 'lose'; readonly address: number }
  /** Only between runs: the next one begins there and pays for its block. */
  | { readonly do: 'goto'; readonly pc: number }
  /** Only from inside a host function: calls the guest, and goes on with its result. */
  | { readonly do: 'call'; readonly pc: number }
  | { readonly do: 'trap' }
  | { readonly do: 'finish' };

/** How the host answers a program's stops. */
export interface Host {
  /** The k-th host call gets the k-th list, over and over; without lists a run ends at its first host call. */
  readonly services: readonly (readonly Action[])[];
  /** Gas that is added when it has run out; a run ends when they are used up. */
  readonly refills: readonly bigint[];
  /** Dynamic paging: pages outside of all regions are mapped as well, and write-protected ones unprotected. */
  readonly lenient: boolean;
  /** Host calls are answered by functions inside the run, which may call back. */
  readonly linked: boolean;
}

/** One move of the tier under test; what comes between two moves must make no difference. */
export type Move =
  /** Runs with a budget of so many instructions. */
  | { readonly move: 'run'; readonly budget: number }
  | { readonly move: 'step'; readonly count: number }
  /** To another instance of the same tier, by a snapshot. */
  | { readonly move: 'snapshot' }
  /** To the other tier, by a snapshot. */
  | { readonly move: 'switch' }
  /** To the other tier, on the same memory. */
  | { readonly move: 'hand-over' };

/** All that a comparison depends on; a run goes on without limit when its moves are used up. */
export interface Case {
  readonly image: Image;
  readonly settings: Settings;
  readonly start: Start;
  readonly host: Host;
  readonly moves: readonly Move[];
}
