import { AddressSpace } from './address-space.ts';
import { MAX_NUMBER, systemCallName, systemCalls } from './calls/table.ts';
import { type Clock, realClock, virtualClock } from './clock.ts';
import { Descriptors } from './descriptors.ts';
import { Errno } from './errno.ts';
import { fail } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import type { LinuxGuest } from './guest.ts';
import { buildInitialStack } from './initial-stack.ts';
import { Kernel, type TerminalSize } from './kernel.ts';
import { type FileContents, MemoryFileSystem } from './memory-file-system.ts';
import { MountTable } from './mounts.ts';
import { type RandomSource, realRandom, seededRandom } from './random.ts';
import { Signals } from './signals.ts';
import { type InputStream, inputFile, type OutputStream, outputFile } from './streams.ts';
import {
  type ArgumentValue,
  FIRST_ARGUMENT,
  numberRegister,
  readArguments,
  type SystemCall,
} from './system-call.ts';
import { deviceFileSystem, processFileSystem } from './system-files.ts';
import { UserMemory } from './user-memory.ts';

/** A terminal behind some of the standard streams. */
export interface Terminal extends TerminalSize {
  /** Which of the standard descriptors it is. Default all three. */
  readonly descriptors?: readonly (0 | 1 | 2)[];
}

export interface LinuxOptions {
  /** argv, the program's own name first. Default `['program']`. */
  readonly args?: readonly string[];
  /** Default empty. */
  readonly env?: Readonly<Record<string, string>>;
  /** The root file system, or contents to make an in-memory one from. Default an empty one with `/tmp`. */
  readonly fs?: FileSystem | FileContents;
  /** Further file systems by absolute path, such as a host directory at `/data`. */
  readonly mounts?: Readonly<Record<string, FileSystem>>;
  /** Working directory. Default `/`. */
  readonly cwd?: string;
  /** Default empty. */
  readonly stdin?: InputStream;
  /** Default: everything is discarded. */
  readonly stdout?: OutputStream;
  readonly stderr?: OutputStream;
  /** Default: no standard stream is a terminal. */
  readonly terminal?: Terminal;
  /** Default `virtual`: advanced by executed instructions only. */
  readonly clock?: 'virtual' | 'real' | Clock;
  /** What the virtual wall clock shows at the start, nanoseconds since 1970. Default 2000-01-01. */
  readonly epoch?: bigint;
  /** Default `seeded`: the same bytes in every run with the same seed. */
  readonly random?: 'seeded' | 'real' | RandomSource;
  readonly seed?: number | bigint;
  /** Default `riscbox`. */
  readonly hostname?: string;
  /** Asked during real sleeps every few milliseconds; true ends the sleep with EINTR. */
  readonly interrupted?: () => boolean;
  /** Called after each system call, as strace would print it; see `formatSystemCall`. */
  readonly onSystemCall?: (record: SystemCallRecord) => void;
}

/** One system call that was answered. */
export interface SystemCallRecord {
  readonly number: number;
  readonly name: string;
  /** The row of the table; undefined for calls answered with ENOSYS because they don't exist here. */
  readonly call: SystemCall | undefined;
  readonly values: readonly ArgumentValue[];
  /** What a0 became: a result, or a negative errno. */
  readonly result: number;
}

export interface LinuxStats {
  /** System calls answered so far. */
  readonly calls: number;
  /** How often each was made, by name. */
  readonly callsByName: Readonly<Record<string, number>>;
  /** Calls answered with ENOSYS because they don't exist here, by name. */
  readonly unknownCalls: Readonly<Record<string, number>>;
}

/** What a system call means for the run. */
export type SystemCallOutcome = 'continue' | { readonly exit: number };

const STACK_POINTER = 2;
const DEFAULT_ARGS = ['program'];

/**
 * A Linux process around a guest. Call `setup` once, run the guest, and call `systemCall` at each `ecall`; then
 * go on behind the `ecall`, or stop if it answers an exit code. Nothing the guest does makes these throw; what
 * the caller's own streams and file systems throw passes through.
 */
export class LinuxProcess {
  readonly #guest: LinuxGuest;
  readonly #kernel: Kernel;
  readonly #args: readonly string[];
  readonly #env: readonly string[];
  readonly #executable: string;
  readonly #observe: ((record: SystemCallRecord) => void) | undefined;
  readonly #counts: Map<number, number> = new Map();

