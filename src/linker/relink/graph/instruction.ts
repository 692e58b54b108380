import type { Link } from './link.ts';

/**
 * One operation of a block: an operation of the instruction table that the target kind has and that does not end a
 * block, with registers of the graph and without x0. Which operands mean something follows from the row's form; the
 * others are 0.
 *
 * Instructions are changed in place by passes and belong to one block: copies are made with `clone`.
 */
export class GraphInstruction {
  /** Operation number of the instruction table. */
  op: number;
  a: number;
  b: number;
  c: number;
  /** Immediates, signed 32-bit; with a link the part of it that is known already. */
  x: number;
  y: number;
  xLink: Link | undefined;
  yLink: Link | undefined;
  /** The ELF address of the RISC-V instruction that this was made from; -1 for what the linker invented. */
  origin: number;

  constructor(
    op: number,
    origin: number,
    a = 0,
    b = 0,
    c = 0,
    x = 0,
    y = 0,
    xLink?: Link | undefined,
    yLink?: Link | undefined,
  ) {
    this.op = op;
    this.origin = origin;
    this.a = a;
    this.b = b;
    this.c = c;
    this.x = x;
    this.y = y;
    this.xLink = xLink;
    this.yLink = yLink;
  }

  clone(): GraphInstruction {
    const { op, origin, a, b, c, x, y, xLink, yLink } = this;
    return new GraphInstruction(op, origin, a, b, c, x, y, xLink, yLink);
  }

  /** Becomes another operation at the same place. */
  become(op: number, a: number, b = 0, c = 0, x = 0, y = 0, xLink?: Link, yLink?: Link): void {
    this.op = op;
    this.a = a;
    this.b = b;
    this.c = c;
    this.x = x;
    this.y = y;
    this.xLink = xLink;
    this.yLink = yLink;
  }
}
