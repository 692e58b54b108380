import { printable } from '../decoder/listing.ts';
import { type Command, defineCommand, type Option, UsageError } from './command.ts';
import { toJson, writeError } from './io.ts';
import { gasOption, UNLIMITED_GAS } from './numbers.ts';
import {
  about,
  compileProgram,
  engineOptions,
  FileError,
  programOptions,
  readProgram,
} from './program-file.ts';
import { runJam } from './run-jam.ts';
import { deadlineOf, guestOptions, isProgram, type Ran, runLinuxProgram, sizesOf } from './run-linux.ts';
import { runStats, Stopwatch } from './stats.ts';
import { EXIT_CODES, endingOf, exportNames } from './stop.ts';

const flag = (help: string): Option & { readonly type: 'boolean' } => ({ type: 'boolean', help });

const options = {
  ...guestOptions,
  stats: flag('print one line of JSON on stderr at the end'),
  'trace-syscalls': flag('print each system call on stderr'),
  'allow-escapes': flag('let the guest control the terminal; without, its escape sequences are taken out'),
  ...engineOptions,
  ...programOptions,
} as const;

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
    const program = readProgram(file, values);
    watch.lap('parse');
    const module = compileProgram(program, values, {
      gas: metered ? 'sync' : 'none',
      limited,
      ...sizesOf(values),
    });
    watch.lap('translate');
    let ran: Ran;
    if (program.blob.container === 'jam-raw' || program.blob.container === 'jam-spi') {
      const deadline = deadlineOf(values);
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
      const stats = runStats(instance, { given: gas, limited }, watch.milliseconds);
      writeError(
        io,
        toJson({ file, exitCode: ending.exitCode, outcome, ...stats, ...(systemCalls && { systemCalls }) }),
      );
    }
    return ending.exitCode;
  },
});
