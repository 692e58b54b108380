import { describe, expect, test } from 'vitest';
import { writeJamProgram, writeSpi } from '../../src/blob/jam.ts';
import { makeBlob } from '../../src/blob/make.ts';
import { readBlob } from '../../src/blob/read.ts';
import { Engine, Linker, Module } from '../../src/index.ts';
import { A0, addNumbers, assemble, RETURN, workload } from './assemble.ts';
import { codeOf } from './error-code.ts';

const engine = new Engine();

describe('compile', () => {
  test('tells what a program is', () => {
    const module = engine.compile(workload(), { pageSize: 16384 });
    expect(module.kind).toBe('latest64');
    expect(module.width).toBe(64);
    expect(module.entry).toBeUndefined();
    expect(module.bytes).toEqual(workload());
    expect(module.memoryMap.pageSize).toBe(16384);
    expect(module.entryPoint('work')).toBe(0);
    expect(engine.tier).toBe('wasm');
    expect(Engine.tiers).toContain('interpreter');
  });

  test('takes ArrayBuffers and Buffers', () => {
    expect(engine.compile(workload().slice().buffer as ArrayBuffer).exports).toHaveLength(1);
    expect(engine.compile(Buffer.from(workload())).exports).toHaveLength(1);
  });

  test('refuses what is no program, and says what to do', () => {
    expect(codeOf(() => engine.compile(new Uint8Array(0)))).toBe('module/format');
    expect(codeOf(() => engine.compile(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1)))).toBe('module/elf');
    expect(codeOf(() => engine.compile(new TextEncoder().encode('#!/bin/sh\necho hello\n')))).toBe(
      'module/format',
    );
    expect(codeOf(() => engine.compile(workload().subarray(0, 40)))).toMatch(/^blob\//);
    expect(codeOf(() => engine.compile(workload(), { container: 'elf' as 'auto' }))).toBe('engine/option');
    expect(codeOf(() => engine.compile(workload(), { kind: 'jam_v1' }))).toBe('module/kind');
  });

  test('refuses options that cannot be', () => {
    const compile = (options: object) => codeOf(() => engine.compile(workload(), options));
    expect(compile({ gas: 'yes' })).toBe('engine/option');
    expect(compile({ gasGranularity: 'byte' })).toBe('engine/option');
    expect(compile({ gasModel: 'nice' })).toBe('gas/unknown-model');
    expect(compile({ gas: 'sync', gasModel: 'full-l1-hit', gasGranularity: 'instruction' })).toBe(
      'module/instruction-gas',
    );
    expect(compile({ pageSize: 5000 })).toBe('memory/page-size');
    expect(compile({ auxDataSize: -1 })).toBe('engine/option');
    expect(compile({ auxDataSize: 2 ** 32 - 1 })).toBe('memory/map-too-large');
    expect(compile({ maxMemory: Number.NaN })).toBe('limits/range');
    expect(compile({ maxMemory: 2 ** 33 })).toBe('limits/range');
    expect(codeOf(() => new Engine({ tier: 'warp' as 'auto' }))).toBe('engine/tier');
    expect(codeOf(() => new Engine({ deadline: -1 }))).toBe('limits/range');
  });

  test('gas of a block by model, or nothing where no block begins', () => {
    const table = { costs: { ecalli: 100 }, otherwise: 2, invalid: 1 };
    expect(engine.compile(addNumbers('latest64')).gasCostAt(0)).toBe(4);
    expect(engine.compile(addNumbers('latest64'), { gasModel: table }).gasCostAt(0)).toBe(106);
    expect(engine.compile(addNumbers('latest64')).gasCostAt(3)).toBeUndefined();
    expect(engine.compile(addNumbers('latest64'), { gasModel: 'full-l1-hit' }).gasCostAt(0)).toBeGreaterThan(
      0,
    );
  });

  test('strict refuses broken imports, exports and jump tables', () => {
    const strict = (blob: Parameters<typeof makeBlob>[0]) =>
      codeOf(() => Module.fromBlob(makeBlob({ ...blob, kind: 'latest64' }), { strict: true }));
    const { code, bitmask } = readBlob(addNumbers('latest64'));
    const program = { kind: 'latest64', code, bitmask } as const;
    expect(strict(program)).toBe('nothing thrown');
    expect(strict({ ...program, jumpTable: [0, 9999] })).toBe('module/jump-table');
    expect(strict({ ...program, exports: [{ offset: 9999, symbol: 'f' }] })).toBe('module/broken-export');
    const twice = [
      { offset: 0, symbol: 'f' },
      { offset: 3, symbol: 'f' },
    ];
    expect(strict({ ...program, exports: twice })).toBe('module/duplicate-export');
    const lenient = Module.fromBlob(makeBlob({ ...program, exports: twice }));
    expect(lenient.entryPoint('f')).toBe(0);
  });
});

