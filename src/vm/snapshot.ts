import type { Execution } from '../jit/tier.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import { fail } from './errors.ts';
import type { Module } from './module.ts';

export const writeSnapshot = (_m: Module, _e: Execution, _g: GuestMemory): Uint8Array => {
  throw fail('snapshot/format', { problem: 'not yet' });
};
export const readSnapshot = (_b: Uint8Array, _m: Module, _e: Execution, _g: GuestMemory): void => {
  throw fail('snapshot/format', { problem: 'not yet' });
};
