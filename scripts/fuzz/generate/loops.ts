import type { AccessSize } from '../../../src/isa/row.ts';
import type { Condition } from './builder.ts';
import type { FunctionWriter } from './function-writer.ts';

/** Writes a body. */
export type Body = (w: FunctionWriter) => void;

/** Loads and stores through a register, by size: what both profiles have. */
export const LOADS: Readonly<Record<AccessSize, readonly string[]>> = {
  1: ['load_indirect_u8', 'load_indirect_i8'],
  2: ['load_indirect_u16', 'load_indirect_i16'],
  4: ['load_indirect_i32', 'load_indirect_u32'],
  8: ['load_indirect_u64'],
};
export const STORES: Readonly<Record<AccessSize, string>> = {
  1: 'store_indirect_u8',
  2: 'store_indirect_u16',
  4: 'store_indirect_u32',
  8: 'store_indirect_u64',
};

export const accessSize = (w: FunctionWriter): AccessSize =>
  w.random.pick(w.target.width === 64 ? ([1, 2, 4, 8] as const) : ([1, 2, 4] as const));

export const loadOf = (w: FunctionWriter, size: AccessSize): string =>
  w.random.pick(LOADS[size].filter((name) => w.target.has(name)));

/** Rounds that leave room for `instructions` each. */
const rounds = (w: FunctionWriter, instructions: number, most = 200): number =>
  Math.max(1, Math.min(w.random.range(2, most), Math.floor((w.room * 0.8) / instructions)));

/** Sets a register to the number of rounds: as a constant, or as one that no translator can know. */
const setCount = (w: FunctionWriter, register: number, count: number): void => {
  const { builder: b, random } = w;
  if (random.chance(0.6) || count < 4) {
    b.constant(register, count);
    return;
  }
  // At most `count`, at least count - mask.
  const mask = 2 ** Math.floor(Math.log2(count / 2)) - 1;
  b.emit('and_imm', { a: register, b: w.readable(), x: Math.min(mask, 2047) });
  if (count - mask < 2048) b.addSmall(register, register, count - Math.min(mask, 2047));
  else b.constant(register, count);
};

/** A loop that counts up, tested at its end. */
const countUp = (w: FunctionWriter, body: Body): void => {
  const { builder: b, random } = w;
  const step = random.pick([1, 1, 1, 2, 3, 4, 8]);
  const times = rounds(w, 8);
  const i = w.take();
  const end = random.chance(0.6) ? w.take() : -1;
  const start = random.pick([0, 0, 1, -5]);
  b.constant(i, start);
  const limit = start + step * times;
  if (end >= 0) b.constant(end, limit);
  const top = b.here();
  w.repeated(times, () => {
    body(w);
    b.addSmall(i, i, step);
    const condition = random.pick<Condition>(start < 0 ? ['lt', 'ne'] : ['lt', 'ne', 'ltu']);
    if (end >= 0 && random.chance(0.2) && condition !== 'ne') {
      // The same, written the other way round.
      b.branch(condition === 'lt' ? 'lt' : 'ltu', i, end, top);
    } else if (end >= 0) b.branch(condition, i, end, top);
    else b.branchSmall(condition, i, limit, top, w.scratch());
  });
  w.give(i, ...(end >= 0 ? [end] : []));
};

/** A loop that counts down to zero. */
const countDown = (w: FunctionWriter, body: Body): void => {
  const { builder: b, random } = w;
  const times = rounds(w, 8);
  const i = w.take();
  setCount(w, i, times);
  const top = b.here();
  w.repeated(times, () => {
    const early = random.chance(0.3);
    if (early) b.addSmall(i, i, -1);
    body(w);
    if (!early) b.addSmall(i, i, -1);
    if (random.chance(0.7)) b.branchSmall('ne', i, 0, top, w.scratch());
    else {
      const [zero] = w.scratches(1) as [number];
      b.constant(zero, 0);
      b.branch('lt', zero, i, top);
    }
  });
  w.give(i);
};

/** A loop that is tested at its top and jumps back. */
const testedAtTop = (w: FunctionWriter, body: Body): void => {
  const { builder: b } = w;
  const times = rounds(w, 8);
  const [i, end] = [w.take(), w.take()];
  const exit = b.label();
  b.constant(i, 0);
  setCount(w, end, times);
  const top = b.here();
  w.repeated(times, () => {
    b.branch('geu', i, end, exit);
    body(w);
    b.addSmall(i, i, 1);
    b.jump(top);
  });
  b.place(exit);
  w.give(i, end);
};

/** Entered at its test, which stands at the end. */
const rotated = (w: FunctionWriter, body: Body): void => {
  const { builder: b } = w;
  const times = rounds(w, 8);
  const i = w.take();
  const [top, test] = [b.label(), b.label()];
  setCount(w, i, times);
  b.jump(test);
  b.place(top);
  w.repeated(times, () => {
    body(w);
    b.addSmall(i, i, -1);
    b.place(test);
    b.branchSmall('ne', i, 0, top, w.scratch());
  });
  w.give(i);
};

