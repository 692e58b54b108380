import { describe, expect, test } from 'vitest';
import { Engine } from '../../src/index.ts';
import { link, loadElf } from '../../src/linker/index.ts';
import { buildElf, bytesOf, RWX, symbolSections } from './elf-image.ts';

const ADD = 0x00b50533; // add a0, a0, a1
const RET = 0x00008067;
const LUI_A2 = 0x00010637; // lui a2, 0x10
const LW = 0x02062503; // lw a0, 32(a2)
const ADDI = 0x00150513; // addi a0, a0, 1
const SW = 0x02a62023; // sw a0, 32(a2)
const OVERWRITE = 0x00062023; // sw zero, 0(a2)

describe.each([32, 64] as const)('ELF%i', (width) => {
  const library = buildElf({
    width,
    segments: [{ address: 0x10000, data: bytesOf(ADD, RET) }],
    sections: symbolSections(width, [{ name: 'add', value: 0x10000, size: 8 }], 1),
  });

  test('its functions can be called by name', () => {
    const module = loadElf(library);
    expect(module.kind).toBe(`rv${width}`);
    expect(module.exports).toEqual([{ name: 'add', pc: 0x10000 }]);
    expect(module.instantiate().call('add', 1, 10)).toBe(11n);
    expect(new Engine().compile(link(library)).instantiate().call('add', 2, 10)).toBe(12n);
  });

  test('options of both kinds', () => {
    const module = loadElf(library, { exports: 'none', maxMemory: 2 ** 24 });
    expect(module.exports).toEqual([]);
    expect(module.limits.maxMemory).toBe(2 ** 24);
    expect(module.instantiate().call(0x10000, 1, 2)).toBe(3n);
  });
});

describe('code and data in one writable segment', () => {
  /** `count` adds 1 to the word at 0x10020; `spoil` overwrites the first instruction with zeros. */
  const init = {
    width: 32 as const,
    segments: [
      {
        address: 0x10000,
        flags: RWX,
        data: bytesOf(LUI_A2, LW, ADDI, SW, RET, LUI_A2, OVERWRITE, RET, 41),
      },
    ],
  };
  const exports = symbolSections(
    32,
    [
      { name: 'count', value: 0x10000 },
      { name: 'spoil', value: 0x10014 },
    ],
    1,
  );

  test('without sections of its own: data works, code never changes', () => {
    const instance = loadElf(buildElf({ ...init, sections: exports })).instantiate();
    expect(instance.call('count')).toBe(42n);
    instance.call('spoil');
    expect(instance.call('count')).toBe(43n);
  });
});
