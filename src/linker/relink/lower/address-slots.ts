import type { Width } from '../../../core/kind.ts';
import { DataSection } from '../graph/data-section.ts';
import type { LinkInput, Target } from '../input/link-input.ts';

/**
 * The table of addresses that position-independent code loads addresses from: made anew, since that of the file has
 * entries for code that goes, and is shared by all of it. One slot for each target.
 */
export class AddressSlots {
  /** Undefined when the program has no such loads. */
  readonly section: DataSection | undefined;
  /** By slot. */
  readonly targets: readonly Target[];
  readonly slotSize: number;
  readonly #slots: ReadonlyMap<string, number>;
  readonly #sections: ReadonlyMap<object, number>;

  constructor({ code, data, width }: LinkInput) {
    this.slotSize = width / 8;
    this.#sections = new Map([...code, ...data].map((section, index) => [section, index]));
    const slots = new Map<string, number>();
    const targets: Target[] = [];
    for (const { relocations } of code) {
      for (const relocation of relocations) {
        if (relocation.kind !== 'got-high') continue;
        const key = this.#key(relocation.target);
        if (slots.has(key)) continue;
        slots.set(key, targets.length);
        targets.push(relocation.target);
      }
    }
    this.#slots = slots;
    this.targets = targets;
    if (targets.length > 0) this.section = this.#section(width);
  }

  /** Where in the section the address of a target is. */
  offsetOf(target: Target): number {
    return (this.#slots.get(this.#key(target)) as number) * this.slotSize;
  }

  #key(target: Target): string {
    return target.section === undefined
      ? `${target.value}`
      : `${this.#sections.get(target.section)}+${target.offset}`;
  }

  #section(width: Width): DataSection {
    const bytes = new Uint8Array(this.targets.length * this.slotSize);
    const view = new DataView(bytes.buffer);
    for (const [slot, target] of this.targets.entries()) {
      if (target.section !== undefined) continue;
      view.setUint32(slot * this.slotSize, target.value >>> 0, true);
      if (width === 64) view.setInt32(slot * 8 + 4, Math.floor(target.value / 2 ** 32) | 0, true);
    }
    return new DataSection('ro', '.got', bytes.length, this.slotSize, bytes);
  }
}
