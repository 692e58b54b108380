import { basename } from 'node:path';
import { type AheadOptions, type Translation, translate } from '../aot/compile.ts';
import { writeBlob } from '../blob/write.ts';
import type { ModuleOptions } from '../vm/module.ts';
import { type Command, defineCommand, operandsOf, UsageError } from './command.ts';
import { type Io, Lines, toJson, writeError } from './io.ts';
import { grouped, sizeOption } from './numbers.ts';
import { optimise } from './optimise.ts';
import { isSameFile, writeFile } from './output-file.ts';
import {
  about,
  engineOptions,
  FileError,
  gasModelOption,
  programOptions,
  readProgram,
} from './program-file.ts';

const METERINGS: readonly string[] = ['none', 'sync', 'async'];
const GRANULARITIES: readonly string[] = ['block', 'instruction'];

const oneOf = <T extends string>(
  option: string,
  value: string | undefined,
  allowed: readonly string[],
): T | undefined => {
  if (value === undefined || allowed.includes(value)) return value as T | undefined;
  throw new UsageError(`--${option} ${value} is none of ${allowed.join(', ')}`);
};

/** A string literal of JavaScript. */
const literal = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** A module next to the file that loads it, in Node and in browsers. */
const loaderFor = (output: string): string => `import { load } from 'riscbox/aot';

const url = new URL(${literal(`./${basename(output)}`)}, import.meta.url);

const bytes = async () =>
  url.protocol === 'file:'
    ? (await import('node:fs/promises')).readFile(url)
    : new Uint8Array(await (await fetch(url)).arrayBuffer());

/** The program; instantiate(imports) makes instances of it. */
export const program = await load(await bytes());
`;

const OPTIONS = {
  output: {
    type: 'string',
    short: 'o',
    value: 'FILE',
    help: 'where the translated program goes; - for stdout',
  },
  gas: { type: 'string', value: 'MODE', help: `metering: ${METERINGS.join(', ')} (default none)` },
  'gas-granularity': {
    type: 'string',
    value: 'WHAT',
    help: `what is charged at once: ${GRANULARITIES.join(' or ')} (default block)`,
  },
  'gas-model': engineOptions['gas-model'],
  'max-memory': {
    type: 'string',
    value: 'SIZE',
    help: 'memory that the program is laid out for (default 256M)',
  },
  'stack-size': {
    type: 'string',
    value: 'SIZE',
    help: 'stack of a RISC-V program (default: what it asks for)',
  },
  'no-embed': {
    type: 'boolean',
    help: 'leave the program itself out: whoever loads the file has to have it',
  },
  optimize: { type: 'boolean', help: 'improve the translation with binaryen, if that package is installed' },
  loader: { type: 'boolean', help: 'write an ES module that loads the file next to it' },
  json: { type: 'boolean', help: 'print the sizes as JSON' },
  ...programOptions,
} as const;

interface Sizes {
  readonly input: number;
  readonly program: number;
  readonly code: number;
  readonly output: number;
  /** Before --optimize. */
  readonly unoptimized?: number;
}

const reportOf = (
  input: string,
  output: string,
  sizes: Sizes,
  { functions, places }: Translation['statistics'],
): string => {
  const gained =
    sizes.unoptimized === undefined
      ? ''
      : `; binaryen: ${grouped(sizes.unoptimized)} → ${grouped(sizes.code)} bytes of code (${((100 * (sizes.code - sizes.unoptimized)) / sizes.unoptimized).toFixed(1)} %)`;
  return `${input}: ${grouped(sizes.program)} bytes of program → ${output}: ${grouped(sizes.output)} bytes, ${grouped(sizes.code)} of them code (${grouped(functions)} functions, ${grouped(places)} more places to go on at)${gained}`;
};

export const compileCommand: Command = defineCommand({
  name: 'compile',
  operands: 'FILE -o OUT.wasm',
  summary: 'Translates a program ahead of time, for riscbox/aot and riscbox run. Prints the sizes.',
  options: OPTIONS,
  notes: [
    'Metering and memory layout are fixed by the translation. The file contains the program; the interpreter takes over from the translation where an exact trap or end of gas asks for it.',
  ],
  run(values, operands, io) {
    const [input = ''] = operandsOf(operands, ['FILE']);
    const output = values.output;
    if (output === undefined) throw new UsageError('the output is missing; name it with -o FILE');
    if (isSameFile(input, output)) throw new UsageError('the output is the input; choose another name');
    if (values.loader === true && output === '-')
      throw new UsageError('--loader needs a file; name it with -o');
    const gas = oneOf<NonNullable<ModuleOptions['gas']>>('gas', values.gas, METERINGS);
    const gasGranularity = oneOf<NonNullable<ModuleOptions['gasGranularity']>>(
      'gas-granularity',
      values['gas-granularity'],
      GRANULARITIES,
    );
    const model = values['gas-model'];
    const memory = values['max-memory'];
    const stack = values['stack-size'];
    const { bytes, blob, elf, translated } = readProgram(input, values);
    if (translated !== undefined)
      throw new FileError(input, 'is translated already; give the program it was made from');
    const options: AheadOptions = {
      container: blob.container === 'riscv' ? 'polkavm' : blob.container,
      ...(blob.container.startsWith('jam') ? { kind: blob.kind as never } : {}),
      ...(blob.spi === undefined ? {} : { metadata: blob.spi.metadata !== undefined }),
      ...(gas === undefined ? {} : { gas }),
      ...(gasGranularity === undefined ? {} : { gasGranularity }),
      ...(model === undefined ? {} : { gasModel: gasModelOption(model) }),
      ...(memory === undefined ? {} : { maxMemory: sizeOption('max-memory', memory) }),
      ...(stack === undefined ? {} : { stackSize: sizeOption('stack-size', stack) }),
      embed: values['no-embed'] !== true,
    };
    const program = elf === undefined ? bytes : about(input, () => writeBlob(blob));
    const translation = about(input, () => translate(program, options));
    const finish = (code: Uint8Array, unoptimized?: number): number => {
      const file = translation.finish(code);
      writeFile(output, file, io);
      if (values.loader === true)
        writeFile(loaderPath(output), new TextEncoder().encode(loaderFor(output)), io);
      const sizes: Sizes = {
        input: bytes.length,
        program: program.length,
        code: code.length,
        output: file.length,
        ...(unoptimized === undefined ? {} : { unoptimized }),
      };
      const { statistics } = translation;
      const text =
        values.json === true
          ? toJson({ input, output, kind: blob.kind, sizes, ...statistics })
          : reportOf(input, output, sizes, statistics);
      report(text, output, io);
      return 0;
    };
    if (values.optimize !== true) return finish(translation.code);
    return optimise(translation.code).then((code) => finish(code, translation.code.length));
  },
});

const loaderPath = (output: string): string => `${output.replace(/\.wasm$/, '')}.js`;

const report = (text: string, output: string, io: Io): void => {
  if (output === '-') {
    writeError(io, text);
    return;
  }
  const lines = new Lines(io);
  lines.line(text);
  lines.flush();
};
