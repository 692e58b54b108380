import { describe, expect, test } from 'vitest';
import type { Kind } from '../../src/core/kind.ts';
import { isRiscvKind, widthOf } from '../../src/core/kind.ts';
import type { Code } from '../../src/decoder/code.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { CompiledCode } from '../../src/interpreter/compiled-code.ts';
import { Machine } from '../../src/interpreter/machine.ts';
import type { FullRow } from '../../src/isa/full-row.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { oracle } from '../../src/isa/oracle.ts';
import { FORMS } from '../../src/isa/row.ts';
import type { Sem, Values } from '../../src/isa/sem.ts';
import { existsIn, INVALID, operation } from '../../src/isa/table.ts';
import { FlatMemory } from '../../src/memory/flat-memory.ts';

const TRAP = operation('trap');

/** Instructions by program counter 0, 1, 2 …: the tested one and two traps, again and again. */
class ListedCode implements Code {
  readonly count: number;
  readonly codeAddresses = { first: 0, end: 0 };
  readonly #instructions: readonly Instruction[];

  constructor(instructions: readonly Instruction[]) {
    this.#instructions = instructions;
    this.count = 3 * instructions.length + 1;
  }
  indexOf(pc: number): number {
    return pc < this.count ? pc : -1;
  }
  pcOf(index: number): number {
    return index;
  }
  decode(pc: number, out: Instruction): void {
    out.length = 1;
    out.isLast = false;
    out.op = pc === this.count - 1 ? INVALID : TRAP;
    const instruction = this.#instructions[pc / 3];
    if (instruction === undefined) return;
    Object.assign(out, instruction, { length: 1, target: pc + 2 });
  }
  isJumpTarget(pc: number): boolean {
    return pc < this.count - 1;
  }
  blockOf(pc: number): number {
    return pc;
  }
  isBehindCode(): boolean {
    return false;
  }
  resolveCodeAddress(): number {
    return -1;
  }
  nextBlock(): undefined {
    return undefined;
  }
}

const EDGES: readonly bigint[] = [
  ...[0n, 1n, -1n, 2n, 31n, 32n, 33n, 63n, 64n, 0x7fn, 0x80n, 0xffffn, 0x8000n],
  ...[0x7fffffffn, -0x80000000n, 0xffffffffn, 0x100000000n, -0x80000001n],
  ...[0x7fffffffffffffffn, -0x8000000000000000n, 0x0123456789abcdefn, -0x0fedcba987654321n],
];
const IMMEDIATES: readonly number[] = [0, 1, -1, 31, 32, 33, 63, 64, 2047, -2048, 0x7fffffff, -0x80000000];

