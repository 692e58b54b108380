/** Counts what a tier hands to WebAssembly, whatever the tier: modules, their bytes, the time to make them. */

export interface WasmCount {
  readonly modules: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

let modules = 0;
let bytes = 0;
let milliseconds = 0;

const Original = WebAssembly.Module;

/**
 * V8 finds modules with the same bytes in a cache, which would flatter whoever measures twice: a custom section behind
 * the others, with a number in it, makes each different.
 */
let serial = 0;
const distinct = (source: BufferSource): Uint8Array<ArrayBuffer> => {
  const given = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  // Section 0 of 6 bytes: a name of one byte, and the number.
  const section = [0, 6, 1, 0x6e];
  const copy = new Uint8Array(given.length + section.length + 4);
  copy.set(given);
  copy.set(section, given.length);
  new DataView(copy.buffer).setUint32(given.length + section.length, serial++);
  return copy;
};

const Counting = new Proxy(Original, {
  construct: (target, args: [BufferSource]) => {
    const own = distinct(args[0]);
    const started = performance.now();
    const module = new target(own);
    milliseconds += performance.now() - started;
    modules++;
    bytes += args[0].byteLength;
    return module;
  },
});

/** What `run` makes of WebAssembly. */
export const countingWasm = (run: () => void): WasmCount => {
  modules = bytes = milliseconds = 0;
  WebAssembly.Module = Counting;
  try {
    run();
  } finally {
    WebAssembly.Module = Original;
  }
  return { modules, bytes, milliseconds };
};
