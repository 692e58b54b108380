import type { Module } from './module.ts';

/** What instances and linkers need of a module: a `Module`, or one that was translated ahead of time. */
export type AnyModule = Pick<Module, keyof Module>;
