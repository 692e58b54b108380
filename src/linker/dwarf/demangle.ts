import { splitRustV0 } from './rust-v0.ts';

/** A name in two parts: `core::panicking` and `panic`. */
export interface SplitName {
  readonly namespace: string;
  readonly function: string;
}

/** Escapes of Rust's first mangling, besides `$u7e$` for a code point. */
const RUST_ESCAPES: Readonly<Record<string, string>> = {
  SP: '@',
  BP: '*',
  RF: '&',
  LT: '<',
  GT: '>',
  LP: '(',
  RP: ')',
  C: ',',
};

/**
 * A symbol as namespace and function, for functions without debug information: names of Rust's manglings, and of the
 * Itanium C++ ABI as far as they are plain (`_ZN3foo3barEi`). All others are functions called like the symbol, as
 * symbols of C are.
 */
export const splitSymbolName = (symbol: string): SplitName => {
  const parts = nestedName(symbol);
  if (parts === undefined) return splitRustV0(symbol) ?? { namespace: '', function: symbol };
  const isRust = parts.length > 1 && /^h[0-9a-f]{16}$/.test(parts.at(-1)!);
  const names = isRust ? parts.slice(0, -1).map(unescapeRust) : parts.map(unescapeCpp);
  return { namespace: names.slice(0, -1).join('::'), function: names.at(-1)! };
};

/** Longer symbols are left as they are. */
const LONGEST_SYMBOL = 4096;

/** The parts of `_ZN` … `E` or `_Z` with one name; undefined when there is anything but names with their lengths. */
const nestedName = (symbol: string): readonly string[] | undefined => {
  const start = /^_Z(?:(NK?)(St)?|(L?))(?=\d)/.exec(symbol);
  if (start === null || symbol.length > LONGEST_SYMBOL) return undefined;
  const isNested = start[1] !== undefined;
  const parts: string[] = start[2] === undefined ? [] : ['std'];
  let at = start[0].length;
  do {
    const length = /^L?(\d{1,4})/.exec(symbol.slice(at, at + 5));
    if (length === null) return undefined;
    const begin = at + length[0].length;
    at = begin + Number(length[1]);
    if (at > symbol.length || length[1] === '0') return undefined;
    parts.push(symbol.slice(begin, at));
  } while (isNested && /[\dL]/.test(symbol[at] ?? ''));
  if (!isNested) return symbol[at] === 'I' || symbol[at] === 'B' ? undefined : parts;
  const special = /^([CD])[0-5]E/.exec(symbol.slice(at, at + 3));
  if (special !== null) return [...parts, `${special[1] === 'D' ? '~' : ''}${parts.at(-1)}`];
  return symbol[at] === 'E' ? parts : undefined;
};

const unescapeRust = (part: string): string =>
  part
    .replace(/^_(?=\$)/, '')
    .replace(/\$(?:u([0-9a-f]{1,5})|([A-Z]{1,2}))\$/g, (whole, code, name) =>
      code === undefined ? (RUST_ESCAPES[name] ?? whole) : String.fromCodePoint(Number.parseInt(code, 16)),
    )
    .replaceAll('..', '::');

const unescapeCpp = (name: string): string => (name === '_GLOBAL__N_1' ? '(anonymous namespace)' : name);
