import { similarName } from '../core/similar-name.ts';
import type { AnyModule } from './any-module.ts';
import { fail as failMissing, type MissingImport } from './errors.ts';
import {
  type Binder,
  type Fallback,
  HostTable,
  type PlainFunction,
  plainFunction,
  type TypedHostFunction,
  typedFunction,
  type UntypedHostFunction,
  untypedFunction,
} from './host-functions.ts';
import { Instance, type InstanceOptions } from './instance.ts';
import { fail } from './linker-errors.ts';
import { checkSignature, type Signature } from './values.ts';

/** Instance options; user data can only be left out where there is none. */
export type LinkedOptions<U> = undefined extends U
  ? [options?: InstanceOptions<U>]
  : [options: InstanceOptions<U> & { readonly userData: U }];

/**
 * The host functions that programs may call. A linker can serve any number of modules, of any kind.
 *
 * A host call is answered by the function of its number, else by the function of its import's name, else by the
 * fallback. JAM programs name no imports: define functions by number. RISC-V programs have one import, `ecall`,
 * and put a number into a7 (t0 in E programs): functions defined by number answer those, `ecall` the rest.
 */
export class Linker<U = undefined> {
  readonly #names = new Map<string, Binder<U>>();
  readonly #numbers = new Map<number, Binder<U>>();
  #fallback: Binder<U> | undefined;
  #tables = new WeakMap<AnyModule, HostTable<U>>();

  /** Defines the function behind an import. Throws linker/duplicate, linker/signature. */
  define<const S extends Signature>(name: string, signature: S, fn: TypedHostFunction<S, U>): this;
  define(name: string, fn: UntypedHostFunction<U>): this;
  define<S extends Signature>(
    name: string,
    ...definition: [UntypedHostFunction<U>] | [S, TypedHostFunction<S, U>]
  ): this {
    return this.#add(this.#names, name, binderOf(name, definition));
  }

  /**
   * Defines a function that knows nothing of virtual machines, as the shortcut `instantiate` takes them.
   * Throws linker/duplicate.
   */
  definePlain(name: string, fn: PlainFunction): this {
    return this.#add(this.#names, name, plainFunction(name, fn));
  }

  /** Defines the function behind a host-call number. Throws linker/number, linker/duplicate, linker/signature. */
  defineNumber<const S extends Signature>(number: number, signature: S, fn: TypedHostFunction<S, U>): this;
  defineNumber(number: number, fn: UntypedHostFunction<U>): this;
  defineNumber<S extends Signature>(
    number: number,
    ...definition: [UntypedHostFunction<U>] | [S, TypedHostFunction<S, U>]
  ): this {
    if (number !== number >>> 0) throw fail('linker/number', { number });
    return this.#add(this.#numbers, number, binderOf(number, definition));
  }

  /** Answers every host call that has no function of its own; no import is missing then. Throws linker/duplicate. */
  fallback(fn: Fallback<U>): this {
    if (this.#fallback !== undefined) throw fail('linker/duplicate', { name: 'fallback' });
    this.#fallback = untypedFunction('fallback', fn);
    this.#tables = new WeakMap();
    return this;
  }

  #add<K extends string | number>(functions: Map<K, Binder<U>>, name: K, binder: Binder<U>): this {
    if (functions.has(name)) throw fail('linker/duplicate', { name });
    functions.set(name, binder);
    this.#tables = new WeakMap();
    return this;
  }

  /** The imports of a module that nothing here answers. */
  missing(module: AnyModule): MissingImport[] {
    if (this.#fallback !== undefined) return [];
    // RISC-V: the one import stands for all numbers.
    if (module.abi.callNumber !== undefined && this.#numbers.size > 0) return [];
    const missing: MissingImport[] = [];
    for (const [number, name] of module.imports.entries()) {
      if (this.#numbers.has(number) || (name !== undefined && this.#names.has(name))) continue;
      const similar = name === undefined ? undefined : similarName(name, this.#names.keys());
      missing.push(similar === undefined ? { number, name } : { number, name, similar });
    }
    return missing;
  }

  /** Makes an instance. Throws linker/missing-imports (listing all) and what `Module.instantiate` throws. */
  instantiate(module: AnyModule, ...[options]: LinkedOptions<U>): Instance<U> {
    return new Instance<U>(module, this.#tableFor(module), options);
  }

  #tableFor(module: AnyModule): HostTable<U> {
    let table = this.#tables.get(module);
    if (table === undefined) {
      const missing = this.missing(module);
      if (missing.length > 0) throw failMissing('linker/missing-imports', { missing });
      table = this.#bind(module);
      this.#tables.set(module, table);
    }
    return table;
  }

  #bind({ abi, width, imports }: AnyModule): HostTable<U> {
    const numbers = new Map([...this.#numbers].map(([number, bind]) => [number, bind(abi, width)]));
    const named = imports.map((name) =>
      name === undefined ? undefined : this.#names.get(name)?.(abi, width),
    );
    return new HostTable(abi, numbers, named, this.#fallback?.(abi, width));
  }
}

const binderOf = <S extends Signature, U>(
  name: string | number,
  definition: readonly [UntypedHostFunction<U>] | readonly [S, TypedHostFunction<S, U>],
): Binder<U> => {
  if (definition.length === 1) return untypedFunction(`${name}`, definition[0]);
  const [signature, fn] = definition;
  checkSignature(name, signature);
  return typedFunction(`${name}`, signature, fn);
};