/** A small generator with a fixed seed: failures repeat. */
const random = (): ((below: number) => number) => {
  let state = 0x2545f491;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

const machineFor = (kind: Kind, instructions: readonly Instruction[]): Machine => {
  const riscv = isRiscvKind(kind);
  const compiled = new CompiledCode(new ListedCode(instructions), widthOf(kind), riscv, {
    costs: new Uint32Array(FULL_ROWS.length + 1).fill(1),
    blockCost: undefined,
  });
  const map = { pageSize: 4096, origin: 0x10000, regions: [], heap: { base: 0, limit: 0 }, stackPointer: 0 };
  return new Machine(compiled, new FlatMemory(map, 1 << 20), {
    kind,
    metering: 'none',
    granularity: 'block',
  });
};

const instructionOf = (op: number, a: number, b: number, c: number, x: number, y: number): Instruction =>
  Object.assign(new Instruction(), { op, a, b, c, x, y });

/** What a row computes, by the oracle. */
const expected = (
  row: FullRow,
  sem: Sem<bigint>,
  values: readonly bigint[],
  i: Instruction,
): { written: bigint | undefined; taken: boolean } => {
  const o: Values<bigint> = {
    a: values[i.a] as bigint,
    b: values[i.b] as bigint,
    c: values[i.c] as bigint,
    x: sem.imm(i.x),
    y: sem.imm(i.y),
  };
  if (row.effect.kind === 'value') return { written: row.effect.value(sem, o), taken: false };
  if (row.effect.kind === 'branch') return { written: undefined, taken: row.effect.when(sem, o) !== 0n };
  throw new Error(`${row.name} computes nothing`);
};

/** Runs every instruction on registers of edge values and compares all registers and where it stopped. */
const compare = (kind: Kind, row: FullRow, instructions: readonly Instruction[]): void => {
  const width = widthOf(kind);
  const sem = oracle(width);
  const machine = machineFor(kind, instructions);
  const pick = random();
  const riscv = isRiscvKind(kind);
  const values = Array.from({ length: machine.registerCount }, () => 0n);
  const cells = machine.memory.registers;
  const words = new Int32Array(2 * values.length);
  for (const [index, i] of instructions.entries()) {
    for (let r = riscv ? 1 : 0; r < values.length; r++) {
      const value = BigInt.asUintN(width, EDGES[pick(EDGES.length)] as bigint);
      values[r] = value;
      words[2 * r] = Number(value & 0xffffffffn);
      words[2 * r + 1] = width === 64 ? Number(value >> 32n) : 0;
    }
    cells.set(words);
    const want = expected(row, sem, values, i);
    machine.nextPc = 3 * index;
    const stop = machine.run();
    if (want.written !== undefined && !(riscv && i.a === 0)) {
      words[2 * i.a] = Number(want.written & 0xffffffffn);
      words[2 * i.a + 1] = width === 64 ? Number(want.written >> 32n) : 0;
    }
    const pc = 3 * index + (want.taken ? 2 : 1);
    let same = stop.kind === 'trap' && stop.pc === pc;
    for (let r = 0; r < values.length && same; r++) {
      same = cells[2 * r] === words[2 * r] && (width === 32 || cells[2 * r + 1] === words[2 * r + 1]);
    }
    if (!same) {
      expect(
        { stop, registers: values.map((_, r) => machine.getRegister(r)) },
        `${row.name} a=${i.a} b=${i.b} c=${i.c} x=${i.x} y=${i.y} of [${values}]`,
      ).toEqual({ stop: { kind: 'trap', pc, reason: 'trap' }, registers: `a = ${want.written}` });
    }
  }
};

const KINDS: readonly Kind[] = ['latest32', 'latest64', 'rv32', 'rv64'];

describe.each(KINDS)('the loop of %s agrees with the oracle', (kind) => {
  const registers = isRiscvKind(kind) ? 32 : 13;
  const rows = FULL_ROWS.filter(
    (r) => existsIn(r, kind) && (r.effect.kind === 'value' || r.effect.kind === 'branch'),
  );

  test('every register combination of every computing instruction', { timeout: 240_000 }, () => {
    expect(rows.length).toBeGreaterThan(60);
    for (const row of rows) {
      const operands = FORMS[row.form];
      const each = (name: string): number => (operands.includes(name) ? registers : 1);
      const pick = random();
      const immediate = (): number => IMMEDIATES[pick(IMMEDIATES.length)] as number;
      const instructions: Instruction[] = [];
      for (let a = 0; a < each('a'); a++) {
        for (let b = 0; b < each('b'); b++) {
          for (let c = 0; c < each('c'); c++) {
            instructions.push(instructionOf(operation(row.name), a, b, c, immediate(), immediate()));
          }
        }
      }
      compare(kind, row, instructions);
    }
  });

  test('every pair of edge values', { timeout: 240_000 }, () => {
    for (const row of rows) {
      const sem = oracle(widthOf(kind));
      const instructions = IMMEDIATES.flatMap((x) => [instructionOf(operation(row.name), 1, 2, 3, x, -x)]);
      const machine = machineFor(kind, instructions);
      const narrow = widthOf(kind);
      for (const left of EDGES) {
        for (const right of EDGES) {
          for (const [index, i] of instructions.entries()) {
            if (index > 0 && !FORMS[row.form].includes('x')) break;
            const values = [0n, left, right, left].map((v) => BigInt.asUintN(narrow, v));
            // Two-register forms compare a with b; three-register forms compute from b and c.
            if (FORMS[row.form].includes('c')) values[3] = values[1] as bigint;
            for (const [r, v] of values.entries()) machine.setRegister(r, v);
            const want = expected(row, sem, values, i);
            machine.nextPc = 3 * index;
            const stop = machine.run();
            const got = stop.kind === 'trap' ? stop.pc - 3 * index : stop;
            const text = `${row.name} x=${i.x} of [${values}]`;
            if (want.written === undefined) expect(got, text).toBe(want.taken ? 2 : 1);
            else if (machine.getRegister(1) !== want.written)
              expect(machine.getRegister(1), text).toBe(want.written);
          }
        }
      }
    }
  });
});
