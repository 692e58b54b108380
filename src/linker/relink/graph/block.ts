import type { GraphInstruction } from './instruction.ts';
import type { Link } from './link.ts';

/**
 * How a block ends. Targets are blocks; what a jump to the following block costs is found out when the program is
 * written.
 */
export type End =
  /** Goes on at `target`. */
  | { readonly kind: 'jump'; readonly target: Block; readonly origin: number }
  /** `link` = code address of `back`; goes on at `target`. */
  | {
      readonly kind: 'call';
      readonly link: number;
      readonly target: Block;
      readonly back: Block;
      readonly origin: number;
    }
  /** Dynamic jump to register `base` plus `offset`. */
  | {
      readonly kind: 'jump-indirect';
      readonly base: number;
      readonly offset: number;
      readonly origin: number;
    }
  /** As `jump-indirect`, then `link` = code address of `back`; `base` is read first. */
  | {
      readonly kind: 'call-indirect';
      readonly link: number;
      readonly base: number;
      readonly offset: number;
      readonly back: Block;
      readonly origin: number;
    }
  /** To `taken` when the condition of branch operation `op` holds, else to `next`. `b`: 0 where `op` compares with x. */
  | {
      readonly kind: 'branch';
      readonly op: number;
      readonly a: number;
      readonly b: number;
      readonly x: number;
      readonly xLink: Link | undefined;
      readonly taken: Block;
      readonly next: Block;
      readonly origin: number;
    }
  | { readonly kind: 'trap'; readonly origin: number };

/** A basic block: instructions without control flow, then one end. */
export class Block {
  /** Dense from 0 in the order of the ELF file. */
  readonly id: number;
  /** The program is written in ascending order of this: that of ids, but for blocks that were moved. */
  rank: number;
  /** ELF address of its first instruction; -1 for a block that the linker invented. */
  readonly address: number;
  instructions: GraphInstruction[] = [];
  end: End;
  /** An `unlikely` is to stand at its beginning. */
  isUnlikely = false;
  /** Something that runs leads here. Set by the collection of what is reachable; true before it. */
  isReachable = true;
  /** Its address is taken, by code or by data that is reachable: it has an entry in the jump table. */
  isAddressTaken = false;
  /** Counts what passes changed of the block: what was found out about one revision holds for that. */
  revision = 0;
  /** Index in the jump table, once the program is laid out; -1 before that and for blocks that have no entry. */
  jumpIndex = -1;
  /** Its code address, as an operand. */
  readonly link: Link = { to: this, part: 'whole' };

  constructor(id: number, address: number, end: End) {
    this.id = id;
    this.rank = id;
    this.address = address;
    this.end = end;
  }

  /** Notes that instructions or the end are not what they were. */
  changed(): void {
    this.revision++;
  }

  /** What a code pointer to it holds: 2 × (index + 1), PolkaVM's code address. */
  get codeAddress(): number {
    return 2 * (this.jumpIndex + 1);
  }
}

/** One after the other what `successorsOf` lists, without making a list; undefined behind the last. */
export const successorAt = (end: End, index: number): Block | undefined => {
  if (end.kind === 'branch') return index === 0 ? end.taken : index === 1 ? end.next : undefined;
  return index === 0 && (end.kind === 'jump' || end.kind === 'call') ? end.target : undefined;
};

/** Blocks that control may get to from an end without a dynamic jump; a call's `back` is not among them. */
export const successorsOf = (end: End): readonly Block[] => {
  switch (end.kind) {
    case 'jump':
    case 'call':
      return [end.target];
    case 'branch':
      return [end.taken, end.next];
    default:
      return [];
  }
};
