import { operation } from '../../../src/isa/table.ts';
import type { FunctionWriter } from './function-writer.ts';
import { SECTION_SIZE, type Statement } from './program.ts';
import { writeStatements } from './statement-writer.ts';

const AND = operation('and_imm');
const BRANCH_EQUAL = operation('branch_eq');
const BRANCH_NOT_EQUAL = operation('branch_not_eq');
const LOAD_SIGNED_WORD = operation('load_indirect_i32');
const JUMP_REGISTER = operation('jump_indirect');

/** Writes statements that may be left out or repeated: what they store to the frame does not count behind them. */
const writeNested = (writer: FunctionWriter, statements: readonly Statement[]): void => {
  const slots = writer.slotState;
  writeStatements(writer, statements);
  writer.meetSlots(slots);
};

/** While something is written, statements leave registers alone. */
const reserving = (
  writer: FunctionWriter,
  registers: readonly (readonly [register: number, holdsAddress: boolean])[],
  write: () => void,
): void => {
  for (const [register, holdsAddress] of registers) writer.registers.reserved.set(register, holdsAddress);
  write();
  for (const [register] of registers) writer.registers.reserved.delete(register);
};

/** Makes all registers hold values that did before: the way back to a loop's beginning promises it. */
const restoreValues = (writer: FunctionWriter, before: ReadonlySet<number>): void => {
  for (const register of before) {
    if (writer.registers.isDefined(register) || writer.registers.holdsAddress(register)) continue;
    writer.code.constant(register, BigInt(register));
    writer.registers.define(register);
  }
};

export const writeIf = (
  writer: FunctionWriter,
  { op, a, b, taken, otherwise }: Extract<Statement, { kind: 'if' }>,
): void => {
  const { code, registers } = writer;
  const first = code.use(a);
  const second = code.use(b);
  const before = registers.state;
  const thenLabel = code.newLabel();
  const end = code.newLabel();
  code.branch(op, first, second, thenLabel);
  writeNested(writer, otherwise);
  const afterOtherwise = registers.state;
  code.jump(end);
  code.label(thenLabel);
  registers.set(before);
  writeNested(writer, taken);
  code.label(end);
  registers.meet(afterOtherwise);
};

export const writeLoop = (writer: FunctionWriter, loop: Extract<Statement, { kind: 'loop' }>): void => {
  const { code, registers } = writer;
  const start = code.newLabel();
  const test = code.newLabel();
  const count = BigInt(loop.isTestedFirst ? loop.count : Math.max(1, loop.count));
  const counter = code.define(loop.counter);
  code.constant(counter, count);
  const slot = loop.isInMemory ? writer.newSlot() : undefined;
  if (slot !== undefined) writer.slotStore(counter, slot);
  if (loop.isTestedFirst) code.jump(test);
  const before = registers.state;
  code.label(start);
  const body = (): void => writeNested(writer, loop.body);
  if (slot === undefined) reserving(writer, [[counter, false]], body);
  else body();
  restoreValues(writer, before);
  if (slot !== undefined) writer.slotLoad(counter, slot);
  code.addConstant(counter, counter, -1);
  if (slot !== undefined) writer.slotStore(counter, slot);
  if (loop.isTestedFirst) {
    code.label(test);
    registers.set(before);
  }
  code.branchIfNotZero(counter, start);
};

export const writeWalk = (writer: FunctionWriter, walk: Extract<Statement, { kind: 'walk' }>): void => {
  const { code, registers } = writer;
  const size = code.wordSize;
  const start = code.newLabel();
  const pointer = code.temporary(walk.pointer);
  code.place(pointer, { section: walk.section, offset: 0 }, walk.way);
  const end = code.temporary(walk.pointer + 1, [pointer]);
  code.addConstant(end, pointer, Math.min(walk.count, SECTION_SIZE / size) * size);
  reserving(
    writer,
    [
      [pointer, true],
      [end, true],
    ],
    () => {
      const before = registers.state;
      code.label(start);
      code.loadWord(code.define(walk.a), pointer, 0);
      writeNested(writer, walk.body);
      restoreValues(writer, before);
      code.addConstant(pointer, pointer, size);
      code.branch(BRANCH_NOT_EQUAL, pointer, end, start);
    },
  );
};

export const writeSwitch = (
  writer: FunctionWriter,
  { table, a, cases }: Extract<Statement, { kind: 'switch' }>,
): void => {
  const { code, registers } = writer;
  const labels = cases.map(() => code.newLabel());
  const end = code.newLabel();
  const value = code.use(a);
  code.busy = [value];
  const index = code.temporary(a + 1);
  const other = code.temporary(a + 2, [index]);
  code.add(AND, index, value, 0, cases.length - 1);
  if (table === 'compare') {
    for (const [i, label] of labels.entries()) {
      code.constant(other, BigInt(i));
      code.branch(BRANCH_EQUAL, index, other, label);
    }
  } else {
    const isRelative = table === 'relative';
    code.shiftLeft(index, index, !isRelative && code.wordSize === 8 ? 3 : 2);
    code.address(other, code.data.table(labels, isRelative), 0, isRelative ? 'pcrel-whole' : 'absolute');
    code.sum(index, index, other);
    if (isRelative) {
      code.add(LOAD_SIGNED_WORD, index, index);
      code.sum(index, index, other);
    } else code.loadWord(index, index, 0);
    code.add(JUMP_REGISTER, index);
  }
  code.busy = [];
  const before = registers.state;
  let meeting: ReadonlySet<number> | undefined;
  for (const [i, statements] of cases.entries()) {
    registers.set(before);
    // The last comparison is always true, but for the linker there is a way past it.
    if (i === 0 && table === 'compare') code.jump(labels.at(-1)!);
    code.label(labels[i]!);
    writeNested(writer, statements);
    if (meeting !== undefined) registers.meet(meeting);
    meeting = registers.state;
    code.jump(end);
  }
  code.label(end);
};
