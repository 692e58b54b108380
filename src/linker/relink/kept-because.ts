import type { Block, End } from './graph/block.ts';
import { DataSection } from './graph/data-section.ts';
import type { ProgramGraph } from './graph/graph.ts';
import { Import } from './graph/import.ts';
import type { Link } from './graph/link.ts';
import type { NamedRanges } from './named-ranges.ts';

/** Code that the linker cannot attribute to a function of the file. */
export const UNNAMED = '(unnamed)';

/** Why functions and data are in the program: the shortest way from an export. */
export interface Reasons {
  /** By function name: `exported as "main"`, `called by main`, `address in .data.rel.ro`… */
  readonly functions: ReadonlyMap<string, string>;
  /** By data section. */
  readonly data: ReadonlyMap<DataSection, string>;
}

/** A step of the search: something that is kept, and its name in the reasons of what it keeps. */
type Kept = { readonly block: Block } | { readonly data: DataSection };

class Search {
  readonly #names: NamedRanges;
  readonly #blocks: Set<Block> = new Set();
  readonly #functions: Map<string, string> = new Map();
  readonly #data: Map<DataSection, string> = new Map();
  readonly #queue: Kept[] = [];

  constructor(names: NamedRanges) {
    this.#names = names;
  }

  run(graph: ProgramGraph): Reasons {
    for (const { symbol, block } of graph.exports) {
      this.#keepBlock(block, `exported as "${new TextDecoder().decode(symbol)}"`);
    }
    // The queue grows while it is walked: first come, first served makes the ways shortest.
    for (let next = 0; next < this.#queue.length; next++) {
      const kept = this.#queue[next]!;
      if ('block' in kept) this.#followBlock(kept.block);
      else this.#followData(kept.data);
    }
    return { functions: this.#functions, data: this.#data };
  }

  #nameOf({ address }: Block): string {
    return (address < 0 ? undefined : this.#names.at(address)?.name) ?? UNNAMED;
  }

  #keepBlock(block: Block, because: string): void {
    if (this.#blocks.has(block)) return;
    this.#blocks.add(block);
    const name = this.#nameOf(block);
    if (!this.#functions.has(name)) this.#functions.set(name, because);
    this.#queue.push({ block });
  }

  #keepData(data: DataSection, because: string): void {
    if (this.#data.has(data)) return;
    this.#data.set(data, because);
    this.#queue.push({ data });
  }

  #followBlock(block: Block): void {
    const name = this.#nameOf(block);
    for (const { xLink, yLink } of block.instructions) {
      this.#followLink(xLink, name);
      this.#followLink(yLink, name);
    }
    this.#followEnd(block.end, name);
  }

  #followLink(link: Link | undefined, name: string): void {
    const to = link?.to;
    if (to === undefined || to instanceof Import) return;
    if (to instanceof DataSection) this.#keepData(to, `used by ${name}`);
    else if ('instructions' in to) this.#keepBlock(to, `its address is taken by ${name}`);
  }

  #followEnd(end: End, name: string): void {
    switch (end.kind) {
      case 'call':
        this.#keepBlock(end.target, `called by ${name}`);
        this.#keepBlock(end.back, `called by ${name}`);
        break;
      case 'call-indirect':
        this.#keepBlock(end.back, `called by ${name}`);
        break;
      case 'jump':
        this.#keepBlock(end.target, `${name} goes on there`);
        break;
      case 'branch':
        this.#keepBlock(end.taken, `${name} goes on there`);
        this.#keepBlock(end.next, `${name} goes on there`);
        break;
      default:
    }
  }

  #followData({ name, references }: DataSection): void {
    for (const { to } of references) {
      if (to instanceof DataSection) this.#keepData(to, `its address is in ${name}`);
      else this.#keepBlock(to, `its address is in ${name}`);
    }
  }
}

/** Explains what is kept in a graph whose unreachable parts are gone. */
export const keptBecause = (graph: ProgramGraph, names: NamedRanges): Reasons => new Search(names).run(graph);
