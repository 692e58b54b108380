import { existsInWidth } from '../../../src/isa/encoding.ts';
import type { AccessSize } from '../../../src/isa/row.ts';
import { operation, ROWS } from '../../../src/isa/table.ts';
import type { CodeWriter } from './code-writer.ts';
import { GP } from './code-writer.ts';
import type { Access, Statement } from './program.ts';

const AND = operation('and_imm');
/** Keeps the index to multiples of 8 below 32: a section has 64 bytes, places begin in its first half. */
const INDEX_BITS = 24;
/** Alignment of sections of values: the low part of an address does not carry within so many bytes. */
const ALIGNED = 8;

/** The operation that RISC-V has for an access from a base register. */
const accessOperation = (
  kind: 'load' | 'store',
  size: AccessSize,
  signed: boolean,
  width: 32 | 64,
): number => {
  const fitting = ROWS.flatMap(({ effect, encodings }, op) =>
    effect.kind === kind &&
    effect.size === size &&
    effect.base === 'b' &&
    encodings.some((e) => existsInWidth(e.width, width))
      ? [{ op, isWished: effect.kind === 'store' || effect.signed === signed }]
      : [],
  );
  return (fitting.find(({ isWished }) => isWished) ?? fitting[0])!.op;
};

export const writeAccess = (
  writer: CodeWriter,
  { kind, a, access }: Extract<Statement, { kind: 'load' | 'store' }>,
): void => {
  const index = access.index === undefined ? undefined : writer.use(access.index);
  const condition = writer.use(access.temporary + 3);
  const value = kind === 'store' ? writer.use(a) : 0;
  writer.busy = [index ?? 0, value];
  const register = kind === 'store' ? value : writer.registers.writable(a);
  const op = accessOperation(kind, access.size, access.signed, writer.program.width);
  const base = writer.temporary(access.temporary);
  const masked = index === undefined ? undefined : writer.temporary(index + 1, [base]);
  writer.busy = [index ?? 0, value, masked ?? 0];
  if (masked !== undefined) writer.add(AND, masked, index, 0, INDEX_BITS);
  const between = (): void => {
    if (access.isSplit && condition !== base && condition !== masked) emptyBranch(writer, condition);
    if (masked !== undefined) writer.sum(base, base, masked);
  };
  writeThrough(writer, op, register, base, access, between);
  writer.busy = [];
  if (kind === 'load') writer.registers.define(register);
};

/** A branch over nothing: what is behind it is another block. */
const emptyBranch = (writer: CodeWriter, condition: number): void => {
  const label = writer.newLabel();
  writer.branchIfNotZero(condition, label);
  writer.label(label);
};

/** The access itself; the address is in `base`, or half of it. */
const writeThrough = (
  writer: CodeWriter,
  op: number,
  register: number,
  base: number,
  { way, place, index }: Access,
  between: () => void,
): void => {
  const symbol = writer.data.sectionSymbol(place.section);
  const { offset } = place;
  switch (way) {
    case 'absolute': {
      const start = offset - (offset % ALIGNED);
      writer.add(LUI, base, 0, 0, 0, { part: 'high', symbol, addend: start });
      between();
      writer.add(op, register, base, 0, 0, { part: 'low', symbol, addend: offset });
      return;
    }
    case 'pcrel': {
      const label = writer.auipc(base, { part: 'pcrel-high', symbol, addend: offset });
      between();
      writer.add(op, register, base, 0, 0, { part: 'pcrel-low', symbol: label, addend: 0 });
      return;
    }
    case 'gp':
      if (index === undefined) {
        writer.add(op, register, GP, 0, 0, { part: 'gp', symbol, addend: offset });
        return;
      }
  }
  const rest = offset % ALIGNED;
  writer.place(base, { ...place, offset: offset - rest }, way);
  between();
  writer.add(op, register, base, 0, rest);
};

const LUI = operation('load_imm');

/** Atomic operations, and pairs of lr and sc, which take whole addresses. */
export const writeAtomic = (
  writer: CodeWriter,
  { op, a, c, isReserved, access }: Extract<Statement, { kind: 'atomic' }>,
): void => {
  const operand = writer.use(c);
  writer.busy = [operand];
  const base = writer.temporary(access.temporary);
  const { effect } = ROWS[op]!;
  const size = effect.kind === 'atomic' ? effect.size : 4;
  const offset = access.place.offset - (access.place.offset % ALIGNED);
  writer.place(base, { ...access.place, offset }, access.way);
  if (isReserved) {
    const old = writer.temporary(a, [base]);
    const failed = writer.temporary(a + 2, [base, old]);
    writer.add(operation(`load_reserved_${size * 8}`), old, base);
    writer.add(operation(`store_conditional_${size * 8}`), failed, base, operand);
    writer.registers.define(old);
    writer.registers.define(failed);
  } else {
    // It may be the operand, or the address.
    const old = writer.registers.writable(a);
    writer.add(op, old, base, operand);
    writer.registers.define(old);
  }
  writer.busy = [];
};
