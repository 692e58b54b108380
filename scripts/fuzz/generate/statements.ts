import { FORMS } from '../../../src/isa/row.ts';
import { randomLine } from '../operands.ts';
import type { Area, Operation, Target } from '../target.ts';
import type { FunctionWriter } from './function-writer.ts';
import { accessSize, loadOf, loop, STORES } from './loops.ts';

/** Host-call numbers: those that the host answers, and one that is large. */
export const HOST_CALLS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 100, 0x7fffffff];

const choiceOf = (
  w: FunctionWriter,
): { readonly written: readonly number[]; readonly read: readonly number[] } => {
  const { scratch, saved, stackPointer } = w.target.roles;
  return { written: scratch, read: [...scratch, ...scratch, ...saved, stackPointer] };
};

/** A few operations that compute. */
const compute = (w: FunctionWriter): void => {
  const operations = w.target.withEffect('value');
  const choice = choiceOf(w);
  for (let n = w.random.range(1, 6); n > 0; n--) {
    w.builder.add(randomLine(w.random, w.target, w.random.pick(operations), choice));
  }
};

/** An operation chosen with registers all the same or neighbours: dependencies. */
const chain = (w: FunctionWriter): void => {
  const operations = w.target.withEffect('value');
  const [r, s] = w.scratches(2) as [number, number];
  for (let n = w.random.range(2, 6); n > 0; n--) {
    const read = w.random.chance(0.3) ? [r] : [r, s];
    w.builder.add(randomLine(w.random, w.target, w.random.pick(operations), { written: [r], read }));
  }
};

/** Where an access may go: an address inside an area that takes it. */
const place = (
  w: FunctionWriter,
  write: boolean,
): { readonly area: Area; readonly address: number } | undefined => {
  const areas = w.target.areasFor(write).filter((area) => area.size >= 1024 && !isCode(w.target, area));
  if (areas.length === 0) return undefined;
  const area = w.random.pick(areas);
  const address = w.builder.addressIn(area, 16);
  const border = (area.start + 4096) & -4096;
  // Now and then over the end of a page, which dynamic paging maps apart from the next one.
  if (!write && w.random.chance(0.08) && border + 16 < area.start + area.size) {
    return { area, address: (border - w.random.range(0, 7)) >>> 0 };
  }
  return { area, address: w.random.chance(0.8) ? (address & -8) >>> 0 : address };
};

/** Code is not data that a program overwrites by accident. */
const isCode = ({ layout }: Target, area: Area): boolean =>
  layout.segments.some((s) => s.executable && s.address === area.start && s.writable);

/** A load or store of the table, in any of its forms, to a fixed place. */
const fixedAccess = (w: FunctionWriter): void => {
  const { target, random, builder: b } = w;
  const operation = random.pick(target.withEffect('load', 'store'));
  const { effect, form } = operation.row;
  if (effect.kind !== 'load' && effect.kind !== 'store') return;
  const at = place(w, effect.kind === 'store');
  if (at === undefined) return;
  const { address } = at;
  let line = randomLine(random, target, operation, choiceOf(w));
  const base = effect.base;
  if (base === undefined) line = { ...line, x: address | 0 };
  else {
    const offset = random.chance(0.5) ? 0 : random.range(-100, 100);
    const [register] = w.scratches(1) as [number];
    b.constant(register, (address - offset) | 0);
    line = { ...line, [base]: register, x: offset };
  }
  b.add(FORMS[form].includes('x') ? line : { ...line, x: 0 });
};

/** An access at an index that is computed and masked, as arrays are. */
const indexedAccess = (w: FunctionWriter): void => {
  const { random, builder: b } = w;
  const write = random.chance(0.5);
  const at = place(w, write);
  if (at === undefined) return;
  const size = accessSize(w);
  const { area } = at;
  const mask = random.pick([0xff, 0x1f8, 0x3fc, 0x7f]);
  const start = area.start + (area.size >= 2048 ? 512 : 0);
  const [index, base, value] = w.scratches(3) as [number, number, number];
  b.emit('and_imm', { a: index, b: w.readable(), x: mask });
  b.constant(base, start | 0);
  b.addRegisters(index, index, base);
  const x = random.range(0, 31) & -size;
  if (write) b.emit(STORES[size], { a: w.readable(), b: index, x });
  else b.emit(loadOf(w, size), { a: value, b: index, x });
  if (random.chance(0.3)) b.emit(loadOf(w, size), { a: value, b: index, x });
};

