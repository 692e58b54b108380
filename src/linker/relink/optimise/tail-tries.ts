import type { Block, End } from '../graph/block.ts';
import type { GraphInstruction } from '../graph/instruction.ts';
import type { Link, LinkTarget } from '../graph/link.ts';
import { type RegisterSet, temporaryReadsOf, temporaryWritesOf } from '../graph/register-use.ts';
import { encodedSize, endSize } from './encoded-size.ts';

/** Instructions of a block that are compared: what is longer and alike is hardly ever met. */
const DEEPEST = 40;

/** Instructions in front of an end, and which blocks end in them. */
export interface TailNode {
  /** How many instructions there are up to the end. */
  readonly depth: number;
  /** Size of the first of them; without any, of the end. */
  readonly bytes: number;
  /** Temporaries that they need from what is before them: there is no border between blocks. */
  readonly temporaries: RegisterSet;
  /** Tails that are one instruction longer, by that instruction. */
  readonly children: Map<number, TailNode>;
  /** Blocks that consist of this, or go on beyond what is compared. */
  readonly blocks: Block[];
}

/** Blocks by what they end in. */
export class TailTries {
  readonly #roots = new Map<string, TailNode>();
  /** Equal instructions have equal numbers. */
  readonly #numbers = new Map<string, number>();
  readonly #targets = new Map<LinkTarget, number>();

  constructor(blocks: readonly Block[]) {
    for (const block of blocks) this.#add(block);
  }

  /** Nodes of ends without an instruction. */
  get roots(): Iterable<TailNode> {
    return this.#roots.values();
  }

  #add(block: Block): void {
    const { instructions } = block;
    let node = this.#rootOf(block);
    const first = Math.max(0, instructions.length - DEEPEST);
    for (let i = instructions.length - 1; i >= first; i--) {
      node = this.#childOf(node, instructions[i] as GraphInstruction);
    }
    node.blocks.push(block);
  }

  #rootOf(block: Block): TailNode {
    const key = this.#endKey(block.end);
    let root = this.#roots.get(key);
    if (root === undefined) {
      root = {
        depth: 0,
        bytes: endSize(block, block.end, undefined),
        temporaries: 0,
        children: new Map(),
        blocks: [],
      };
      this.#roots.set(key, root);
    }
    return root;
  }

  #childOf(node: TailNode, instruction: GraphInstruction): TailNode {
    const number = this.#numberOf(instruction);
    let child = node.children.get(number);
    if (child === undefined) {
      child = {
        depth: node.depth + 1,
        bytes: encodedSize(instruction),
        temporaries: (node.temporaries & ~temporaryWritesOf(instruction)) | temporaryReadsOf(instruction),
        children: new Map(),
        blocks: [],
      };
      node.children.set(number, child);
    }
    return child;
  }

  #numberOf({ op, a, b, c, x, y, xLink, yLink }: GraphInstruction): number {
    const key = `${op} ${a} ${b} ${c} ${x} ${y} ${this.#linkKey(xLink)} ${this.#linkKey(yLink)}`;
    const number = this.#numbers.get(key) ?? this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }

  #linkKey(link: Link | undefined): string {
    if (link === undefined) return '';
    const target = this.#targets.get(link.to) ?? this.#targets.size;
    this.#targets.set(link.to, target);
    return `${link.part}${target}`;
  }

  #endKey(end: End): string {
    switch (end.kind) {
      case 'jump':
        return `jump ${end.target.id}`;
      case 'call':
        return `call ${end.link} ${end.target.id} ${end.back.id}`;
      case 'jump-indirect':
        return `jump-indirect ${end.base} ${end.offset}`;
      case 'call-indirect':
        return `call-indirect ${end.link} ${end.base} ${end.offset} ${end.back.id}`;
      case 'branch': {
        const { op, a, b, x, xLink, taken, next } = end;
        return `branch ${op} ${a} ${b} ${x} ${this.#linkKey(xLink)} ${taken.id} ${next.id}`;
      }
      case 'trap':
        return 'trap';
    }
  }
}
