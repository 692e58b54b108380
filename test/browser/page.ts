/**
 * Runs in the page. Bundled together with the core entry, so that what is tested is what a user's bundle has; no
 * Linux personality: two system calls are all that the guests here make.
 */
import { Engine, type Instance, type Module } from '../../src/index.ts';

const WRITE = 64n;
const EXIT = 93n;

/** A guest's output and exit code. */
export interface Outcome {
  readonly text: string;
  readonly code: number;
  readonly instructions: number;
}

export interface ManyOutcome {
  readonly alive: number;
  /** Instances that printed the right text, each while all others were alive. */
  readonly right: number;
  readonly milliseconds: number;
}

const begin = (module: Module): Instance => {
  const instance = module.instantiate();
  instance.nextPc = module.entry;
  // Room for argc and the pointers behind it, all zero: no arguments, no environment.
  instance.setRegister('sp', module.memoryMap.stackPointer - 64);
  return instance;
};

/** Serves host calls until the guest exits. Anything else that stops it is an error. */
const finish = (instance: Instance): Outcome => {
  const { abi } = instance.module;
  let text = '';
  for (;;) {
    const stop = instance.run();
    if (stop.kind !== 'host-call') throw new Error(`the guest stopped: ${JSON.stringify(stop)}`);
    const number = instance.getRegister(abi.callNumber!);
    const [a0, a1, a2] = ['a0', 'a1', 'a2'].map((name) => Number(instance.getRegister(name))) as [
      number,
      number,
      number,
    ];
    if (number === EXIT) return { text, code: a0 & 0xff, instructions: instance.executed };
    if (number !== WRITE) throw new Error(`unexpected system call ${number}`);
    text += new TextDecoder().decode(instance.memory.read(a1, a2));
    instance.setRegister('a0', a2);
  }
};

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

const tests = {
  run(blob: string): Outcome {
    return finish(begin(new Engine().compile(fromBase64(blob))));
  },

  /** Makes them all, then runs them all, then counts. */
  many(blob: string, count: number, expected: string): ManyOutcome {
    const from = performance.now();
    const module = new Engine().compile(fromBase64(blob));
    const instances = Array.from({ length: count }, () => begin(module));
    const right = instances.filter((instance) => finish(instance).text === expected).length;
    const alive = instances.filter((instance) => instance.executed > 0).length;
    return { alive, right, milliseconds: performance.now() - from };
  },

  /** The error that broken bytes give. */
  refuse(blob: string): string {
    try {
      new Engine().compile(fromBase64(blob));
      return 'accepted';
    } catch (error) {
      return String((error as { code?: unknown }).code);
    }
  },
};

export type PageTests = typeof tests;

Object.assign(globalThis, { tests });
