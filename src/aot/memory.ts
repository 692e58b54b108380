import { FlatAccess } from '../memory/flat-access.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import type { MemoryMap } from '../memory/region.ts';
import type { SavedMemory } from '../memory/saved-memory.ts';

/** The methods of FlatMemory that only snapshots need; they use nothing that a FlatAccess does not have. */
export interface Saving {
  save(): SavedMemory;
  restore(saved: SavedMemory): void;
}

/** Flat memory that gets saving and restoring from the part that is loaded on demand. */
export class AotMemory extends FlatAccess implements GuestMemory {
  readonly #saving: () => Saving;

  /** `saving` gives the methods, or throws PartMissing. Throws memory/limit. */
  constructor(map: MemoryMap, limit: number, saving: () => Saving) {
    super(map, limit);
    this.#saving = saving;
  }

  another(): AotMemory {
    return new AotMemory(this.map, this.limit, this.#saving);
  }

  save(): SavedMemory {
    return this.#saving().save.call(this);
  }

  restore(saved: SavedMemory): void {
    this.#saving().restore.call(this, saved);
  }
}
