import type { AnyModule } from './any-module.ts';
import type { PlainFunction } from './host-functions.ts';
import type { Instance, PlainExport } from './instance.ts';
import type { InstanceMemory } from './instance-memory.ts';
import { Linker } from './linker.ts';

/** Guest functions by name. */
export type PlainExports = Readonly<Record<string, PlainExport>>;

export interface Instantiated {
  readonly exports: PlainExports;
  readonly memory: InstanceMemory;
  readonly instance: Instance;
}

/**
 * Answers a program's imports with plain functions, and gives its exports as plain functions. Throws what
 * `Linker.instantiate` throws; exports throw CallStopped when the guest stops before it returns.
 */
export const instantiateModule = (
  module: AnyModule,
  imports: Readonly<Record<string, PlainFunction>> = {},
): Instantiated => {
  const linker = new Linker();
  for (const [name, fn] of Object.entries(imports)) linker.definePlain(name, fn);
  const instance = linker.instantiate(module);
  // Names come from the program: no prototype that they could shadow.
  const exports: Record<string, PlainExport> = Object.create(null);
  for (const { name } of module.exports) exports[name] ??= instance.plainExport(name);
  return { exports, memory: instance.memory, instance };
};
