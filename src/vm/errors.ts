import { defineErrors, type Fail, hex, RiscboxError } from '../core/error.ts';
import type { Stop } from '../core/stop.ts';

/** An import that no host function answers. */
export interface MissingImport {
  /** The number of the host call. */
  readonly number: number;
  /** Undefined where the program names none. */
  readonly name: string | undefined;
  /** A function of the linker whose name is close. */
  readonly similar?: string;
}

const describeMissing = ({ number, name, similar }: MissingImport): string => {
  const what = name === undefined ? `number ${number} (unnamed)` : `'${name}'`;
  return similar === undefined ? what : `${what} (similar: '${similar}')`;
};

const table = {
  // Linking
  'linker/missing-imports': (d: { missing: readonly MissingImport[] }) =>
    `missing host functions: ${d.missing.map(describeMissing).join(', ')}; define them, or a fallback`,

  // Calls
  'call/unknown-export': (d: { name: string; exports: readonly string[] }) =>
    `the program exports no '${d.name}'; it exports ${d.exports.length === 0 ? 'nothing' : d.exports.slice(0, 20).join(', ')}`,
  'call/entry': (d: { entry: unknown }) =>
    `${String(d.entry)} is no entry point; pass the name of an export or a program counter`,
  'call/argument-count': (d: { given: number; expected: number; atMost: boolean }) =>
    `${d.given} arguments where ${d.atMost ? 'at most ' : ''}${d.expected} are taken (64-bit values count twice in 32-bit programs); pass that many`,
  'call/value': (d: { value: unknown; type: string }) =>
    `${typeof d.value === 'string' ? JSON.stringify(d.value) : String(d.value)} is no ${d.type}; pass a whole number in its range`,
  'call/async-function': (d: { name: string }) =>
    `host function '${d.name}' returned a Promise in a synchronous run; use callAsync or runAsync`,
  'call/nothing-to-continue': (_: Record<string, never>) =>
    'there is no call to continue; use continue() after a call that stopped early',

  // Instances
  'instance/busy': (d: { operation: string }) =>
    `${d.operation} while the instance is running; wait for its end, or use caller.call in a host function`,
  'instance/disposed': (d: { operation: string }) =>
    `${d.operation} after the instance was disposed; make a new instance`,
  'instance/register': (d: { register: unknown; names: readonly string[] }) =>
    `there is no register '${String(d.register)}'; use 0 to ${d.names.length - 1} or a name of ${d.names.join(' ')}`,
} as const;

export const fail: Fail<typeof table> = defineErrors(table);

/** A stop other than the return of the called function. */
export type UnfinishedStop = Exclude<Stop, { kind: 'finished' }>;

const whatHappened = (stop: UnfinishedStop): string => {
  switch (stop.kind) {
    case 'trap': {
      const where = stop.address === undefined ? '' : `, address ${hex(stop.address)}`;
      return `trapped (${stop.reason}) at ${hex(stop.pc)}${where}; look there with the disassembler`;
    }
    case 'out-of-gas':
      return 'ran out of gas; add some and continue()';
    case 'interrupted':
      return `was interrupted (${stop.reason}); continue() to go on`;
    case 'segfault':
      return `touched the unmapped page ${hex(stop.pageAddress)} at ${hex(stop.pc)}; map it and continue()`;
    case 'host-call':
      return `made host call ${stop.number}, which nobody answers; define it in a linker`;
    case 'step':
      return `is stepping at ${hex(stop.pc)}; continue() to go on`;
  }
};

/**
 * Thrown by calls, which otherwise give the function's result: the guest stopped before it returned. `code` is
 * `call/` and the kind of the stop. (`run()` returns every stop and never throws this.)
 */
export class CallStopped extends RiscboxError {
  readonly stop: UnfinishedStop;

  constructor(name: string, stop: UnfinishedStop, options?: ErrorOptions) {
    super(`call/${stop.kind}`, `the call of '${name}' ${whatHappened(stop)}`, { name, stop }, options);
    this.stop = stop;
  }
}

/**
 * A part of riscbox is needed that has not been loaded. Asynchronous runs load it and go on; synchronous ones throw
 * this, and can be continued when it is there.
 */
export class PartMissing extends RiscboxError {
  readonly load: () => Promise<void>;

  constructor({ code, message, detail }: RiscboxError, load: () => Promise<void>) {
    super(code, message, detail);
    this.load = load;
  }
}

/** A host function that throws it ends the guest with a trap of reason `host`; any other error goes to the embedder. */
export class GuestTrap extends Error {
  override readonly name = 'GuestTrap';
}