/** The frame of the function: sp-relative, always accessible. */
const stackAccess = (w: FunctionWriter): void => {
  const { random, builder: b, target } = w;
  const size = accessSize(w);
  const x = random.range(0, 3) * 8;
  const { stackPointer } = target.roles;
  if (random.chance(0.5)) b.emit(STORES[size], { a: w.readable(), b: stackPointer, x });
  else b.emit(loadOf(w, size), { a: w.scratch(), b: stackPointer, x });
};

const memory = (w: FunctionWriter): void => {
  w.random.pick([fixedAccess, fixedAccess, indexedAccess, stackAccess])(w);
};

/** One side or two, or a chain of conditions. */
const ifElse = (w: FunctionWriter): void => {
  const { builder: b, random } = w;
  const [other, end] = [b.label(), b.label()];
  const branches = w.target.withEffect('branch');
  const two = random.chance(0.6);
  const line = randomLine(random, w.target, random.pick(branches), choiceOf(w));
  b.add({ ...line, to: other });
  w.depth++;
  statement(w);
  if (two) {
    b.jump(end);
    b.place(other);
    statement(w);
    b.place(end);
  } else b.place(other);
  w.depth--;
};

const call = (w: FunctionWriter): void => {
  const { builder: b, random } = w;
  const affordable = w.callees.filter(({ cost }) => cost + 10 < w.room);
  if (affordable.length === 0) {
    compute(w);
    return;
  }
  const callee = random.pick(affordable);
  const [argument] = w.target.roles.arguments as [number];
  if (callee.depth > 0) b.constant(argument, random.range(0, callee.depth));
  const how = random.below(10);
  if (how < 6) b.call(callee.label);
  else if (how < 8 && !w.target.riscv) {
    const [register] = w.scratches(1) as [number];
    const spare = register === argument ? (w.target.roles.arguments[1] as number) : register;
    b.constant(spare, b.codeAddress(callee.label));
    b.callRegister(spare);
  } else
    callThroughTable(
      w,
      callee.label,
      affordable.filter((c) => c.depth === 0).map((c) => c.label),
    );
  w.spend(callee.cost);
};

/** An indirect call whose target is chosen by data. */
const callThroughTable = (w: FunctionWriter, wanted: number, others: readonly number[]): void => {
  const { builder: b, random } = w;
  const choice = others.includes(wanted) ? others : [];
  const labels = choice.length > 0 ? Array.from({ length: 4 }, () => random.pick(choice)) : [wanted];
  const address = b.table(labels);
  if (address < 0) {
    b.call(wanted);
    return;
  }
  const [register] = w.scratches(1) as [number];
  const spare = register === w.target.roles.arguments[0] ? (w.target.roles.arguments[1] as number) : register;
  if (labels.length === 1) b.constant(spare, address | 0);
  else indexTable(w, spare, address, labels.length);
  b.emit('load_indirect_i32', { a: spare, b: spare });
  b.callRegister(spare);
};

/** `register` = address of a word of a table, by a value of the program. */
const indexTable = (w: FunctionWriter, register: number, address: number, length: number): void => {
  const { builder: b } = w;
  const base = w.target.roles.arguments[2] as number;
  const spare = base === register ? (w.target.roles.arguments[1] as number) : base;
  b.emit('and_imm', { a: register, b: w.readable(), x: length - 1 });
  b.emit('shift_logical_left_imm_32', { a: register, b: register, x: 2 });
  b.constant(spare, address | 0);
  b.addRegisters(register, register, spare);
};

