import { isRiscboxError } from '../core/error.ts';
import type { Stop } from '../core/stop.ts';
import type { TierDifference } from '../jit/crosscheck/side.ts';
import type { Tier, TierName } from '../jit/tier.ts';
import type { LinuxExit } from '../linux/program.ts';
import { crosschecked, defaultPair } from '../vm/crosscheck-option.ts';
import type { Instance } from '../vm/instance.ts';
import { Module } from '../vm/module.ts';
import { type Command, defineCommand, UsageError, type Values } from './command.ts';
import { differenceJson, differenceLines } from './difference-text.ts';
import { entryOf, HostCalls, importOption, parseImports, runCall } from './host-calls.ts';
import { type Io, Lines, writeJson } from './io.ts';
import { argumentValue, gasOption, grouped, integer, UNLIMITED_GAS } from './numbers.ts';
import {
  about,
  engineOptions,
  FileError,
  gasModelOption,
  programOptions,
  readProgram,
} from './program-file.ts';
import { runJam } from './run-jam.ts';
import { deadlineOf, guestOptions, isProgram, runLinuxProgram, sizesOf } from './run-linux.ts';
import { endingOf, exportNames } from './stop.ts';
import { MORE_TIERS, TIER_NAMES, tierNamed } from './tiers.ts';

const options = {
  call: {
    type: 'string',
    value: 'EXPORT',
    help: 'call an exported function; the arguments are its integers',
  },
  import: importOption,
  tiers: {
    type: 'string',
    value: 'A,B',
    help: `the tiers to compare, of ${TIER_NAMES.join(', ')} (default ${defaultPair().join(',')})`,
  },
  interval: {
    type: 'string',
    value: 'N',
    help: 'instructions between two comparisons (default 100000, more with much memory)',
  },
  json: { type: 'boolean', help: 'print as JSON' },
  ...guestOptions,
  'gas-model': engineOptions['gas-model'],
  ...programOptions,
} as const;

type DiffValues = Values<typeof options>;

const tiersOf = ({ tiers }: DiffValues): readonly [TierName, TierName] => {
  if (tiers === undefined) return defaultPair();
  const [first, second, ...rest] = tiers.split(',');
  if (first === undefined || second === undefined || rest.length > 0) {
    throw new UsageError(`--tiers ${tiers} is not two names, such as ${defaultPair().join(',')}`);
  }
  return [tierNamed(first as TierName).name, tierNamed(second as TierName).name];
};

const intervalOf = ({ interval }: DiffValues): number | undefined => {
  if (interval === undefined) return undefined;
  const value = Number(integer('--interval', interval));
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`--interval ${interval} is no positive number; write it like 1000`);
};

/** Everything that the two tiers are to run. */
interface Subject {
  readonly file: string;
  readonly args: readonly string[];
  readonly values: DiffValues;
  readonly gas: bigint;
}

interface Ran {
  readonly instance: Instance<unknown>;
  readonly outcome: LinuxExit | Stop;
}

/** Guests run as they do under `run` and `call`, except that nobody sees what they print. */
const silent = ({ stdin, env }: Io): Io => ({
  stdin,
  env,
  stdout: (bytes) => bytes.length,
  stderr: (bytes) => bytes.length,
});

const runSubject = (module: Module, { file, args, values, gas }: Subject, io: Io): Ran => {
  const deadline = deadlineOf(values);
  const { container } = module.program.blob;
  if (values.call !== undefined) {
    const name = values.call;
    const instance = about(file, () => {
      const made: Instance<unknown> = module.instantiate<unknown>({ gas });
      made.prepareCall(entryOf(module, name), args.map(argumentValue));
      return made;
    });
    const hosts = new HostCalls(instance, parseImports(values.import), io, false);
    const ends = performance.now() + (deadline ?? Number.POSITIVE_INFINITY);
    return { instance, outcome: runCall(instance, { file, name, hosts, ends }) };
  }
  if (container === 'jam-raw' || container === 'jam-spi') {
    return runJam(module, args, { gas, deadline, allowEscapes: true }, io);
  }
  if (isProgram(module)) return runLinuxProgram(module, [file, ...args], gas, values, io);
  throw new FileError(
    file,
    `has no entry point; it exports ${exportNames(module)}: use riscbox diff --call EXPORT ${file}`,
  );
};

const outcomeText = ({ outcome, instance }: Ran): string => {
  if (outcome.kind === 'exit') return `exit code ${outcome.code}`;
  return outcome.kind === 'finished' ? 'finished' : endingOf(outcome, instance).text;
};

export const diffCommand: Command = defineCommand({
  name: 'diff',
  operands: 'FILE [args]',
  summary:
    'Compares two tiers: runs a program on both in lock-step and finds the first instruction that they do differently. Everything behind FILE belongs to the guest, whose output is not shown.',
  options,
  notes: [
    'Registers, gas, memory and stops are compared at every host call and every --interval instructions. Exit code 0: equal, 1: different, or the file cannot be used; 2: wrong usage. A difference is a fault of riscbox: please report it with the file.',
  ],
  style: 'guest',
  run(values, [file, ...args], io) {
    if (file === undefined) throw new UsageError('FILE is missing');
    const gas = values.gas === undefined ? UNLIMITED_GAS : gasOption(values.gas);
    const tiers = tiersOf(values);
    const interval = intervalOf(values);
    const program = readProgram(file, values);
    const { blob } = program;
    const setting = interval === undefined ? { tiers } : { tiers, interval };
    const tier: Tier = crosschecked(tierNamed(tiers[0]), setting, MORE_TIERS);
    const model = values['gas-model'];
    const module = about(file, () =>
      Module.fromBlob(
        blob,
        {
          gas: 'sync',
          ...sizesOf(values),
          ...(model === undefined ? {} : { gasModel: gasModelOption(model) }),
        },
        { tier, limits: {} },
      ),
    );
    const lines = new Lines(io);
    try {
      const ran = runSubject(module, { file, args, values, gas }, silent(io));
      const { instance, outcome } = ran;
      const { executed, translatedInstructions } = instance;
      const used = gas - instance.gas;
      if (values.json === true) {
        writeJson(io, {
          file,
          equal: true,
          tiers,
          instructions: executed,
          translatedInstructions,
          gas: used,
          outcome,
        });
        return 0;
      }
      // Equal says little about a tier that has left everything to the interpreter.
      const share = ((100 * translatedInstructions) / Math.max(executed, 1)).toFixed(1);
      lines.line(
        `equal: ${grouped(executed)} instructions, gas ${grouped(used)}, ${outcomeText(ran)} (${tiers.join(', ')}; ${share} % translated)`,
      );
      lines.flush();
      return 0;
    } catch (error) {
      if (!isRiscboxError(error, 'crosscheck/difference')) throw error;
      const difference = error.detail as unknown as TierDifference;
      if (values.json === true)
        writeJson(io, { file, equal: false, ...differenceJson(module.program, difference) });
      else for (const line of differenceLines(module.program, difference)) lines.line(line);
      lines.flush();
      return 1;
    }
  },
});
