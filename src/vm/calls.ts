import type { Width } from '../core/kind.ts';
import type { Abi } from './abi.ts';
import type { AnyModule } from './any-module.ts';
import { fail } from './errors.ts';
import type { PreparedCall } from './runner.ts';
import { writeUntyped } from './untyped-values.ts';
import { layoutOf, type ResultOf, type Signature, type Writer } from './values.ts';

/** A function of the guest: the name of an export, or a program counter. */
export type Entry = string | number;

/** A guest function whose place and registers have been looked up. */
export interface GuestFunction<V> {
  readonly name: string;
  readonly pc: number;
  readonly writers: readonly Writer[];
  readonly read: (cells: Int32Array) => V;
}

const nameOf = (entry: Entry): string => (typeof entry === 'string' ? entry : `0x${entry.toString(16)}`);

/** Throws call/unknown-export, call/entry, linker/signature, call/argument-count. */
export const typedGuestFunction = <S extends Signature>(
  module: AnyModule,
  entry: Entry,
  signature: S,
): GuestFunction<ResultOf<S>> => {
  const { writers, readResult } = layoutOf(signature, module.abi, module.width);
  const read = (readResult ?? nothing) as (cells: Int32Array) => ResultOf<S>;
  return { name: nameOf(entry), pc: module.entryPoint(entry), writers, read };
};

const nothing = (): undefined => undefined;

/** Checks the number of arguments. Throws call/argument-count. */
export const typedCall = <V>(fn: GuestFunction<V>, args: readonly unknown[]): PreparedCall<V> => {
  const { name, pc, writers, read } = fn;
  if (args.length !== writers.length) {
    throw fail('call/argument-count', { given: args.length, expected: writers.length, atMost: false });
  }
  return {
    name,
    pc,
    write: (cells) => {
      for (let i = 0; i < writers.length; i++) (writers[i] as Writer)(cells, args[i]);
    },
    read,
  };
};

/**
 * A call whose arguments each fill one register and whose result is read by `read`. Throws call/unknown-export,
 * call/entry, call/argument-count.
 */
export const untypedCall = <V>(
  module: AnyModule,
  entry: Entry,
  args: readonly (number | bigint)[],
  read: (cells: Int32Array) => V,
): PreparedCall<V> => {
  const { abi, width } = module;
  if (args.length > abi.arguments.length) {
    throw fail('call/argument-count', { given: args.length, expected: abi.arguments.length, atMost: true });
  }
  return {
    name: nameOf(entry),
    pc: module.entryPoint(entry),
    write: (cells) => {
      for (const [i, value] of args.entries()) writeUntyped(cells, abi.arguments[i] as number, width, value);
    },
    read,
  };
};

/** The first result register, unsigned. */
export const unsignedResult = ({ arguments: [a0] }: Abi, width: Width): ((cells: Int32Array) => bigint) => {
  const low = 2 * (a0 as number);
  if (width === 32) return (cells) => BigInt((cells[low] as number) >>> 0);
  return (cells) => (BigInt((cells[low + 1] as number) >>> 0) << 32n) | BigInt((cells[low] as number) >>> 0);
};