describe('limits', () => {
  test('memory is counted before it is allocated', () => {
    const huge = assemble({ code: [RETURN], rwDataSize: 2 ** 30, exports: [] });
    const started = performance.now();
    expect(codeOf(() => engine.compile(huge).instantiate())).toBe('memory/limit');
    expect(performance.now() - started).toBeLessThan(500);
    expect(codeOf(() => engine.compile(huge, { maxMemory: 2 ** 31 }).instantiate())).toBe('nothing thrown');
  });

  test('the heap ends at the limit', () => {
    const instance = engine.compile(workload(), { maxMemory: 1 << 20 }).instantiate();
    expect(instance.memory.sbrk(2 << 20)).toBeUndefined();
    expect(instance.memory.heapSize).toBe(0);
    expect(instance.memory.sbrk(900_000)).toBe(instance.memory.heapEnd);
    expect(instance.memory.size).toBeLessThanOrEqual(1 << 20);
  });

  test('pages of dynamic paging count', () => {
    const { memory } = engine.compile(workload(), { maxMemory: 1 << 20, dynamicPaging: true }).instantiate();
    memory.zeroWithProtection(0x100000, 1 << 20, 'read-write');
    expect(codeOf(() => memory.zeroWithProtection(0x800000, 1, 'read'))).toBe('memory/limit');
    memory.freePages(0x100000, 4096);
    expect(codeOf(() => memory.zeroWithProtection(0x800000, 1, 'read'))).toBe('nothing thrown');
  });

  test('many instances share the decoded code and live side by side', () => {
    const module = engine.compile(workload());
    const linker = new Linker<number>().define('give', (caller) => caller.userData);
    const instances = Array.from({ length: 500 }, (_, userData) => linker.instantiate(module, { userData }));
    const results = instances.map((instance) => instance.call('work', 3));
    expect(new Set(results).size).toBe(500);
    expect(results[7]).toBe(linker.instantiate(module, { userData: 7 }).call('work', 3));
  });
});

