import type { Width } from '../core/kind.ts';
import type { Abi } from './abi.ts';
import { fail } from './errors.ts';
import { fail as failSignature } from './linker-errors.ts';
import { scratchSigned, scratchUnsigned, scratchWords, wordOf, wordsOf } from './untyped-values.ts';

/** Types of values that cross the boundary. 64-bit values are bigints, all others numbers. */
export type ValueType = 'i32' | 'u32' | 'i64' | 'u64' | 'pointer';

const VALUE_TYPES: readonly ValueType[] = ['i32', 'u32', 'i64', 'u64', 'pointer'];

/** Parameters and result of a function, as a value from which TypeScript infers the types of both sides. */
export interface Signature {
  readonly params: readonly ValueType[];
  readonly result?: ValueType | undefined;
}

export type ValueOf<T extends ValueType> = T extends 'i64' | 'u64' ? bigint : number;

type ValuesOf<P extends readonly ValueType[]> = { -readonly [I in keyof P]: ValueOf<P[I]> };

/** The arguments that a signature's function takes. */
export type ArgumentsOf<S extends Signature> = ValuesOf<S['params']>;

/** What a signature's function returns. */
// biome-ignore lint/suspicious/noConfusingVoidType: a host function without a result may return anything.
export type ResultOf<S extends Signature> = S['result'] extends ValueType ? ValueOf<S['result']> : void;

/** More would not fit into the registers of every kind. */
export const MAX_PARAMETERS = 6;

/** Throws linker/signature. */
export const checkSignature = (name: string | number, signature: Signature): void => {
  const wrong = (problem: string): never => {
    throw failSignature('linker/signature', { name, problem });
  };
  // Callers of plain JavaScript can leave it out.
  if (typeof signature !== 'object' || signature === null) wrong('it is no { params, result }');
  const { params, result } = signature;
  if (!Array.isArray(params)) wrong('params is not a list');
  if (params.length > MAX_PARAMETERS) wrong(`${params.length} parameters`);
  for (const type of result === undefined ? params : [...params, result]) {
    if (!VALUE_TYPES.includes(type)) wrong(`unknown type '${String(type)}'`);
  }
};

/** Reads a value from the register cells (two words each, low first). */
export type Reader = (cells: Int32Array) => number | bigint;
/** Checks a value and writes it to the register cells. */
export type Writer = (cells: Int32Array, value: unknown) => void;

const read64 = (type: ValueType, low: number, high: number): Reader => {
  const scratch = type === 'i64' ? scratchSigned : scratchUnsigned;
  return (cells) => {
    scratchWords[0] = cells[low] as number;
    scratchWords[1] = cells[high] as number;
    return scratch[0] as bigint;
  };
};

const isWide = (type: ValueType): boolean => type === 'i64' || type === 'u64';

/** Registers that a value of a type takes. */
const registersOf = (type: ValueType, width: Width): number => (isWide(type) && width === 32 ? 2 : 1);

const readerOf = (type: ValueType, width: Width, first: number, second: number): Reader => {
  if (isWide(type)) return read64(type, 2 * first, width === 64 ? 2 * first + 1 : 2 * second);
  const cell = 2 * first;
  return type === 'i32' ? (cells) => cells[cell] as number : (cells) => (cells[cell] as number) >>> 0;
};

const writerOf = (type: ValueType, width: Width, abi: Abi, first: number, second: number): Writer => {
  const cell = 2 * first;
  if (isWide(type)) {
    const high = width === 64 ? cell + 1 : 2 * second;
    return (cells, value) => {
      wordsOf(value, type);
      cells[cell] = scratchWords[0] as number;
      cells[high] = scratchWords[1] as number;
    };
  }
  const signed = type === 'i32' || (type === 'u32' && abi.u32 === 'sign-extended');
  return (cells, value) => {
    const word = wordOf(value, type);
    cells[cell] = word;
    cells[cell + 1] = signed ? word >> 31 : 0;
  };
};

/** How the values of a signature lie in the registers of a program. */
export interface Layout {
  readonly readers: readonly Reader[];
  readonly writers: readonly Writer[];
  /** Undefined without a result. */
  readonly readResult: Reader | undefined;
  readonly writeResult: Writer | undefined;
}

/** Throws call/argument-count when the parameters need more registers than there are. */
export const layoutOf = (signature: Signature, abi: Abi, width: Width): Layout => {
  const { params, result } = signature;
  const available = abi.arguments;
  const need = params.reduce((sum, type) => sum + registersOf(type, width), 0);
  if (need > available.length) {
    throw fail('call/argument-count', { given: need, expected: available.length, atMost: true });
  }
  let next = 0;
  const places = params.map((type) => {
    const first = available[next] as number;
    const second = available[next + 1] ?? 0;
    next += registersOf(type, width);
    return { type, first, second };
  });
  const [a0, a1] = available as readonly [number, number];
  return {
    readers: places.map(({ type, first, second }) => readerOf(type, width, first, second)),
    writers: places.map(({ type, first, second }) => writerOf(type, width, abi, first, second)),
    readResult: result && readerOf(result, width, a0, a1),
    writeResult: result && writerOf(result, width, abi, a0, a1),
  };
};
