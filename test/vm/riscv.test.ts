import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Instance, Linker } from '../../src/index.ts';
import { loadElf } from '../../src/linker/index.ts';
import { codeOf } from './error-code.ts';

const guest = (target: string, name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../guests/bin/${target}/${name}.elf`, import.meta.url)));

/** Numbers of the host functions of guests/c/add_numbers.c. */
const GET_THIRD_NUMBER = 10_000;
const GET_EXTRA = 10_001;

describe.each(['rv32im', 'rv32em', 'rv64im', 'rv64em'])('a stock ELF for %s', (target) => {
  const module = loadElf(guest(target, 'add_numbers'), { gas: 'sync' });
  const host = () =>
    new Linker()
      .defineNumber(GET_THIRD_NUMBER, { params: [], result: 'u32' }, () => 100)
      .defineNumber(GET_EXTRA, { params: ['u32'], result: 'u32' }, (_caller, of) => (of * 1000) >>> 0);

  test('exports functions, whose host functions go by number', () => {
    expect(module.imports).toEqual(['ecall']);
    const instance = host().instantiate(module, { gas: 10_000 });
    expect(instance.call('add_numbers', 1, 10)).toBe(111n);
    const add = instance.export('add_with_extra', { params: ['u32', 'u32'], result: 'u32' });
    expect(add(3, 4)).toBe(3007);
    expect(add(0xffffffff, 1)).toBe(4294966296);
  });

  test('functions by number come before the system calls of ecall', () => {
    let systemCalls = 0;
    const linker = host().define('ecall', () => {
      systemCalls++;
      return -38;
    });
    expect(linker.instantiate(module, { gas: 10_000 }).call('add_numbers', 1, 10)).toBe(111n);
    expect(systemCalls).toBe(0);
    const only = new Linker().define('ecall', () => -38);
    const result = only.instantiate(module, { gas: 10_000 }).call('add_numbers', 1, 10);
    expect(BigInt.asIntN(32, result)).toBe(-27n);
  });

  test('without any function the ecall is missing, and comes out of run', () => {
    expect(() => new Linker().instantiate(module)).toThrow("missing host functions: 'ecall'");
    const instance = module.instantiate({ gas: 10_000 });
    instance.prepareCall('add_numbers', [1, 10]);
    expect(instance.run()).toMatchObject({ kind: 'host-call', number: 0 });
    expect(instance.getRegister(module.abi.callNumber ?? 0)).toBe(10_000n);
    expect(instance.getRegister('fp')).toBe(instance.getRegister('s0'));
    expect(instance.getRegister('x2')).toBe(instance.getRegister('sp'));
  });

  test('gas of a block can be asked for at any instruction', () => {
    const pc = module.entryPoint('add_numbers');
    expect(module.gasCostAt(pc)).toBeGreaterThan(0);
    expect(module.gasCostAt(pc + 1)).toBeUndefined();
  });
});

describe('snapshots of RISC-V programs', () => {
  const module = loadElf(guest('rv64imac', 'control'), { gas: 'sync' });
  /** Answers every system call with success; the guest exits with number 93. */
  const linker = new Linker<{ calls: number }>().define('ecall', (caller) => {
    caller.userData.calls++;
    if (caller.getRegister('a7') === 93n) caller.finish();
    return caller.getRegister('a7') === 64n ? caller.getRegister('a2') : 0;
  });
  const make = (): Instance<{ calls: number }> => {
    const instance = linker.instantiate(module, { userData: { calls: 0 }, gas: 100_000_000 });
    instance.prepareCall(module.entry ?? 0);
    // An initial stack of zeros: no arguments, no environment.
    instance.setRegister('sp', module.memoryMap.stackPointer - 256);
    return instance;
  };

  test('a run cut anywhere ends the same', () => {
    const whole = make();
    const end = whole.run();
    expect(end.kind).toBe('finished');
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: whole.executed }), { minLength: 1, maxLength: 4 }),
        (budgets) => {
          let instance = make();
          for (const budget of budgets) {
            if (instance.run({ budget }).kind === 'finished') break;
            const moved = linker.instantiate(module, { userData: { calls: 0 } });
            moved.restore(instance.snapshot());
            instance = moved;
          }
          if (instance.nextPc !== undefined) instance.run();
          expect(instance.executed).toBe(whole.executed);
          expect(instance.gas).toBe(whole.gas);
          expect(instance.getRegister('a0')).toBe(whole.getRegister('a0'));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('pages that were mapped are there again', () => {
    const instance = make();
    const { base } = module.memoryMap.heap;
    expect(instance.memory.mapPages(base + 65536, 8192)).toBe(true);
    instance.memory.writeU32(base + 65536, 42);
    const moved = linker.instantiate(module, { userData: { calls: 0 } });
    moved.restore(instance.snapshot());
    expect(moved.memory.readU32(base + 65536)).toBe(42);
    moved.memory.unmapPages(base + 65536, 8192);
    expect(codeOf(() => moved.memory.readU32(base + 65536))).toBe('memory/out-of-range');
    moved.memory.mapPages(base + 65536, 4096);
    expect(moved.memory.readU32(base + 65536)).toBe(0);
    expect(codeOf(() => moved.memory.mapPages(base, 1 << 29))).toBe('memory/out-of-range');
    expect(codeOf(() => moved.memory.mapPages(base - 4096, 4096))).toBe('memory/out-of-range');
    expect(codeOf(() => moved.memory.mapPages(base + 1, 4096))).toBe('memory/unaligned-page');
  });
});
