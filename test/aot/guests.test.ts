import { describe, expect, test } from 'vitest';
import { Engine } from '../../src/index.ts';
import { runLinux, runLinuxAsync } from '../../src/linux/index.ts';
import { guestBlob, programOf } from './guest.ts';

/** Guests whose runs never leave what was translated, and one whose code the interpreter has to finish. */
const STRAIGHT = ['rv64im/hello', 'rv32em/hello', 'rv64imac/control', 'rv64imac/lisp', 'rv32im/heap'];
const NEEDY = ['rv64imac/text_tables_compressed'];

const METERINGS = [{ gas: 'none' }, { gas: 'sync' }, { gas: 'sync', gasGranularity: 'instruction' }] as const;

describe.each(METERINGS)('%j', (options) => {
  const expectation = (blob: Uint8Array): unknown =>
    runLinux(new Engine({ tier: 'interpreter' }).compile(blob, options), { gas: 10n ** 15n });

  test.each(STRAIGHT)('%s runs as with the interpreter, without it', (guest) => {
    const blob = guestBlob(guest);
    expect(runLinux(programOf(blob, options), { gas: 10n ** 15n })).toEqual(expectation(blob));
  });

  test.each(NEEDY)('%s loads the interpreter', async (guest) => {
    const blob = guestBlob(guest);
    const result = await runLinuxAsync(programOf(blob, options), { gas: 10n ** 15n });
    expect(result).toEqual(expectation(blob));
  });
});
