import { isRiscvKind } from '../core/kind.ts';
import type { Stop } from '../core/stop.ts';
import { printable } from '../decoder/listing.ts';
import type { FileSystem } from '../linux/file-system.ts';
import { type LinuxExit, LinuxProgram } from '../linux/program.ts';
import { formatSystemCall } from '../linux/trace.ts';
import { hostClock } from '../node/host-clock.ts';
import { HostDirectory } from '../node/host-directory.ts';
import type { Instance } from '../vm/instance.ts';
import type { Module } from '../vm/module.ts';
import { type Command, defineCommand, type Option, UsageError, type Values } from './command.ts';
import { guestOutput } from './guest-output.ts';
import { type Io, toJson, writeError } from './io.ts';
import { gasOption, integer, millisecondsOption, sizeOption, UNLIMITED_GAS } from './numbers.ts';
import {
  about,
  compileProgram,
  engineOptions,
  FileError,
  programOptions,
  readProgram,
  tierOption,
} from './program-file.ts';
import { runJam } from './run-jam.ts';
import { runStats, Stopwatch } from './stats.ts';
import { EXIT_CODES, endingOf, exportNames } from './stop.ts';

const text = (value: string, help: string): Option & { readonly type: 'string' } => ({
  type: 'string',
  value,
  help,
});
const flag = (help: string): Option & { readonly type: 'boolean' } => ({ type: 'boolean', help });

const options = {
  dir: {
    type: 'string',
    multiple: true,
    value: 'HOST::GUEST',
    help: 'let the guest use a host directory under this path, and nothing outside of it; HOST::GUEST::ro for reading only; repeatable',
  },
  env: {
    type: 'string',
    multiple: true,
    value: 'NAME=VALUE',
    help: "an environment variable; NAME alone passes on this process's own; repeatable",
  },
  cwd: text('DIR', "the guest's working directory (default /)"),
  gas: text('N', 'stop the guest when it has used this much gas'),
  'max-memory': text('SIZE', 'memory that the guest may have, like 64M or 1G (default 256M)'),
  'stack-size': text('SIZE', 'stack of an ELF program (default: what it asks for, else 1M)'),
  timeout: text('MS', 'stop the guest after this many milliseconds'),
  clock: text('CLOCK', 'virtual (default: advances with the instructions, every run is the same) or real'),
  random: text('SOURCE', 'seeded (default: every run is the same) or real'),
  seed: text('N', 'seed of the randomness (default 0)'),
  stats: flag('print one line of JSON on stderr at the end'),
  'trace-syscalls': flag('print each system call on stderr'),
  'allow-escapes': flag('let the guest control the terminal; without, its escape sequences are taken out'),
  ...engineOptions,
  ...programOptions,
} as const;

type RunValues = Values<typeof options>;

const parseDirectories = (mounts: readonly string[] = []): Record<string, FileSystem> => {
  const result: Record<string, FileSystem> = {};
  for (const mount of mounts) {
    const [host = '', guest = '', mode, ...rest] = mount.split('::');
    if (host === '' || guest === '' || rest.length > 0 || (mode !== undefined && mode !== 'ro')) {
      throw new UsageError(`--dir ${mount} is not HOST::GUEST or HOST::GUEST::ro, such as .::/work`);
    }
    result[guest] = new HostDirectory(host, { readOnly: mode === 'ro' });
  }
  return result;
};

const parseEnvironment = (entries: readonly string[] = [], own: Io['env']): Record<string, string> => {
  const result: Record<string, string> = {};
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    const name = equals < 0 ? entry : entry.slice(0, equals);
    const value = equals < 0 ? own[name] : entry.slice(equals + 1);
    if (value === undefined) throw new UsageError(`--env ${name}: it is not set here; write ${name}=VALUE`);
    result[name] = value;
  }
  return result;
};

const oneOf = <const T extends string>(name: string, value: string, allowed: readonly T[]): T => {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new UsageError(`--${name} ${value} is none of ${allowed.join(', ')}`);
  return found;
};

/** How a run ended, and the instance for what remains to be told. */
interface Ran {
  readonly instance: Instance<unknown>;
  readonly outcome: LinuxExit | Stop;
  readonly systemCalls?: object;
}

