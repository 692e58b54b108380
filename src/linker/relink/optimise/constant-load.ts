import type { AccessSize } from '../../../isa/row.ts';
import type { DataSection } from '../graph/data-section.ts';
import type { Value, Values } from './values.ts';

/** What a load from read-only data gives; undefined when the data may change or its bytes are not known. */
export const constantLoad = (
  values: Values,
  section: DataSection,
  offset: number,
  size: AccessSize,
  signed: boolean,
): Value | undefined => {
  if (section.kind !== 'ro' || offset < 0 || offset + size > section.size) return undefined;
  const reference = section.referenceNear(offset, size);
  if (reference === undefined) return numberAt(values, section.bytes, offset, size, signed);
  const { to, addend, minus } = reference;
  // Addresses are below 2^31: it does not matter how they are extended.
  if (reference.offset !== offset || reference.size !== size || size < 4 || minus !== undefined)
    return undefined;
  if (addend !== (addend | 0)) return undefined;
  return values.immediate(addend, to.link);
};

const numberAt = (
  values: Values,
  bytes: Uint8Array,
  offset: number,
  size: AccessSize,
  signed: boolean,
): Value => {
  const word = (at: number, length: number): number => {
    let sum = 0;
    for (let k = 0; k < length; k++) sum |= (bytes[at + k] ?? 0) << (8 * k);
    return sum;
  };
  const low = word(offset, Math.min(size, 4));
  if (size === 8) return values.of(0, low, word(offset + 4, 4));
  const unused = 32 - 8 * size;
  if (signed || values.width === 32) {
    const extended = signed ? (low << unused) >> unused : low;
    return values.short(extended);
  }
  return values.of(0, low, 0);
};
