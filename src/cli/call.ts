import { printable } from '../decoder/listing.ts';
import type { Instance } from '../vm/instance.ts';
import { type Command, defineCommand, UsageError } from './command.ts';
import { entryOf, HostCalls, importOption, parseImports, runCall } from './host-calls.ts';
import { Lines, writeError, writeJson } from './io.ts';
import { argumentValue, gasOption, millisecondsOption, sizeOption, UNLIMITED_GAS } from './numbers.ts';
import { about, compileProgram, engineOptions, programOptions, readProgram } from './program-file.ts';
import { runStats, Stopwatch } from './stats.ts';
import { endingOf } from './stop.ts';

export const callCommand: Command = defineCommand({
  name: 'call',
  operands: 'FILE EXPORT [integers]',
  summary: 'Calls an exported function. Prints its result (register a0) as a number.',
  options: {
    import: importOption,
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
    const program = readProgram(file, values);
    watch.lap('parse');
    const size = values['max-memory'];
    const module = compileProgram(program, values, {
      gas: 'sync',
      limited,
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
    const stop = runCall(instance, { file, name, hosts, ends });
    watch.lap('run');
    const ending = stop.kind === 'finished' ? undefined : endingOf(stop, instance);
    if (ending !== undefined) writeError(io, `riscbox: ${printable(file)}: ${ending.text}`);
    const unsigned = instance.getRegister('a0');
    const result = values.unsigned === true ? unsigned : BigInt.asIntN(module.width, unsigned);
    if (json) {
      const stats = runStats(instance, { given: gas, limited }, watch.milliseconds);
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
