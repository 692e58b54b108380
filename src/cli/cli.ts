import { isRiscboxError } from '../core/error.ts';
import { similarName } from '../core/similar-name.ts';
import { printable } from '../decoder/listing.ts';
import { errnoName } from '../linux/errno.ts';
import { asmCommand } from './asm.ts';
import { callCommand } from './call.ts';
import { type Command, UsageError } from './command.ts';
import { compileCommand } from './compile.ts';
import { diffCommand } from './diff.ts';
import { disasmCommand } from './disasm.ts';
import { gasCommand } from './gas.ts';
import { infoCommand } from './info.ts';
import { BrokenPipe, type Io, StreamError, writeError, writeOut } from './io.ts';
import { linkCommand } from './link.ts';
import { newCommand } from './new.ts';
import { packageVersion } from './package-files.ts';
import { FileError, inOptions } from './program-file.ts';
import { runCommand } from './run.ts';
import { SIGPIPE } from './stop.ts';

const COMMANDS: readonly Command[] = [
  runCommand,
  callCommand,
  newCommand,
  linkCommand,
  compileCommand,
  disasmCommand,
  asmCommand,
  infoCommand,
  gasCommand,
  diffCommand,
];

const overview = (): string => {
  const rows = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(9)}${summary.split(/[.:]/, 1)[0]}`);
  return [
    'Usage: riscbox COMMAND [options] …',
    '',
    'Runs untrusted RISC-V and PolkaVM programs: fast, metered, isolated.',
    '',
    'Commands:',
    ...rows,
    '',
    'riscbox COMMAND --help tells more about one; riscbox --version prints the version.',
    '',
  ].join('\n');
};

const INPUT = 1;
const USAGE = 2;
/** EX_SOFTWARE of BSD's sysexits. */
const INTERNAL = 70;

/** Runs one command line; answers the exit code, a few commands later. Never throws, never rejects. */
export const cli = (argv: readonly string[], io: Io): number | Promise<number> => {
  const [name, ...args] = argv;
  const print = (text: string): number => {
    writeOut(io, new TextEncoder().encode(text));
    return 0;
  };
  try {
    if (name === undefined) {
      writeError(io, overview().trimEnd());
      return USAGE;
    }
    if (name === '--version' || name === '-V') return print(`${packageVersion()}\n`);
    if (name === '--help' || name === '-h') return print(overview());
    if (name === 'help') {
      const [topic] = args;
      return print(topic === undefined ? overview() : commandNamed(topic).help);
    }
    const code = commandNamed(name).execute(args, io);
    return typeof code === 'number' ? code : code.catch((error: unknown) => report(error, argv, io));
  } catch (error) {
    return report(error, argv, io);
  }
};

const commandNamed = (name: string): Command => {
  const command = COMMANDS.find((one) => one.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((one) => one.name);
  const similar = similarName(name, names);
  const advice = similar === undefined ? `use one of ${names.join(', ')}` : `did you mean ${similar}?`;
  throw new UsageError(`there is no command ${name}; ${advice}`);
};

/** One line on stderr, whatever happened; one per problem where a file has several. */
const report = (error: unknown, argv: readonly string[], io: Io): number => {
  const say = (text: string): void => writeError(io, `riscbox: ${printable(text)}`);
  if (error instanceof BrokenPipe) return SIGPIPE;
  if (error instanceof UsageError) {
    const [name = ''] = argv;
    const known = COMMANDS.some((one) => one.name === name);
    say(`${error.message} (see riscbox ${known ? `${name} ` : ''}--help)`);
    return USAGE;
  }
  if (error instanceof FileError || isRiscboxError(error)) {
    for (const line of isRiscboxError(error) ? [inOptions(error.message)] : error.lines) say(line);
    // What an option says can be wrong in the engine's eyes only.
    return isRiscboxError(error) && USAGE_CODES.test(error.code) ? USAGE : INPUT;
  }
  if (error instanceof StreamError) {
    say(`${error.message} (${errnoName(error.errno) ?? error.errno}); free some space or use another file`);
    return INPUT;
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && io.env.RISCBOX_DEBUG ? `\n${error.stack}` : '';
  say(`internal error: ${what}; please report it (RISCBOX_DEBUG=1 shows where)`);
  if (stack !== '') writeError(io, stack.trim());
  return INTERNAL;
};

const USAGE_CODES = /^(engine|limits|gas)\/|^aot\/metering$/;