const runLinuxProgram = (
  module: Module,
  args: readonly string[],
  gas: bigint,
  values: RunValues,
  io: Io,
): Ran => {
  const raw = values['allow-escapes'] === true;
  const stdout = guestOutput(io, 1, raw);
  const stderr = guestOutput(io, 2, raw);
  const clock = oneOf('clock', values.clock ?? 'virtual', ['virtual', 'real']);
  const program = new LinuxProgram(module, {
    args,
    env: parseEnvironment(values.env, io.env),
    mounts: parseDirectories(values.dir),
    cwd: values.cwd ?? '/',
    stdin: io.stdin,
    stdout: stdout.write,
    stderr: stderr.write,
    clock: clock === 'real' ? hostClock() : 'virtual',
    random: oneOf('random', values.random ?? 'seeded', ['seeded', 'real']),
    seed: integer('--seed', values.seed ?? '0'),
    ...(io.terminal === undefined ? {} : { terminal: io.terminal }),
    ...(values['trace-syscalls'] === true
      ? { onSystemCall: (record) => writeError(io, printable(formatSystemCall(record))) }
      : {}),
  });
  program.instance.gas = gas;
  const deadline =
    values.timeout === undefined ? {} : { deadline: millisecondsOption('timeout', values.timeout) };
  try {
    const { outcome, stats } = program.run(deadline);
    return { instance: program.instance, outcome, systemCalls: stats };
  } finally {
    program.process.close();
    stdout.end();
    stderr.end();
  }
};

/** Whether a program starts by itself, as opposed to waiting for calls. */
const isProgram = ({ kind, entry, exports }: Module): boolean =>
  isRiscvKind(kind) ? entry !== 0 : exports.some(({ name }) => name === '_start');

export const runCommand: Command = defineCommand({
  name: 'run',
  operands: 'FILE [args]',
  summary:
    'Runs a program: a static RISC-V ELF executable, a PolkaVM or RISC-V blob, or a JAM program. Everything behind FILE belongs to the guest.',
  options,
  notes: [
    EXIT_CODES,
    'JAM standard programs get their argument bytes from the one argument (text, 0x and hexadecimal digits, or - for stdin) and their output goes to stdout. Bare JAM programs get numbers and their first result register is printed.',
  ],
  style: 'guest',
  run(values, [file, ...args], io) {
    if (file === undefined) throw new UsageError('FILE is missing');
    const limited = values.gas !== undefined;
    const gas = values.gas === undefined ? UNLIMITED_GAS : gasOption(values.gas);
    const metered = limited || values.stats === true || values['gas-model'] !== undefined;
    const watch = new Stopwatch();
    const { blob } = readProgram(file, values);
    watch.lap('parse');
    const module = compileProgram(blob, values, {
      gas: metered ? 'sync' : 'none',
      ...(values['max-memory'] === undefined
        ? {}
        : { maxMemory: sizeOption('max-memory', values['max-memory']) }),
      ...(values['stack-size'] === undefined
        ? {}
        : { stackSize: sizeOption('stack-size', values['stack-size']) }),
    });
    watch.lap('translate');
    let ran: Ran;
    if (blob.container === 'jam-raw' || blob.container === 'jam-spi') {
      const deadline =
        values.timeout === undefined ? undefined : millisecondsOption('timeout', values.timeout);
      const allowEscapes = values['allow-escapes'] === true;
      ran = about(file, () => runJam(module, args, { gas, deadline, allowEscapes }, io));
    } else if (isProgram(module)) ran = runLinuxProgram(module, [file, ...args], gas, values, io);
    else {
      throw new FileError(
        file,
        `has no entry point; it exports ${exportNames(module)}: use riscbox call ${file} EXPORT`,
      );
    }
    watch.lap('run');
    const { instance, outcome, systemCalls } = ran;
    const ending =
      outcome.kind === 'exit'
        ? { text: '', exitCode: outcome.code }
        : outcome.kind === 'finished'
          ? { text: '', exitCode: 0 }
          : endingOf(outcome, instance);
    if (ending.text !== '') writeError(io, `riscbox: ${printable(file)}: ${ending.text}`);
    if (values.stats === true) {
      const stats = runStats(instance, tierOption(values).name, { given: gas, limited }, watch.milliseconds);
      writeError(
        io,
        toJson({ file, exitCode: ending.exitCode, outcome, ...stats, ...(systemCalls && { systemCalls }) }),
      );
    }
    return ending.exitCode;
  },
});
