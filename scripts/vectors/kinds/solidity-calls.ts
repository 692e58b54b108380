import { readBlob } from '../../../src/blob/read.ts';
import { toHex } from '../../../src/core/bytes.ts';
import { type Program, programFrom } from '../../../src/decoder/program.ts';
import { FlatMemory } from '../../../src/memory/flat-memory.ts';
import { RETURN_TO_HOST } from '../../../src/memory/map.ts';
import { startExecution, WHOLE_ADDRESS_SPACE } from '../execution.ts';
import type { VectorFile } from '../file.ts';
import { Fields, isRecord, toInteger } from '../json.ts';
import { referredFile, type VectorKind, type VectorRun } from '../kind.ts';
import type { Case } from '../report.ts';
import { ContractHost } from './contract-host.ts';

/** Calls of Solidity contracts compiled at several levels, with what they return and how much they execute. */
export const solidityCalls: VectorKind = {
  name: 'solidity-calls',

  recognise: ({ json }) =>
    Array.isArray(json) &&
    json.length > 0 &&
    json.every((e) => isRecord(e) && 'contract' in e && 'calldata' in e && 'expected' in e),

  run: (file, run) => {
    (file.json as unknown[]).forEach((value, i) => {
      const call = new Fields(value, `call ${i + 1}`);
      const contract = call.text('contract');
      for (const level of levelsOf(call, contract, file, run)) {
        const signature = call.has('signature') ? call.text('signature') : '';
        run.case(`${i + 1}, ${contract}-${level} ${signature}`, (c) => {
          const name = `${contract}-${level}.polkavm`;
          const blob = referredFile(c, run, name, file);
          checkCall(c, programFrom(readBlob(blob.bytes)), call, level);
        });
      }
    });
  },
};

/** Compiler levels with a stated instruction count, and those whose blobs lie beside the calls. */
const levelsOf = (call: Fields, contract: string, file: VectorFile, run: VectorRun): readonly string[] => {
  const counted = call.has('verifiedInstructionCount') ? call.fields('verifiedInstructionCount').names : [];
  const present = run.files
    .beside(file, /\.polkavm$/)
    .filter(({ name }) => name.startsWith(`${contract}-`))
    .map(({ name }) => name.slice(contract.length + 1, -'.polkavm'.length));
  return [...new Set([...counted, ...present])];
};

/** More than any call uses: contracts have no say in it here. */
const GAS = 10n ** 15n;

const checkCall = (c: Case, program: Program, call: Fields, level: string): void => {
  const map = program.memoryMap({ maxMemory: WHOLE_ADDRESS_SPACE });
  const memory = new FlatMemory(map, WHOLE_ADDRESS_SPACE);
  const execution = startExecution(c, { program, memory, granularity: 'instruction' });
  execution.setRegister(0, RETURN_TO_HOST);
  execution.setRegister(1, map.stackPointer);
  execution.gas = GAS;
  execution.nextPc = program.exports.find(({ name }) => name === 'call')?.pc;

  const host = new ContractHost(execution, memory, call.bytes('calldata'));
  let stop = execution.run();
  while (stop.kind === 'host-call' && host.result === undefined) {
    host.answer(program.imports[stop.number] ?? `host call ${stop.number}`);
    if (host.result === undefined) stop = execution.run();
  }
  const expected = call.fields('expected');
  if (expected.raw('trap') === true) c.equal('status', 'stop', 'trap', stop.kind);
  else {
    c.check(
      'status',
      host.result !== undefined,
      () => `the call ends with ${JSON.stringify(stop)}, expected a return`,
    );
    c.equal('result', 'flags', expected.number('flags'), host.result?.flags);
    const data = toHex(expected.bytes('returndata'));
    c.equal('result', 'return data', data, host.result && toHex(host.result.data));
  }
  const counts = call.has('verifiedInstructionCount') ? call.fields('verifiedInstructionCount') : undefined;
  if (counts?.has(level)) {
    const count = toInteger(counts.raw(level), 'verifiedInstructionCount');
    c.equal('gas', 'gas used', count, GAS - execution.gas);
    c.equal('gas', 'instructions counted', count, BigInt(execution.executed));
  }
};