  /** Throws `linux/bad-path`, `linux/bad-environment`, `linux/no-such-directory` and `linux/file-system-full`. */
  constructor(guest: LinuxGuest, options: LinuxOptions = {}) {
    this.#guest = guest;
    this.#args = options.args ?? DEFAULT_ARGS;
    this.#env = Object.entries(options.env ?? {}).map(([name, value]) => {
      if (name === '' || name.includes('=')) throw fail('linux/bad-environment', { name });
      return `${name}=${value}`;
    });
    this.#observe = options.onSystemCall;
    const name = this.#args[0] ?? 'program';
    this.#executable = name.startsWith('/') ? name : `/${name}`;
    this.#kernel = makeKernel(guest, options, this.#executable);
    openStandardStreams(this.#kernel, options);
  }

  /** Builds the initial stack and sets sp. Throws `linux/arguments-too-large` and `linux/bad-string`. */
  setup(): void {
    const random = new Uint8Array(16);
    this.#kernel.random(random);
    const contents = { args: this.#args, env: this.#env, executable: this.#executable, random };
    this.#guest.setRegister(STACK_POINTER, BigInt(buildInitialStack(this.#guest, contents)));
  }

  /** Answers the system call that the guest's registers describe. */
  systemCall(): SystemCallOutcome {
    if (this.#kernel.exitCode !== undefined) return { exit: this.#kernel.exitCode };
    const { width } = this.#guest;
    const raw = this.#guest.getRegister(numberRegister(this.#guest.embedded));
    // The whole register counts; numbers that can't be in the table are all alike, so that a guest can't fill
    // the host's memory with counters.
    const number = raw > MAX_NUMBER ? MAX_NUMBER + 1 : Number(raw);
    const row = systemCalls(width).get(number);
    this.#counts.set(number, (this.#counts.get(number) ?? 0) + 1);
    const values = row ? readArguments(row.arguments, this.#guest, this.#kernel.user) : [];
    const result = answer(this.#kernel, row, values);
    if (this.#kernel.exitCode === undefined) {
      this.#guest.setRegister(FIRST_ARGUMENT, BigInt.asUintN(width, BigInt(result)));
    }
    this.#observe?.({
      number,
      name: systemCallName(number, width),
      call: row,
      values: typeof values === 'number' ? [] : values,
      result,
    });
    return this.#kernel.exitCode === undefined ? 'continue' : { exit: this.#kernel.exitCode };
  }

  /** The program's exit code, 0 to 255 (128 + the number for a signal); undefined while it runs. */
  get exitCode(): number | undefined {
    return this.#kernel.exitCode;
  }

  /** The signal by which the program ended itself. */
  get signal(): number | undefined {
    return this.#kernel.signal;
  }

  get stats(): LinuxStats {
    const { width } = this.#guest;
    let calls = 0;
    const callsByName: Record<string, number> = {};
    const unknownCalls: Record<string, number> = {};
    for (const [number, count] of this.#counts) {
      const name = systemCallName(number, width);
      calls += count;
      callsByName[name] = count;
      if (!systemCalls(width).has(number)) unknownCalls[name] = count;
    }
    return { calls, callsByName, unknownCalls };
  }

  /** Closes all descriptors, and with them the host's files. Twice is fine. */
  close(): void {
    this.#kernel.descriptors.closeAll();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const answer = (kernel: Kernel, row: SystemCall | undefined, values: ArgumentValue[] | number): number => {
  if (!row) return Errno.ENOSYS;
  return typeof values === 'number' ? values : row.handler(kernel, ...(values as never[]));
};

const isFileSystem = (value: FileSystem | FileContents): value is FileSystem =>
  typeof (value as Partial<FileSystem>).root === 'object' && (value as FileSystem).root?.type === 'directory';

const makeKernel = (guest: LinuxGuest, options: LinuxOptions, executable: string): Kernel => {
  const { clock: clockOption = 'virtual', random: randomOption = 'seeded', fs = { tmp: null } } = options;
  let clock = clockOption as Clock;
  if (clockOption === 'virtual') clock = virtualClock(() => guest.instructions(), options.epoch);
  else if (clockOption === 'real') clock = realClock();
  let random = randomOption as RandomSource;
  if (randomOption === 'seeded') random = seededRandom(options.seed);
  else if (randomOption === 'real') random = realRandom;
  const fileSystems = new Map<string, FileSystem>([
    ['/', isFileSystem(fs) ? fs : new MemoryFileSystem(fs)],
    ['/dev', deviceFileSystem(random)],
    ['/proc', processFileSystem(executable)],
    ...Object.entries(options.mounts ?? {}),
  ]);
  for (const fileSystem of fileSystems.values()) fileSystem.attach?.(() => clock.realtime());
  const mounts = new MountTable(fileSystems);
  return new Kernel({
    guest,
    user: new UserMemory(guest.memory, guest.width),
    space: new AddressSpace(guest.memory, guest.layout),
    mounts,
    descriptors: new Descriptors(),
    signals: new Signals(),
    clock,
    random,
    terminal: { columns: options.terminal?.columns ?? 80, rows: options.terminal?.rows ?? 24 },
    hostname: options.hostname ?? 'riscbox',
    cwd: mounts.directory(options.cwd ?? '/'),
    interrupted: options.interrupted ?? (() => false),
  });
};

const openStandardStreams = (kernel: Kernel, options: LinuxOptions): void => {
  const { terminal, stdin = new Uint8Array(0), stdout = () => 0, stderr = () => 0 } = options;
  const isTerminal = (descriptor: 0 | 1 | 2): boolean =>
    terminal !== undefined && (terminal.descriptors ?? [0, 1, 2]).includes(descriptor);
  kernel.openStream(inputFile(stdin, 0, isTerminal(0)));
  kernel.openStream(outputFile(stdout, 1, isTerminal(1)));
  kernel.openStream(outputFile(stderr, 2, isTerminal(2)));
};
