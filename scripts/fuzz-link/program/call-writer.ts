import { operation } from '../../../src/isa/table.ts';
import { RA } from './code-writer.ts';
import type { FunctionWriter } from './function-writer.ts';
import type { FuzzProgram, Statement } from './program.ts';
import { HOST_REGISTERS, PARAMETERS } from './registers.ts';

const AND = operation('and_imm');
const JALR = operation('jalr');
const JAL = operation('jal');
const ECALLI = 0x0b;
const ECALL = operation('ecalli');
const MEMSET = 0x200b;
/** t0 to t2: free where a call is made, because what they hold is kept elsewhere. */
const [T0, T1, T2] = [5, 6, 7] as const;
const A7 = 17;

/** The symbol of a function. */
export const functionSymbol = (index: number): string => `function_${index}`;
export const hostSymbol = (index: number): string => `call_host_${index}`;
export const importSymbol = (index: number): string => `import_${index}`;

/** The function that a call from another one goes to: only later ones are called, so that calls end. */
export const calleeOf = ({ functions }: FuzzProgram, caller: number, wish: number): number | undefined => {
  if (caller + 1 >= functions.length) return undefined;
  return Math.min(Math.max(wish, caller + 1), functions.length - 1);
};

/** Registers of the result, of a function or of the one that it ends in. */
export const resultsOf = (program: FuzzProgram, index: number): number => {
  const { tail, results } = program.functions[index]!;
  return tail === undefined ? results : resultsOf(program, calleeOf(program, index, tail)!);
};

/** Gives argument registers values; what is reserved has been kept before. */
const passArguments = (writer: FunctionWriter, registers: readonly number[]): void => {
  for (const register of registers) {
    if (!writer.registers.pool.includes(register)) continue;
    if (!writer.registers.isDefined(register) || writer.registers.holdsAddress(register)) {
      writer.code.constant(register, BigInt(register % 5));
      if (!writer.registers.reserved.has(register)) writer.registers.define(register);
    }
  }
};

export const writeCall = (writer: FunctionWriter, call: Extract<Statement, { kind: 'call' }>): void => {
  const { program } = writer;
  const callees = call.callees.flatMap((wish) => calleeOf(program, writer.index, wish) ?? []);
  const [first] = callees;
  if (first === undefined) return;
  const called = call.how === 'table' ? callees : [first];
  const { code } = writer;
  writer.keeping(() => {
    const index = call.how === 'table' ? code.use(call.index) : 0;
    const parameters = Math.max(...called.map((i) => program.functions[i]!.parameters));
    passArguments(writer, PARAMETERS.slice(0, parameters));
    writer.usesRa = true;
    const symbol = functionSymbol(first);
    switch (call.how) {
      case 'direct':
        writeDirect(writer, symbol, RA);
        break;
      case 'jal':
        code.add(JAL, RA, 0, 0, 0, { part: 'jump', symbol, addend: 0 });
        break;
      case 'table':
        loadFromTable(writer, T1, index, called.map(functionSymbol));
        code.add(JALR, RA, T1);
        break;
      default: {
        const way = call.how === 'pcrel' ? 'pcrel-whole' : call.how;
        code.address(T2, symbol, 0, way);
        code.add(JALR, RA, T2);
      }
    }
    writer.registers.forgetUnsaved();
    const results = Math.min(...called.map((i) => resultsOf(program, i)));
    for (const register of PARAMETERS.slice(0, results)) writer.defineResult(register);
  });
};

/** `auipc` and `jalr`: with ra a call, with x0 and t1 a jump. */
export const writeDirect = ({ code }: FunctionWriter, symbol: string, link: number): void => {
  const base = link === 0 ? T1 : link;
  code.words([(0x17 | (base << 7)) >>> 0, (0x67 | (link << 7) | (base << 15)) >>> 0], {
    part: 'call',
    symbol,
    addend: 0,
  });
};

/** `to` = one of some code addresses, by the low bit of a register. */
const loadFromTable = (
  { code }: FunctionWriter,
  to: number,
  index: number,
  targets: readonly string[],
): void => {
  code.add(AND, to, index, 0, 1);
  code.shiftLeft(to, to, code.wordSize === 8 ? 3 : 2);
  code.address(T2, code.data.table(targets, false), 0);
  code.sum(to, to, T2);
  code.loadWord(to, to, 0);
};

export const writeHostCall = (
  writer: FunctionWriter,
  { imported, isInline }: { readonly imported: number; readonly isInline: boolean },
): void => {
  const { inputs, outputs } = writer.program.imports[imported]!;
  writer.keeping(() => {
    passArguments(writer, HOST_REGISTERS.slice(0, inputs));
    if (isInline) {
      writer.code.words([ECALLI]);
      writer.code.items.push({ kind: 'pointer', symbol: importSymbol(imported) });
    } else {
      writer.usesRa = true;
      writeDirect(writer, hostSymbol(imported), RA);
    }
    writer.registers.forgetUnsaved();
    for (const register of PARAMETERS.slice(0, outputs)) writer.defineResult(register);
  });
};

/** RISC-V's own: six arguments, and a number that says what is asked for. */
export const writeEnvironmentCall = (writer: FunctionWriter, number: number): void => {
  writer.keeping(() => {
    passArguments(writer, PARAMETERS);
    const selector = writer.program.isEmbedded ? T0 : A7;
    writer.code.constant(selector, BigInt(number));
    if (!writer.registers.reserved.has(selector)) writer.registers.define(selector);
    writer.code.add(ECALL);
    writer.defineResult(PARAMETERS[0]!);
  });
};

export const writeFill = (
  writer: FunctionWriter,
  { place, length, value }: Extract<Statement, { kind: 'fill' }>,
): void => {
  const [A0, A1, A2] = PARAMETERS as unknown as readonly [number, number, number];
  const { code } = writer;
  writer.keeping(() => {
    const filling = code.use(value);
    code.move(A1, filling);
    code.address(A0, code.data.sectionSymbol(place.section), place.offset);
    code.constant(A2, BigInt(length));
    code.words([MEMSET]);
    writer.registers.forget(A0);
    if (!writer.registers.reserved.has(A1)) writer.registers.define(A1);
    if (!writer.registers.reserved.has(A2)) writer.registers.define(A2);
  });
};
