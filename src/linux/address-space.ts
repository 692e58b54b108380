import { Errno } from './errno.ts';
import { type LinuxLayout, type LinuxMemory, PAGE_SIZE, pageCeil } from './guest.ts';
import { RangeList } from './ranges.ts';

/** Mappings per process; Linux has 65,530, this bounds what searching them may cost per call. */
const MAX_MAPPINGS = 16_384;

/** Bytes per step of a copy. */
const COPY_STEP = 2 ** 20;

export interface Placement {
  /** A wish, or with `fixed` the address to take. */
  readonly address: number;
  readonly fixed: boolean;
  /** Fixed, but only if nothing is there. */
  readonly keep: boolean;
}

const ANYWHERE: Placement = { address: 0, fixed: false, keep: false };

/**
 * The heap, which grows upwards (brk), and anonymous mappings, placed from the end of memory downwards. Lengths
 * and addresses are whole pages here. Protection is not enforced beyond "accessible or not": reserved address
 * space can't be touched, everything else can be read and written.
 */
export class AddressSpace {
  readonly #memory: LinuxMemory;
  readonly #start: number;
  readonly #end: number;
  readonly #ranges = new RangeList();
  #break: number;

  constructor(memory: LinuxMemory, layout: LinuxLayout) {
    this.#memory = memory;
    this.#start = layout.heapStart;
    this.#end = layout.mapEnd;
    this.#break = layout.heapStart;
  }

  /** Bytes of the heap and of committed mappings. */
  get used(): number {
    let used = pageCeil(this.#break) - this.#start;
    for (const { start, end, committed } of this.#ranges.within(0, this.#end))
      if (committed) used += end - start;
    return used;
  }

  /** Moves the end of the heap and answers where it is then, which is where it was if that can't be. */
  brk(address: number): number {
    if (address < this.#start || address > (this.#ranges.lowest ?? this.#end)) return this.#break;
    const from = pageCeil(this.#break);
    const to = pageCeil(address);
    if (to > from && !this.#memory.commit(from, to - from)) return this.#break;
    if (to < from) this.#memory.release(to, from - to);
    this.#break = address;
    return address;
  }

  /** Address of the new mapping, or ENOMEM or EEXIST. */
  map(length: number, commit: boolean, placement: Placement = ANYWHERE): number {
    if (length > this.#end - this.#start || this.#ranges.count >= MAX_MAPPINGS) return Errno.ENOMEM;
    const address = this.#place(length, placement);
    if (address < 0) return address;
    if (placement.fixed) this.unmap(address, length);
    if (commit && !this.#memory.commit(address, length)) return Errno.ENOMEM;
    this.#ranges.add({ start: address, end: address + length, committed: commit });
    return address;
  }

  /** Ends mappings; heap pages become zero. What is neither is left alone. */
  unmap(address: number, length: number): number {
    if (this.#ranges.count >= MAX_MAPPINGS && this.#ranges.splits(address, address + length))
      return Errno.ENOMEM;
    for (const { start, end, committed } of this.#ranges.remove(address, address + length)) {
      if (committed) this.#memory.release(start, end - start);
    }
    this.#clearHeap(address, address + length);
    return 0;
  }

  /** Makes reserved pages accessible; ENOMEM if something in the range isn't mapped at all. */
  protect(address: number, length: number, accessible: boolean): number {
    if (!this.mapped(address, length)) return Errno.ENOMEM;
    if (!accessible) return 0;
    for (const part of this.#ranges.within(address, address + length)) {
      if (part.committed) continue;
      if (!this.#memory.commit(part.start, part.end - part.start)) return Errno.ENOMEM;
      this.#ranges.remove(part.start, part.end);
      this.#ranges.add({ ...part, committed: true });
    }
    return 0;
  }

  /** MADV_DONTNEED: anonymous pages read as zero afterwards. */
  discard(address: number, length: number): number {
    if (!this.mapped(address, length)) return Errno.ENOMEM;
    for (const { start, end, committed } of this.#ranges.within(address, address + length)) {
      if (!committed) continue;
      this.#memory.release(start, end - start);
      if (!this.#memory.commit(start, end - start)) return Errno.ENOMEM;
    }
    this.#clearHeap(address, address + length);
    return 0;
  }

  /** Resizes a mapping, moving it to `target` or anywhere if allowed. Answers its address, EFAULT or ENOMEM. */
  remap(address: number, oldLength: number, newLength: number, mayMove: boolean, target?: number): number {
    if (!this.#ranges.covers(address, address + oldLength)) return Errno.EFAULT;
    if (target === undefined) {
      if (newLength <= oldLength) return this.unmap(address + newLength, oldLength - newLength) || address;
      const grown = this.#growInPlace(address + oldLength, newLength - oldLength);
      if (grown === 0) return address;
      if (!mayMove) return Errno.ENOMEM;
    }
    const placement = target === undefined ? ANYWHERE : { address: target, fixed: true, keep: false };
    const moved = this.map(newLength, true, placement);
    if (moved < 0) return moved;
    this.#copy(address, moved, Math.min(oldLength, newLength));
    return this.unmap(address, oldLength) || moved;
  }

  /** True if every page is mapped: by a mapping, the heap, or the program's own segments and stack. */
  mapped(address: number, length: number): boolean {
    const end = address + length;
    for (let at = address; at < end; ) {
      const range = this.#ranges.at(at);
      if (range) at = range.end;
      else if (at >= this.#start && at < this.#break) at = pageCeil(this.#break);
      else if (this.#memory.readable(at, 1)) at += PAGE_SIZE;
      else return false;
    }
    return true;
  }

  #place(length: number, { address, fixed, keep }: Placement): number {
    const low = pageCeil(this.#break);
    const fits = address >= low && address + length <= this.#end;
    if (keep && fits && !this.#ranges.free(address, address + length)) return Errno.EEXIST;
    if (fixed || keep) return fits ? address : Errno.ENOMEM;
    if (fits && this.#ranges.free(address, address + length)) return address;
    return this.#ranges.highestGap(length, low, this.#end) ?? Errno.ENOMEM;
  }

  #growInPlace(address: number, length: number): number {
    if (address + length > this.#end || !this.#ranges.free(address, address + length)) return Errno.ENOMEM;
    return Math.min(0, this.map(length, true, { address, fixed: true, keep: true }));
  }

  #copy(from: number, to: number, length: number): void {
    for (const { start, end, committed } of this.#ranges.within(from, from + length)) {
      if (!committed) continue;
      for (let at = start; at < end; at += COPY_STEP) {
        this.#memory.write(at - from + to, this.#memory.read(at, Math.min(COPY_STEP, end - at)));
      }
    }
  }

  #clearHeap(start: number, end: number): void {
    const from = Math.max(start, this.#start);
    const to = Math.min(end, pageCeil(this.#break));
    if (from >= to) return;
    this.#memory.release(from, to - from);
    this.#memory.commit(from, to - from);
  }
}
