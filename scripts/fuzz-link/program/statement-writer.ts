import { operation, ROWS } from '../../../src/isa/table.ts';
import { writeAccess, writeAtomic } from './access-writer.ts';
import {
  calleeOf,
  functionSymbol,
  writeCall,
  writeEnvironmentCall,
  writeFill,
  writeHostCall,
} from './call-writer.ts';
import { writeIf, writeLoop, writeSwitch, writeWalk } from './control-writer.ts';
import type { FunctionWriter } from './function-writer.ts';
import type { Statement } from './program.ts';

const SUBTRACT = { 32: operation('sub_32'), 64: operation('sub_64') } as const;
const XOR = operation('xor');
const SET_IF_LESS_IMMEDIATE = operation('set_less_than_unsigned_imm');
const SET_IF_LESS = operation('set_less_than_unsigned');
const EBREAK = operation('ebreak');
const FENCE = operation('fence');

/** funct3 and funct7 of the conditional moves of XTheadCondMov, and of MIPS's. */
const EQZ = 0x4000100b;
const NEZ = 0x4200100b;
const MIPS = 0x0600300b;
const SBRK = 0x100b;
const HEAP_BASE = 0x300b;

/** Bytes of heap that a statement asks for. */
const GROWTH = 256;

export const writeStatements = (writer: FunctionWriter, statements: readonly Statement[]): void => {
  for (const statement of statements) {
    writeStatement(writer, statement);
    writer.code.busy = [];
  }
};

const writeStatement = (writer: FunctionWriter, statement: Statement): void => {
  switch (statement.kind) {
    case 'value':
      writeValue(writer, statement);
      return;
    case 'constant':
      writer.code.constant(writer.code.define(statement.a), statement.value);
      return;
    case 'select':
      writeSelect(writer, statement);
      return;
    case 'load':
    case 'store':
      writeAccess(writer.code, statement);
      return;
    case 'slot-load':
    case 'slot-store':
      writeSlot(writer, statement);
      return;
    case 'atomic':
      writeAtomic(writer.code, statement);
      return;
    case 'if':
      writeIf(writer, statement);
      return;
    case 'loop':
      writeLoop(writer, statement);
      return;
    case 'walk':
      writeWalk(writer, statement);
      return;
    case 'switch':
      writeSwitch(writer, statement);
      return;
    case 'call':
      writeCall(writer, statement);
      return;
    case 'host':
      writeHostCall(writer, statement);
      return;
    case 'environment':
      writeEnvironmentCall(writer, statement.number);
      return;
    case 'fill':
      writeFill(writer, statement);
      return;
    case 'heap':
      writeHeap(writer, statement);
      return;
    case 'compare':
      writeCompare(writer, statement);
      return;
    case 'is-function':
      writeIsFunction(writer, statement);
      return;
    case 'return':
      writer.return();
      return;
    case 'trap':
      writer.code.add(EBREAK);
      return;
    case 'fence':
      writer.code.add(FENCE);
  }
};

const writeValue = ({ code }: FunctionWriter, statement: Extract<Statement, { kind: 'value' }>): void => {
  const { op, x } = statement;
  const b = code.use(statement.b);
  const c = ROWS[op]!.form === 'reg_reg_reg' ? code.use(statement.c) : 0;
  code.add(op, code.define(statement.a), b, c, ROWS[op]!.form === 'reg_reg_imm' ? x : 0);
};

const writeSelect = ({ code }: FunctionWriter, statement: Extract<Statement, { kind: 'select' }>): void => {
  const { form } = statement;
  const b = code.use(statement.b);
  const c = code.use(statement.c);
  const d = code.use(statement.d);
  const fields = (a: number): number => (a << 7) | (b << 15) | (c << 20);
  if (form === 'mips') {
    code.words([(MIPS | fields(code.define(statement.a)) | (d << 27)) >>> 0]);
    return;
  }
  // The destination is read as well.
  const a = code.use(code.registers.writable(statement.a));
  code.words([((form === 'eqz' ? EQZ : NEZ) | fields(a)) >>> 0]);
};

const writeSlot = (
  writer: FunctionWriter,
  { kind, a, slot: wish }: Extract<Statement, { kind: 'slot-load' | 'slot-store' }>,
): void => {
  const slot = writer.slot(wish);
  if (slot === undefined) return;
  if (kind === 'slot-load' && writer.isSlotDefined(slot)) writer.slotLoad(writer.code.define(a), slot);
  else writer.slotStore(writer.code.use(a), slot);
};

/** Writes to the heap and reads it back. */
const writeHeap = ({ code }: FunctionWriter, statement: Extract<Statement, { kind: 'heap' }>): void => {
  const value = code.use(statement.b);
  code.busy = [value];
  const address = code.temporary(statement.a);
  code.constant(address, BigInt(GROWTH));
  code.words([(SBRK | (address << 7) | (address << 15)) >>> 0]);
  const offset = statement.how === 'base' ? 0 : -code.wordSize;
  if (statement.how === 'base') code.words([(HEAP_BASE | (address << 7)) >>> 0]);
  code.storeWord(value, address, offset);
  code.loadWord(address, address, offset);
  code.registers.define(address);
};

const writeCompare = (
  { code, program }: FunctionWriter,
  { a, p, q, isDistance }: Extract<Statement, { kind: 'compare' }>,
): void => {
  const result = code.temporary(a);
  const other = code.temporary(a + 1, [result]);
  code.place(result, p, 'pcrel-whole');
  code.place(other, q, 'absolute-whole');
  if (isDistance && p.section === q.section) code.add(SUBTRACT[program.width], result, other, result);
  else {
    code.add(XOR, result, result, other);
    code.add(SET_IF_LESS_IMMEDIATE, result, result, 0, 1);
  }
  code.registers.define(result);
};

const writeIsFunction = (
  { code, program, index }: FunctionWriter,
  { a, callee }: Extract<Statement, { kind: 'is-function' }>,
): void => {
  const wished = calleeOf(program, index, callee) ?? index;
  const result = code.temporary(a);
  code.address(result, functionSymbol(wished), 0);
  code.add(SET_IF_LESS, result, 0, result);
  code.registers.define(result);
};
