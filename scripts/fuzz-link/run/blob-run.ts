import '../../../src/vm/wasm-tiers.ts';
import { Engine } from '../../../src/vm/engine.ts';
import { Linker } from '../../../src/vm/linker.ts';
import { exportName, OBSERVE, SHOW } from '../program/assembly.ts';
import { resultsOf } from '../program/call-writer.ts';
import type { FuzzProgram } from '../program/program.ts';
import { argument, callsOf, callText, hostResult, type Observation } from './observation.ts';

/** Registers of host calls by name, in their order. */
const HOST_NAMES = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 't0', 't1', 't2'] as const;
const ENVIRONMENT = ['t0', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5'] as const;
/** Instructions that a linked program may take for each that it took before, and some for its own sake. */
const ALLOWANCE = 40;

/** What a linked program does. */
export const runBlob = (
  program: FuzzProgram,
  blob: Uint8Array,
  tier: 'interpreter' | 'wasm',
  executed: number,
): Observation => {
  const lines: string[] = [];
  const module = new Engine({ tier }).compile(blob);
  const imports = [...program.imports, { name: OBSERVE, inputs: 1, outputs: 0 }];
  const linker = new Linker().fallback((caller, number) => {
    const name = module.imports[number];
    const called = imports.find((imported) => imported.name === name);
    const names = called === undefined ? ENVIRONMENT : HOST_NAMES.slice(0, called.inputs);
    const values = names.map((register) => caller.getRegister(register));
    lines.push(callText(name ?? '', values));
    if (called === undefined) {
      caller.setRegister('a0', hostResult(values, lines.length, 0));
      return;
    }
    for (const [i, register] of HOST_NAMES.entries()) {
      const result = i < called.outputs ? hostResult(values, lines.length, i) : BigInt(0xa5a500 + i);
      caller.setRegister(register, result);
    }
  });
  using instance = linker.instantiate(module, { gas: 2n ** 40n });
  const run = (): string => {
    const stop = instance.run({ budget: ALLOWANCE * (executed + 1000) });
    return stop.kind;
  };
  for (const exported of callsOf(program.exports)) {
    const values = Array.from({ length: 6 }, (_unused, i) => argument(exported, i));
    instance.prepareCall(exportName(exported), values);
    const stop = run();
    const results = ['a0', 'a1'].slice(0, resultsOf(program, exported)).map((r) => instance.getRegister(r));
    lines.push(stop === 'finished' ? callText('finished', results) : stop);
    if (stop !== 'finished') return lines;
  }
  instance.prepareCall(SHOW);
  lines.push(run());
  return lines;
};
