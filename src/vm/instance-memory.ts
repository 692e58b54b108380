import { fail as failRange } from '../memory/errors.ts';
import type { FlatAccess } from '../memory/flat-access.ts';
import { isFlat, isPaged } from '../memory/memory-mode.ts';
import { fail } from '../memory/mode-errors.ts';
import type { PagedMemory, Protection } from '../memory/paged-memory.ts';
import { HostMemory, unsigned } from './host-memory.ts';

/** Zeros that are written at once. */
const CHUNK = 4096;
const ZEROS = new Uint8Array(CHUNK);

/** The host's access to a guest's memory, with what only hosts need that manage the pages themselves. */
export class InstanceMemory extends HostMemory {
  /** Writes `length` zeros or nothing. */
  zero(address: number, length: number): void {
    const memory = this.source();
    const at = unsigned(address, length);
    if (!memory.isAccessible(at, length, true)) {
      throw failRange('memory/out-of-range', { address: at, length, access: 'write' });
    }
    for (let done = 0; done < length; done += CHUNK) {
      memory.write(at + done, ZEROS.subarray(0, Math.min(CHUNK, length - done)));
    }
  }

  /**
   * Calls `use` with the bytes themselves, without a copy where they lie together. They are for reading, and only
   * until `use` returns: the guest's memory may move whenever it grows.
   */
  view<T>(address: number, length: number, use: (bytes: Uint8Array) => T): T {
    const memory = this.source();
    const at = unsigned(address, length);
    if (!isFlat(memory)) return use(memory.read(at, length));
    return use(memory.view(at, length));
  }

  /** Changes how many bytes of the aux region the guest can read. Throws memory/wrong-mode, memory/aux-size. */
  setAuxSize(bytes: number): void {
    this.#flat('setAuxSize').setHostRegionSize(bytes);
  }

  /** Whether the host, too, is kept from writing the aux region. */
  get auxWriteProtected(): boolean {
    return this.#flat('auxWriteProtected').hostWriteProtected;
  }

  set auxWriteProtected(value: boolean) {
    this.#flat('auxWriteProtected').hostWriteProtected = value;
  }

  /**
   * Makes whole pages between heap base and heap limit readable and writable, filled with zeros where they were
   * not accessible; false when the memory limit forbids it. For an `mmap`. Throws memory/wrong-mode,
   * memory/unaligned-page, memory/out-of-range.
   */
  mapPages(address: number, length: number): boolean {
    return this.#flat('mapPages').mapPages(address, length);
  }

  /** Takes such pages away; their contents are gone. Throws like `mapPages`. */
  unmapPages(address: number, length: number): void {
    this.#flat('unmapPages').unmapPages(address, length);
  }

  /**
   * Dynamic paging: maps whole pages, filled with zeros. `address` must be a multiple of the page size; `length` is
   * rounded up. Throws memory/wrong-mode, memory/unaligned-page, memory/out-of-range, memory/limit.
   */
  zeroWithProtection(address: number, length: number, protection: Protection): void {
    this.#paged('zeroWithProtection').zeroWithProtection(unsigned(address, length), length, protection);
  }

  /** Dynamic paging: makes mapped pages read-only. Throws memory/wrong-mode, memory/out-of-range. */
  protect(address: number, length: number): void {
    this.#paged('protect').protect(unsigned(address, length), length, 'read');
  }

  /** Dynamic paging: makes mapped pages writable. Throws memory/wrong-mode, memory/out-of-range. */
  unprotect(address: number, length: number): void {
    this.#paged('unprotect').protect(unsigned(address, length), length, 'read-write');
  }

  /** Dynamic paging: unmaps whole pages. Throws memory/wrong-mode, memory/unaligned-page, memory/out-of-range. */
  freePages(address: number, length: number): void {
    this.#paged('freePages').freePages(unsigned(address, length), length);
  }

  #flat(operation: string): FlatAccess {
    const memory = this.source();
    if (isFlat(memory)) return memory;
    throw fail('memory/wrong-mode', { operation, paging: true });
  }

  #paged(operation: string): PagedMemory {
    const memory = this.source();
    if (isPaged(memory)) return memory;
    throw fail('memory/wrong-mode', { operation, paging: false });
  }
}
