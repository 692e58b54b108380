import type { Width } from '../../src/core/kind.ts';
import type { Sem } from '../../src/isa/sem.ts';

/**
 * The vocabulary as JavaScript text: a value is a pair of int32 expressions (one in 32-bit kinds).
 *
 * Expressions are nodes of a graph; when printed, a node used more than once becomes a `const`, one used once
 * is written in place, and one not used (the high word of a value that is sign-extended afterwards) vanishes.
 */
export class Node {
  readonly parts: readonly (string | Node)[];
  /** Printed in place however often it is used: literals and names. */
  readonly atom: boolean;

  constructor(parts: readonly (string | Node)[], atom = false) {
    this.parts = parts;
    this.atom = atom;
  }
}

export const js = (text: TemplateStringsArray, ...nodes: (Node | string | number)[]): Node =>
  new Node(
    text.flatMap((t, i) =>
      i < nodes.length
        ? [t, typeof nodes[i] === 'number' ? String(nodes[i]) : (nodes[i] as Node | string)]
        : [t],
    ),
  );

export const atom = (text: string): Node => new Node([text], true);

/** A value: its words, and its truth where it came from a comparison. */
export interface Pair {
  readonly lo: Node;
  readonly hi: Node;
  readonly truth?: Node;
}

/** Prints graphs as statements and expressions with shared nodes bound once. */
export class Printer {
  readonly lines: string[] = [];
  readonly #names = new Map<Node, string>();
  readonly #uses = new Map<Node, number>();
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Counts the uses of everything the roots need; call once with all roots before `print`. */
  count(...roots: Node[]): void {
    for (const node of roots) {
      const uses = (this.#uses.get(node) ?? 0) + 1;
      this.#uses.set(node, uses);
      if (uses === 1) this.count(...node.parts.filter((p) => typeof p !== 'string'));
    }
  }

  /** The text of a node, after the statements it needs. */
  print(node: Node): string {
    const name = this.#names.get(node);
    if (name !== undefined) return name;
    const text = node.parts.map((p) => (typeof p === 'string' ? p : this.print(p))).join('');
    if (node.atom) return text;
    if ((this.#uses.get(node) ?? 0) > 1) return this.bind(node, text);
    return `(${text})`;
  }

  bind(node: Node, text: string): string {
    const name = `${this.#prefix}${this.#names.size}`;
    this.lines.push(`const ${name}=${text};`);
    this.#names.set(node, name);
    return name;
  }
}

const ZERO = atom('0');
const word = (lo: Node): Pair => ({ lo, hi: js`${lo}>>31` });
const bool = (truth: Node): Pair => ({ lo: js`${truth}?1:0`, hi: ZERO, truth });

/**
 * High word of an unsigned 32 × 32 product whose low word is known: the product in doubles is wrong by at most
 * 2^10 and the difference by as much again, so that dividing by 2^32 and rounding gives the exact high word.
 */
const highProduct = (a: Node, b: Node, low: Node): Node =>
  js`((${a}>>>0)*(${b}>>>0)-(${low}>>>0))*${1 / 2 ** 32}+0.5|0`;

/** Values of one width. `helper` calls name functions of core/int64.ts. */
export const jsSem = (width: Width): Sem<Pair> => {
  const wide = width === 64;
  const each =
    (f: (a: Node, b: Node) => Node) =>
    (a: Pair, b: Pair): Pair => ({
      lo: f(a.lo, b.lo),
      hi: f(a.hi, b.hi),
    });
  const isTrue = (c: Pair): Node => c.truth ?? (wide ? js`(${c.lo}|${c.hi})!==0` : js`${c.lo}!==0`);
  const select = (c: Node, a: Pair, b: Pair): Pair => ({
    lo: js`${c}?${a.lo}:${b.lo}`,
    hi: js`${c}?${a.hi}:${b.hi}`,
  });
  const less = (a: Pair, b: Pair, unsigned: boolean): Node => {
    const low = js`(${a.lo}>>>0)<(${b.lo}>>>0)`;
    if (!wide) return unsigned ? low : js`${a.lo}<${b.lo}`;
    const high = unsigned ? js`(${a.hi}>>>0)<(${b.hi}>>>0)` : js`${a.hi}<${b.hi}`;
    return js`${high}||${a.hi}===${b.hi}&&${low}`;
  };
  const not = (truth: Node): Node => js`!${truth}`;
  /** A helper that returns the low word and leaves the high one in HIGH. */
  const helper =
    (name: string) =>
    (a: Pair, b: Pair): Pair => {
      if (!wide) return { lo: js`${name}32(${a.lo},${b.lo})`, hi: ZERO };
      const lo = js`${name}64(${a.lo},${a.hi},${b.lo},${b.hi})`;
      // Bound before the high word is read: both uses keep the call a statement of its own.
      return { lo, hi: js`(${lo},HIGH[0])` };
    };
  const div32 = (a: Pair, b: Pair): Pair => word(js`${b.lo}===0?-1:(${a.lo}/${b.lo}|0)`);
  const divu32 = (a: Pair, b: Pair): Pair => word(js`${b.lo}===0?-1:((${a.lo}>>>0)/(${b.lo}>>>0)|0)`);
  const rem32 = (a: Pair, b: Pair): Pair => word(js`${b.lo}===0?${a.lo}:(${a.lo}%${b.lo}|0)`);
  const remu32 = (a: Pair, b: Pair): Pair => word(js`${b.lo}===0?${a.lo}:((${a.lo}>>>0)%(${b.lo}>>>0)|0)`);
  const shl32 = (a: Pair, n: Pair): Pair => word(js`${a.lo}<<${n.lo}`);
  const shr32 = (a: Pair, n: Pair): Pair => word(js`${a.lo}>>>${n.lo}|0`);
  const sar32 = (a: Pair, n: Pair): Pair => word(js`${a.lo}>>${n.lo}`);
  const rotl32 = (a: Pair, n: Pair): Pair => word(js`${a.lo}<<${n.lo}|${a.lo}>>>-${n.lo}`);
  const rotr32 = (a: Pair, n: Pair): Pair => word(js`${a.lo}>>>${n.lo}|${a.lo}<<-${n.lo}`);
  const clz32 = (a: Pair): Pair => ({ lo: js`Math.clz32(${a.lo})`, hi: ZERO });
  const ctz32 = (a: Pair): Pair => ({ lo: js`ctz32(${a.lo})`, hi: ZERO });
  const popcnt32 = (a: Pair): Pair => ({ lo: js`popcount32(${a.lo})`, hi: ZERO });

  // JavaScript takes shift distances modulo 32; `>>>1` and `31-n` together shift by 32-n also when n is 0.
  const distance = (n: Pair): Node => js`${n.lo}&63`;
  const isShort = (n: Node): Node => js`${n}<32`;
  const upward = (low: Node, high: Node, n: Node): Node => js`${high}<<${n}|${low}>>>1>>>31-${n}`;
  const downward = (low: Node, high: Node, n: Node): Node => js`${low}>>>${n}|${high}<<1<<31-${n}`;
  const shl = (a: Pair, d: Pair): Pair => {
    const n = distance(d);
    const short = isShort(n);
    return { lo: js`${short}?${a.lo}<<${n}:0`, hi: js`${short}?${upward(a.lo, a.hi, n)}:${a.lo}<<${n}` };
  };
  const shr = (a: Pair, d: Pair): Pair => {
    const n = distance(d);
    const short = isShort(n);
    return {
      lo: js`${short}?${downward(a.lo, a.hi, n)}:${a.hi}>>>${n}|0`,
      hi: js`${short}?${a.hi}>>>${n}|0:0`,
    };
  };
  const sar = (a: Pair, d: Pair): Pair => {
    const n = distance(d);
    const short = isShort(n);
    return {
      lo: js`${short}?${downward(a.lo, a.hi, n)}:${a.hi}>>${n}`,
      hi: js`${short}?${a.hi}>>${n}:${a.hi}>>31`,
    };
  };
  const rotate = (a: Pair, n: Node): Pair => {
    const swapped = js`(${n}&32)!==0`;
    const low = js`${swapped}?${a.hi}:${a.lo}`;
    const high = js`${swapped}?${a.lo}:${a.hi}`;
    const m = js`${n}&31`;
    return { lo: upward(high, low, m), hi: upward(low, high, m) };
  };

  return {
    imm: (value) => ({ lo: atom(String(value)), hi: atom(value < 0 ? '-1' : '0') }),
    join: (lo, hi) => ({ lo: lo.lo, hi: hi.lo }),
    add: (a, b) => {
      const lo = js`${a.lo}+${b.lo}|0`;
      return { lo, hi: js`${a.hi}+${b.hi}+((${lo}>>>0)<(${b.lo}>>>0)?1:0)|0` };
    },
    sub: (a, b) => ({
      lo: js`${a.lo}-${b.lo}|0`,
      hi: js`${a.hi}-${b.hi}-((${a.lo}>>>0)<(${b.lo}>>>0)?1:0)|0`,
    }),
    mul: (a, b) => {
      const lo = js`Math.imul(${a.lo},${b.lo})`;
      return {
        lo,
        hi: js`${highProduct(a.lo, b.lo, lo)}+Math.imul(${a.hi},${b.lo})+Math.imul(${a.lo},${b.hi})|0`,
      };
    },
    mulh: helper('mulh'),
    mulhu: wide
      ? helper('mulhu')
      : (a, b) => ({ lo: highProduct(a.lo, b.lo, js`Math.imul(${a.lo},${b.lo})`), hi: ZERO }),
    mulhsu: helper('mulhsu'),
    div: wide ? helper('div') : div32,
    divu: wide ? helper('divu') : divu32,
    rem: wide ? helper('rem') : rem32,
    remu: wide ? helper('remu') : remu32,
    div32,
    divu32,
    rem32,
    remu32,
    and: each((a, b) => js`${a}&${b}`),
    or: each((a, b) => js`${a}|${b}`),
    xor: each((a, b) => js`${a}^${b}`),
    shl: wide ? shl : shl32,
    shr: wide ? shr : shr32,
    sar: wide ? sar : sar32,
    rotl: wide ? (a, n) => rotate(a, js`${n.lo}&63`) : rotl32,
    rotr: wide ? (a, n) => rotate(a, js`-${n.lo}&63`) : rotr32,
    shl32,
    shr32,
    sar32,
    rotl32,
    rotr32,
    eq: (a, b) => bool(wide ? js`${a.lo}===${b.lo}&&${a.hi}===${b.hi}` : js`${a.lo}===${b.lo}`),
    ne: (a, b) => bool(wide ? js`${a.lo}!==${b.lo}||${a.hi}!==${b.hi}` : js`${a.lo}!==${b.lo}`),
    lt: (a, b) => bool(less(a, b, false)),
    ltu: (a, b) => bool(less(a, b, true)),
    ge: (a, b) => bool(wide ? not(less(a, b, false)) : js`${a.lo}>=${b.lo}`),
    geu: (a, b) => bool(wide ? not(less(a, b, true)) : js`(${a.lo}>>>0)>=(${b.lo}>>>0)`),
    select: (c, a, b) => select(isTrue(c), a, b),
    sx8: (a) => word(js`${a.lo}<<24>>24`),
    sx16: (a) => word(js`${a.lo}<<16>>16`),
    sx32: (a) => word(a.lo),
    zx16: (a) => ({ lo: js`${a.lo}&65535`, hi: ZERO }),
    zx32: (a) => ({ lo: a.lo, hi: ZERO }),
    clz: (a) =>
      wide ? { lo: js`${a.hi}!==0?Math.clz32(${a.hi}):32+Math.clz32(${a.lo})`, hi: ZERO } : clz32(a),
    ctz: (a) => (wide ? { lo: js`${a.lo}!==0?ctz32(${a.lo}):32+ctz32(${a.hi})`, hi: ZERO } : ctz32(a)),
    popcnt: (a) => (wide ? { lo: js`popcount32(${a.lo})+popcount32(${a.hi})`, hi: ZERO } : popcnt32(a)),
    clz32,
    ctz32,
    popcnt32,
    bswap: (a) =>
      wide ? { lo: js`bswap32(${a.hi})`, hi: js`bswap32(${a.lo})` } : { lo: js`bswap32(${a.lo})`, hi: ZERO },
    orcb: (a) => ({ lo: js`orcb32(${a.lo})`, hi: js`orcb32(${a.hi})` }),
  };
};

/** True for a condition's text. */
export const truthOf = (value: Pair, width: Width): Node =>
  value.truth ?? (width === 64 ? js`(${value.lo}|${value.hi})!==0` : js`${value.lo}!==0`);
