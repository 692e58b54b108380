import type { SplitName } from './demangle.ts';

/** The letters of basic types (Rust reference, "v0 symbol mangling", "Basic types"). */
const BASIC_TYPES: Readonly<Record<string, string>> = {
  a: 'i8',
  b: 'bool',
  c: 'char',
  d: 'f64',
  e: 'str',
  f: 'f32',
  h: 'u8',
  i: 'isize',
  j: 'usize',
  l: 'i32',
  m: 'u32',
  n: 'i128',
  o: 'u128',
  p: '_',
  s: 'i16',
  t: 'u16',
  u: '()',
  v: '...',
  x: 'i64',
  y: 'u64',
  z: '!',
};

/** Names refer back to parts of themselves, and so can be much longer than the symbol, or endless. */
const MOST_STEPS = 2000;
const DEEPEST = 100;
const LONGEST_NAME = 4096;

/**
 * A symbol of Rust's second mangling (`_R…`) as namespace and function, without lifetimes and the numbers of crates;
 * undefined when it is none.
 */
export const splitRustV0 = (symbol: string): SplitName | undefined => {
  if (!symbol.startsWith('_R') || symbol.length > LONGEST_NAME) return undefined;
  return new RustV0Name(symbol.slice(2)).split();
};

/** Reads a name from left to right; after anything unexpected it only returns empty texts. */
class RustV0Name {
  readonly #text: string;
  #at = 0;
  #steps = 0;
  #depth = 0;
  #broken = false;

  constructor(text: string) {
    this.#text = text;
  }

  split(): SplitName | undefined {
    const name = this.#splitPath();
    const length = name.namespace.length + name.function.length;
    return this.#broken || length > LONGEST_NAME || name.function === '' ? undefined : name;
  }

  #splitPath(): SplitName {
    return this.#nested({ namespace: '', function: '' }, () => {
      if (this.#skip('B')) return this.#back(() => this.#splitPath());
      if (this.#skip('I')) {
        const { namespace, function: name } = this.#splitPath();
        return { namespace, function: `${name}<${this.#list(() => this.#argument())}>` };
      }
      if (this.#skip('N')) return this.#nestedPath();
      return { namespace: '', function: this.#path() };
    });
  }

