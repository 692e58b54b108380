import { ADDRESS_SPACE } from '../../../blob/limits.ts';
import { readUint } from '../../../core/bytes.ts';
import type { Problems } from '../../../core/problems.ts';
import type { Elf } from '../../elf.ts';
import { PT_GNU_STACK } from '../../elf-format.ts';
import { fail } from './errors.ts';
import { useOf } from './section-use.ts';

/** The largest stack that anything in the file asks for: PolkaVM's macros, or -z stack-size. */
export const stackSizeOf = (elf: Elf, problems: Problems): number => {
  let largest = 0;
  for (const section of elf.sections) {
    if (useOf(section).use !== 'stack-sizes') continue;
    const bytes = elf.data(section);
    if (bytes.length % 4 !== 0) {
      problems.add(fail('link/stack-words', { section: section.name, size: bytes.length }));
      continue;
    }
    for (let at = 0; at < bytes.length; at += 4) largest = Math.max(largest, readUint(bytes, at, 4));
  }
  for (const { type, memorySize } of elf.programHeaders) {
    if (type !== PT_GNU_STACK) continue;
    if (memorySize >= ADDRESS_SPACE) problems.add(fail('link/stack-size', { size: memorySize }));
    largest = Math.max(largest, memorySize);
  }
  return largest;
};
