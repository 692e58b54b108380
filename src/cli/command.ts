import { parseArgs } from 'node:util';
import { similarName } from '../core/similar-name.ts';
import type { Io } from './io.ts';

/** One option of a command; its help text comes from here too. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be given several times. */
  readonly multiple?: boolean;
  /** What the value is called in help texts. */
  readonly value?: string;
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;

/** The values of a table of options. */
export type Values<O extends Options> = {
  readonly [K in keyof O]?: O[K]['type'] extends 'boolean'
    ? boolean
    : O[K]['multiple'] extends true
      ? readonly string[]
      : string;
};

interface Definition<O extends Options> {
  readonly name: string;
  /** What follows the name and the options on the command line. */
  readonly operands: string;
  /** One line. */
  readonly summary: string;
  readonly options: O;
  /** Paragraphs behind the options in the help text. */
  readonly notes?: readonly string[];
  /**
   * How the command line is divided: options anywhere (default); nothing behind the first operand is an option
   * (`guest`); or options anywhere, but negative numbers are operands (`numbers`).
   */
  readonly style?: 'guest' | 'numbers';
  /** Answers the exit code. */
  run(values: Values<O>, operands: readonly string[], io: Io): number | Promise<number>;
}

/** A command whose options have been bound to its code. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  readonly execute: (args: readonly string[], io: Io) => number | Promise<number>;
}

/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const HELP: Option = { type: 'boolean', short: 'h', help: 'this text' };

export const defineCommand = <const O extends Options>(definition: Definition<O>): Command => {
  const options: Options = { ...definition.options, help: HELP };
  const help = helpText(definition, options);
  return {
    name: definition.name,
    summary: definition.summary,
    help,
    execute: (args, io) => {
      const { values, operands } = divide(args, options, definition.style);
      if (values.help === true) {
        io.stdout(new TextEncoder().encode(help));
        return 0;
      }
      return definition.run(values as Values<O>, operands, io);
    },
  };
};

interface Divided {
  readonly values: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
}

const divide = (args: readonly string[], options: Options, style: Definition<Options>['style']): Divided => {
  if (style === 'guest') {
    const { tokens } = parseArgs({
      args: [...args],
      options,
      strict: false,
      allowPositionals: true,
      tokens: true,
    });
    const first = tokens.find(({ kind }) => kind === 'positional');
    const end = first?.index ?? args.length;
    return { ...strictly(args.slice(0, end), options), operands: args.slice(end) };
  }
  if (style !== 'numbers') return strictly(args, options);
  const { values, operands } = strictly(
    args.map((arg) => arg.replace(NEGATIVE, `${MARK}$&`)),
    options,
  );
  return { values, operands: operands.map((operand) => operand.replace(MARK, '')) };
};

const NEGATIVE = /^-(?=\d)/;
/** No argument can contain it: arguments are zero-terminated. */
const MARK = '\0';

const strictly = (args: readonly string[], options: Options): Divided => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { values, operands: positionals };
  } catch (error) {
    throw new UsageError(explain(error as NodeJS.ErrnoException, options));
  }
};

/** Node's own texts go over several sentences and lines. */
const explain = ({ code, message }: NodeJS.ErrnoException, options: Options): string => {
  const named = /'(-[^']*)'/.exec(message)?.[1] ?? '';
  switch (code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION': {
      const similar = similarName(named.replace(/^-+/, ''), Object.keys(options));
      return `there is no option ${named}${similar === undefined ? '' : `; did you mean --${similar}?`}`;
    }
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE': {
      const name = /--([\w-]+)/.exec(message)?.[1] ?? '';
      const option = options[name];
      if (option?.type === 'boolean') return `--${name} takes no value`;
      return `--${name} needs a value: --${name}=${option?.value ?? 'VALUE'}`;
    }
    default:
      return message.split('\n', 1)[0] as string;
  }
};

/** Columns of the option names in help texts. */
const NAME_COLUMNS = 24;
const LINE_COLUMNS = 80;

/** Breaks text into lines, each after `indent` spaces but the first. */
const wrap = (text: string, indent: number): string => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > LINE_COLUMNS) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
};

const helpText = ({ name, operands, summary, notes = [] }: Definition<Options>, options: Options): string => {
  const rows = Object.entries(options).map(([long, { short, value, help }]) => {
    const names = `  ${short === undefined ? '    ' : `-${short}, `}--${long}${value === undefined ? '' : ` ${value}`}`;
    const gap = names.length < NAME_COLUMNS + 6 ? '' : `\n${' '.repeat(NAME_COLUMNS + 6)}`;
    return `${gap === '' ? names.padEnd(NAME_COLUMNS + 6) : names + gap}${wrap(help, NAME_COLUMNS + 6)}`;
  });
  return [
    `Usage: riscbox ${name} [options] ${operands}`,
    '',
    wrap(summary, 0),
    '',
    'Options:',
    ...rows,
    ...notes.flatMap((note) => ['', wrap(note, 0)]),
    '',
  ].join('\n');
};

/** Checks the number of operands. */
export const operandsOf = (operands: readonly string[], names: readonly string[]): readonly string[] => {
  const missing = names[operands.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  const extra = operands[names.length];
  if (extra !== undefined) throw new UsageError(`there is one operand too many: ${extra}`);
  return operands;
};
