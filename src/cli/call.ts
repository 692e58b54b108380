import { isRiscvKind } from '../core/kind.ts';
import type { Stop } from '../core/stop.ts';
import { printable } from '../decoder/listing.ts';
import { instanceGuest } from '../linux/instance-guest.ts';
import { LinuxProcess, type SystemCallRecord } from '../linux/process.ts';
import type { Instance } from '../vm/instance.ts';
import type { Module } from '../vm/module.ts';
import { type Command, defineCommand, UsageError } from './command.ts';
import { guestOutput } from './guest-output.ts';
import { type Io, Lines, writeError, writeJson } from './io.ts';
import {
  argumentValue,
  gasOption,
  integer,
  millisecondsOption,
  sizeOption,
  UNLIMITED_GAS,
} from './numbers.ts';
import {
  about,
  compileProgram,
  engineOptions,
  FileError,
  programOptions,
  readProgram,
  tierOption,
} from './program-file.ts';
import { runStats, Stopwatch } from './stats.ts';
import { endingOf, riscvFunctionAt } from './stop.ts';

/** Answers of host functions by name or number. */
const parseImports = (entries: readonly string[] = []): ReadonlyMap<string, bigint> =>
  new Map(
    entries.map((entry) => {
      const equals = entry.lastIndexOf('=');
      if (equals <= 0) throw new UsageError(`--import ${entry} is not NAME=VALUE, such as get_answer=42`);
      return [entry.slice(0, equals), integer('--import value', entry.slice(equals + 1))];
    }),
  );

/** A program counter, when a number was given that is no export's name. */
const entryOf = (module: Module, name: string): string | number =>
  /^(\d+|0x[\da-f]+)$/i.test(name) && !module.exports.some((one) => one.name === name) ? Number(name) : name;

type HostCall = Stop & { readonly kind: 'host-call' };

/** Answers the host calls of a function that was called from the command line. */
class HostCalls {
  readonly #instance: Instance<unknown>;
  readonly #answers: ReadonlyMap<string, bigint>;
  readonly #process: LinuxProcess | undefined;
  #last: SystemCallRecord | undefined;

  constructor(instance: Instance<unknown>, answers: ReadonlyMap<string, bigint>, io: Io, json: boolean) {
    this.#instance = instance;
    this.#answers = answers;
    // Functions of a C library may want memory or print something.
    const { kind, entry } = instance.module;
    if (!isRiscvKind(kind) || entry === 0) return;
    this.#process = new LinuxProcess(instanceGuest(instance), {
      stdin: io.stdin,
      // The result shall stand alone in stdout when a program reads it.
      stdout: guestOutput(io, json ? 2 : 1, false).write,
      stderr: guestOutput(io, 2, false).write,
      onSystemCall: (record) => {
        this.#last = record;
      },
    });
  }

  /** True when the call was answered; false when nothing here can; else the exit code of the guest. */
  answer({ number, pc }: HostCall): boolean | number {
    const value = this.#names(number, pc)
      .map((name) => this.#answers.get(name))
      .find((known) => known !== undefined);
    if (value !== undefined) {
      this.#instance.setRegister('a0', value);
      return true;
    }
    const outcome = this.#process?.systemCall();
    if (outcome === undefined || this.#last?.call === undefined) return false;
    return outcome === 'continue' || outcome.exit;
  }

  /** What a host call can be named by: its import or the RISC-V function that makes it, and its number. */
  #names(number: number, pc: number): readonly string[] {
    const { abi, imports, program } = this.#instance.module;
    if (abi.callNumber === undefined) return [imports[number] ?? '', `${number}`];
    const name = riscvFunctionAt(program, pc)?.name ?? '';
    return [name, `${this.#instance.getRegister(abi.callNumber)}`];
  }

  /** What has no answer, for people. */
  missing({ number, pc }: HostCall): string {
    const { abi, imports } = this.#instance.module;
    if (abi.callNumber !== undefined) {
      const [name = '', call = ''] = this.#names(number, pc);
      return name === '' ? call : `${name} (${call})`;
    }
    const missing = imports.flatMap((name, at) =>
      this.#answers.has(`${at}`) || (name !== undefined && this.#answers.has(name)) ? [] : [name ?? `${at}`],
    );
    return missing.length === 0 ? `${number}` : missing.map(printable).join(', ');
  }
}

