/**
 * Where translated code finds the function that an indirect call goes to: a table in the tier's part of linear memory,
 * indexed by some bits of the code address. An entry is the complement of the address (so that zeros are no entry: no
 * function has an odd address) and the function's slot. Of addresses that share an entry the one translated last has
 * it; calls of the others leave to the dispatcher, which is slow and not wrong.
 */

const ENTRY_BYTES = 8;
const ENTRY_BITS = 13;
/** Code addresses are even: shifted by this, their second bit is the lowest of an entry's number. */
export const FUNCTION_HASH_SHIFT = 2;
export const FUNCTION_HASH_MASK: number = ((1 << ENTRY_BITS) - 1) * ENTRY_BYTES;
/** Bytes of the table. */
export const FUNCTION_TABLE_BYTES: number = ENTRY_BYTES << ENTRY_BITS;

/** Enters a function; `start` is the byte offset of the table. */
export const enterFunction = (words: Int32Array, start: number, address: number, slot: number): void => {
  const at = (start + ((address << FUNCTION_HASH_SHIFT) & FUNCTION_HASH_MASK)) / 4;
  words[at] = ~address;
  words[at + 1] = slot;
};
