import type { Effect } from '../isa/row.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import { cellIn } from './records.ts';

/**
 * The load or store whose record is at word `p`, as the loop's fast path would not do it: not aligned, not in the
 * flat buffer, or not allowed. `registers`: where the cells are now. False: see the memory's `fault`, nothing has changed.
 */
export const accessMemory = (
  effect: Effect & { kind: 'load' | 'store' },
  records: Int32Array,
  p: number,
  registers: Int32Array,
  memory: GuestMemory,
): boolean => {
  const first = records[p] as number;
  const immediate = effect.kind === 'store' && effect.value === 'y';
  const base = cellIn(first, immediate ? 0 : 1);
  const address = ((registers[base] as number) + (records[p + 1] as number)) >>> 0;
  const cell = cellIn(first, 0);
  if (effect.kind === 'store') {
    const low = (immediate ? records[p + 2] : registers[cell]) as number;
    const high = immediate ? low >> 31 : (registers[cell + 1] as number);
    return memory.store(address, effect.size, low, high);
  }
  if (!memory.load(address, effect.size)) return false;
  const shift = 32 - 8 * Math.min(effect.size, 4);
  const low = effect.signed ? (memory.low << shift) >> shift : memory.low;
  registers[cell] = low;
  registers[cell + 1] = effect.size === 8 ? memory.high : effect.signed ? low >> 31 : 0;
  return true;
};

/** Address that the dynamic jump at word `p` leads to; writes its link register, after the base was read. */
export const jumpAddress = (
  effect: Effect & { kind: 'jump-indirect' },
  records: Int32Array,
  p: number,
  registers: Int32Array,
): number => {
  const linked = effect.link !== undefined;
  const first = records[p] as number;
  const base = cellIn(first, linked ? 1 : 0);
  const address = ((registers[base] as number) + (records[p + 1] as number)) >>> 0;
  if (linked) {
    const link = records[p + 2] as number;
    registers[cellIn(first, 0)] = link;
    registers[cellIn(first, 0) + 1] = effect.link === 'x' ? link >> 31 : 0;
  }
  return address;
};
