/** Links and runs, so that neither a large file nor an endless guest blocks the page. */
import { Engine, isRiscboxError, Linker, type Module } from '../../src/index.ts';
import { relinkedBytes, relinkToBlob } from '../../src/linker/index.ts';
import { runLinux } from '../../src/linux/index.ts';
import type { Answer, LinkRequest, Request, RunRequest } from './messages.ts';

/** What a guest may use of the visitor's machine. */
const DEADLINE_MS = 10_000;
const MAX_MEMORY = 256 * 2 ** 20;

const answer = (message: Answer): void => postMessage(message);

let module: Module | undefined;

const link = ({ elf, level, target, demote, strip }: LinkRequest): void => {
  const relinked = relinkToBlob(new Uint8Array(elf), {
    level,
    target,
    demote,
    strip,
    onProgress: (_stage, fraction) => answer({ kind: 'progress', fraction }),
  });
  const blob = relinkedBytes(relinked.blob).slice();
  module = new Engine().compile(blob, { maxMemory: MAX_MEMORY });
  answer({
    kind: 'linked',
    blob,
    programKind: module.kind,
    parts: relinked.explain().parts,
    exports: module.exports.map(({ name }) => name),
    notes: relinked.notes,
  });
};

const decoder = new TextDecoder();

/** A stock program: system calls are answered as Linux would. */
const runProgram = (program: Module, args: readonly string[]): void => {
  const show = (bytes: Uint8Array): void =>
    answer({ kind: 'text', text: decoder.decode(bytes, { stream: true }) });
  const { outcome } = runLinux(program, {
    args: ['program', ...args],
    stdout: show,
    stderr: show,
    deadline: DEADLINE_MS,
  });
  answer({ kind: 'ended', text: `${JSON.stringify(outcome)}` });
};

/** A function: host functions that it calls are shown and give 0. */
const runFunction = (program: Module, name: string, args: readonly string[]): void => {
  const linker = new Linker();
  for (const symbol of program.imports) {
    if (symbol === undefined || symbol === '') continue;
    linker.define(symbol, (caller) => {
      const [a0, a1] = ['a0', 'a1'].map((register) => caller.getRegister(register));
      answer({ kind: 'text', text: `${symbol}(${a0}, ${a1}, …) → 0\n` });
      caller.setRegister('a0', 0n);
    });
  }
  const instance = linker.instantiate(program);
  const result = instance.call(name, ...args.map((text) => BigInt(text)));
  answer({ kind: 'ended', text: `${name}(${args.join(', ')}) = ${result}` });
};

const run = ({ name, args }: RunRequest): void => {
  if (module === undefined) return;
  const isProgram = name === '_start' && module.imports.includes('ecall');
  if (isProgram) runProgram(module, args);
  else runFunction(module, name, args);
};

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  try {
    if (data.kind === 'link') link(data);
    else run(data);
  } catch (error) {
    const code = isRiscboxError(error) ? error.code : '';
    answer({ kind: 'problem', code, text: error instanceof Error ? error.message : String(error) });
  }
});
