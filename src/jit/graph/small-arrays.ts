/**
 * Arrays of the size of a function's graph, cut from larger buffers. V8 allocates each buffer of more than 64 bytes
 * outside of its heap, which takes half a microsecond; a cut takes a tenth of that. (Small functions are the most
 * frequent ones, and each needs some 25 arrays.)
 */

/** Bytes of a buffer: enough for hundreds of small functions, little enough to be kept alive by one of them. */
const BUFFER_SIZE = 1 << 16;

/** Arrays of more bytes get a buffer of their own, whose allocation is little then beside the work on it. */
const MOST_SHARED = 1 << 11;

let buffer: ArrayBuffer = new ArrayBuffer(BUFFER_SIZE);
let used = 0;

/** Takes bytes, a multiple of 4 up to MOST_SHARED, and returns their offset in `buffer`. Bytes are never taken twice, so they are 0. */
const take = (bytes: number): number => {
  if (used + bytes > buffer.byteLength) {
    buffer = new ArrayBuffer(BUFFER_SIZE);
    used = 0;
  }
  const offset = used;
  used += bytes;
  return offset;
};

/** Zeros. The array may be a view of a buffer that others use too. */
export const int32Zeros = (length: number): Int32Array => {
  if (4 * length > MOST_SHARED) return new Int32Array(length);
  const offset = take(4 * length);
  return new Int32Array(buffer, offset, length);
};

/** As many -1. */
export const int32Nones = (length: number): Int32Array => int32Zeros(length).fill(-1);

/** Zeros. The array may be a view of a buffer that others use too. */
export const uint8Zeros = (length: number): Uint8Array => {
  if (length > MOST_SHARED) return new Uint8Array(length);
  const offset = take((length + 3) & ~3);
  return new Uint8Array(buffer, offset, length);
};
