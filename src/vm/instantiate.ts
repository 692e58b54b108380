import { type CompileOptions, Engine, type EngineOptions } from './engine.ts';
import type { PlainFunction } from './host-functions.ts';
import type { Instance, PlainExport } from './instance.ts';
import type { InstanceMemory } from './instance-memory.ts';
import { Linker } from './linker.ts';
import { Module } from './module.ts';

/** Guest functions by name. */
export type PlainExports = Readonly<Record<string, PlainExport>>;

export interface Instantiated {
  readonly exports: PlainExports;
  readonly memory: InstanceMemory;
  readonly instance: Instance;
}

/**
 * The short way for the common case: reads a program, answers its imports with plain functions, and gives its
 * exports as plain functions.
 *
 * ```ts
 * const { exports } = instantiate(bytes, { get_third_number: () => 100 });
 * exports.add_numbers?.(1, 10); // 111
 * ```
 *
 * Throws what `Engine.compile` and `Linker.instantiate` throw; exports throw CallStopped when the guest stops
 * before it returns.
 */
export const instantiate = (
  program: Uint8Array | ArrayBuffer | Module,
  imports: Readonly<Record<string, PlainFunction>> = {},
  options: CompileOptions & EngineOptions = {},
): Instantiated => {
  const module = program instanceof Module ? program : new Engine(options).compile(program, options);
  const linker = new Linker();
  for (const [name, fn] of Object.entries(imports)) linker.definePlain(name, fn);
  const instance = linker.instantiate(module);
  // Names come from the program: no prototype that they could shadow.
  const exports: Record<string, PlainExport> = Object.create(null);
  for (const { name } of module.exports) exports[name] ??= instance.plainExport(name);
  return { exports, memory: instance.memory, instance };
};
