/*
 * Where translated code can be entered, and the instructions that it leaves to others. 32-bit words, little-endian:
 *
 *   4 counts: of entries, continuations, sites, jumps
 *   entries: pc, slot, selector
 *   continuations: pc, slot, selector
 *   sites: pc, next pc, host call or 0, is host call, gas and instructions of the rest of the block, need (two words)
 *   jumps, PolkaVM kinds only: pc of each entry of the jump table, or NOWHERE
 */
const ENTRY_WORDS = 3;
const SITE_WORDS = 8;
const HEADER_WORDS = 4;

/** An instruction that translated code leaves to the host or the interpreter. */
export interface PlacedSite {
  readonly pc: number;
  readonly nextPc: number;
  /** Number of the host call; undefined for what the interpreter does. */
  readonly hostCall: number | undefined;
  /** As in `Site`. */
  readonly need: number;
  /** Of host calls: what follows it in its block. */
  readonly rest: { readonly gas: number; readonly instructions: number };
}

/** The places of a file, for looking up. */
export class Places {
  readonly #words: Uint32Array;
  readonly #firstSite: number;
  readonly #entries: ReadonlyMap<number, number>;
  readonly #continuations: ReadonlyMap<number, number>;
  readonly #firstJump: number;
  #rests: ReadonlyMap<number, number> | undefined;

  /** Throws RangeError when the bytes are not what their counts say. */
  constructor(bytes: Uint8Array) {
    // A copy: the words need not be aligned in the file. Engines of WebAssembly run on little-endian machines only.
    const words = new Uint32Array(bytes.slice().buffer);
    const [entries = 0, continuations = 0, sites = 0, jumps = 0] = words;
    const firstContinuation = HEADER_WORDS + ENTRY_WORDS * entries;
    this.#firstSite = firstContinuation + ENTRY_WORDS * continuations;
    this.#firstJump = this.#firstSite + SITE_WORDS * sites;
    if (words.length !== this.#firstJump + jumps) throw new RangeError('counts');
    this.#words = words;
    this.#entries = indexOf(words, HEADER_WORDS, firstContinuation);
    this.#continuations = indexOf(words, firstContinuation, this.#firstSite);
  }

  /** Where a run can begin or go on at `pc`, `paid` if in a block that is; -1 where it cannot. */
  entryAt(pc: number, paid: boolean): number {
    return (paid ? this.#continuations : this.#entries).get(pc) ?? -1;
  }

  slotOf(entry: number): number {
    return this.#words[entry + 1] as number;
  }

  selectorOf(entry: number): number {
    return this.#words[entry + 2] as number;
  }

  /** Instructions of the block that follow the host call before `pc`; undefined when there is none. */
  restAt(pc: number | undefined): number | undefined {
    this.#rests ??= new Map(
      Array.from({ length: (this.#firstJump - this.#firstSite) / SITE_WORDS }, (_, i) => this.site(i))
        .filter(({ hostCall }) => hostCall !== undefined)
        .map(({ nextPc, rest }) => [nextPc, rest.instructions]),
    );
    return pc === undefined ? undefined : this.#rests.get(pc);
  }

  /** Where a dynamic jump to a code address goes, if a run can go on there. */
  resolve(address: number, riscv: boolean): number | undefined {
    const pc = riscv
      ? address
      : (address & 1) === 0
        ? this.#words.subarray(this.#firstJump)[address / 2 - 1]
        : undefined;
    return pc !== undefined && this.#entries.has(pc) ? pc : undefined;
  }

  site(index: number): PlacedSite {
    const at = this.#firstSite + SITE_WORDS * index;
    const [pc, nextPc, hostCall, isHostCall, gas, instructions, low, high] = this.#words.subarray(
      at,
      at + SITE_WORDS,
    ) as unknown as [number, number, number, number, number, number, number, number];
    return {
      pc,
      nextPc,
      hostCall: isHostCall === 1 ? hostCall : undefined,
      need: high * 2 ** 32 + low,
      rest: { gas, instructions },
    };
  }
}

/** Word index of each entry by program counter. */
const indexOf = (words: Uint32Array, start: number, end: number): ReadonlyMap<number, number> => {
  const index = new Map<number, number>();
  for (let at = start; at < end; at += ENTRY_WORDS) index.set(words[at] as number, at);
  return index;
};
