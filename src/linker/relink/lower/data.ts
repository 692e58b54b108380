import type { Problems } from '../../../core/problems.ts';
import type { DataReference, DataSection } from '../graph/data-section.ts';
import { CodeSection, type Place, type PlacedReference } from '../input/link-input.ts';
import type { Where } from '../location.ts';
import { blockAt } from './code-map.ts';
import { fail } from './errors.ts';
import { isCode } from './places.ts';
import { type LoweredProgram, trapBlock } from './program.ts';

/** Gives all data its references: places in code become blocks. Returns the data of the program in order. */
export const lowerData = (program: LoweredProgram, problems: Problems): DataSection[] => {
  const { input, slots } = program;
  for (const section of input.data) {
    section.references = (input.references.get(section) ?? []).map((reference) =>
      lowerReference(program, section, reference, problems),
    );
  }
  if (slots.section === undefined) return [...input.data];
  slots.section.references = slots.targets.flatMap((target, slot): DataReference[] => {
    if (target.section === undefined) return [];
    const offset = slot * slots.slotSize;
    const size = slots.slotSize === 4 ? 4 : 8;
    const describe = (): Where => input.describe(target.section, target.offset);
    return [{ offset, size, ...address(program, target, problems, describe), minus: undefined }];
  });
  // Behind all others: the last one of its kind in the program, too.
  return [...input.data, slots.section];
};

const lowerReference = (
  program: LoweredProgram,
  section: DataSection,
  { offset, size, to, minus }: PlacedReference,
  problems: Problems,
): DataReference => {
  const { input } = program;
  const describe = (): Where => input.describe(section, offset);
  const target = address(program, to, problems, describe);
  if (minus === undefined) return { offset, size, ...target, minus };
  if (minus.section instanceof CodeSection) {
    const from = input.describe(minus.section, minus.offset);
    problems.add(fail('link/code-difference', { place: describe(), minus: from }));
    return { offset, size, ...target, minus: undefined };
  }
  return { offset, size, ...target, minus: { section: minus.section, addend: minus.offset } };
};

const address = (
  program: LoweredProgram,
  place: Place,
  problems: Problems,
  describe: () => Where,
): Pick<DataReference, 'to' | 'addend'> => {
  if (!isCode(place)) return { to: place.section as DataSection, addend: place.offset };
  const found = blockAt(program.code, place.section, place.offset);
  if (found === undefined) {
    const target = program.input.describe(place.section, place.offset);
    problems.add(fail('link/code-target', { place: describe(), target }));
  }
  return { to: found ?? trapBlock(program.code), addend: 0 };
};
