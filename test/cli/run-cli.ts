import { fileURLToPath } from 'node:url';
import { cli } from '../../src/cli/cli.ts';
import type { Io } from '../../src/cli/io.ts';
import { Errno } from '../../src/linux/errno.ts';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

export const guest = (path: string): string => `${root}guests/bin/${path}.elf`;

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Uint8Array;
}

export interface World {
  readonly stdin?: Uint8Array | string;
  readonly env?: Readonly<Record<string, string>>;
  /** Which streams are terminals. */
  readonly terminal?: readonly (0 | 1 | 2)[];
  /** After this many bytes nobody reads stdout any more. */
  readonly stdoutCloses?: number;
}

/** Runs a command line in this process, on streams of its own. */
export const run = (args: readonly string[], world: World = {}): Outcome => {
  const { code, outcome } = start(args, world);
  if (typeof code !== 'number') throw new Error('the command is asynchronous; use runAsync');
  return outcome(code);
};

/** The same for commands that take more than one turn of the event loop. */
export const runAsync = async (args: readonly string[], world: World = {}): Promise<Outcome> => {
  const { code, outcome } = start(args, world);
  return outcome(await code);
};

const start = (
  args: readonly string[],
  world: World,
): { readonly code: number | Promise<number>; readonly outcome: (code: number) => Outcome } => {
  const { stdin = '', env = {}, terminal, stdoutCloses = Number.POSITIVE_INFINITY } = world;
  let input = typeof stdin === 'string' ? Buffer.from(stdin) : Buffer.from(stdin);
  const output: Uint8Array[][] = [[], []];
  let written = 0;
  const io: Io = {
    stdin: (length) => {
      const part = new Uint8Array(input.subarray(0, length));
      input = input.subarray(length);
      return part;
    },
    stdout: (bytes) => {
      if (written >= stdoutCloses) return Errno.EPIPE;
      written += bytes.length;
      output[0]?.push(bytes.slice());
      return bytes.length;
    },
    stderr: (bytes) => {
      output[1]?.push(bytes.slice());
      return bytes.length;
    },
    env,
    ...(terminal && { terminal: { columns: 80, rows: 24, descriptors: terminal } }),
  };
  const outcome = (code: number): Outcome => {
    const [out, err] = output.map((parts) => Buffer.concat(parts)) as [Buffer, Buffer];
    return { code, stdout: out.toString(), stderr: err.toString(), bytes: new Uint8Array(out) };
  };
  return { code: cli(args, io), outcome };
};
