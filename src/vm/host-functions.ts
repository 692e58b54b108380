import type { Width } from '../core/kind.ts';
import type { Abi } from './abi.ts';
import type { Caller } from './caller.ts';
import { readUntyped, writeUntyped } from './untyped-values.ts';
import { type ArgumentsOf, layoutOf, type Reader, type ResultOf, type Signature } from './values.ts';

/** A host function with a signature; it may return a Promise in asynchronous runs. */
export type TypedHostFunction<S extends Signature, U> = (
  caller: Caller<U>,
  ...values: ArgumentsOf<S>
) => ResultOf<S> | Promise<ResultOf<S>>;

/** What an untyped host function may return: a value for the first result register, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: functions without a return statement are the common case.
export type UntypedResult = number | bigint | boolean | undefined | void;

/**
 * A host function without a signature: it reads and writes registers itself. A number or bigint that it returns
 * goes to the first result register; without one all registers stay as they are.
 */
export type UntypedHostFunction<U> = (caller: Caller<U>) => UntypedResult | Promise<UntypedResult>;

/** Answers the host calls that nothing else does. */
export type Fallback<U> = (caller: Caller<U>, number: number) => UntypedResult | Promise<UntypedResult>;

/** A host function bound to the registers of one kind of program. */
export interface BoundFunction<U> {
  readonly name: string;
  /** Calls it with its arguments; a Promise comes back as it is. */
  invoke(caller: Caller<U>, cells: Int32Array, number: number): unknown;
  /** Stores its result. Throws call/value. */
  accept(cells: Int32Array, value: unknown): void;
}

/** A definition in a linker; it can be bound to any kind of program. */
export type Binder<U> = (abi: Abi, width: Width) => BoundFunction<U>;

const first = ({ arguments: registers }: Abi): number => registers[0] as number;

// biome-ignore lint/suspicious/noExplicitAny: the argument types were checked against the signature.
type AnyFunction<U> = (caller: Caller<U>, ...values: any[]) => unknown;

/** Calls without building a list where there are few arguments, which is the common case. */
const invoker = <U>(fn: AnyFunction<U>, readers: readonly Reader[]): BoundFunction<U>['invoke'] => {
  const [a, b, c] = readers as readonly [Reader, Reader, Reader];
  switch (readers.length) {
    case 0:
      return (caller) => fn(caller);
    case 1:
      return (caller, cells) => fn(caller, a(cells));
    case 2:
      return (caller, cells) => fn(caller, a(cells), b(cells));
    case 3:
      return (caller, cells) => fn(caller, a(cells), b(cells), c(cells));
    default:
      return (caller, cells) => fn(caller, ...readers.map((read) => read(cells)));
  }
};

export const typedFunction =
  <S extends Signature, U>(name: string, signature: S, fn: TypedHostFunction<S, U>): Binder<U> =>
  (abi, width) => {
    const { readers, writeResult } = layoutOf(signature, abi, width);
    return {
      name,
      invoke: invoker(fn as AnyFunction<U>, readers),
      accept: (cells, value) => writeResult?.(cells, value),
    };
  };

const acceptUntyped =
  (abi: Abi, width: Width): BoundFunction<unknown>['accept'] =>
  (cells, value) => {
    if (value === undefined) return;
    writeUntyped(cells, first(abi), width, typeof value === 'boolean' ? Number(value) : value);
  };

export const untypedFunction =
  <U>(name: string, fn: Fallback<U>): Binder<U> =>
  (abi, width) => ({
    name,
    invoke: (caller, _cells, number) => fn(caller, number),
    accept: acceptUntyped(abi, width),
  });

/**
 * A host function that knows nothing of virtual machines. It gets the six argument registers (JavaScript ignores
 * those that it has no parameter for), each as a signed whole number, or as a bigint where that needs more than 53
 * bits. A whole number, bigint or boolean that it returns goes to the first result register.
 */
// biome-ignore lint/suspicious/noExplicitAny: what a register holds is known to the function only.
export type PlainFunction = (...values: any[]) => unknown;

/** Registers that plain functions get: as many as every kind has for arguments. */
const PLAIN_ARGUMENTS = 6;

export const plainFunction =
  <U>(name: string, fn: PlainFunction): Binder<U> =>
  (abi, width) => {
    const registers = abi.arguments.slice(0, PLAIN_ARGUMENTS);
    return {
      name,
      invoke: (_caller, cells) => fn(...registers.map((r) => readUntyped(cells, r, width))),
      accept: acceptUntyped(abi, width),
    };
  };

/** The host functions of one module's instances, by how the guest asks for them. */
export class HostTable<U> {
  readonly #byNumber: ReadonlyMap<number, BoundFunction<U>>;
  readonly #imports: readonly (BoundFunction<U> | undefined)[];
  readonly #fallback: BoundFunction<U> | undefined;
  /** RISC-V profile: word index of the cell whose value selects a system call. */
  readonly #callNumber: number | undefined;

  constructor(
    abi: Abi,
    byNumber: ReadonlyMap<number, BoundFunction<U>> = new Map(),
    imports: readonly (BoundFunction<U> | undefined)[] = [],
    fallback?: BoundFunction<U>,
  ) {
    this.#byNumber = byNumber;
    this.#imports = imports;
    this.#fallback = fallback;
    this.#callNumber = abi.callNumber === undefined ? undefined : 2 * abi.callNumber;
  }

  /** The number that a host call goes by: RISC-V programs have one import, `ecall`, and a number in a register. */
  numberOf(hostCall: number, cells: Int32Array): number {
    return this.#callNumber === undefined ? hostCall : (cells[this.#callNumber] as number) >>> 0;
  }

  find(hostCall: number, number: number): BoundFunction<U> | undefined {
    return this.#byNumber.get(number) ?? this.#imports[hostCall] ?? this.#fallback;
  }
}
