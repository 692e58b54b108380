import type { FunctionBody } from './encoder/function-body.ts';
import { ANY, I32, LOAD } from './encoder/opcodes.ts';
import { type FunctionType, I32_TYPE } from './encoder/types.ts';

/*
 * Where translated code finds the function that an indirect call goes to: a table in the tier's part of linear memory,
 * indexed by some bits of the code address. An entry is the complement of the address (so that zeros are no entry: no
 * function has an odd address) and the function's slot. Of addresses that share an entry the one translated last has
 * it; calls of the others leave to the dispatcher, which is slow and not wrong.
 */

const ENTRY_BYTES = 8;
const ENTRY_BITS = 13;
/** Code addresses are even: shifted by this, their second bit is the lowest of an entry's number. */
const FUNCTION_HASH_SHIFT = 2;
const FUNCTION_HASH_MASK: number = ((1 << ENTRY_BITS) - 1) * ENTRY_BYTES;
/** Bytes of the table. */
export const FUNCTION_TABLE_BYTES: number = ENTRY_BYTES << ENTRY_BITS;

/** Enters a function; `start` is the byte offset of the table. */
export const enterFunction = (words: Int32Array, start: number, address: number, slot: number): void => {
  const at = (start + ((address << FUNCTION_HASH_SHIFT) & FUNCTION_HASH_MASK)) / 4;
  words[at] = ~address;
  words[at + 1] = slot;
};

/**
 * Makes the one address that an empty entry stands for, the complement of 0, lead nowhere: its entry says that it has the
 * function at address 0, which is never looked for there. For each new table.
 */
export const beginFunctionTable = (words: Int32Array, start: number): void => {
  words[(start + FUNCTION_HASH_MASK) / 4] = ~0;
};

/**
 * Looks up the code address in a local: its entry's offset in the table goes to the local `entry`, and onto the stack
 * whether no function is known there.
 */
export const emitLookup = (f: FunctionBody, table: number, address: number, entry: number): void => {
  f.get(address);
  f.i32Const(FUNCTION_HASH_SHIFT);
  f.op(I32.shl);
  f.i32Const(FUNCTION_HASH_MASK);
  f.op(I32.and);
  f.tee(entry);
  f.load(LOAD.i32, table);
  f.get(address);
  f.op(I32.add);
  f.i32Const(-1);
  f.op(I32.ne);
};

/**
 * The body of `(depth, counter, address, end) -> (address, counter)`: calls the function at the address, then the one at
 * the address that it goes to, and so on, until that is `end` or no function is known there.
 */
export const emitFollow = (f: FunctionBody, table: number, type: FunctionType): void => {
  const [depth, counter, address, end] = [0, 1, 2, 3];
  const entry = f.local(I32_TYPE);
  const again = f.loop();
  emitLookup(f, table, address, entry);
  const unknown = f.if();
  f.get(address);
  f.get(counter);
  f.op(ANY.return);
  f.end(unknown);
  f.get(depth);
  f.get(counter);
  f.get(entry);
  f.load(LOAD.i32, table + 4);
  f.callIndirect(type);
  f.set(counter);
  f.tee(address);
  f.get(end);
  f.op(I32.ne);
  f.brIf(again);
  f.end(again);
  f.get(address);
  f.get(counter);
};
