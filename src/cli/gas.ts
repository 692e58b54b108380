import { printable } from '../decoder/listing.ts';
import type { Program } from '../decoder/program.ts';
import type { Module } from '../vm/module.ts';
import { type Command, defineCommand, operandsOf } from './command.ts';
import { Lines, writeJson } from './io.ts';
import { grouped, hex } from './numbers.ts';
import { about, compileProgram, engineOptions, programOptions, readProgram } from './program-file.ts';

interface BlockCost {
  readonly pc: number;
  readonly gas: number;
  /** Functions that begin here. */
  readonly names: readonly string[];
}

/** Names of functions and exports by program counter. */
const namesOf = ({ exports, riscv }: Program): ReadonlyMap<number, readonly string[]> => {
  const names = new Map<number, Set<string>>();
  const add = (pc: number, name: string): void => {
    const known = names.get(pc);
    if (known === undefined) names.set(pc, new Set([name]));
    else known.add(name);
  };
  const decoder = new TextDecoder();
  for (const { pc, name } of exports) add(pc, name);
  for (const { address, name } of riscv?.symbols ?? []) add(address, decoder.decode(name));
  return new Map([...names].map(([pc, set]) => [pc, [...set]]));
};

/** All basic blocks in code order. */
export function* blockCosts(module: Module): Generator<BlockCost> {
  const { code } = module.program;
  const names = namesOf(module.program);
  for (let pc = code.nextBlock(0); pc !== undefined; pc = code.nextBlock(pc + 1)) {
    yield { pc, gas: module.gasCostAt(pc) ?? 0, names: names.get(pc) ?? [] };
  }
}

export const gasCommand: Command = defineCommand({
  name: 'gas',
  operands: 'FILE',
  summary: 'Lists what each basic block of a program costs when it is entered.',
  options: {
    model: { type: 'string', value: 'MODEL', help: 'the same as --gas-model' },
    json: { type: 'boolean', help: 'print as JSON' },
    'gas-model': engineOptions['gas-model'],
    ...programOptions,
  },
  run(values, operands, io) {
    const [file = ''] = operandsOf(operands, ['FILE']);
    const model = values['gas-model'] ?? values.model;
    const program = readProgram(file, values);
    const module = about(file, () =>
      compileProgram(program, model === undefined ? {} : { 'gas-model': model }),
    );
    const gasModel = module.metering.model.name;
    if (values.json === true) {
      writeJson(io, { file, kind: module.kind, gasModel, blocks: [...blockCosts(module)] });
      return 0;
    }
    const lines = new Lines(io);
    lines.line(`        pc       gas  function`);
    let count = 0;
    for (const { pc, gas, names } of blockCosts(module)) {
      lines.line(
        `${hex(pc).padStart(10)}${`${gas}`.padStart(10)}  ${names.map(printable).join(' ')}`.trimEnd(),
      );
      count++;
    }
    lines.line(`${grouped(count)} blocks, gas model ${gasModel}`);
    lines.flush();
    return 0;
  },
});
