import { writeBlob } from '../../../../src/blob/write.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { Import } from '../../../../src/linker/relink/graph/import.ts';
import { writeProgram } from '../../../../src/linker/relink/output/write.ts';
import { Engine } from '../../../../src/vm/engine.ts';

const BUDGET = 4000;
const ARGUMENTS = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 't0', 't1', 't2'] as const;

const engine = new Engine({ tier: 'interpreter' });

/**
 * Writes a program and runs its exports on the interpreter.
 * @returns for each export what can be seen of its run; undefined where it did not return to the host
 */
export const runWritten = (graph: ProgramGraph): readonly (string | undefined)[] => {
  const { blob } = writeProgram(graph, {});
  const module = engine.compile(writeBlob(blob));
  const imports = importsOf(graph);
  return graph.exports.map(({ symbol, outputs }) => {
    const instance = module.instantiate();
    const calls: string[] = [];
    instance.prepareCall(
      new TextDecoder().decode(symbol),
      ARGUMENTS.map((_, index) => index * 0x1234567),
    );
    let stop = instance.run({ budget: BUDGET });
    while (stop.kind === 'host-call' && calls.length < 50) {
      const values = ARGUMENTS.map((register) => instance.getRegister(register));
      const { inputs = 0, outputs: results = 0 } = imports.get(module.imports[stop.number] ?? '') ?? {};
      calls.push(`${stop.number}(${values.slice(0, inputs).join()})`);
      // What the convention leaves open gets numbers that nobody expects.
      const sum = values.slice(0, inputs).reduce((total, value) => total * 31n + value, 7n);
      for (const [index, register] of ARGUMENTS.entries()) {
        const value = index < results ? sum + BigInt(index) : 0x5555_0000n + BigInt(index);
        instance.setRegister(register, BigInt.asUintN(graph.width, value));
      }
      stop = instance.run({ budget: BUDGET });
    }
    if (stop.kind !== 'finished') return undefined;
    const a0 = outputs > 0 ? instance.getRegister('a0') : 0n;
    const a1 = outputs > 1 ? instance.getRegister('a1') : 0n;
    const data = graph.data
      .filter(({ kind, isReachable }) => kind !== 'ro' && isReachable)
      .map(({ address, size }) => instance.memory.read(address, size).join());
    return `${a0} ${a1} ${calls.join()} ${data.join()}`;
  });
};

const importsOf = ({ blocks }: ProgramGraph): ReadonlyMap<string, Import> => {
  const found = new Map<string, Import>();
  for (const { instructions } of blocks) {
    for (const { xLink } of instructions) {
      if (xLink?.to instanceof Import) found.set(new TextDecoder().decode(xLink.to.symbol), xLink.to);
    }
  }
  return found;
};
