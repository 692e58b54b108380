import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { relink } from '../../src/linker/relink/relink.ts';
import { runLinux } from '../../src/linux/program.ts';
import { Engine } from '../../src/vm/engine.ts';
import { Linker } from '../../src/vm/linker.ts';
import type { Module } from '../../src/vm/module.ts';

/** The examples of the guest kit, as scripts/guests builds them, linked to PolkaVM code and run by hosts. */

const BINARIES = fileURLToPath(new URL('../../guests/bin/', import.meta.url));
const WIDTHS = ['rv32emac', 'rv64emac'] as const;
const LEVELS = [0, 1, 2] as const;
const CASES = WIDTHS.flatMap((target) => LEVELS.map((level) => ({ target, level })));
const LANGUAGES = [
  { language: 'C', suffix: '' },
  { language: 'Rust', suffix: '_rust' },
];

interface Case {
  readonly target: (typeof WIDTHS)[number];
  readonly level: (typeof LEVELS)[number];
}

const load = (name: string, { target, level }: Case): Module => {
  const elf = new Uint8Array(readFileSync(`${BINARIES}${target}/kit_${name}.elf`));
  return new Engine().compile(relink(elf, { level }));
};

describe.each(CASES)('$target, level $level', (at) => {
  describe.each(LANGUAGES)('$language', ({ suffix }) => {
    test('fibonacci calls its host back', () => {
      const reported: [number, bigint][] = [];
      const linker = new Linker().define('report', { params: ['u32', 'u64'] }, (_caller, index, value) => {
        reported.push([index, value]);
      });
      const guest = linker.instantiate(load(`fibonacci${suffix}`, at));
      const fibonacci = guest.export('fibonacci', { params: ['u32'], result: 'u64' });
      expect(fibonacci(90)).toBe(2880067194370816120n);
      expect(reported).toHaveLength(90);
      expect(reported.at(-1)).toEqual([89, 1779979416004714189n]);
    });

    test('text goes into the guest and out of it', () => {
      const shown: string[] = [];
      const linker = new Linker().define(
        'show',
        { params: ['pointer', 'u32'] },
        ({ memory }, text, length) => {
          shown.push(memory.readString(text, length));
        },
      );
      const guest = linker.instantiate(load(`text${suffix}`, at));
      const allocate = guest.export('allocate', { params: ['u32'], result: 'pointer' });
      const reverse = guest.export('reverse_words', { params: ['pointer', 'u32'], result: 'u32' });
      const long = Array.from({ length: 5000 }, (_, index) => `${index}`);
      const counts = ['one two three', long.join(' ')].map((text) => {
        const address = allocate(text.length);
        guest.memory.writeString(address, text);
        return reverse(address, text.length);
      });
      expect(counts).toEqual([3, 5000]);
      expect(shown).toEqual(['three two one', long.reverse().join(' ')]);
    });

    test('SHA-256 over the bytes of its host', () => {
      const guest = load(`sha256${suffix}`, at).instantiate();
      const buffer = guest.export('buffer', { params: [], result: 'pointer' })();
      const update = guest.export('update', { params: ['u32'], result: 'u32' });
      const data = Buffer.alloc(10_000, 'riscbox');
      guest.call('start');
      for (let start = 0; start < data.length; start += 4096) {
        const part = data.subarray(start, start + 4096);
        guest.memory.write(buffer, part);
        expect(update(part.length)).toBe(part.length);
      }
      expect(update(4097)).toBe(0);
      const hash = guest.export('finish', { params: [], result: 'pointer' })();
      expect(Buffer.from(guest.memory.read(hash, 32)).toString('hex')).toBe(
        createHash('sha256').update(data).digest('hex'),
      );
    });
  });

  test('assembly', () => {
    let largest = 0n;
    const linker = new Linker().define('largest', (caller) => {
      largest = caller.getRegister('a0');
    });
    expect(linker.instantiate(load('collatz', at)).call('collatz', 27)).toBe(111n);
    expect(largest).toBe(9232n);
  });

  test('a program without a C library', () => {
    const { outcome, stdout } = runLinux(load('greet_bare', at), { args: ['greet', 'Ada'] });
    expect(outcome).toMatchObject({ kind: 'exit', code: 0 });
    expect(new TextDecoder().decode(stdout)).toBe('Hello, Ada!\n');
  });
});

describe.each(LEVELS)('with a C library, level %i', (level) => {
  const at: Case = { target: 'rv32emac', level };

  test('a library: the heap is the machine’s, printf ends up at the host function write', () => {
    let printed = '';
    const linker = new Linker().define(
      'write',
      { params: ['i32', 'pointer', 'u32'], result: 'i32' },
      ({ memory }, descriptor, text, length) => {
        printed += `${descriptor}: ${memory.readString(text, length)}`;
        return length;
      },
    );
    const guest = linker.instantiate(load('inventory', at));
    const allocate = guest.export('allocate', { params: ['u32'], result: 'pointer' });
    const add = guest.export('add_item', { params: ['pointer', 'u32', 'u32'], result: 'i32' });
    for (const [name, count] of [
      ['pear', 3],
      ['apple', 30],
      ['kiwi', 7],
      ['fig', 7],
      ['plum', 1],
    ] as const) {
      const address = allocate(name.length);
      guest.memory.writeString(address, name);
      expect(add(address, name.length, count)).toBe(0);
    }
    expect(guest.call('print_items')).toBe(48n);
    expect(printed.split('\n')).toEqual([
      '1:     30  apple',
      '1:      7  fig',
      '1:      7  kiwi',
      '1:      3  pear',
      '1:      1  plum',
      '',
    ]);
  });

  test('a program: arguments, input, errno', () => {
    const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    const module = load('greet', at);
    const greeted = runLinux(module, { args: ['greet'], stdin: 'Grace\n' });
    expect(decode(greeted.stdout)).toBe('Hello, Grace!\nNo such file or directory (2)\n');
    expect(greeted.outcome).toMatchObject({ kind: 'exit', code: 0 });
    const silent = runLinux(module, { args: ['greet'], stdin: '' });
    expect(silent.outcome).toMatchObject({ kind: 'exit', code: 2 });
    expect(decode(silent.stderr)).toContain('usage: greet NAME');
  });
});
