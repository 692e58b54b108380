import type { ReaderErrors } from '../../core/bytes.ts';
import { defineErrors, type Fail, hex } from '../../core/error.ts';

const REBUILD = 'compile with -gdwarf-4 or -gdwarf-5, or leave out debug information with strip';

const table = {
  'link/dwarf-truncated': (d: { at: number; need: number; have: number }) =>
    `debug information ends early: ${d.need} bytes needed at ${hex(d.at)} of its section, ${Math.max(d.have, 0)} left; ${REBUILD}`,
  'link/dwarf-number': (d: { at: number }) =>
    `a number of the debug information at ${hex(d.at)} of its section does not end; ${REBUILD}`,
  'link/dwarf-malformed': (d: { section: string; at: number; problem: string }) =>
    `${d.section} at ${hex(d.at)}: ${d.problem}; ${REBUILD}`,
  'link/dwarf-volume': (d: { section: string; limit: number }) =>
    `${d.section} is referred to so often that more than ${d.limit} bytes or entries would be read of it; ${REBUILD}`,
  'link/dwarf-compressed': (d: { section: string; problem: string }) =>
    `${d.section} is compressed and ${d.problem}; decompress it with objcopy --decompress-debug-sections or link with -gz=none`,
} as const;

/** Makes the errors of reading debug information; callers turn them into notes, since a program links without. */
export const fail: Fail<typeof table> = defineErrors(table);

/** What readers of debug sections throw. */
export const DWARF_READER_ERRORS: ReaderErrors = {
  truncated: (detail) => fail('link/dwarf-truncated', detail),
  varint: (detail) => fail('link/dwarf-number', detail),
};
