import { isRiscvKind } from '../core/kind.ts';
import type { Stop } from '../core/stop.ts';
import { printable } from '../decoder/listing.ts';
import type { FileSystem } from '../linux/file-system.ts';
import { type LinuxExit, LinuxProgram } from '../linux/program.ts';
import { formatSystemCall } from '../linux/trace.ts';
import { hostClock } from '../node/host-clock.ts';
import { HostDirectory } from '../node/host-directory.ts';
import type { Instance } from '../vm/instance.ts';
import type { Module, ModuleOptions } from '../vm/module.ts';
import { type Option, UsageError, type Values } from './command.ts';
import { guestOutput } from './guest-output.ts';
import { type Io, writeError } from './io.ts';
import { integer, millisecondsOption, sizeOption } from './numbers.ts';

type TextOption = Option & { readonly type: 'string' };
type ListOption = TextOption & { readonly multiple: true };

const text = (value: string, help: string): TextOption => ({ type: 'string', value, help });

/** What a program that runs by itself may use. */
export const guestOptions: Readonly<
  Record<'cwd' | 'gas' | 'max-memory' | 'stack-size' | 'timeout' | 'clock' | 'random' | 'seed', TextOption> &
    Record<'dir' | 'env', ListOption>
> = {
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
};

/** How its run is shown. */
interface ShownValues {
  readonly 'trace-syscalls'?: boolean;
  readonly 'allow-escapes'?: boolean;
}

type GuestValues = Values<typeof guestOptions>;

/** The module options that guest options set. Throws UsageError. */
export const sizesOf = (values: GuestValues): ModuleOptions => ({
  ...(values['max-memory'] === undefined
    ? {}
    : { maxMemory: sizeOption('max-memory', values['max-memory']) }),
  ...(values['stack-size'] === undefined
    ? {}
    : { stackSize: sizeOption('stack-size', values['stack-size']) }),
});

/** Milliseconds that a run may take, if that is limited. Throws UsageError. */
export const deadlineOf = ({ timeout }: GuestValues): number | undefined =>
  timeout === undefined ? undefined : millisecondsOption('timeout', timeout);

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
export interface Ran {
  readonly instance: Instance<unknown>;
  readonly outcome: LinuxExit | Stop;
  readonly systemCalls?: object;
}

/** Runs a RISC-V program as a process under the Linux personality. Throws UsageError. */
export const runLinuxProgram = (
  module: Module,
  args: readonly string[],
  gas: bigint,
  values: GuestValues & ShownValues,
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
  const deadline = deadlineOf(values);
  try {
    const { outcome, stats } = program.run(deadline === undefined ? {} : { deadline });
    return { instance: program.instance, outcome, systemCalls: stats };
  } finally {
    program.process.close();
    stdout.end();
    stderr.end();
  }
};

/** Whether a program starts by itself, as opposed to waiting for calls. */
export const isProgram = ({ kind, entry, exports }: Module): boolean =>
  isRiscvKind(kind) ? entry !== 0 : exports.some(({ name }) => name === '_start');
