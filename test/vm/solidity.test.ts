import { readFileSync } from 'node:fs';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { expect } from 'vitest';
import { type Caller, Engine, Linker } from '../../src/index.ts';
import { readVector, vectorPath, vectorTest } from '../vectors-path.ts';

/*
 * Contracts made by a Solidity compiler, with their host functions: the pure ones of the pallet-revive host
 * interface, written against the Linker.
 */
interface Call {
  readonly contract: string;
  readonly signature: string;
  readonly calldata: string;
  readonly expected: { readonly flags: number; readonly returndata: string } | { readonly trap: true };
  readonly verifiedInstructionCount?: Readonly<Record<string, number>>;
}

interface Contract {
  readonly calldata: Uint8Array;
  returned: { flags: number; returndata: string } | undefined;
}

const WORD = 32;

const host = new Linker<Contract>()
  .define('call_data_size', { params: [], result: 'u64' }, ({ userData }) => BigInt(userData.calldata.length))
  .define('call_data_load', { params: ['pointer', 'u32'] }, ({ memory, userData }, out, offset) => {
    const word = new Uint8Array(WORD);
    word.set(userData.calldata.subarray(offset, offset + WORD));
    memory.write(out, word.reverse());
  })
  .define(
    'call_data_copy',
    { params: ['pointer', 'u32', 'u32'] },
    ({ memory, userData }, out, length, offset) => {
      const part = new Uint8Array(length);
      part.set(userData.calldata.subarray(offset, offset + length));
      memory.write(out, part);
    },
  )
  .define('value_transferred', { params: ['pointer'] }, ({ memory }, out) => memory.zero(out, WORD))
  .define('hash_keccak_256', { params: ['pointer', 'u32', 'pointer'] }, ({ memory }, input, length, out) => {
    memory.write(out, keccak_256(memory.read(input, length)));
  })
  .define('set_storage', () => 0)
  .define(
    'seal_return',
    { params: ['u32', 'pointer', 'u32'] },
    (caller: Caller<Contract>, flags, at, length) => {
      const returndata = Buffer.from(caller.memory.read(at, length)).toString('hex');
      caller.userData.returned = { flags, returndata };
      caller.finish();
    },
  )
  .fallback((caller) => caller.trap('no such host function'));

const CALLS = vectorPath('solidity', 'expected-calls.json');

for (const level of ['Oz', 'O3']) {
  vectorTest(`Solidity contracts at ${level}: results and instruction counts of all calls`, [CALLS], () => {
    const engine = new Engine();
    const calls: readonly Call[] = JSON.parse(readFileSync(CALLS, 'utf8'));
    expect(calls.length).toBeGreaterThan(20);
    for (const { contract, signature, calldata, expected, verifiedInstructionCount } of calls) {
      const module = engine.compile(readVector(vectorPath('solidity', `${contract}-${level}.polkavm`)), {
        gas: 'sync',
        gasGranularity: 'instruction',
      });
      const userData: Contract = { calldata: Buffer.from(calldata, 'hex'), returned: undefined };
      const instance = host.instantiate(module, { userData, gas: 10n ** 9n });
      instance.prepareCall('call');
      const stop = instance.run();
      const outcome = stop.kind === 'finished' ? userData.returned : { trap: stop.kind === 'trap' };
      expect(outcome, `${contract} ${signature} ${calldata}`).toEqual(expected);
      const count = verifiedInstructionCount?.[level];
      if (count !== undefined) expect(10n ** 9n - instance.gas).toBe(BigInt(count));
    }
  });
}
