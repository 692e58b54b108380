import { fail } from './errors.ts';
import { FlatAccess } from './flat-access.ts';
import type { FlatStorage } from './flat-storage.ts';
import { type GuestMemory, READ, RIGHTS_PAGE } from './guest-memory.ts';
import { fail as failState } from './saved-errors.ts';
import {
  checkSaved,
  isUnchanged,
  isZero,
  type SavedMemory,
  type SavedPage,
  type SavedRange,
} from './saved-memory.ts';

/** Guest memory in one buffer: the whole of it. `save` and `restore` use nothing of this class itself (see aot/memory.ts). */
export class FlatMemory extends FlatAccess implements GuestMemory {
  another(): FlatMemory {
    return new FlatMemory(this.map, this.limit, this.pool);
  }

  save(): SavedMemory {
    const ranges: SavedRange[] = [];
    const pages: SavedPage[] = [];
    for (const { start, end, rights } of this.runs()) {
      const address = (start - this.delta) >>> 0;
      ranges.push({ address, size: end - start, rights });
      for (let at = start; at < end; at += RIGHTS_PAGE) saveChanged(this, address + at - start, at, pages);
    }
    return {
      heapEnd: this.heapEnd,
      hostRegionSize: this.hostRegionSize,
      hostWriteProtected: this.hostWriteProtected,
      reservation: this.reservation,
      ranges,
      pages,
    };
  }

  restore(saved: SavedMemory): void {
    this.reset();
    try {
      const { map } = this;
      const { ranges, heapEnd } = saved;
      checkSaved(map, saved, this.limit, (address) => this.rights[this.offset(address) / RIGHTS_PAGE] ?? 0);
      const size = ranges.reduce((most, r) => Math.max(most, this.endOf(r.address, r.size)), 0);
      if (!this.ensure(size)) throw fail('memory/limit', { need: size, limit: this.limit });
      const before = [...this.runs()];
      this.forgetRights();
      for (const r of ranges) this.allow(r.address, r.size, r.rights);
      this.checkRegions();
      // Pages that are not accessible hold zeros.
      for (const { start, end } of before) {
        for (let at = start; at < end; at += RIGHTS_PAGE) {
          if (this.rights[at / RIGHTS_PAGE] === 0) this.bytes.fill(0, at, at + RIGHTS_PAGE);
        }
      }
      this.takeOver(heapEnd, saved.hostRegionSize);
      this.hostWriteProtected = saved.hostWriteProtected;
      this.reservation = saved.reservation;
      for (const { address, bytes } of saved.pages) {
        const offset = this.offset(address);
        if (address % RIGHTS_PAGE !== 0 || !this.allows(offset, RIGHTS_PAGE, READ)) {
          throw failState('memory/state', {
            problem: `contents for ${address}, where nothing is accessible`,
          });
        }
        if (bytes === undefined) this.bytes.fill(0, offset, offset + RIGHTS_PAGE);
        else this.bytes.set(bytes, offset);
      }
    } catch (error) {
      this.reset();
      throw error;
    }
  }
}

const saveChanged = (
  { bytes: all, map }: FlatStorage,
  address: number,
  offset: number,
  pages: SavedPage[],
): void => {
  const bytes = all.subarray(offset, offset + RIGHTS_PAGE);
  if (isUnchanged(map, address, bytes, SCRATCH)) return;
  pages.push({ address, bytes: isZero(bytes) ? undefined : bytes });
};

const SCRATCH = new Uint8Array(RIGHTS_PAGE);
