import { FORMS } from '../../../src/isa/row.ts';
import { type RegisterChoice, randomLine } from '../operands.ts';
import type { Random } from '../random.ts';
import { LINE, type Source } from '../source.ts';
import type { Operation, Target } from '../target.ts';
import { Builder } from './builder.ts';
import { FunctionWriter } from './function-writer.ts';
import { HOST_CALLS, rareOperation } from './statements.ts';

/** Share of instructions that may end the program in one way or another. */
const WILD = 0.004;

/**
 * Random instructions of the whole table inside one counted loop. Most are kept from ending the program: accesses
 * have a base in memory, jumps lead forward, three registers are not written. In some programs nothing is kept.
 */
export const validProgram = (random: Random, target: Target): Source => {
  const wild = random.chance(0.1);
  const b = new Builder(target, random);
  const w = new FunctionWriter(b, [], 1000);
  const [counter, base, jump] = [w.take(), w.take(), w.take()];
  const { scratch, saved, count } = target.roles;
  const all = Array.from({ length: count }, (_, i) => i);
  const kept = [counter, base, jump, target.roles.stackPointer];
  const choice: RegisterChoice = wild
    ? { written: all, read: all }
    : { written: [...scratch, ...saved].filter((r) => !kept.includes(r)), read: all };
  b.entries.push(b.here());
  const length = random.range(8, 60);
  b.constant(counter, Math.ceil((random.chance(0.8) ? 900 : 200) / length));
  setBase(b, base, target);
  const top = b.here();
  const last = b.label();
  const labels = Array.from({ length: Math.ceil(length / 5) }, () => b.label());
  for (let n = 0; n < length; n++) {
    if (n % 5 === 4) b.place(labels[(n - 4) / 5] as number);
    const operation = random.pick(target.operations);
    // Labels that are placed later: the block begins behind here.
    const forward = [...labels.slice(Math.floor((n + 1) / 5)), last];
    one(w, operation, { choice, base, jump, forward, wild });
  }
  for (const label of labels) if ((b.labels[label] as number) < 0) b.place(label);
  b.place(last);
  b.addSmall(counter, counter, -1);
  b.branchSmall('ne', counter, 0, top, w.scratch());
  if (random.chance(0.5)) b.return();
  else b.add({ ...LINE, op: random.pick(target.withEffect('trap')).op });
  b.entries.push(top, last);
  return b.source();
};

interface Around {
  readonly choice: RegisterChoice;
  readonly base: number;
  readonly jump: number;
  readonly forward: readonly number[];
  readonly wild: boolean;
}

/** One instruction, with what it needs in front of it. */
const one = (
  w: FunctionWriter,
  operation: Operation,
  { choice, base, jump, forward, wild }: Around,
): void => {
  const { builder: b, random, target } = w;
  const { effect, form } = operation.row;
  const line = randomLine(random, target, operation, choice);
  const free = wild || random.chance(WILD);
  const to = (): number => (free ? random.below(b.labels.length) : random.pick(forward));
  switch (effect.kind) {
    case 'trap':
      if (free || random.chance(0.02)) b.add(line);
      return;
    case 'branch':
      b.add({ ...line, to: to() });
      return;
    case 'jump':
      // What a jump skips is never run, so there are few.
      if (random.chance(0.3))
        b.add({ ...line, to: random.chance(0.7) && !free ? (forward[0] as number) : to() });
      return;
    case 'jump-indirect': {
      if (random.chance(0.5)) return;
      const label = random.chance(0.7) ? (forward[0] as number) : random.pick(forward);
      if (!free && !codeAddressTo(b, jump, label)) return;
      b.add(free ? line : { ...line, [effect.base]: jump, [effect.offset]: 0 });
      return;
    }
    case 'host-call':
      if (random.chance(0.3)) b.add(target.riscv ? line : { ...line, x: random.pick(HOST_CALLS) });
      return;
    case 'load':
    case 'store':
      if (free) b.add(line);
      else if (effect.base === undefined) b.add({ ...line, x: dataAddress(b, effect.kind === 'store') });
      else b.add({ ...line, [effect.base]: base, x: random.range(-64, 63) });
      return;
    case 'atomic':
    case 'load-reserved':
    case 'store-conditional':
      b.add(free || random.chance(0.01) ? line : { ...line, b: base });
      return;
    case 'custom':
      if (free) b.add(line);
      else rareOperation(w, operation);
      return;
    default:
      if (form === 'argless' || !FORMS[form].includes('t')) b.add(line);
  }
};

/** Sets a register to a place in the middle of writable memory, aligned for every access. */
const setBase = (b: Builder, register: number, target: Target): void => {
  const areas = target.areasFor(true).filter(({ size }) => size >= 2048);
  const area = areas.length > 0 ? b.random.pick(areas) : undefined;
  b.constant(register, area === undefined ? 0x20000 : (area.start + 1024) | 0);
};

const dataAddress = (b: Builder, write: boolean): number => {
  const areas = b.target.areasFor(write).filter(({ size }) => size >= 2048);
  return areas.length === 0 ? 0x20000 : b.addressIn(b.random.pick(areas), 8) | 0;
};

/** Puts a code address into a register; false where that needs a table and there is none. */
const codeAddressTo = (b: Builder, register: number, label: number): boolean => {
  if (!b.target.riscv) {
    b.constant(register, b.codeAddress(label));
    return true;
  }
  const address = b.table([label]);
  if (address < 0) return false;
  b.constant(register, address | 0);
  b.emit('load_indirect_i32', { a: register, b: register });
  return true;
};
