import type { Module } from './module.ts';

/**
 * What instances and linkers need of a module: a `Module`, or a program that was translated ahead of time, which makes
 * instances in its own way.
 */
export type AnyModule = Omit<Module, 'instantiate' | 'restore' | 'tier' | 'memoryMode'>;