export const callCommand: Command = defineCommand({
  name: 'call',
  operands: 'FILE EXPORT [integers]',
  summary: 'Calls an exported function. Prints its result (register a0) as a number.',
  options: {
    import: {
      type: 'string',
      multiple: true,
      value: 'NAME=VALUE',
      help: 'let an imported host function, given by name or number, return this value; repeatable',
    },
    unsigned: { type: 'boolean', help: 'print the result without a sign' },
    gas: { type: 'string', value: 'N', help: 'stop the function when it has used this much gas' },
    'max-memory': { type: 'string', value: 'SIZE', help: 'memory that the guest may have (default 256M)' },
    timeout: { type: 'string', value: 'MS', help: 'stop the function after this many milliseconds' },
    json: { type: 'boolean', help: 'print result and statistics as JSON' },
    ...engineOptions,
    ...programOptions,
  },
  notes: [
    'EXPORT is the name of an exported function or a program counter, integers are decimal or 0x hexadecimal, one per register. Exit codes as for riscbox run.',
  ],
  style: 'numbers',
  run(values, [file, name, ...args], io) {
    if (file === undefined) throw new UsageError('FILE is missing');
    if (name === undefined)
      throw new UsageError('EXPORT is missing; riscbox info lists the exports of a file');
    const answers = parseImports(values.import);
    const limited = values.gas !== undefined;
    const gas = values.gas === undefined ? UNLIMITED_GAS : gasOption(values.gas);
    const ends =
      values.timeout === undefined
        ? Number.POSITIVE_INFINITY
        : performance.now() + millisecondsOption('timeout', values.timeout);
    const watch = new Stopwatch();
    const { blob } = readProgram(file, values);
    watch.lap('parse');
    const size = values['max-memory'];
    const module = compileProgram(blob, values, {
      gas: 'sync',
      ...(size === undefined ? {} : { maxMemory: sizeOption('max-memory', size) }),
    });
    const instance = about(file, () => {
      const made: Instance<unknown> = module.instantiate<unknown>({ gas });
      made.prepareCall(entryOf(module, name), args.map(argumentValue));
      return made;
    });
    watch.lap('translate');
    const json = values.json === true;
    const hosts = new HostCalls(instance, answers, io, json);
    let stop: Stop;
    for (;;) {
      stop = instance.run({ deadline: Math.max(0, ends - performance.now()) });
      if (stop.kind !== 'host-call') break;
      const answered = hosts.answer(stop);
      if (answered === true) continue;
      if (answered === false) {
        throw new FileError(
          file,
          `'${name}' needs host functions that the command line does not have: ${hosts.missing(stop)}; give their results with --import NAME=VALUE`,
        );
      }
      throw new FileError(file, `the program exited with code ${answered} before '${name}' returned`);
    }
    watch.lap('run');
    const ending = stop.kind === 'finished' ? undefined : endingOf(stop, instance);
    if (ending !== undefined) writeError(io, `riscbox: ${printable(file)}: ${ending.text}`);
    const unsigned = instance.getRegister('a0');
    const result = values.unsigned === true ? unsigned : BigInt.asIntN(module.width, unsigned);
    if (json) {
      const stats = runStats(instance, tierOption(values).name, { given: gas, limited }, watch.milliseconds);
      writeJson(io, {
        file,
        export: name,
        outcome: stop,
        result: ending === undefined ? result : null,
        ...stats,
      });
    } else if (ending === undefined) {
      const lines = new Lines(io);
      lines.line(`${result}`);
      lines.flush();
    }
    return ending?.exitCode ?? 0;
  },
});
