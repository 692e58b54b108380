import type { Instruction } from '../../decoder/instruction.ts';

const FIRST_CAPACITY = 1024;

/**
 * The decoded instructions of one function, a column per field (see Instruction for their meanings). Translation
 * looks at each several times and decodes once.
 */
export class Instructions {
  count = 0;
  /** Operation numbers; INVALID never occurs. */
  op: Uint16Array = new Uint16Array(FIRST_CAPACITY);
  a: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  b: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  c: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  x: Int32Array = new Int32Array(FIRST_CAPACITY);
  y: Int32Array = new Int32Array(FIRST_CAPACITY);
  target: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  pc: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  /** Bytes to the following instruction. */
  length: Uint8Array = new Uint8Array(FIRST_CAPACITY);

  /** Appends a decoded instruction; its index. */
  push(pc: number, i: Instruction): number {
    const n = this.count;
    if (n === this.op.length) this.#grow();
    this.op[n] = i.op;
    this.a[n] = i.a;
    this.b[n] = i.b;
    this.c[n] = i.c;
    this.x[n] = i.x;
    this.y[n] = i.y;
    this.target[n] = i.target;
    this.pc[n] = pc;
    this.length[n] = i.length;
    this.count = n + 1;
    return n;
  }

  /** Appends instructions of another function; the index of the first. */
  append(from: Instructions, first: number, end: number): number {
    const start = this.count;
    while (start + end - first > this.op.length) this.#grow();
    this.op.set(from.op.subarray(first, end), start);
    this.a.set(from.a.subarray(first, end), start);
    this.b.set(from.b.subarray(first, end), start);
    this.c.set(from.c.subarray(first, end), start);
    this.x.set(from.x.subarray(first, end), start);
    this.y.set(from.y.subarray(first, end), start);
    this.target.set(from.target.subarray(first, end), start);
    this.pc.set(from.pc.subarray(first, end), start);
    this.length.set(from.length.subarray(first, end), start);
    this.count = start + end - first;
    return start;
  }

  #grow(): void {
    this.op = wider(this.op, Uint16Array);
    this.a = wider(this.a, Uint8Array);
    this.b = wider(this.b, Uint8Array);
    this.c = wider(this.c, Uint8Array);
    this.x = wider(this.x, Int32Array);
    this.y = wider(this.y, Int32Array);
    this.target = wider(this.target, Uint32Array);
    this.pc = wider(this.pc, Uint32Array);
    this.length = wider(this.length, Uint8Array);
  }
}

interface Column {
  readonly length: number;
  set(from: never): void;
}

const wider = <A extends Column>(old: A, make: new (length: number) => A): A => {
  const column = new make(2 * old.length);
  column.set(old as never);
  return column;
};
