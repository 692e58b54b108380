/**
 * Entry `riscbox/aot`: runs programs that `riscbox compile` has translated. The straight path needs no translator and
 * no interpreter; the interpreter is a part of its own that is loaded when a run first needs it.
 */
export { isRiscboxError, RiscboxError } from '../core/error.ts';
export type { Stop, TrapReason } from '../core/stop.ts';
export { CallStopped } from '../vm/errors.ts';
export type { HostMemory } from '../vm/host-memory.ts';
export type { AotExport, AotImports, AotInstance } from './instance.ts';
export { load, loadSync, type TranslatedSource } from './load.ts';
export type { AotProgram, ProgramOptions } from './program.ts';
