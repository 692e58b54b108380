/** The committed kernels as functions of the amount of work, on each engine that benchmarks compare. */
import { readFileSync } from 'node:fs';
import { directWasmPath } from '../scripts/guests/direct-wasm.ts';
import type { Engine, ModuleOptions } from '../src/index.ts';
import { link, relink } from '../src/linker/index.ts';
import { LinuxProgram } from '../src/linux/index.ts';

/** Runs a kernel and gives its checksum, unsigned 32-bit. State of earlier runs has no influence. */
export type KernelRun = (n: number) => number;

export const fileBytes = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../${path}`, import.meta.url)));

export const wasmModule = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(fileBytes(directWasmPath(name)) as BufferSource);

/** The kernel compiled straight to WebAssembly: one instance, called again and again. */
export const directKernel = (name: string): KernelRun => {
  const { kernel } = new WebAssembly.Instance(wasmModule(name)).exports as { kernel: KernelRun };
  return (n) => kernel(n) >>> 0;
};

/** A guest's ELF file as a blob that exports its functions. */
export const guestBlob = (target: string, name: string): Uint8Array =>
  link(fileBytes(`guests/bin/${target}/${name}.elf`), { exports: 'public' });

/** A guest's ELF file relinked to PolkaVM code; files of 32 registers are demoted. */
export const relinkedBlob = (target: string, name: string): Uint8Array =>
  relink(fileBytes(`guests/bin/${target}/${name}.elf`), {
    exports: name === 'lisp' ? ['_start'] : ['_start', 'kernel'],
    demote: !/^rv\d+e/.test(target),
    strip: true,
  });

/** More than any benchmark needs. */
export const GAS: bigint = 10n ** 15n;

/**
 * The kernel on riscbox: the program runs once from its start to its end under the Linux personality, then its
 * function `kernel` is called again and again in that instance. Nothing is reset: the direct build is not either.
 */
export const riscboxKernel = (
  engine: Engine,
  blob: Uint8Array,
  name: string,
  options: ModuleOptions,
): KernelRun => {
  const program = new LinuxProgram(engine.compile(blob, options), { args: [name, '1'] });
  const { instance } = program;
  instance.gas = GAS;
  const { outcome } = program.run();
  if (outcome.kind !== 'exit' || outcome.code !== 0) throw new Error(`${name}: ${JSON.stringify(outcome)}`);
  // Start-up code sets it, and the compiler addresses small data through it.
  const globalPointer = instance.module.program.riscv === undefined ? undefined : instance.getRegister('gp');
  return (n) => {
    instance.prepareCall('kernel', [n]);
    if (globalPointer !== undefined) instance.setRegister('gp', globalPointer);
    const stop = instance.run();
    if (stop.kind !== 'finished') throw new Error(`${name}: ${JSON.stringify(stop)}`);
    return Number(BigInt.asUintN(32, instance.getRegister('a0')));
  };
};
