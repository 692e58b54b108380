import { type Block, successorsOf } from './graph/block.ts';
import { DataSection } from './graph/data-section.ts';
import type { ProgramGraph } from './graph/graph.ts';
import { Import } from './graph/import.ts';
import type { Link } from './graph/link.ts';
import type { NamedRanges } from './named-ranges.ts';

/** Code of the file that no symbol names. */
export const UNNAMED = '(unnamed)';
/** Code that the linker invented, as what lies between an export and a function of 32 registers. */
export const INVENTED = '(linker)';

/** A function by its symbol, or a section of data. */
export type Subject = string | DataSection;

/** Why something is in the program: `exported as "main"`, or `called by` something else that is. */
export interface Reason {
  readonly how: string;
  readonly by: Subject | undefined;
}

/** Why functions and data are in the program; whoever follows `by` gets to an export. */
export type Reasons = ReadonlyMap<Subject, Reason>;

/** Something that was found to be kept, and why, until its turn comes. */
interface Found {
  readonly kept: Block | DataSection;
  readonly reason: Reason;
}

/**
 * Walks from the exports over everything that is kept, the nearest first. Calls come before addresses: that a function
 * is called says more than that a section, which may be all the data of the program, has its address.
 */
class Search {
  readonly #names: NamedRanges;
  readonly #graph: ProgramGraph;
  readonly #reasons: Map<Subject, Reason> = new Map();
  /** Functions of which instructions are in others. */
  readonly #inlined: Map<string, Reason> = new Map();
  readonly #blocks: Set<Block> = new Set();
  readonly #transfers: Found[] = [];
  readonly #addresses: Found[] = [];
  /** Those are kept together. */
  #hasThreadLocals = false;

  constructor(graph: ProgramGraph, names: NamedRanges) {
    this.#graph = graph;
    this.#names = names;
  }

  run(): Reasons {
    for (const { symbol, block } of this.#graph.exports) {
      const how = `exported as "${new TextDecoder().decode(symbol)}"`;
      this.#transfers.push({ kept: block, reason: { how, by: undefined } });
    }
    // Both queues grow while they are walked.
    let transfer = 0;
    let address = 0;
    for (;;) {
      const found = this.#transfers[transfer++];
      if (found !== undefined) this.#keep(found);
      else {
        transfer--;
        const next = this.#addresses[address++];
        if (next === undefined) break;
        this.#keep(next);
      }
    }
    for (const [name, reason] of this.#inlined) if (!this.#reasons.has(name)) this.#reasons.set(name, reason);
    return this.#reasons;
  }

  #nameAt(address: number): string {
    return address < 0 ? INVENTED : (this.#names.at(address)?.name ?? UNNAMED);
  }

  #isEntry({ address }: Block): boolean {
    return address >= 0 && this.#names.at(address)?.address === address;
  }

  #keep({ kept, reason }: Found): void {
    if (kept instanceof DataSection) {
      if (this.#reasons.has(kept)) return;
      this.#reasons.set(kept, reason);
      this.#followData(kept);
    } else if (!this.#blocks.has(kept)) {
      this.#blocks.add(kept);
      const name = this.#nameAt(kept.address);
      if (name === INVENTED) this.#passOn(kept, reason);
      else if (!this.#reasons.has(name)) this.#reasons.set(name, reason);
      this.#followBlock(kept, name);
    }
  }

  /** Who is reached through invented code is reached from where that is. */
  #passOn({ end }: Block, reason: Reason): void {
    for (const kept of successorsOf(end)) this.#transfers.push({ kept, reason });
  }

  #followBlock({ instructions, end }: Block, by: string): void {
    for (const { origin, xLink, yLink } of instructions) {
      this.#noteInlined(origin, by);
      this.#followLink(xLink, by);
      this.#followLink(yLink, by);
    }
    this.#noteInlined(end.origin, by);
    if (end.kind === 'branch') this.#followLink(end.xLink, by);
    for (const block of successorsOf(end)) this.#transfer(block, by);
    if (end.kind === 'call' || end.kind === 'call-indirect') this.#transfer(end.back, by);
  }

  #noteInlined(origin: number, by: string): void {
    if (origin < 0) return;
    const name = this.#nameAt(origin);
    if (name !== by && !this.#inlined.has(name)) this.#inlined.set(name, { how: 'inlined into', by });
  }

  /** Who goes on in the middle of a function has its beginning inlined. */
  #transfer(kept: Block, by: string): void {
    const how = this.#isEntry(kept) ? 'called by' : 'inlined into';
    this.#transfers.push({ kept, reason: { how, by } });
  }

  #followLink(link: Link | undefined, by: string): void {
    const to = link?.to;
    if (to === undefined || to instanceof Import) return;
    if (to instanceof DataSection) this.#addresses.push({ kept: to, reason: { how: 'used by', by } });
    else if ('instructions' in to) {
      // Anything but a function is where a call returns to.
      if (!this.#isEntry(to)) this.#transfer(to, by);
      else this.#addresses.push({ kept: to, reason: { how: 'its address is taken by', by } });
    }
  }

  #followData(section: DataSection): void {
    for (const { to, minus } of section.references) {
      const isWhole = to instanceof DataSection || this.#isEntry(to);
      const how = isWhole ? 'its address is in' : 'it is in a jump table of';
      this.#addresses.push({ kept: to, reason: { how, by: section } });
      if (minus !== undefined) {
        this.#addresses.push({
          kept: minus.section,
          reason: { how: 'a distance from it is in', by: section },
        });
      }
    }
    if (!section.isThreadLocal || this.#hasThreadLocals) return;
    this.#hasThreadLocals = true;
    for (const other of this.#graph.data) {
      if (!other.isThreadLocal || !other.isReachable) continue;
      this.#addresses.push({ kept: other, reason: { how: 'thread-local, as is', by: section } });
    }
  }
}

/** Explains what is kept in a graph whose unreachable parts are gone. */
export const keptBecause = (graph: ProgramGraph, names: NamedRanges): Reasons =>
  new Search(graph, names).run();
