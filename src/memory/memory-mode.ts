import type { FlatAccess } from './flat-access.ts';
import type { GuestMemory } from './guest-memory.ts';
import type { PagedMemory } from './paged-memory.ts';

/*
 * The two kinds of guest memory told apart without importing them: who needs one kind only does not carry the other.
 */

export const isPaged = (memory: GuestMemory): memory is PagedMemory => 'zeroWithProtection' in memory;

export const isFlat = (memory: GuestMemory): memory is FlatAccess & GuestMemory => !isPaged(memory);