  #path(): string {
    return this.#nested('', () => {
      const kind = this.#next();
      switch (kind) {
        case 'B':
          return this.#back(() => this.#path());
        case 'C':
          this.#disambiguator();
          return this.#identifier();
        case 'I':
          return `${this.#path()}<${this.#list(() => this.#argument())}>`;
        case 'M':
          this.#implementation();
          return `<${this.#type()}>`;
        case 'N': {
          const { namespace, function: name } = this.#nestedPath();
          return `${namespace}::${name}`;
        }
        case 'X':
          this.#implementation();
          return this.#asTrait();
        case 'Y':
          return this.#asTrait();
        default:
          return this.#fail();
      }
    });
  }

  /** Where an `impl` stands, which says less than what it is for. */
  #implementation(): void {
    this.#disambiguator();
    this.#path();
  }

  #asTrait(): string {
    const type = this.#type();
    return `<${type} as ${this.#path()}>`;
  }

  #nestedPath(): SplitName {
    const kind = this.#next();
    const namespace = this.#path();
    const number = this.#disambiguator();
    const name = this.#identifier();
    if (/[a-z]/.test(kind)) return { namespace, function: name };
    const special = kind === 'C' ? 'closure' : kind === 'S' ? 'shim' : kind;
    return { namespace, function: `{${special}${name === '' ? '' : `:${name}`}#${number}}` };
  }

  #type(): string {
    return this.#nested('', () => {
      const kind = this.#next();
      const basic = BASIC_TYPES[kind];
      if (basic !== undefined) return basic;
      switch (kind) {
        case 'A': {
          const element = this.#type();
          return `[${element}; ${this.#constant()}]`;
        }
        case 'B':
          return this.#back(() => this.#type());
        case 'D':
          return this.#dynamic();
        case 'F':
          return this.#signature();
        case 'O':
          return `*mut ${this.#type()}`;
        case 'P':
          return `*const ${this.#type()}`;
        case 'Q':
        case 'R':
          this.#lifetime();
          return `&${kind === 'Q' ? 'mut ' : ''}${this.#type()}`;
        case 'S':
          return `[${this.#type()}]`;
        case 'T':
          return `(${this.#list(() => this.#type())})`;
        default:
          this.#at--;
          return this.#path();
      }
    });
  }

  #dynamic(): string {
    this.#binder();
    const bounds = this.#list(() => {
      const trait = this.#path();
      const types: string[] = [];
      while (this.#skip('p')) types.push(`${this.#identifier()} = ${this.#type()}`);
      if (types.length === 0) return trait;
      const start = trait.endsWith('>') ? `${trait.slice(0, -1)}, ` : `${trait}<`;
      return `${start}${types.join(', ')}>`;
    }, ' + ');
    this.#lifetime();
    return `dyn ${bounds}`;
  }

  #signature(): string {
    this.#binder();
    const unsafe = this.#skip('U') ? 'unsafe ' : '';
    if (this.#skip('K') && !this.#skip('C')) this.#identifier();
    const parameters = this.#list(() => this.#type());
    const result = this.#type();
    return `${unsafe}fn(${parameters})${result === '()' ? '' : ` -> ${result}`}`;
  }

  #argument(): string {
    if (this.#lifetime()) return '';
    return this.#skip('K') ? this.#constant() : this.#type();
  }

  #constant(): string {
    return this.#nested('', () => {
      if (this.#skip('B')) return this.#back(() => this.#constant());
      if (this.#skip('p')) return '_';
      const type = this.#next();
      const [whole, sign, digits] = /^(n?)([0-9a-f]*)_/.exec(this.#text.slice(this.#at, this.#at + 40)) ?? [];
      if (whole === undefined || !/[abchijlmnostxy]/.test(type)) return this.#fail();
      this.#at += whole.length;
      const value = BigInt(`0x${digits || '0'}`);
      return type === 'b' ? String(value !== 0n) : `${sign === 'n' ? '-' : ''}${value}`;
    });
  }

  /** Parts up to an `E`, those that say something. */
  #list(part: () => string, separator = ', '): string {
    const parts: string[] = [];
    while (!this.#broken && !this.#skip('E')) parts.push(part());
    return parts.filter((text) => text !== '').join(separator);
  }

  /** What stands at an earlier place. */
  #back<T>(read: () => T): T {
    const start = this.#at - 1;
    const target = this.#number62();
    const after = this.#at;
    if (target >= start) this.#broken = true;
    this.#at = target;
    const result = read();
    this.#at = after;
    return result;
  }

  #binder(): void {
    if (this.#skip('G')) this.#number62();
  }

  #lifetime(): boolean {
    const found = this.#skip('L');
    if (found) this.#number62();
    return found;
  }

  #disambiguator(): number {
    return this.#skip('s') ? this.#number62() + 1 : 0;
  }

  /** Names beyond ASCII stay in Punycode. */
  #identifier(): string {
    this.#skip('u');
    const digits = /^(?:0|[1-9]\d{0,3})/.exec(this.#text.slice(this.#at, this.#at + 4))?.[0];
    if (digits === undefined) return this.#fail();
    this.#at += digits.length;
    this.#skip('_');
    const name = this.#text.slice(this.#at, this.#at + Number(digits));
    this.#at += Number(digits);
    return this.#at <= this.#text.length ? name : this.#fail();
  }

  /** A number of base 62: `_` is 0, and one is added to all others. */
  #number62(): number {
    const digits = /^([0-9a-zA-Z]{0,11})_/.exec(this.#text.slice(this.#at, this.#at + 12))?.[1];
    if (digits === undefined) return this.#fail().length;
    this.#at += digits.length + 1;
    if (digits === '') return 0;
    return [...digits].reduce((value, digit) => value * 62 + DIGITS_62.indexOf(digit), 0) + 1;
  }

  #next(): string {
    return this.#text[this.#at++] ?? this.#fail();
  }

  #skip(letter: string): boolean {
    const found = this.#text[this.#at] === letter;
    if (found) this.#at++;
    return found;
  }

  #fail(): '' {
    this.#broken = true;
    return '';
  }

  /** Reads a part that may contain others; `nothing` when there have been too many. */
  #nested<T>(nothing: T, read: () => T): T {
    if (this.#broken || this.#depth >= DEEPEST || ++this.#steps > MOST_STEPS) {
      this.#broken = true;
      return nothing;
    }
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }
}

const DIGITS_62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
