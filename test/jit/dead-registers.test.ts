import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Engine } from '../../src/index.ts';
import { link } from '../../src/linker/index.ts';
import { runLinux } from '../../src/linux/index.ts';

const blobOf = (guest: string): Uint8Array =>
  link(new Uint8Array(readFileSync(new URL(`../../guests/bin/${guest}.elf`, import.meta.url))));

const engine = new Engine({ tier: 'wasm' });

test.each(['rv64im/lisp', 'rv32em/hash', 'rv64im/deflate'])(
  '%s gives the same results when dead registers are not kept exact',
  (guest) => {
    const blob = blobOf(guest);
    const [exact, loose] = [true, false].map((exactDeadRegisters) =>
      runLinux(engine.compile(blob, { gas: 'sync', exactDeadRegisters }), {
        gas: 2_000_000_000n,
        args: ['quick'],
      }),
    );
    expect(loose?.stdout).toEqual(exact?.stdout);
    expect(loose?.outcome).toEqual(exact?.outcome);
    expect(loose?.instructions).toBe(exact?.instructions);
    expect(loose?.gas).toBe(exact?.gas);
  },
);
