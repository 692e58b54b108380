import type { CodeExtents } from './code-extent.ts';
import type { FunctionNode } from './functions.ts';

/** Which function each address belongs to: collects extents of functions and inlined calls, and then finds the innermost. */
export class FunctionExtents {
  readonly #code: CodeExtents;
  readonly #begins: number[] = [];
  readonly #ends: number[] = [];
  readonly #nodes: FunctionNode[] = [];
  /** After `finish`: `#innermost[i]` from `#starts[i]` up to the next start. */
  readonly #starts: number[] = [];
  readonly #innermost: (FunctionNode | undefined)[] = [];

  constructor(code: CodeExtents) {
    this.#code = code;
  }

  get length(): number {
    return this.#begins.length;
  }

  /** Adds an extent of a node. What is not code is ignored; extents that adjoin become one. */
  add(node: FunctionNode, begin: number, end: number): void {
    const codeEnd = this.#code.endAt(begin);
    if (codeEnd === undefined || end <= begin) return;
    const last = this.#begins.length - 1;
    if (this.#nodes[last] === node && this.#ends[last] === begin) {
      this.#ends[last] = Math.min(end, codeEnd);
      return;
    }
    this.#begins.push(begin);
    this.#ends.push(Math.min(end, codeEnd));
    this.#nodes.push(node);
  }

  /** Forgets extents from number `length` on. */
  truncate(length: number): void {
    this.#begins.length = length;
    this.#ends.length = length;
    this.#nodes.length = length;
  }

  /**
   * Sweeps over all extents in order of address. An inlined call counts where the function that it was inlined into
   * does, and a function where no other one is: folded functions share their code, the first of them has it.
   */
  finish(): void {
    const begins = this.#begins;
    const nodes = this.#nodes;
    const order = Array.from(begins, (_, index) => index).sort(
      (a, b) => begins[a]! - begins[b]! || nodes[a]!.depth - nodes[b]!.depth || a - b,
    );
    const open: number[] = [];
    const closeUntil = (address: number): void => {
      for (let top = open.at(-1); top !== undefined && this.#ends[top]! <= address; top = open.at(-1)) {
        open.pop();
        const outer = open.at(-1);
        this.#emit(this.#ends[top]!, outer === undefined ? undefined : nodes[outer]);
      }
    };
    for (const index of order) {
      const begin = begins[index]!;
      closeUntil(begin);
      const top = open.at(-1);
      if (nodes[index]!.parent !== (top === undefined ? undefined : nodes[top])) continue;
      if (top !== undefined) this.#ends[index] = Math.min(this.#ends[index]!, this.#ends[top]!);
      open.push(index);
      this.#emit(begin, nodes[index]);
    }
    closeUntil(Number.POSITIVE_INFINITY);
  }

  /** The innermost function at an address, after `finish`. */
  at(address: number): FunctionNode | undefined {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return this.#innermost[low - 1];
  }

  #emit(start: number, node: FunctionNode | undefined): void {
    const last = this.#starts.length - 1;
    if (this.#starts[last] === start) this.#innermost[last] = node;
    else {
      this.#starts.push(start);
      this.#innermost.push(node);
    }
  }
}
