import type { LinearLayout } from './linear-layout.ts';
import { roundUp } from './region.ts';

/** Bytes of a WebAssembly page. */
export const WASM_PAGE = 65536;
/** One page less than WebAssembly allows, so that a size is always below 2^32. */
export const LARGEST_HOME: number = 2 ** 32 - WASM_PAGE;

/** A WebAssembly memory that guest memory can live in. Belongs to one guest memory or to a pool. */
export class LinearHome {
  readonly memory: WebAssembly.Memory;
  readonly layout: LinearLayout;
  /** Bytes that it can grow to. */
  readonly maximum: number;
  /** What the tier has instantiated on this memory; stays with it when it goes to the pool and back. */
  attachment: unknown = undefined;
  /** Bytes of guest memory that have been in use at once, which the system may have backed. */
  touched = 0;

  constructor(memory: WebAssembly.Memory, layout: LinearLayout, maximum: number) {
    this.memory = memory;
    this.layout = layout;
    this.maximum = maximum;
  }

  /** Bytes of the memory. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** Makes it at least `bytes` long; false when that is refused. All views of it are void when its size changes. */
  grow(bytes: number): boolean {
    const more = roundUp(bytes - this.size, WASM_PAGE) / WASM_PAGE;
    if (more <= 0) return true;
    if (this.size + more * WASM_PAGE > this.maximum) return false;
    try {
      this.memory.grow(more);
    } catch {
      return false;
    }
    return true;
  }
}

/** Room that guest memories ask for. */
export const LINEAR_ROOM: number = 1 << 24;

/** What a guest memory needs of its home. */
export interface HomeRequest {
  readonly layout: LinearLayout;
  /** Bytes it must have now. */
  readonly bytes: number;
  /**
   * Bytes that a new home should have beyond that. Growing voids a buffer, after which V8 compiles accesses to all
   * typed arrays of the process with a check (the interpreter's loop took 25% longer), and pages that nobody has
   * touched cost nothing; so growth should be rare.
   */
  readonly room: number;
  /** Bytes that it can come to need, for engines that reserve what a memory may grow to. */
  readonly reach: number;
}

/** Where homes come from and go to. */
export interface HomeSource {
  /** A home whose guest part, state page, rights and page table are zero; undefined when there is none to be had. */
  take(request: HomeRequest): LinearHome | undefined;
  /** Takes back a home for which the same holds. Nobody may have views of it any more. */
  give(home: LinearHome): void;
}