/** A switch through a table of code addresses. */
const switchTable = (w: FunctionWriter): void => {
  const { builder: b, random } = w;
  const count = random.pick([2, 4, 8]);
  const cases = Array.from({ length: count }, () => b.label());
  const end = b.label();
  const address = b.table(
    cases.map((label, i) => (i > 0 && random.chance(0.2) ? (cases[0] as number) : label)),
  );
  if (address < 0) {
    compute(w);
    return;
  }
  const [register] = w.scratches(1) as [number];
  indexTable(w, register, address, count);
  b.emit('load_indirect_i32', { a: register, b: register });
  b.emit('jump_indirect', { a: register });
  for (const label of cases) {
    b.place(label);
    compute(w);
    // Fall through into the next case now and then.
    if (random.chance(0.8)) b.jump(end);
    else if (!w.target.riscv) b.emit('fallthrough');
  }
  b.place(end);
};

const hostCall = (w: FunctionWriter): void => {
  w.builder.hostCall(w.random.pick(HOST_CALLS));
};

/** What has no other statement: everything of the table that neither computes nor accesses nor jumps. */
const rare = (w: FunctionWriter): void => {
  const operations = w.target.withEffect(
    ...(['nothing', 'custom', 'atomic', 'load-reserved', 'store-conditional', 'fallthrough'] as const),
  );
  rareOperation(w, w.random.pick(operations));
};

/** Bytes that a program asks the heap for: mostly little, since all of it is compared at every stop. */
const HEAP_STEPS: readonly number[] = [
  0, 0, 0, 1, 1, 100, 100, 4096, 4097, 4095, 20_000, 65_536, -1, 0x7fffffff,
];

export const rareOperation = (w: FunctionWriter, operation: Operation): void => {
  const { builder: b, random, target } = w;
  const { effect } = operation.row;
  const line = randomLine(random, target, operation, choiceOf(w));
  const setBase = (base: number): boolean => {
    const at = place(w, true);
    if (at === undefined) return false;
    b.constant(base, (at.address & -8) | 0);
    return true;
  };
  if (effect.kind === 'custom' && effect.custom === 'memset') {
    const [to, value, count] = target.roles.arguments as readonly [number, number, number];
    const length = random.pick([0, 1, 3, 8, 64, 200]);
    if (!setBase(to)) return;
    b.constant(value, random.word());
    b.constant(count, length);
    w.spend(length / 20);
  } else if (effect.kind === 'custom' && effect.custom.startsWith('sbrk')) {
    b.constant(line.b, random.pick(HEAP_STEPS));
  } else if (
    effect.kind === 'load-reserved' ||
    effect.kind === 'store-conditional' ||
    effect.kind === 'atomic'
  ) {
    const [base, other] = w.scratches(2) as [number, number];
    if (!setBase(base)) return;
    if (effect.kind === 'store-conditional' && random.chance(0.7)) reserve(w, base, effect.size);
    if (effect.kind !== 'store-conditional' || random.chance(0.9)) {
      b.add({ ...line, b: base, ...(random.chance(0.5) && line.c !== 0 ? { c: other } : {}) });
      return;
    }
    b.addSmall(base, base, effect.size);
    b.add({ ...line, b: base });
    return;
  }
  b.add(line);
};

const reserve = (w: FunctionWriter, base: number, size: number): void => {
  const [, value] = w.scratches(2) as [number, number];
  if (value === base) return;
  w.builder.emit(size === 4 ? 'load_reserved_32' : 'load_reserved_64', { a: value, b: base });
};

/** One statement, nested no deeper than four levels. */
export const statement = (w: FunctionWriter): void => {
  const deep = w.depth >= 4;
  const write = w.random.weighted<(w: FunctionWriter) => void>([
    [compute, 26],
    [chain, 6],
    [memory, 22],
    [ifElse, deep ? 0 : 10],
    [aLoop, deep || w.room < 60 ? 0 : 16],
    [call, 9],
    [switchTable, deep ? 0 : 4],
    [hostCall, 2],
    [rare, 5],
  ]);
  write(w);
};

const aLoop = (w: FunctionWriter): void => {
  loop(w, (inside) => {
    for (let n = w.random.range(0, 2); n > 0; n--) statement(inside);
    if (inside.random.chance(0.3)) compute(inside);
  });
};