/** Two blocks, the first of which may go back as well. */
const twoBlocks = (w: FunctionWriter, body: Body): void => {
  const { builder: b, random } = w;
  const times = rounds(w, 12);
  const i = w.take();
  setCount(w, i, times);
  const exit = b.label();
  const top = b.here();
  w.repeated(times, () => {
    body(w);
    b.addSmall(i, i, -1);
    if (random.chance(0.5)) b.branchSmall('eq', i, 0, exit, w.scratch());
    else b.branchSmall('lt', i, random.range(1, 5), exit, w.scratch());
    body(w);
    if (random.chance(0.5)) b.branch('ltu', w.readable(), w.readable(), top);
    else b.branchSmall('ne', i, 0, top, w.scratch());
    if (random.chance(0.5)) b.branchSmall('ne', i, 0, top, w.scratch());
  });
  b.place(exit);
  w.give(i);
};

/** Left in the middle when the data say so. */
const earlyExit = (w: FunctionWriter, body: Body): void => {
  const { builder: b, random } = w;
  const times = rounds(w, 10);
  const [i, end] = [w.take(), w.take()];
  const [exit, other] = [b.label(), b.label()];
  b.constant(i, 0);
  b.constant(end, times);
  const top = b.here();
  w.repeated(times, () => {
    body(w);
    b.branchSmall('eq', i, random.range(0, times + 3), exit, w.scratch());
    if (random.chance(0.5)) b.branchSmall('eq', w.scratch(), random.range(-3, 3), other, w.scratch());
    body(w);
    b.addSmall(i, i, 1);
    b.branch('ne', i, end, top);
  });
  body(w);
  b.place(other);
  b.addSmall(w.scratch(), i, 1);
  b.place(exit);
  w.give(i, end);
};

/** Entered in the middle: no single head. */
const irreducible = (w: FunctionWriter, body: Body): void => {
  const { builder: b } = w;
  const times = rounds(w, 10);
  const i = w.take();
  const [middle, out] = [b.label(), b.label()];
  setCount(w, i, times);
  b.branch('lt', w.readable(), w.readable(), middle);
  const top = b.here();
  w.repeated(times, () => {
    body(w);
    if (w.random.chance(0.5)) b.branch('eq', w.readable(), w.readable(), middle);
    b.place(middle);
    body(w);
    b.addSmall(i, i, -1);
    b.branchSmall('lt', i, 1, out, w.scratch());
    b.branch('ltu', w.readable(), w.readable(), middle);
    b.jump(top);
  });
  b.place(out);
  w.give(i);
};

/** A body of one to three instructions: what translators unroll. */
const small = (w: FunctionWriter): void => {
  const { builder: b, random } = w;
  const times = rounds(w, 4, 600);
  const i = w.take();
  const [sum] = w.scratches(1) as [number];
  setCount(w, i, times);
  const top = b.here();
  w.repeated(times, () => {
    if (random.chance(0.7)) b.addRegisters(sum, sum, random.pick([i, w.readable()]));
    if (random.chance(0.3)) b.emit('xor', { a: sum, b: sum, c: i });
    b.addSmall(i, i, -1);
    b.branchSmall('ne', i, 0, top, w.scratch());
  });
  w.give(i);
};

/** Copies or fills memory, one element a round, up or down, over pointers or an index. */
const copyOrFill = (w: FunctionWriter): void => {
  const { builder: b, random, target } = w;
  const fills = random.chance(0.5);
  const size = random.chance(0.5) ? 1 : accessSize(w);
  const times = rounds(w, fills ? 3 : 5, 300);
  const bytes = times * size;
  const writable = target.areasFor(true).filter((area) => area.size >= bytes + 600);
  const readable = target.areasFor(false).filter((area) => area.size >= bytes + 600);
  if (writable.length === 0 || readable.length === 0) {
    small(w);
    return;
  }
  const down = random.chance(0.3);
  const to = b.addressIn(random.pick(writable), bytes);
  const from = random.chance(0.2)
    ? to + random.pick([-size, size, 0, 1])
    : b.addressIn(random.pick(readable), bytes);
  const [q, end] = [w.take(), w.take()];
  const p = fills ? -1 : w.take();
  const [value] = w.scratches(1) as [number];
  const step = down ? -size : size;
  b.constant(q, (down ? to + bytes - size : to) | 0);
  b.constant(end, (down ? to - size : to + bytes) | 0);
  if (p >= 0) b.constant(p, (down ? from + bytes - size : from) | 0);
  const top = b.here();
  w.repeated(times, () => {
    if (p >= 0) b.emit(loadOf(w, size), { a: value, b: p });
    b.emit(STORES[size], { a: value, b: q });
    if (p >= 0) addPointer(w, p, step);
    addPointer(w, q, step);
    b.branch('ne', q, end, top);
  });
  w.give(q, end, ...(p >= 0 ? [p] : []));
};

