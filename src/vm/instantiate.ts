import { type CompileOptions, Engine, type EngineOptions } from './engine.ts';
import type { PlainFunction } from './host-functions.ts';
import { Module } from './module.ts';
import { type Instantiated, instantiateModule } from './plain-instance.ts';

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
  return instantiateModule(module, imports);
};
