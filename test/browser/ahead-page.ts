/** Runs in a page whose policy allows WebAssembly and no code from text: the entry `riscbox/aot` alone. */
import { load } from '../../src/aot/index.ts';

/** What a call gave, or the code of its error. */
export type Answer = number | string;

const file = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());

const answerOf = async (call: () => unknown): Promise<Answer> => {
  try {
    return Number(await call());
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error);
  }
};

const imports = { get_third_number: () => 100, get_extra: async () => 5 };

/** Scripts that the page has loaded, by path. */
const scripts = (): string[] =>
  performance
    .getEntriesByType('resource')
    .map(({ name }) => new URL(name).pathname)
    .filter((path) => path.endsWith('.js'));

export const ahead = {
  async bytes(): Promise<Answer> {
    const { exports } = (await load(await file('numbers.wasm'))).instantiate(imports);
    return answerOf(() => exports.add_numbers?.(1, 10));
  },

  /** A module that the page has compiled under its own policy. */
  async compiled(): Promise<Answer> {
    const module = await WebAssembly.compileStreaming(fetch('/numbers.wasm'));
    const { exports } = (await load(module)).instantiate(imports);
    return answerOf(() => exports.sum?.(2_000_000));
  },

  async waits(): Promise<Answer> {
    const { exports } = (await load(await file('numbers.wasm'))).instantiate(imports);
    return answerOf(() => exports.add_with_extra?.async(1, 10));
  },

  /** A trap: the interpreter is loaded for it, and not before. */
  async traps(): Promise<{ before: string[]; answer: Answer; after: string[] }> {
    const { exports } = (await load(await file('numbers.wasm'))).instantiate(imports);
    const before = scripts();
    const answer = await answerOf(() => exports.store?.async(16, 1));
    return { before, answer, after: scripts() };
  },

  /** Code made from text, which the policy forbids. */
  async text(): Promise<Answer> {
    // What the browser's driver evaluates is exempt, as long as it runs.
    await new Promise((resolve) => setTimeout(resolve));
    return answerOf(() => Reflect.construct(Reflect.get(globalThis, 'Function'), ['return 1'])());
  },
};

export type AheadTests = typeof ahead;