describe('memory', () => {
  const module = engine.compile(
    assemble({
      exports: ['f'],
      code: ['f', RETURN],
      roData: new TextEncoder().encode('read only\0'),
      rwData: new TextEncoder().encode('grüße\0…'),
      stackSize: 4096,
    }),
    { auxDataSize: 100 },
  );
  const RO = 0x10000;
  const RW = 0x30000;

  test('typed access, little-endian, signed and unsigned spellings of addresses', () => {
    const { memory } = module.instantiate();
    memory.writeU64(RW, 0xfedcba9876543210n);
    expect(memory.read(RW, 8)).toEqual(Uint8Array.of(0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe));
    expect(memory.readU64(RW)).toBe(0xfedcba9876543210n);
    expect(memory.readI64(RW)).toBe(0xfedcba9876543210n - 2n ** 64n);
    expect(memory.readU32(RW + 4)).toBe(0xfedcba98);
    expect(memory.readI32(RW + 4)).toBe(0xfedcba98 | 0);
    expect(memory.readU16(RW + 1)).toBe(0x5432);
    expect(memory.readU8(RW + 7)).toBe(0xfe);
    memory.writeU8(RW, 0x1ff);
    memory.writeU16(RW + 1, -1);
    memory.writeU32(RW + 4, -2);
    expect(memory.readU64(RW)).toBe(0xfffffffe_76ffffffn);
    const stack = module.memoryMap.stackPointer - 8;
    memory.writeU32(stack, 77);
    expect(memory.readU32(stack | 0)).toBe(77);
  });

  test('strings', () => {
    const { memory } = module.instantiate();
    expect(memory.readCString(RW)).toBe('grüße');
    expect(memory.readString(RO, 4)).toBe('read');
    expect(memory.writeString(RW, 'äöü')).toBe(6);
    expect(memory.readCString(RW)).toBe('äöüe');
    expect(codeOf(() => memory.readCString(RW, 3))).toBe('memory/unterminated');
    memory.write(RW, new Uint8Array(4096).fill(65));
    expect(codeOf(() => memory.readCString(RW))).toBe('memory/out-of-range');
  });

  test('views are the memory itself', () => {
    const { memory } = module.instantiate();
    expect(memory.view(RO, 9, (bytes) => new TextDecoder().decode(bytes))).toBe('read only');
    expect(memory.view(RW, 0, (bytes) => bytes.length)).toBe(0);
    expect(codeOf(() => memory.view(RW, 5000, () => 0))).toBe('memory/out-of-range');
  });

  test('rights: hosts write what guests write, and the aux region', () => {
    const { memory } = module.instantiate();
    const aux = module.memoryMap.regions.find((r) => r.name === 'aux')?.start ?? 0;
    expect(codeOf(() => memory.writeU8(RO, 1))).toBe('memory/out-of-range');
    expect(codeOf(() => memory.write(RO, Uint8Array.of(1)))).toBe('memory/out-of-range');
    memory.writeU32(aux, 5);
    expect(memory.readU32(aux)).toBe(5);
    memory.auxWriteProtected = true;
    expect(codeOf(() => memory.writeU32(aux, 5))).toBe('memory/out-of-range');
    expect(codeOf(() => memory.setAuxSize(5000))).toBe('memory/aux-size');
    memory.setAuxSize(0);
    expect(memory.isAccessible(aux, 1)).toBe(false);
    memory.setAuxSize(100);
    expect(memory.readU32(aux)).toBe(0);
  });

  test('nothing but riscbox errors for any numbers', () => {
    const { memory } = module.instantiate();
    const odd = [
      0,
      -1,
      1,
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 32,
      2 ** 32 - 1,
      -(2 ** 31),
      2 ** 53,
      RW,
    ];
    const lengths = [0, -1, 1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, 2 ** 31];
    for (const address of odd) {
      for (const use of [
        () => memory.readU8(address),
        () => memory.readU64(address),
        () => memory.writeU64(address, 1n),
        () => memory.readCString(address),
        () => memory.write(address, Uint8Array.of(1)),
      ]) {
        expect(codeOf(use)).toMatch(/^memory\/out-of-range$|^nothing thrown$/);
      }
      for (const length of lengths) {
        for (const use of [
          () => memory.read(address, length),
          () => memory.zero(address, length),
          () => memory.view(address, length, () => 0),
          () => memory.isAccessible(address, length),
        ]) {
          expect(codeOf(use)).toMatch(/^memory\/out-of-range$|^nothing thrown$/);
        }
        for (const use of [
          () => memory.mapPages(address, length),
          () => memory.unmapPages(address, length),
        ]) {
          expect(codeOf(use)).toMatch(/^memory\/(out-of-range|unaligned-page)$|^nothing thrown$/);
        }
        expect(codeOf(() => memory.zeroWithProtection(address, length, 'read'))).toMatch(/^memory\//);
      }
    }
  });

  test('zero clears, and only what it may', () => {
    const { memory } = module.instantiate();
    memory.zero(RW, 3);
    expect(memory.read(RW, 4)).toEqual(Uint8Array.of(0, 0, 0, 0xbc));
    expect(codeOf(() => memory.zero(RW, 4097))).toBe('memory/out-of-range');
  });

  test('operations of the other mode say so', () => {
    const flat = module.instantiate().memory;
    const paged = engine.compile(workload(), { dynamicPaging: true }).instantiate().memory;
    expect(codeOf(() => flat.zeroWithProtection(RW, 4096, 'read'))).toBe('memory/wrong-mode');
    expect(codeOf(() => flat.protect(RW, 4096))).toBe('memory/wrong-mode');
    expect(codeOf(() => flat.freePages(RW, 4096))).toBe('memory/wrong-mode');
    expect(codeOf(() => paged.setAuxSize(1))).toBe('memory/wrong-mode');
    expect(codeOf(() => paged.mapPages(RW, 4096))).toBe('memory/wrong-mode');
    expect(paged.sbrk(1)).toBeUndefined();
  });
});

describe('dynamic paging', () => {
  const module = engine.compile(workload({ heap: false }), { dynamicPaging: true });
  const linker = new Linker().define('give', () => 5);

  test('a call fills in stack and data by itself, with the same result as without paging', () => {
    const plain = linker.instantiate(engine.compile(workload({ heap: false })));
    const paged = linker.instantiate(module);
    expect(paged.call('work', 50)).toBe(plain.call('work', 50));
    expect(paged.memory.size).toBeGreaterThan(4096);
  });

  test('a run returns every fault, which can be resumed', () => {
    const instance = linker.instantiate(module);
    instance.prepareCall('work', [1]);
    const stop = instance.run();
    expect(stop).toMatchObject({
      kind: 'segfault',
      pageSize: 4096,
      writeProtected: false,
      pageAddress: 0xfffdf000,
    });
    expect(instance.nextPc).toBe(instance.pc);
    instance.memory.zeroWithProtection(0xfffdf000, 4096, 'read');
    expect(instance.run()).toMatchObject({ kind: 'segfault', writeProtected: true, pageAddress: 0xfffdf000 });
    instance.memory.unprotect(0xfffdf000, 4096);
    expect(instance.run()).toMatchObject({ kind: 'segfault', writeProtected: false });
  });

  test('a fault elsewhere traps a call', () => {
    const wild = engine.compile(
      assemble({ exports: ['f'], code: ['f', ['load_u8', { a: A0, x: 0x800000 }], RETURN] }),
      { dynamicPaging: true },
    );
    const instance = wild.instantiate();
    expect(codeOf(() => instance.call('f'))).toBe('call/trap');
    expect(instance.pc).toBe(0);
    expect(instance.nextPc).toBeUndefined();
  });
});

describe('JAM programs', () => {
  const { code, bitmask } = readBlob(
    assemble({
      kind: 'jam_v1',
      code: [['load_indirect_u8', { a: A0, b: A0, x: 1 }], ['ecalli', { x: 7 }], RETURN],
    }),
  );
  const raw = writeJamProgram(makeBlob({ kind: 'jam_v1', code, bitmask }));
  const spi = (metadata?: Uint8Array) =>
    writeSpi(
      makeBlob({
        kind: 'jam_v1',
        container: 'jam-spi',
        code,
        bitmask,
        stackSize: 4096,
        spi: { heapPages: 2, metadata },
      }),
    );

  test('a standard program gets its arguments in memory and registers', () => {
    const linker = new Linker().defineNumber(7, { params: ['u32'], result: 'u32' }, (_caller, x) => x + 1);
    for (const file of [spi(), spi(Uint8Array.of(1, 2, 3))]) {
      const module = engine.compile(file, { kind: 'jam_v1' });
      const instance = linker.instantiate(module, { arguments: Uint8Array.of(10, 20, 30) });
      expect(instance.getRegister('ra')).toBe(0xffff0000n);
      expect(instance.getRegister('sp')).toBe(0xfefe0000n);
      expect(instance.getRegister('a0')).toBe(0xfeff0000n);
      expect(instance.getRegister('a1')).toBe(3n);
      expect(instance.call(0)).toBe(21n);
      instance.reset();
      expect(instance.call(0)).toBe(21n);
      const paged = linker.instantiate(engine.compile(file, { kind: 'jam_v1', dynamicPaging: true }), {
        arguments: Uint8Array.of(10, 40),
      });
      expect(paged.call(0)).toBe(41n);
    }
  });

  test('numbers without a function come out, or trap a call', () => {
    const instance = engine.compile(spi(), { kind: 'jam_v1', container: 'jam-spi' }).instantiate({
      arguments: Uint8Array.of(1, 2),
    });
    instance.prepareCall(0);
    expect(instance.run()).toMatchObject({ kind: 'host-call', number: 7 });
    expect(codeOf(() => instance.call(0))).toBe('call/trap');
  });

  test('a bare program runs on the pages it is given', () => {
    const instance = engine.compile(raw, { kind: 'jam_v1', dynamicPaging: true }).instantiate();
    instance.memory.zeroWithProtection(0x20000, 4096, 'read-write');
    instance.memory.writeU8(0x20001, 99);
    instance.setRegister('a0', 0x20000);
    instance.nextPc = 0;
    expect(instance.run()).toMatchObject({ kind: 'host-call', number: 7 });
    expect(instance.getRegister('a0')).toBe(99n);
    expect(codeOf(() => engine.compile(raw).instantiate({ arguments: new Uint8Array(1) }))).toBe(
      'instance/arguments',
    );
  });
});
