import type { Block } from './block.ts';
import type { DataSection } from './data-section.ts';
import type { Import } from './import.ts';

/** The heap base of the linked program: the first address behind its data. */
export const HEAP_BASE = { kind: 'heap-base' } as const;

/**
 * Something whose number is known only when the program is laid out: the address of a data section, the code address
 * of a block, the number of an import, the heap base.
 */
export type LinkTarget = DataSection | Block | Import | typeof HEAP_BASE;

/**
 * Makes an immediate relative to a target: with `v` the target's number plus the immediate, the operand is
 * - `whole`: v,
 * - `high`: what `lui` loads for v, `(v + 0x800) & ~0xfff`,
 * - `low`: what has to be added to that, the low 12 bits of v, sign-extended.
 *
 * `high` and `low` are kept apart as long as nothing proves which `low` belongs to which `high`: several of them may
 * share one `lui`, and an index may be added in between.
 */
export interface Link {
  readonly to: LinkTarget;
  readonly part: 'whole' | 'high' | 'low';
}

/** The operand that a link stands for, a signed 32-bit number. */
export const linkedValue = (part: Link['part'], value: number): number =>
  part === 'whole' ? value | 0 : part === 'high' ? (value + 0x800) & ~0xfff : (value << 20) >> 20;
