import { operation } from '../../../src/isa/table.ts';
import type { Random } from '../random.ts';
import { LINE, type Line, type Source } from '../source.ts';
import type { Target } from '../target.ts';
import { Builder } from './builder.ts';
import { edge } from './edges.ts';
import { type Callee, FunctionWriter } from './function-writer.ts';
import { statement } from './statements.ts';

/** A program as compilers make them: functions with frames, loops, calls, switches, memory, host calls. */
export const shapedProgram = (random: Random, target: Target): Source => {
  const b = new Builder(target, random);
  // The program begins with its first line; what it calls follows, and is written first in its own order.
  const main = b.label();
  b.jump(main);
  b.entries.push(main);
  const callees: Callee[] = [];
  const canCall = target.layout.stack >= 1024;
  for (let n = canCall ? random.range(0, 3) : 0; n > 0; n--) {
    callees.push(random.chance(0.25) ? recursive(b, callees) : leaf(b, callees));
  }
  b.place(main);
  const limit = Math.floor(600 * 2 ** (random.below(35) / 10));
  writeFunction(b, main, callees, limit, (w) => {
    while (w.room > 30 && b.lines.length < 420) statement(w);
    if (random.chance(0.55)) edge(w);
    end(w, canCall);
  });
  b.return();
  b.entries.push(...callees.map(({ label }) => label));
  return b.source();
};

const leaf = (b: Builder, callees: readonly Callee[]): Callee => {
  const label = b.label();
  b.place(label);
  const limit = b.random.pick([15, 40, 120]);
  const cost = writeFunction(b, label, [...callees], limit, (w) => {
    const most = b.lines.length + 60;
    do statement(w);
    while (w.room > 10 && b.lines.length < most);
  });
  b.return();
  return { label, cost: cost + 10, depth: 0 };
};

/** Calls itself once or twice while its argument is not zero; now and then without end, down the stack. */
const recursive = (b: Builder, callees: readonly Callee[]): Callee => {
  const { random, target } = b;
  const {
    returnAddress,
    stackPointer,
    arguments: [argument, spare],
  } = target.roles;
  const label = b.label();
  const out = b.label();
  const twice = random.chance(0.4);
  const endless = !twice && random.chance(0.06);
  const depth = twice ? 4 : random.pick([5, 20, 40]);
  const frame = 32;
  const word = target.width === 64 ? 'u64' : 'u32';
  const load = target.width === 64 ? 'load_indirect_u64' : 'load_indirect_i32';
  b.place(label);
  if (!endless) b.branchSmall('eq', argument as number, 0, out, spare as number);
  b.addSmall(stackPointer, stackPointer, -frame);
  b.emit(`store_indirect_${word}`, { a: returnAddress, b: stackPointer, x: 0 });
  b.addSmall(argument as number, argument as number, -1);
  b.emit(`store_indirect_${word}`, { a: argument as number, b: stackPointer, x: 8 });
  b.call(label);
  if (twice) {
    b.emit(load, { a: argument as number, b: stackPointer, x: 8 });
    b.call(label);
  }
  const w = new FunctionWriter(b, callees, 12);
  const body = b.lines.length;
  if (w.random.chance(0.5)) b.addRegisters(w.scratch(), w.readable(), w.readable());
  b.emit(load, { a: returnAddress, b: stackPointer, x: 0 });
  b.addSmall(stackPointer, stackPointer, frame);
  b.return();
  b.place(out);
  b.addSmall(w.scratch(), w.scratch(), 1);
  b.return();
  const perCall = 9 + b.lines.length - body;
  return { label, cost: perCall * (twice ? 2 ** depth : depth), depth: endless ? 1 : depth };
};

/** Writes a function's body, then its frame around it, for the registers that turned out to be used. */
const writeFunction = (
  b: Builder,
  label: number,
  callees: readonly Callee[],
  limit: number,
  body: (w: FunctionWriter) => void,
): number => {
  const from = b.lines.length;
  const firstLabel = b.labels.length;
  const w = new FunctionWriter(b, callees, limit);
  body(w);
  const cost = w.spent;
  const saved = [...w.used];
  const { returnAddress, stackPointer } = b.target.roles;
  const kept = [returnAddress, ...saved];
  // Four words at the bottom are for the statements.
  const frame = Math.ceil((32 + 8 * kept.length) / 16) * 16;
  const word = b.target.width === 64 ? 'store_indirect_u64' : 'store_indirect_u32';
  const load = b.target.width === 64 ? 'load_indirect_u64' : 'load_indirect_i32';
  if (b.target.layout.stack < 1024) return cost;
  const line = (name: string, a: number, base: number, x: number): Line => ({
    ...LINE,
    ...{ op: operation(name), a, b: base, x, short: b.target.riscv },
  });
  const add = b.target.width === 64 ? 'add_imm_64' : 'add_imm_32';
  const prologue = [
    line(add, stackPointer, stackPointer, -frame),
    ...kept.map((register, i) => line(word, register, stackPointer, 32 + 8 * i)),
  ];
  const inside = Array.from({ length: b.labels.length - firstLabel }, (_, i) => firstLabel + i);
  if (!b.target.riscv && inside.some((l) => b.labels[l] === from)) {
    prologue.push({ ...LINE, op: operation('fallthrough') });
  }
  b.insert(
    from,
    prologue,
    inside.filter((l) => l !== label),
  );
  for (const [i, register] of kept.entries()) {
    b.emit(load, { a: register, b: stackPointer, x: 32 + 8 * i });
  }
  b.addSmall(stackPointer, stackPointer, frame);
  return cost + 2 * prologue.length;
};

/** The end of the program, in front of the epilogue of its first function. */
const end = (w: FunctionWriter, canReturn: boolean): void => {
  const { builder: b, random, target } = w;
  if (canReturn && random.chance(0.7)) return;
  const traps = target.withEffect('trap');
  const choice = random.below(10);
  if (choice < 4) b.add({ ...LINE, op: random.pick(traps).op });
  else if (choice < 7) {
    const [register] = w.scratches(1) as [number];
    b.constant(register, random.pick([0xffff0000 | 0, 0, 1, 3, 0x7ffffffe, random.word()]));
    b.emit('jump_indirect', { a: register });
  } else if (choice < 9) {
    b.constant(target.roles.returnAddress, 0xffff0000 | 0);
    b.return();
  }
};
