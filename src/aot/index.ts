/**
 * Entry `riscbox/aot`: runs programs that `riscbox compile` has translated. The straight path needs no translator and
 * no interpreter; the interpreter is a part of its own that is loaded when a run first needs it.
 */
export { isRiscboxError, RiscboxError } from '../core/error.ts';
export type { Stop, TrapReason } from '../core/stop.ts';
export type { Caller } from '../vm/caller.ts';
export { CallStopped, GuestTrap, type MissingImport } from '../vm/errors.ts';
export type { ExportedFunction, Instance, InstanceOptions, PlainExport } from '../vm/instance.ts';
export type { InstanceMemory } from '../vm/instance-memory.ts';
export { Linker } from '../vm/linker.ts';
export { type Instantiated, instantiateModule as instantiate } from '../vm/plain-instance.ts';
export type { RunOptions } from '../vm/run-control.ts';
export type { Signature, ValueType } from '../vm/values.ts';
export { load, loadSync } from './load.ts';
export type { AotProgram, ProgramOptions } from './program.ts';