/** Pointers are full-width sums, but constants of 32-bit additions are sign-extended alike. */
const addPointer = (w: FunctionWriter, register: number, step: number): void => {
  const name = w.target.width === 64 ? 'add_imm_64' : 'add_imm_32';
  w.builder.emit(name, { a: register, b: register, x: step });
};

/** Bytes of each frame that are for statements. */
const FRAME = 32;

/** Walks through memory at the end of the frame and in it, while it uses the frame itself as well. */
const frameWalk = (w: FunctionWriter): void => {
  const { builder: b, random, target } = w;
  const { stackPointer } = target.roles;
  const size = accessSize(w);
  const start = random.range(-48, 8);
  const most = Math.floor((FRAME - start) / size);
  const times = random.range(Math.min(4, most), most);
  const [p, i] = [w.take(), w.take()];
  const [value, sum] = w.scratches(2) as [number, number];
  const down = random.chance(0.3);
  const first = down ? start + (times - 1) * size : start;
  b.emit(target.width === 64 ? 'add_imm_64' : 'add_imm_32', { a: p, b: stackPointer, x: first });
  setCount(w, i, times);
  const slot = random.range(0, 3) * 8;
  const word = random.chance(0.5) && target.width === 64 ? 8 : 4;
  const top = b.here();
  w.repeated(times, () => {
    if (random.chance(0.8)) b.emit(loadOf(w, word), { a: sum, b: stackPointer, x: slot });
    if (random.chance(0.5)) b.emit(loadOf(w, size), { a: value, b: p });
    b.addRegisters(sum, sum, i);
    const slotFirst = random.chance(0.5);
    if (slotFirst) b.emit(STORES[word], { a: sum, b: stackPointer, x: slot });
    if (random.chance(0.6)) b.emit(STORES[size], { a: sum, b: p });
    if (!slotFirst && random.chance(0.8)) b.emit(STORES[word], { a: sum, b: stackPointer, x: slot });
    addPointer(w, p, down ? -size : size);
    b.addSmall(i, i, -1);
    b.branchSmall('ne', i, 0, top, w.scratch());
  });
  w.give(p, i);
};

/** Looks for a zero byte, as strlen does. */
const scan = (w: FunctionWriter): void => {
  const { builder: b, random, target } = w;
  const areas = target.areas.filter((area) => area.size >= 2048);
  if (areas.length === 0) {
    small(w);
    return;
  }
  const p = w.take();
  const [value] = w.scratches(1) as [number];
  b.constant(p, b.addressIn(random.pick(areas), 1024) | 0);
  const top = b.here();
  w.repeated(20, () => {
    b.emit('load_indirect_u8', { a: value, b: p });
    addPointer(w, p, 1);
    b.branchSmall('ne', value, 0, top, w.scratch());
  });
  w.give(p);
};

/** Forms around a body, and those that have their own. */
const AROUND: readonly ((w: FunctionWriter, body: Body) => void)[] = [
  countUp,
  countDown,
  testedAtTop,
  rotated,
  twoBlocks,
  earlyExit,
  irreducible,
];
const ALONE: readonly ((w: FunctionWriter) => void)[] = [small, copyOrFill, copyOrFill, scan, frameWalk];

export const loop = (w: FunctionWriter, body: Body): void => {
  if (w.freeRegisters < 3 || w.random.chance(0.3)) {
    if (w.freeRegisters >= 3) w.random.pick(ALONE)(w);
    else if (w.freeRegisters >= 1) small(w);
    return;
  }
  w.random.pick(AROUND)(w, body);
};

/**
 * Walks over the border of an area, upwards or downwards, with a stride: the program's last loop, since it may
 * fault. Crosses by up to three elements.
 */
export const walkOver = (w: FunctionWriter, border: number): void => {
  const { builder: b, random } = w;
  if (w.freeRegisters < 2) return;
  const size = accessSize(w);
  const stride = random.pick([size, size, size, 1, 2, 4, 8, 12, 16, 2 * size, 256]);
  const down = random.chance(0.4);
  const inside = random.range(1, Math.max(2, Math.min(100, Math.floor(2048 / stride))));
  const times = inside + random.range(-2, 4);
  if (times < 1) return;
  const start = down ? border + inside * stride - stride : border - inside * stride;
  const p = w.take();
  const i = w.take();
  const [value] = w.scratches(1) as [number];
  b.constant(p, (start + random.pick([0, 0, 0, 1, -1, size - 1])) | 0);
  setCount(w, i, times);
  const stores = random.chance(0.6);
  const loads = !stores || random.chance(0.3);
  const offset = random.pick([0, 0, 0, size, -size, 1]);
  const top = b.here();
  w.repeated(times, () => {
    if (random.chance(0.5)) b.addSmall(value, value, 3);
    if (loads) b.emit(loadOf(w, size), { a: value, b: p, x: offset });
    if (stores) b.emit(STORES[size], { a: value, b: p, x: offset });
    addPointer(w, p, down ? -stride : stride);
    b.addSmall(i, i, -1);
    b.branchSmall('ne', i, 0, top, w.scratch());
  });
  w.give(p, i);
};
