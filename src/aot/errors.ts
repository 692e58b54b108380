import { defineErrors, type Fail } from '../core/error.ts';

const table = {
  'aot/format': (d: { problem: string }) =>
    `not a program that riscbox translated ahead of time: ${d.problem}; make one with riscbox compile`,
  'aot/version': (d: { version: string; expected: number }) =>
    `the file has format version ${d.version}, this riscbox runs version ${d.expected}; translate the program again`,
  'aot/program': (d: { expected: string; found: string }) =>
    `the program has hash ${d.found}, the translation is of ${d.expected}; pass the file that was translated`,
  'aot/program-missing': (_: Record<string, never>) =>
    'the file was made without its program; pass the program file as the option program',
  'aot/metering': (d: { option: string; value: unknown; translated: unknown }) =>
    `${d.option} is ${String(d.value)}, the program was translated for ${String(d.translated)}; translate it again or leave the option out`,
  'aot/interpreter': (d: { operation: string }) =>
    `${d.operation} needs the interpreter, which is not loaded; await prepare() first, or use the asynchronous form`,
  'aot/memory': (_: Record<string, never>) =>
    'the engine has no WebAssembly memory for another instance; dispose of some',
} as const;

export const fail: Fail<typeof table> = defineErrors(table);
