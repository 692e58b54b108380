import { type HomeRequest, type HomeSource, LARGEST_HOME, LinearHome, WASM_PAGE } from './linear-home.ts';
import { PAGE_TABLE } from './linear-layout.ts';
import { roundUp } from './region.ts';

/** True in Node, whose processes have all addresses to themselves. */
const isNode =
  typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === 'string';

/**
 * WebAssembly memories that the process has at once unless a pool is told otherwise. Engines reserve 4 to 10 GiB of
 * addresses for each: one browser refused the 125th, and half of that leaves the page's own modules their share;
 * Node 20 refused the 13,088th.
 */
export const LINEAR_MEMORIES: number = isNode ? 2048 : 64;
/** Bytes of guest memory that the idle homes of one pool may keep backed. */
const CAPACITY = 64 << 20;

/** All memories that pools have made: in use, idle, or dropped and not collected yet. */
const census = {
  live: 0,
  /** While this many are alive, the engine is not asked for `refusedBytes` or more. */
  refusedAt: Number.POSITIVE_INFINITY,
  refusedBytes: 0,
};

const removeOne = (): void => {
  census.live--;
  census.refusedAt = Number.POSITIVE_INFINITY;
};

/** Engines collect garbage before they refuse, which takes long: not again before something has changed. */
const noteRefusal = (bytes: number): void => {
  census.refusedAt = census.live;
  census.refusedBytes = bytes;
};

const mayAsk = (bytes: number, limit: number): boolean =>
  census.live < limit &&
  !(census.live >= census.refusedAt && bytes >= census.refusedBytes) &&
  typeof WebAssembly !== 'undefined';

/** Notices memories whose guest was dropped without being disposed of. */
const dropped =
  typeof FinalizationRegistry === 'undefined' ? undefined : new FinalizationRegistry<undefined>(removeOne);

/** Pools that may have idle homes; weakly, since a pool holds what its module has translated. */
const pools = new Set<WeakRef<LinearPool>>();
const deadPools =
  typeof FinalizationRegistry === 'undefined'
    ? undefined
    : new FinalizationRegistry<WeakRef<LinearPool>>((reference) => pools.delete(reference));

/** Number of WebAssembly memories that pools have made and that still count. */
export const linearMemories = (): number => census.live;

/** A new memory of `initial` bytes at least; undefined when the engine refuses. */
const allocate = (initial: number, maximum: number): WebAssembly.Memory | undefined => {
  const pages = { initial: roundUp(initial, WASM_PAGE) / WASM_PAGE, maximum: maximum / WASM_PAGE };
  try {
    return new WebAssembly.Memory(pages);
  } catch {
    return undefined;
  }
};

/** Linear homes for the instances of one module. */
export class LinearPool implements HomeSource {
  readonly #limit: number;
  readonly #idle: LinearHome[] = [];
  #idleBytes = 0;
  #listed = false;

  /** `limit`: memories in the process, those of other pools included, with which this pool takes part at most. */
  constructor(limit: number = LINEAR_MEMORIES) {
    this.#limit = limit;
  }

  /** A home whose guest part, state page, rights and page table are zero; undefined when there is none to be had. */
  take(request: HomeRequest): LinearHome | undefined {
    if (request.bytes > LARGEST_HOME) return undefined;
    return this.#reuse(request) ?? this.#make(request) ?? this.#steal(request);
  }

  #reuse({ layout, bytes }: HomeRequest): LinearHome | undefined {
    for (;;) {
      const home = this.#pop();
      if (home === undefined) return undefined;
      const fits = home.layout.paged === layout.paged && home.layout.guestStart === layout.guestStart;
      if (fits && home.grow(bytes)) return home;
      discard(home);
    }
  }

  /** Whether a home is there that nobody uses. */
  get hasIdle(): boolean {
    return this.#idle.length > 0;
  }

  #pop(): LinearHome | undefined {
    const home = this.#idle.pop();
    if (home !== undefined) this.#idleBytes -= home.touched;
    return home;
  }

  #make({ layout, bytes, room, reach }: HomeRequest): LinearHome | undefined {
    if (!mayAsk(bytes, this.#limit)) return undefined;
    const initial = Math.min(bytes + room, LARGEST_HOME);
    // All that 32 bits address, if the engine reserves it lazily; else what the guest can come to need.
    let maximum = LARGEST_HOME;
    let memory = allocate(initial, maximum);
    if (memory === undefined) {
      maximum = Math.min(LARGEST_HOME, roundUp(Math.max(bytes, reach), WASM_PAGE));
      memory = allocate(bytes, maximum);
    }
    if (memory === undefined) {
      noteRefusal(bytes);
      return undefined;
    }
    census.live++;
    dropped?.register(memory, undefined, memory);
    return new LinearHome(memory, layout, maximum);
  }

  /** The idle memory of another pool, without what that pool's tier had on it. */
  #steal({ layout, bytes }: HomeRequest): LinearHome | undefined {
    if (census.live > this.#limit) return undefined;
    for (const reference of pools) {
      const pool = reference.deref();
      const home = pool === undefined ? undefined : pool.#pop();
      if (home === undefined) continue;
      if (home.grow(bytes)) {
        new Uint8Array(home.memory.buffer).fill(0, PAGE_TABLE, home.layout.guestStart);
        const stolen = new LinearHome(home.memory, layout, home.maximum);
        stolen.touched = home.touched;
        return stolen;
      }
      discard(home);
    }
    return undefined;
  }

  /** Keeps a home for which the same holds as for what `take` gives. Nobody may have views of it any more. */
  give(home: LinearHome): void {
    if (this.#idleBytes + home.touched > CAPACITY) {
      discard(home);
      return;
    }
    this.#idle.push(home);
    this.#idleBytes += home.touched;
    if (this.#listed || deadPools === undefined) return;
    this.#listed = true;
    const reference = new WeakRef(this);
    pools.add(reference);
    deadPools.register(this, reference);
  }
}

/** Lets the engine collect a memory. Counts as gone at once: an engine that needs its addresses collects it first. */
const discard = (home: LinearHome): void => {
  dropped?.unregister(home.memory);
  removeOne();
};
