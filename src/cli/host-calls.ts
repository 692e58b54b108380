import { isRiscvKind } from '../core/kind.ts';
import type { Stop } from '../core/stop.ts';
import { printable } from '../decoder/listing.ts';
import { instanceGuest } from '../linux/instance-guest.ts';
import { LinuxProcess, type SystemCallRecord } from '../linux/process.ts';
import type { Instance } from '../vm/instance.ts';
import type { Module } from '../vm/module.ts';
import { type Option, UsageError } from './command.ts';
import { guestOutput } from './guest-output.ts';
import type { Io } from './io.ts';
import { integer } from './numbers.ts';
import { FileError } from './program-file.ts';
import { riscvFunctionAt } from './stop.ts';

/** The option that `parseImports` reads. */
export const importOption: Option & { readonly type: 'string'; readonly multiple: true } = {
  type: 'string',
  multiple: true,
  value: 'NAME=VALUE',
  help: 'let an imported host function, given by name or number, return this value; repeatable',
};

/** Answers of host functions by name or number. */
export const parseImports = (entries: readonly string[] = []): ReadonlyMap<string, bigint> =>
  new Map(
    entries.map((entry) => {
      const equals = entry.lastIndexOf('=');
      if (equals <= 0) throw new UsageError(`--import ${entry} is not NAME=VALUE, such as get_answer=42`);
      return [entry.slice(0, equals), integer('--import value', entry.slice(equals + 1))];
    }),
  );

/** A program counter, when a number was given that is no export's name. */
export const entryOf = (module: Module, name: string): string | number =>
  /^(\d+|0x[\da-f]+)$/i.test(name) && !module.exports.some((one) => one.name === name) ? Number(name) : name;

type HostCall = Stop & { readonly kind: 'host-call' };

/** Answers the host calls of a function that was called from the command line. */
export class HostCalls {
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

/** A call that has been prepared. */
interface CommandCall {
  readonly file: string;
  readonly name: string;
  readonly hosts: HostCalls;
  /** As `performance.now()` counts. */
  readonly ends: number;
}

/** Runs a prepared call to its end, answering its host calls. Throws FileError when one has no answer. */
export const runCall = (instance: Instance<unknown>, { file, name, hosts, ends }: CommandCall): Stop => {
  for (;;) {
    const stop = instance.run({ deadline: Math.max(0, ends - performance.now()) });
    if (stop.kind !== 'host-call') return stop;
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
};
