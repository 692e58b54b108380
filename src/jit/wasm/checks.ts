import {
  HEAP_ROOM_CELL,
  PAGE_READABLE,
  PAGE_TABLE,
  PAGE_WRITABLE,
  RIGHTS_TABLE,
} from '../../memory/linear-layout.ts';
import type { FunctionBody, Label } from './encoder/function-body.ts';
import { I32, LOAD } from './encoder/opcodes.ts';
import { I32_TYPE } from './encoder/types.ts';
import { type Range, rightsFor } from './territory.ts';

const PAGE_BITS = 12;
const PAGE_MASK = 4095;

/**
 * Checks that `span` bytes from the offset in local `x` on may be accessed; otherwise `leave` emits the exit. First
 * come comparisons with ranges that are likely, which cost two instructions each, then the rights of the pages.
 */
export const emitRangeCheck = (
  f: FunctionBody,
  x: number,
  span: number,
  store: boolean,
  ranges: readonly Range[],
  leave: () => void,
): void => {
  const open: Label[] = [];
  for (const range of ranges) {
    if (store && !range.writable) continue;
    if (range.length !== undefined && range.length < span) continue;
    f.get(x);
    if (range.start !== 0) {
      f.i32Const(range.start | 0);
      f.op(I32.sub);
    }
    if (range.length !== undefined) f.i32Const((range.length - span + 1) | 0);
    else {
      f.i32Const(0);
      f.load(LOAD.i32, HEAP_ROOM_CELL);
    }
    f.op(I32.geU);
    open.push(f.if());
  }
  emitRights(f, x, 0);
  if (span > 1) {
    emitRights(f, x, span - 1);
    f.op(I32.and);
  }
  f.i32Const(rightsFor(store));
  f.op(I32.and);
  f.op(I32.eqz);
  const refused = f.if();
  leave();
  f.end(refused);
  for (let label = open.pop(); label !== undefined; label = open.pop()) f.end(label);
};

/** Pushes the rights of the page with the byte at offset `x + distance`. */
const emitRights = (f: FunctionBody, x: number, distance: number): void => {
  f.get(x);
  if (distance !== 0) {
    f.i32Const(distance);
    f.op(I32.add);
  }
  f.i32Const(PAGE_BITS);
  f.op(I32.shrU);
  f.load(LOAD.i32U8, RIGHTS_TABLE);
};

/**
 * Dynamic paging: turns the guest address in local `x` into an offset of linear memory, in the same local. Accesses
 * to pages that are not mapped, write-protected, or to two pages, go to the interpreter.
 */
export const emitPageLookup = (
  f: FunctionBody,
  x: number,
  size: number,
  store: boolean,
  leave: () => void,
): void => {
  const entry = f.local(I32_TYPE);
  f.get(x);
  f.i32Const(PAGE_BITS);
  f.op(I32.shrU);
  f.i32Const(2);
  f.op(I32.shl);
  f.load(LOAD.i32, PAGE_TABLE);
  f.tee(entry);
  f.i32Const(store ? PAGE_WRITABLE : PAGE_READABLE);
  f.op(I32.and);
  f.op(I32.eqz);
  f.get(x);
  f.i32Const(PAGE_MASK);
  f.op(I32.and);
  f.i32Const(PAGE_MASK + 1 - size);
  f.op(I32.gtU);
  f.op(I32.or);
  const refused = f.if();
  leave();
  f.end(refused);
  f.get(entry);
  f.i32Const(~PAGE_MASK);
  f.op(I32.and);
  f.get(x);
  f.i32Const(PAGE_MASK);
  f.op(I32.and);
  f.op(I32.or);
  f.set(x);
  f.release(entry);
};
