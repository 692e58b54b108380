import type { End } from '../graph/block.ts';
import { Block } from '../graph/block.ts';
import { branchWithConstantA, branchWithConstantB, kindHas } from '../graph/forms.ts';
import type { ProgramGraph } from '../graph/graph.ts';
import { operandSize } from './encoded-size.ts';
import type { Holders } from './holders.ts';
import type { Transfer } from './transfer.ts';
import type { Value, Values } from './values.ts';

type Branch = Extract<End, { kind: 'branch' }>;
type Dynamic = Extract<End, { kind: 'jump-indirect' | 'call-indirect' }>;

/** Makes ends of blocks simpler, by what registers hold in front of them. */
export class EndRewriter {
  readonly #graph: ProgramGraph;
  readonly #transfer: Transfer;
  readonly #values: Values;
  readonly #holders: Holders;

  constructor(graph: ProgramGraph, transfer: Transfer, holders: Holders) {
    this.#graph = graph;
    this.#transfer = transfer;
    this.#values = transfer.values;
    this.#holders = holders;
  }

  /** The same object when nothing is to be changed. */
  rewrite(end: End): End {
    switch (end.kind) {
      case 'branch':
        return this.#branch(end);
      case 'jump-indirect':
      case 'call-indirect':
        return this.#dynamic(end);
      default:
        return end;
    }
  }

  #branch(end: Branch): End {
    const { taken, next, origin } = end;
    if (taken === next) return { kind: 'jump', target: next, origin };
    const condition = this.#transfer.condition(end, this.#holders.cells);
    if (condition !== undefined) return { kind: 'jump', target: condition === 1 ? taken : next, origin };
    return this.#withNumber(this.#renamed(end));
  }

  #renamed(end: Branch): Branch {
    const a = this.#holders.oldest(end.a);
    const b = end.b === 0 ? 0 : this.#holders.oldest(end.b);
    return a === end.a && b === end.b ? end : { ...end, a, b };
  }

  /** Compares with a number instead of a register that holds it, where that is not longer. */
  #withNumber(end: Branch): Branch {
    if (end.b === 0) return end;
    const ofB = this.#compared(end, branchWithConstantB(end.op), end.a, this.#holders.cells[end.b] as Value);
    return (
      ofB ??
      this.#compared(end, branchWithConstantA(end.op), end.b, this.#holders.cells[end.a] as Value) ??
      end
    );
  }

  #compared(end: Branch, op: number, a: number, value: Value): Branch | undefined {
    if (op < 0 || !kindHas(this.#graph.kind, op) || !this.#values.isImmediate(value)) return undefined;
    const x = this.#values.immediateOf(value);
    const xLink = this.#values.linkOf(value);
    return operandSize(x, xLink) > 0 ? undefined : { ...end, op, a, b: 0, x, xLink };
  }

  #dynamic(end: Dynamic): End {
    const { origin } = end;
    const target = this.#blockAt(end);
    if (target !== undefined) {
      return end.kind === 'jump-indirect'
        ? { kind: 'jump', target, origin }
        : { kind: 'call', link: end.link, target, back: end.back, origin };
    }
    const base = this.#holders.oldest(end.base);
    return base === end.base ? end : { ...end, base };
  }

  #blockAt({ base, offset }: Dynamic): Block | undefined {
    const value = this.#holders.cells[base] as Value;
    const sum = this.#values.add(value, offset, offset >> 31);
    const address = sum === undefined ? undefined : this.#values.addressOf(sum);
    return address?.offset === 0 && address.to instanceof Block ? address.to : undefined;
  }
}
