import { LEAVES } from '../../../src/jit/graph/flow.ts';
import { emit, NEXT, type Structure } from '../../../src/jit/graph/structure.ts';
import type { TestFlow, Trace } from './test-flow.ts';

type Piece =
  | { readonly kind: 'block' | 'loop' | 'if'; readonly node: number; end: number; otherwise: number }
  | { readonly kind: 'close' | 'otherwise'; readonly opener: number }
  | { readonly kind: 'node'; readonly node: number }
  | {
      readonly kind: 'exit';
      readonly node: number;
      readonly ways: readonly number[];
      readonly inside: number;
    };

/** What `emit` gave, as code of a small machine: pieces in order, each construct with its end. */
export class StructuredProgram {
  readonly pieces: Piece[] = [];
  readonly emitted: number[] = [];
  deepest = 0;
  readonly #flow: TestFlow;
  /** Construct around each construct, by place; -1 outside. */
  readonly #around: number[] = [];
  readonly #place = new Map<number, number>();

  constructor(structure: Structure, flow: TestFlow) {
    this.#flow = flow;
    const open: number[] = [];
    const { pieces } = this;
    const push = (kind: 'block' | 'loop' | 'if', node: number): void => {
      this.#around[pieces.length] = open.at(-1) ?? -1;
      open.push(pieces.length);
      this.deepest = Math.max(this.deepest, open.length);
      pieces.push({ kind, node, end: -1, otherwise: -1 });
    };
    const construct = (place: number | undefined): Extract<Piece, { end: number }> => {
      const piece = pieces[place ?? -1];
      if (piece === undefined || !('end' in piece)) throw new Error('no construct is open');
      return piece;
    };
    emit(structure, {
      openBlock: (target) => push('block', target),
      openLoop: (header) => push('loop', header),
      close: () => {
        const opener = open.pop();
        construct(opener).end = pieces.length;
        pieces.push({ kind: 'close', opener: opener! });
      },
      node: (node) => {
        this.emitted.push(node);
        this.#place.set(node, pieces.length);
        pieces.push({ kind: 'node', node });
      },
      exit: (node, ways) => pieces.push({ kind: 'exit', node, ways: [...ways], inside: open.at(-1) ?? -1 }),
      openIf: (node) => push('if', node),
      otherwise: (node) => {
        const opener = construct(open.at(-1));
        if (opener.kind !== 'if' || opener.node !== node) throw new Error('otherwise() of another if');
        opener.otherwise = pieces.length;
        pieces.push({ kind: 'otherwise', opener: open.at(-1)! });
      },
    });
    if (open.length > 0) throw new Error('constructs are left open');
  }

  /** Runs the program; throws when an exit does not lead where the flow's edge leads. */
  run(decisions: readonly number[]): Trace {
    this.#arrive(0, this.#flow.entry);
    return this.#flow.walk(decisions, (node, edge) => this.#take(node, edge));
  }

  /** Follows an edge through the program. */
  #take(node: number, edge: number): number {
    const to = this.#flow.successors[node]![edge]!;
    const place = this.#place.get(node)! + 1;
    const piece = this.pieces[place];
    if (piece?.kind === 'if') {
      if (piece.node !== node) throw new Error('if of another node');
      this.#arrive(edge === 0 ? place + 1 : piece.otherwise + 1, to);
      return to;
    }
    if (piece?.kind !== 'exit' || piece.node !== node) throw new Error(`node ${node} has no exit`);
    if (piece.ways.length !== this.#flow.successors[node]!.length)
      throw new Error('an exit with other edges');
    const way = piece.ways[edge]!;
    if ((way === LEAVES) !== (to === LEAVES)) throw new Error('leaving is another thing');
    if (way === LEAVES) return LEAVES;
    if (way === NEXT) {
      if (this.#flow.isSwitch(node)) throw new Error('a table without label');
      if (piece.ways.length > 2 && edge !== piece.ways.length - 1)
        throw new Error('falling out of the middle');
      this.#arrive(place + 1, to);
      return to;
    }
    let construct = piece.inside;
    for (let depth = 0; depth < way; depth++) construct = this.#around[construct]!;
    const label = this.pieces[construct];
    if (label === undefined || !('end' in label)) throw new Error('a label outside of everything');
    if (label.node !== to || label.kind === 'if') throw new Error(`label of ${label.node} instead of ${to}`);
    this.#arrive(label.kind === 'loop' ? construct + 1 : label.end + 1, to);
    return to;
  }

  /** Goes on at a place until a node comes, which must be this one. */
  #arrive(place: number, node: number): void {
    for (let at = place; ; at++) {
      const piece = this.pieces[at];
      if (piece?.kind === 'node') {
        if (piece.node !== node) throw new Error(`arrived at ${piece.node} instead of ${node}`);
        return;
      }
      if (piece?.kind === 'otherwise') {
        const opener = this.pieces[piece.opener];
        if (opener?.kind !== 'if') throw new Error('otherwise without if');
        at = opener.end;
      } else if (piece === undefined || piece.kind === 'exit' || piece.kind === 'if') {
        throw new Error(`no node at ${at}`);
      }
    }
  }
}
