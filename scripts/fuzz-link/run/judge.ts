import { addressOf, type Image } from '../image/image.ts';
import { OBSERVE, SHOW } from '../program/assembly.ts';
import { functionSymbol, importSymbol, resultsOf } from '../program/call-writer.ts';
import type { FuzzProgram } from '../program/program.ts';
import { HOST_REGISTERS, PARAMETERS } from '../program/registers.ts';
import { argument, callsOf, callText, hostResult, type Observation } from './observation.ts';
import { type Host, RiscvMachine } from './riscv-machine.ts';

/** Instructions that all calls of a program may take together. */
const FUEL = 20_000;
const T0 = 5;
const A7 = 17;

/** What a program does as it is, and in how many instructions. @throws Unfit */
export const judge = (
  program: FuzzProgram,
  image: Image,
): { readonly observation: Observation; readonly executed: number } => {
  const lines: string[] = [];
  const imports = [...program.imports, { name: OBSERVE, inputs: 1, outputs: 0 }];
  const records = new Map(imports.map((_unused, i) => [addressOf(image, importSymbol(i)), i]));
  const host: Host = {
    call: (record, machine) => {
      const { name, inputs, outputs } = imports[records.get(record)!]!;
      const values = HOST_REGISTERS.slice(0, inputs).map((register) => machine.get(register));
      lines.push(callText(name, values));
      for (const [i, register] of HOST_REGISTERS.entries()) {
        machine.set(register, i < outputs ? hostResult(values, lines.length, i) : BigInt(0x5a5a00 + i));
      }
    },
    environmentCall: (machine) => {
      const selector = program.isEmbedded ? T0 : A7;
      const values = [selector, ...PARAMETERS].map((register) => machine.get(register));
      lines.push(callText('ecall', values));
      machine.set(PARAMETERS[0]!, hostResult(values, lines.length, 0));
    },
  };
  const machine = new RiscvMachine(image, host);
  for (const exported of callsOf(program.exports)) {
    for (const [i, register] of PARAMETERS.entries()) machine.set(register, argument(exported, i));
    const stop = machine.call(addressOf(image, functionSymbol(exported)), FUEL);
    const results = PARAMETERS.slice(0, resultsOf(program, exported)).map((register) =>
      machine.get(register),
    );
    lines.push(stop === 'finished' ? callText('finished', results) : stop);
    if (stop !== 'finished') return { observation: lines, executed: machine.executed };
  }
  lines.push(machine.call(addressOf(image, SHOW), FUEL));
  return { observation: lines, executed: machine.executed };
};
