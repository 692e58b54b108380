import { hasBlobMagic } from '../../../src/blob/sections.ts';
import { type Program, programFrom } from '../../../src/decoder/program.ts';
import type { Execution } from '../../../src/jit/tier.ts';
import { FlatMemory } from '../../../src/memory/flat-memory.ts';
import { RETURN_TO_HOST } from '../../../src/memory/map.ts';
import { readAndWriteBack } from '../code-checks.ts';
import { startExecution, WHOLE_ADDRESS_SPACE } from '../execution.ts';
import type { VectorFile } from '../file.ts';
import type { VectorKind } from '../kind.ts';
import type { Case } from '../report.ts';
import { RELOCATED_WORDS } from './relocated-words.ts';

/** Program blobs: written back byte for byte, and run where it is known what they do. */
export const polkaVmBlob: VectorKind = {
  name: 'blob',

  recognise: ({ bytes }) => hasBlobMagic(bytes),

  run: (file, run) => {
    run.case(idOf(file), (c) => {
      checkBehaviour(c, programFrom(readAndWriteBack(c, file.bytes, 'polkavm')), file.name);
    });
  },
};

/** Blobs of the same name exist per linker level, which is the folder. */
const idOf = (file: VectorFile): string => file.path.split(/[\\/]/).slice(-2).join('/');

/** What programs with certain imports and exports must do when they are called. */
interface Behaviour {
  matches(program: Program): boolean;
  check(c: Case, program: Program, fileName: string): void;
}

/** Runs a program that is known by its imports and exports; others are not run. */
export const checkBehaviour = (c: Case, program: Program, fileName: string): void => {
  for (const { matches, check } of BEHAVIOURS) if (matches(program)) check(c, program, fileName);
};

const names = (list: readonly (string | undefined)[]): string => list.join();
const exportNames = ({ exports }: Program): string => names(exports.map(({ name }) => name));

const BEHAVIOURS: readonly Behaviour[] = [
  {
    // RISC-V unit tests return when they pass and trap when they fail.
    matches: (program) => exportNames(program) === 'main' && program.imports.length === 0,
    check: (c, program) => {
      c.group = 'riscv-tests, linked';
      const { execution } = call(c, program, 'main', []);
      execution.gas = 10_000n;
      const stop = execution.run();
      const test = execution.getRegister(5);
      c.check(
        'status',
        stop.kind === 'finished',
        () => `${JSON.stringify(stop)}, s0 (number of the test) is ${test}`,
      );
    },
  },
  {
    matches: (program) =>
      exportNames(program) === 'add_numbers' && names(program.imports) === 'get_third_number',
    check: (c, program) => {
      const { execution } = call(c, program, 'add_numbers', [1n, 10n]);
      const first = execution.run();
      c.equal('status', 'first stop', 'host-call', first.kind);
      execution.setRegister(RESULT, 100n);
      c.equal('status', 'second stop', 'finished', execution.run().kind);
      c.equal('result', 'add_numbers(1, 10)', 111n, execution.getRegister(RESULT));
    },
  },
  {
    matches: (program) => exportNames(program) === 'get_string' && program.imports.length === 0,
    check: (c, program, fileName) => {
      const expected = RELOCATED_WORDS.find(({ name }) => fileName.startsWith(name))?.words;
      if (expected === undefined) return;
      expected.forEach((word, n) => {
        const { execution, memory } = call(c, program, 'get_string', [BigInt(n)]);
        c.equal('status', `get_string(${n})`, 'finished', execution.run().kind);
        const address = Number(execution.getRegister(RESULT) & 0xffffffffn);
        const bytes = memory.read(address, 4);
        c.equal('result', `word of get_string(${n})`, word, new DataView(bytes.buffer).getUint32(0, true));
      });
    },
  },
];

/** a0: first argument and result. */
const RESULT = 7;

/** An execution about to run an export, as a host calls it. */
const call = (
  c: Case,
  program: Program,
  name: string,
  args: readonly bigint[],
): { execution: Execution; memory: FlatMemory } => {
  const map = program.memoryMap({ maxMemory: WHOLE_ADDRESS_SPACE });
  const memory = new FlatMemory(map, WHOLE_ADDRESS_SPACE);
  const execution = startExecution(c, { program, memory });
  execution.setRegister(0, RETURN_TO_HOST);
  execution.setRegister(1, map.stackPointer);
  args.forEach((value, i) => {
    execution.setRegister(RESULT + i, value);
  });
  execution.gas = 1_000_000n;
  execution.nextPc = program.exports.find((e) => e.name === name)?.pc;
  return { execution, memory };
};
