import { ADDRESS_SPACE } from '../../../blob/limits.ts';
import type { Problems } from '../../../core/problems.ts';
import type { Elf } from '../../elf.ts';
import { SHT_NOBITS } from '../../elf-format.ts';
import type { ElfSection } from '../../elf-sections.ts';
import { fail as elfFail } from '../../errors.ts';
import { fail } from './errors.ts';
import { hasFlags, useOf } from './section-use.ts';

/** Sections must be in the file; if all claimed the same bytes of it, everything would be quadratic. */
export const checkBytes = (elf: Elf, problems: Problems): void => {
  const fileSize = elf.bytes.length;
  for (const section of elf.sections) {
    const { name, type, offset, size } = section;
    if (type === SHT_NOBITS || useOf(section).use === 'unloaded' || offset + size <= fileSize) continue;
    problems.add(elfFail('elf/outside-file', { what: `section ${name}`, offset, size, fileSize }));
  }
  problems.check();
  const total = elf.sections.reduce(
    // The size of section 0 may be the number of sections.
    (sum, { index, type, size }) => sum + (index === 0 || type === SHT_NOBITS ? 0 : size),
    0,
  );
  if (total > fileSize) throw fail('link/section-bytes', { size: total, fileSize });
};

/** Size, alignment, address and flags of a section that is loaded or holds records. */
export const checkSection = (section: ElfSection, isRelocatable: boolean, problems: Problems): void => {
  const { name, size, address, alignment, type, flags } = section;
  const { use, expected } = useOf(section);
  // Linkers give empty sections that a script names any flags.
  if (size > 0 && !hasFlags(flags, expected)) {
    problems.add(fail('link/section-flags', { section: name, expected: expected! }));
  }
  if (size > ADDRESS_SPACE) {
    problems.add(fail('link/section-size', { section: name, size, problem: 'does not fit 4 GiB' }));
  }
  if (alignment > 2 ** 31 || (alignment & (alignment - 1)) !== 0) {
    problems.add(fail('link/section-alignment', { section: name, alignment }));
  }
  if (!isRelocatable && address + size > ADDRESS_SPACE) {
    problems.add(fail('link/section-address', { section: name, address, problem: 'is not below 4 GiB' }));
  }
  if (use !== 'code') return;
  if (type === SHT_NOBITS) {
    problems.add(fail('link/section-size', { section: name, size, problem: 'is code without bytes' }));
  }
  if (!isRelocatable && address % 2 !== 0) {
    problems.add(
      fail('link/section-address', { section: name, address, problem: 'is code at an odd address' }),
    );
  }
};

/** Sections, ascending by address, must not overlap. */
export const checkApart = (
  sections: readonly { readonly elf: ElfSection; readonly address: number }[],
  problems: Problems,
): void => {
  for (const [i, { elf, address }] of sections.entries()) {
    const before = sections[i - 1];
    if (before !== undefined && before.address + before.elf.size > address) {
      const problem = `overlaps section ${before.elf.name}`;
      problems.add(fail('link/section-address', { section: elf.name, address, problem }));
    }
  }
};
