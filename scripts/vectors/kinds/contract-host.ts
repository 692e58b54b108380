import { keccak_256 } from '@noble/hashes/sha3.js';
import { toHex } from '../../../src/core/bytes.ts';
import type { Execution } from '../../../src/jit/tier.ts';
import type { GuestMemory } from '../../../src/memory/guest-memory.ts';
import { VectorFormatError } from '../json.ts';

/** What a contract hands to `seal_return`. */
export interface Returned {
  readonly flags: number;
  readonly data: Uint8Array;
}

const WORD = 32;
/** Key length by which contracts with Solidity's storage layout name a word. */
const WHOLE_WORD = 0xffffffff;
/** a0: the first argument and the result of a host function. */
const A0 = 7;
/** No value was stored under the key before (pallet-revive's sentinel). */
const NO_VALUE = 0xffffffffn;
/** pallet-revive's return code for an absent key. */
const KEY_NOT_FOUND = 3;

/** The host functions that contracts without calls to others import; storage begins empty. */
export class ContractHost {
  result: Returned | undefined;
  readonly #execution: Execution;
  readonly #memory: GuestMemory;
  readonly #callData: Uint8Array;
  readonly #storage: Map<string, Uint8Array> = new Map();
  #immutable: Uint8Array = new Uint8Array(0);

  constructor(execution: Execution, memory: GuestMemory, callData: Uint8Array) {
    this.#execution = execution;
    this.#memory = memory;
    this.#callData = callData;
  }

  /** Argument `index` as an address or length: its low 32 bits. */
  #argument(index: number): number {
    return this.#execution.getRegister32(A0 + index);
  }

  #read(pointer: number, length: number): Uint8Array {
    return this.#memory.read(this.#argument(pointer), length);
  }

  #write(pointer: number, bytes: Uint8Array): void {
    this.#memory.write(this.#argument(pointer), bytes);
  }

  /** A storage key. A length of 2^32 - 1 stands for a word. */
  #key(pointer: number, length: number): Uint8Array {
    const stated = this.#argument(length);
    return this.#read(pointer, stated === WHOLE_WORD ? WORD : stated);
  }

  #return(value: bigint | number): void {
    this.#execution.setRegister(A0, value);
  }

  /** Call data from `offset` on, followed by zeros. */
  #callDataAt(offset: number, length: number): Uint8Array {
    const part = new Uint8Array(length);
    part.set(this.#callData.subarray(offset, offset + length));
    return part;
  }

  #store(key: Uint8Array, value: Uint8Array): void {
    const name = toHex(key);
    const before = this.#storage.get(name);
    this.#return(before === undefined ? NO_VALUE : before.length);
    if (value.length === 0) this.#storage.delete(name);
    else this.#storage.set(name, value);
  }

  readonly #functions: Readonly<Record<string, () => void>> = {
    call_data_size: () => this.#return(this.#callData.length),
    call_data_load: () => this.#write(0, this.#callDataAt(this.#argument(1), WORD).reverse()),
    call_data_copy: () => this.#write(0, this.#callDataAt(this.#argument(2), this.#argument(1))),
    value_transferred: () => this.#write(0, new Uint8Array(WORD)),
    hash_keccak_256: () => this.#write(2, keccak_256(this.#read(0, this.#argument(1)))),
    set_storage: () => this.#store(this.#key(1, 2), this.#read(3, this.#argument(4))),
    set_storage_or_clear: () => {
      const value = this.#read(2, WORD);
      this.#store(this.#read(1, WORD), value.every((byte) => byte === 0) ? new Uint8Array(0) : value);
    },
    get_storage: () => {
      const value = this.#storage.get(toHex(this.#key(1, 2)));
      if (value === undefined) {
        this.#return(KEY_NOT_FOUND);
        return;
      }
      this.#write(3, value);
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, value.length, true);
      this.#write(4, length);
      this.#return(0);
    },
    get_storage_or_zero: () => {
      this.#write(2, this.#storage.get(toHex(this.#read(1, WORD))) ?? new Uint8Array(WORD));
    },
    set_immutable_data: () => {
      this.#immutable = this.#read(0, this.#argument(1));
    },
    get_immutable_data: () => this.#write(0, this.#immutable),
    deposit_event: () => {},
    return_data_size: () => this.#return(0),
    seal_return: () => {
      this.result = { flags: this.#argument(0), data: this.#read(1, this.#argument(2)) };
    },
  };

  /** Does what the named host function does. */
  answer(name: string): void {
    const answer = this.#functions[name];
    if (answer === undefined)
      throw new VectorFormatError(`the contract calls ${name}, which this host does not have`);
    answer();
  }
}
