import { equalBytes } from '../../src/core/bytes.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import type { Stop } from '../../src/core/stop.ts';
import type { Caller } from '../../src/vm/caller.ts';
import { CallStopped } from '../../src/vm/errors.ts';
import type { Instance } from '../../src/vm/instance.ts';
import { Linker } from '../../src/vm/linker.ts';
import type { Module } from '../../src/vm/module.ts';
import type { Host, Start } from './case.ts';
import { type Difference, stopText } from './difference.ts';
import type { Layout } from './layout.ts';
import type { Observer } from './pair.ts';

/** Calls back into the guest that one run may make. */
const MAX_CALLS = 12;
/** Instructions of one run, calls back included; nobody compares what comes behind. */
const MAX_EXECUTED = 200_000;

/** Counts of one instance's host. */
interface Counts {
  served: number;
  calls: number;
}

/** One instance whose host calls are answered by a function, which may call back. */
const instantiate = (module: Module, layout: Layout, host: Host): Instance<Counts> => {
  const linker = new Linker<Counts>().fallback((caller) => serve(caller, host));
  const userData = { served: 0, calls: 0 };
  if (layout.argumentsSize === 0) return linker.instantiate(module, { userData });
  return linker.instantiate(module, { userData, arguments: new Uint8Array(layout.argumentsSize).fill(9) });
};

const serve = (caller: Caller<Counts>, { services }: Host): number | undefined => {
  const counts = caller.userData;
  let result: number | undefined;
  const possibly = (request: () => unknown): void => {
    try {
      request();
    } catch (error) {
      if (!isRiscboxError(error) || error instanceof CallStopped) throw error;
    }
  };
  for (const action of services[counts.served++ % Math.max(1, services.length)] ?? []) {
    switch (action.do) {
      case 'register':
        caller.setRegister(action.register, action.value);
        break;
      case 'gas':
        caller.gas += action.add;
        break;
      case 'grow':
        caller.memory.sbrk(action.bytes);
        break;
      case 'write':
        possibly(() => caller.memory.write(action.address, action.bytes));
        break;
      case 'call':
        if (counts.calls++ < MAX_CALLS) result = callBack(caller, action.pc);
        break;
      case 'trap':
        return caller.trap('asked for');
      case 'finish':
        return caller.finish();
    }
  }
  return result;
};

/** The result of a call, or a number for how it stopped. */
const callBack = (caller: Caller<Counts>, pc: number): number => {
  try {
    return Number(caller.call(pc, 3n, 0x12345678n, 5n) & 0xffffffn);
  } catch (error) {
    if (error instanceof CallStopped) return stopText(error.stop).length;
    if (isRiscboxError(error)) return error.code.length;
    throw error;
  }
};

/** Runs both modules with functions for their host calls and compares them at every stop. */
export const checkLinked = (
  modules: readonly [oracle: Module, subject: Module],
  layout: Layout,
  start: Start,
  host: Host,
  see: Observer,
): Difference | undefined => {
  const [p, q] = modules.map((module) => instantiate(module, layout, host)) as [
    Instance<Counts>,
    Instance<Counts>,
  ];
  try {
    return compareInstances(p, q, start, host, see);
  } finally {
    p.dispose();
    q.dispose();
  }
};

const compareInstances = (
  p: Instance<Counts>,
  q: Instance<Counts>,
  start: Start,
  host: Host,
  see: Observer,
): Difference | undefined => {
  for (const instance of [p, q]) {
    instance.gas = start.gas;
    for (const [register, value] of start.registers.entries()) instance.setRegister(register, value);
    instance.nextPc = start.pc;
  }
  for (let index = 0; ; index++) {
    const want = p.run({ budget: MAX_EXECUTED });
    const got = q.run({ budget: MAX_EXECUTED * (want.kind === 'interrupted' ? 1 : 2) });
    if (want.kind === 'interrupted') return undefined;
    see.stop(got);
    const what = instanceDifference(want, got, p, q);
    if (what !== undefined) return { stop: index, what };
    const refill = want.kind === 'out-of-gas' ? host.refills[index] : undefined;
    if (refill === undefined || p.nextPc === undefined) return undefined;
    p.gas += refill;
    q.gas += refill;
  }
};

const instanceDifference = (
  want: Stop,
  got: Stop,
  p: Instance<Counts>,
  q: Instance<Counts>,
): string | undefined => {
  const [wanted, found] = [stopText(want), stopText(got)];
  if (wanted !== found) return `linked: stop: expected ${wanted}, found ${found}`;
  if (equalBytes(p.snapshot(), q.snapshot())) return undefined;
  const state = (i: Instance<Counts>): string =>
    [i.pc, i.nextPc, i.gas, i.executed, i.memory.heapEnd]
      .concat(i.module.abi.names.map((_, r) => i.getRegister(r)))
      .join(' ');
  return `linked: expected ${state(p)}, found ${state(q)}`;
};
