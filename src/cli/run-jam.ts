import type { Stop } from '../core/stop.ts';
import type { Instance } from '../vm/instance.ts';
import type { Module } from '../vm/module.ts';
import { UsageError } from './command.ts';
import { guestOutput } from './guest-output.ts';
import { type Io, StreamError } from './io.ts';
import { argumentValue } from './numbers.ts';

/** What one read of stdin asks for: the size of a Linux pipe. */
const READ = 65_536;

const readAll = (io: Io): Uint8Array => {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const part = io.stdin(READ);
    if (typeof part === 'number') throw new StreamError('stdin', part);
    if (part.length === 0) break;
    parts.push(part.slice());
    length += part.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

const argumentBytes = (args: readonly string[], io: Io): Uint8Array => {
  const [argument = '', extra] = args;
  if (extra !== undefined) throw new UsageError('a JAM standard program takes one argument; quote it');
  if (argument === '-') return readAll(io);
  if (!argument.startsWith('0x')) return new TextEncoder().encode(argument);
  const digits = argument.slice(2);
  if (!/^([\da-f]{2})*$/i.test(digits))
    throw new UsageError(`${argument} is not pairs of hexadecimal digits`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
};

interface JamRun {
  readonly gas: bigint;
  readonly deadline: number | undefined;
  readonly allowEscapes: boolean;
}

/**
 * Runs a JAM program from code offset 0. The output of a standard program that halts lies at address a0, length a1
 * (Gray Paper 0.7 A.8, the invocation function); it goes to stdout.
 */
export const runJam = (
  module: Module,
  args: readonly string[],
  { gas, deadline, allowEscapes }: JamRun,
  io: Io,
): { instance: Instance<unknown>; outcome: Stop } => {
  const isStandard = module.program.blob.container === 'jam-spi';
  const instance: Instance<unknown> = module.instantiate<unknown>({
    gas,
    ...(isStandard ? { arguments: argumentBytes(args, io) } : {}),
  });
  instance.prepareCall(0, isStandard ? [] : args.map(argumentValue));
  const outcome = instance.run(deadline === undefined ? {} : { deadline });
  if (outcome.kind === 'finished') {
    const output = guestOutput(io, 1, allowEscapes);
    output.write(resultOf(instance, isStandard));
    output.end();
  }
  return { instance, outcome };
};

const resultOf = (instance: Instance<unknown>, isStandard: boolean): Uint8Array => {
  const result = instance.getRegister('a0');
  if (!isStandard) {
    return new TextEncoder().encode(`${BigInt.asIntN(instance.module.width, result)}\n`);
  }
  const address = Number(BigInt.asUintN(32, result));
  const length = Number(instance.getRegister('a1'));
  const isReadable = instance.memory.isAccessible(address, length);
  return isReadable ? instance.memory.read(address, length) : new Uint8Array(0);
};
