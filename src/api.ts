/**
 * Entry `riscbox/core`: all of `riscbox` but the tiers that translate, for pages that count bytes. Programs are
 * interpreted; everything else is the same.
 */
export { isRiscboxError, RiscboxError } from './core/error.ts';
export type { Kind } from './core/kind.ts';
export type { Stop, TrapReason } from './core/stop.ts';
export type { GasModelOption, GasTable } from './decoder/gas/models.ts';
export type { TierDifference } from './jit/crosscheck/side.ts';
export type { TierName } from './jit/tier.ts';
export type { Limits } from './sandbox/limits.ts';
export type { Caller } from './vm/caller.ts';
export type { CrosscheckSetting } from './vm/crosscheck-option.ts';
export { type CompileOptions, Engine, type EngineOptions } from './vm/engine.ts';
export { CallStopped, GuestTrap, type MissingImport } from './vm/errors.ts';
export type { ExportedFunction, Instance, InstanceOptions, PlainExport } from './vm/instance.ts';
export type { InstanceMemory } from './vm/instance-memory.ts';
export { instantiate } from './vm/instantiate.ts';
export { Linker } from './vm/linker.ts';
export { Module, type ModuleOptions } from './vm/module.ts';
export type { Instantiated } from './vm/plain-instance.ts';
export type { RunOptions } from './vm/run-control.ts';
export type { Signature, ValueType } from './vm/values.ts';
