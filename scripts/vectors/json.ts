/** What a vector file says is not what its kind demands: the case fails with this text. */
export class VectorFormatError extends Error {
  override readonly name = 'VectorFormatError';
}

/** Integers of this many digits can exceed 2^53, where JSON.parse would round them silently. */
const LONG_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d{16,}(?![\d.eE])/g;

/**
 * Parses JSON without losing bits of 64-bit integers: long ones come out as strings of decimal digits. Vector
 * files write integers either way, so `Fields` reads both.
 *
 * @throws SyntaxError for text that is no JSON
 */
export const parseExactJson = (text: string): unknown =>
  JSON.parse(/\d{16}/.test(text) ? text.replace(LONG_INTEGER, quoteInteger) : text);

const quoteInteger = (token: string): string => (token.startsWith('"') ? token : `"${token}"`);

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An integer of a vector file: a number, or a string of decimal or hexadecimal (0x…) digits. */
export const toInteger = (value: unknown, where: string): bigint => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^(-?\d+|0[xX][0-9a-fA-F]+)$/.test(value)) return BigInt(value);
  throw new VectorFormatError(`${where} is ${shown(value)}, expected an integer`);
};

/** An integer that fits a number exactly: addresses, offsets, lengths. */
export const toNumber = (value: unknown, where: string): number => {
  const integer = toInteger(value, where);
  if (integer < BigInt(Number.MIN_SAFE_INTEGER) || integer > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new VectorFormatError(`${where} is ${integer}, expected at most 53 bits`);
  }
  return Number(integer);
};

export const toText = (value: unknown, where: string): string => {
  if (typeof value === 'string') return value;
  throw new VectorFormatError(`${where} is ${shown(value)}, expected text`);
};

export const toList = (value: unknown, where: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw new VectorFormatError(`${where} is ${shown(value)}, expected a list`);
};

/** A byte string: a list of integers, or hexadecimal text with or without 0x in front. */
export const toBytes = (value: unknown, where: string): Uint8Array => {
  if (typeof value === 'string') {
    const digits = /^(?:0[xX])?((?:[0-9a-fA-F]{2})*)$/.exec(value)?.[1];
    if (digits !== undefined) return new Uint8Array(Buffer.from(digits, 'hex'));
  } else if (Array.isArray(value) && value.every((b) => Number.isInteger(b) && b >= 0 && b <= 255)) {
    return Uint8Array.from(value as number[]);
  }
  throw new VectorFormatError(`${where} is ${shown(value)}, expected bytes`);
};

/** Hexadecimal digits without a prefix, as differential vectors write registers. */
export const toHexInteger = (value: unknown, where: string): bigint => {
  if (typeof value === 'string' && /^[0-9a-fA-F]+$/.test(value)) return BigInt(`0x${value}`);
  return toInteger(value, where);
};

/** Typed access to the fields of a JSON object, with errors that name the field. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly where: string;

  constructor(value: unknown, where: string) {
    if (!isRecord(value)) throw new VectorFormatError(`${where} is ${shown(value)}, expected an object`);
    this.#values = value;
    this.where = where;
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null;
  }

  get names(): readonly string[] {
    return Object.keys(this.#values);
  }

  raw(name: string): unknown {
    return this.#values[name];
  }

  #at(name: string): string {
    return `${this.where}.${name}`;
  }

  integer(name: string): bigint {
    return toInteger(this.#values[name], this.#at(name));
  }

  number(name: string): number {
    return toNumber(this.#values[name], this.#at(name));
  }

  text(name: string): string {
    return toText(this.#values[name], this.#at(name));
  }

  boolean(name: string): boolean {
    const value = this.#values[name];
    if (typeof value === 'boolean') return value;
    throw new VectorFormatError(`${this.#at(name)} is ${shown(value)}, expected true or false`);
  }

  bytes(name: string): Uint8Array {
    return toBytes(this.#values[name], this.#at(name));
  }

  list(name: string): readonly unknown[] {
    return toList(this.#values[name], this.#at(name));
  }

  fields(name: string): Fields {
    return new Fields(this.#values[name], this.#at(name));
  }

  /** A list of objects; none when the field is missing. */
  each(name: string): Fields[] {
    if (!this.has(name)) return [];
    return this.list(name).map((value, i) => new Fields(value, `${this.#at(name)}[${i}]`));
  }
}
