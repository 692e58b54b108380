import { describe, expect, test } from 'vitest';
import { makeBlob } from '../../src/blob/make.ts';
import type { Kind, PolkaVmKind } from '../../src/core/kind.ts';
import { widthOf } from '../../src/core/kind.ts';
import { encodePolkaVm, MAX_ENCODED_LENGTH } from '../../src/decoder/encode-polkavm.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { programFrom } from '../../src/decoder/program.ts';
import { CompiledCode } from '../../src/interpreter/compiled-code.ts';
import { Machine } from '../../src/interpreter/machine.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { existsIn, operation } from '../../src/isa/table.ts';
import { FlatMemory } from '../../src/memory/flat-memory.ts';
import { PagedMemory } from '../../src/memory/paged-memory.ts';

const RO = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7 + 3) & 255);
const RW = Uint8Array.from({ length: 4097 }, (_, i) => (i * 5 + 1) & 255);
const STACK = 8192;
const AUX = 4096;
const BASE = 1;
const VALUE = 2;

const TYPES = FULL_ROWS.filter((r) => r.effect.kind === 'load' || r.effect.kind === 'store');

/** One access per block: `instruction; trap`. Register 1 holds the address, register 2 what is stored or loaded. */
const programOf = (kind: PolkaVmKind) => {
  const rows = TYPES.filter((r) => existsIn(r, kind) && r.form === 'reg_reg_imm');
  const code = new Uint8Array(rows.length * (MAX_ENCODED_LENGTH + 1));
  const starts: number[] = [];
  let at = 0;
  const put = (i: Instruction): void => {
    starts.push(at);
    at += encodePolkaVm(i, kind, at, code, at);
  };
  const entries = rows.map((row) => {
    const pc = at;
    put(Object.assign(new Instruction(), { op: operation(row.name), a: VALUE, b: BASE, x: 0 }));
    put(Object.assign(new Instruction(), { op: operation('trap') }));
    return { row, pc };
  });
  const bitmask = new Uint8Array(Math.ceil(at / 8));
  for (const start of starts) bitmask[start >> 3]! |= 1 << (start & 7);
  const blob = makeBlob({
    kind,
    roDataSize: RO.length,
    rwDataSize: RW.length,
    stackSize: STACK,
    roData: RO,
    rwData: RW,
    code: code.subarray(0, at),
    bitmask,
  });
  return { program: programFrom(blob), entries };
};

const machineOf = (kind: Kind, program: ReturnType<typeof programFrom>, paged: boolean) => {
  const compiled = new CompiledCode(program.code, program.width, false, {
    costs: new Uint32Array(FULL_ROWS.length + 1).fill(1),
    blockCost: undefined,
  });
  const map = program.memoryMap({ maxMemory: 1 << 24, auxDataSize: AUX });
  const memory = paged ? new PagedMemory(map, 1 << 24) : new FlatMemory(map, 1 << 24);
  if (memory instanceof PagedMemory) {
    for (const r of map.regions) {
      memory.zeroWithProtection(r.start, r.size, 'read-write');
      memory.write(r.start, r.data);
      if (!r.writable) memory.protect(r.start, r.size, 'read');
    }
  }
  return {
    machine: new Machine(compiled, memory, { kind, metering: 'none', granularity: 'block' }),
    map,
    memory,
  };
};

describe.each([
  ['latest32', false],
  ['latest64', false],
  ['latest32', true],
  ['latest64', true],
] as const)('accesses around every border, %s, paged: %s', (kind, paged) => {
  test('succeed exactly where all their bytes are accessible', () => {
    const { program, entries } = programOf(kind);
    const { machine, map, memory } = machineOf(kind, program, paged);
    const borders = map.regions.flatMap((r) => [r.start, r.start + 4096, r.start + r.size]);
    borders.push(0, 2 ** 32, 0x10000, 0xffff0000, map.heap.base);
    let checked = 0;
    for (const border of new Set(borders)) {
      for (let offset = -17; offset <= 17; offset++) {
        const address = (border + offset) >>> 0;
        for (const { row, pc } of entries) {
          const { effect } = row;
          if (effect.kind !== 'load' && effect.kind !== 'store') continue;
          const inside = map.regions.find(
            (r) => address >= r.start && address + effect.size <= r.start + r.size,
          );
          const allowed = inside !== undefined && (effect.kind === 'load' || inside.writable);
          const before = inside && memory.read(address, effect.size);
          const stored = 0x8182838485868788n + BigInt(checked);
          machine.setRegister(BASE, address);
          machine.setRegister(VALUE, stored);
          machine.nextPc = pc;
          const stop = machine.run();
          const text = `${row.name} at ${address.toString(16)}`;
          checked++;
          if (!allowed) {
            const kinds = paged ? ['segfault', 'trap'] : ['trap'];
            expect(kinds, text).toContain(stop.kind);
            if (stop.kind === 'trap') expect(stop.reason, text).toBe('memory-access');
            expect(machine.pc, text).toBe(pc);
            expect(machine.getRegister(VALUE), text).toBe(BigInt.asUintN(widthOf(kind), stored));
            if (before) expect(memory.read(address, effect.size), text).toEqual(before);
            continue;
          }
          expect(stop, text).toMatchObject({ kind: 'trap', reason: 'trap' });
          const bytes = memory.read(address, effect.size);
          const little = bytes.reduceRight((sum, b) => (sum << 8n) | BigInt(b), 0n);
          if (effect.kind === 'store') expect(little, text).toBe(BigInt.asUintN(8 * effect.size, stored));
          else {
            const value = effect.signed ? BigInt.asIntN(8 * effect.size, little) : little;
            expect(machine.getRegister(VALUE), text).toBe(BigInt.asUintN(widthOf(kind), value));
          }
        }
      }
    }
    expect(checked).toBeGreaterThan(4000);
  });
});
