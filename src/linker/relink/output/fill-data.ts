import type { Problems } from '../../../core/problems.ts';
import { Block } from '../graph/block.ts';
import type { DataReference, DataSection } from '../graph/data-section.ts';
import type { DataRegion } from './data-layout.ts';
import { fail } from './errors.ts';

/** Bytes that a region may store beyond what its sections have: alignment, and sections without contents in between. */
const MAX_PADDING = 1 << 26;

/** Bytes of a section that can be other than zero. */
const storedLength = ({ bytes, references }: DataSection): number => {
  const last = references.at(-1);
  return Math.max(bytes.length, last === undefined ? 0 : last.offset + last.size);
};

const referenceValue = ({ to, addend, minus }: DataReference): number =>
  (to instanceof Block ? to.codeAddress : to.address) +
  addend -
  (minus === undefined ? 0 : minus.section.address + minus.addend);

/** Fields hold signed or unsigned numbers; nothing tells which. */
const fits = (value: number, size: DataReference['size']): boolean =>
  size === 8 || (value >= -(2 ** (8 * size - 1)) && value < 2 ** (8 * size));

const put = (image: Uint8Array, at: number, value: number, size: number): void => {
  const high = Math.floor(value / 2 ** 32);
  for (let k = 0; k < size; k++) image[at + k] = k < 4 ? value >>> (8 * k) : high >>> (8 * (k - 4));
};

const fill = (image: Uint8Array, section: DataSection, start: number, problems: Problems): void => {
  const at = section.address - start;
  image.set(section.bytes, at);
  for (const reference of section.references) {
    const { offset, size } = reference;
    const value = referenceValue(reference);
    if (!fits(value, size)) problems.add(fail('link/value', { section: section.name, offset, size, value }));
    put(image, at + offset, value, size);
  }
};

const withoutTrailingZeros = (image: Uint8Array): Uint8Array => {
  let end = image.length;
  while (end > 0 && image[end - 1] === 0) end--;
  return image.subarray(0, end);
};

/**
 * The bytes of a region, with all references filled in. Sections have their addresses and blocks their jump indexes.
 *
 * @param keepZeros store zeros at the end that the file stores (PolkaVM 0.35's linker does); else they are implied
 *
 * @throws RiscboxError `link/data-padding`
 */
export const imageOf = (
  { start, sections }: DataRegion,
  problems: Problems,
  keepZeros: boolean,
): Uint8Array => {
  const last = sections.findLast((section) => storedLength(section) > 0);
  if (last === undefined) return new Uint8Array(0);
  const stored = last.address - start + storedLength(last);
  const limit = sections.reduce((sum, section) => sum + storedLength(section), MAX_PADDING);
  if (stored > limit) throw fail('link/data-padding', { section: last.name, stored, limit });
  const image = new Uint8Array(stored);
  for (const section of sections) if (storedLength(section) > 0) fill(image, section, start, problems);
  return keepZeros ? image : withoutTrailingZeros(image);
};
