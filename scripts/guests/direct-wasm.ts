/**
 * The guests compiled straight to WebAssembly: what the translating tiers are measured against. Each module exports
 * its memory and one function; only programs that read and write have imports.
 */
import { readFileSync } from 'node:fs';
import { kernelNames, lispSources } from './manifest.ts';
import { clangWasm } from './toolchain.ts';

export interface DirectWasm {
  readonly name: string;
  /** Paths below `guests/`. */
  readonly sources: readonly string[];
  readonly compileFlags: readonly string[];
  readonly linkFlags: readonly string[];
  /** Runs the module and compares what it gives with what QEMU gave for the RISC-V build. Throws where they differ. */
  readonly verify: (bytes: Uint8Array) => void;
}

/** Where the module of a guest lies, from the root of the repository. */
export const directWasmPath = (name: string): string => `guests/bin/wasm32/${name}.wasm`;

const expected = (file: string): string => readFileSync(`guests/expected/${file}.txt`, 'utf8');

const differs = (name: string, actual: string, wanted: string): Error =>
  new Error(`${directWasmPath(name)} gives ${actual}, the other targets give ${wanted}`);

type Kernel = (n: number) => number;

const kernel = (name: string): DirectWasm => ({
  name,
  sources: [`kernels/${name}.c`],
  compileFlags: [],
  linkFlags: ['-Wl,--export=kernel'],
  verify: (bytes) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource));
    const [, n, wanted] = expected(`${name}.quick`).trim().split(' ');
    // Twice: benches call the same instance again and again.
    for (let i = 0; i < 2; i++) {
      const checksum = ((exports.kernel as Kernel)(Number(n)) >>> 0).toString(16).padStart(8, '0');
      if (checksum !== wanted) throw differs(name, checksum, String(wanted));
    }
  },
});

/** What a program with standard streams ended with. */
export interface WasmRun {
  readonly status: number;
  readonly stdout: Uint8Array;
}

class Exit {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/** Runs a program that was linked with runtime/wasm/library.c in an instance of its own. */
export const runWasmProgram = (module: WebAssembly.Module, input: Uint8Array): WasmRun => {
  let at = 0;
  const output: Uint8Array[] = [];
  const bytesAt = (address: number, length: number): Uint8Array =>
    new Uint8Array((instance.exports.memory as WebAssembly.Memory).buffer, address, length);
  const host = {
    read: (to: number, length: number): number => {
      const part = input.subarray(at, at + length);
      bytesAt(to, part.length).set(part);
      at += part.length;
      return part.length;
    },
    write: (fd: number, from: number, length: number): void => {
      if (fd === 1) output.push(bytesAt(from, length).slice());
    },
    exit: (status: number): never => {
      throw new Exit(status);
    },
  };
  const instance = new WebAssembly.Instance(module, { host });
  let status: number;
  try {
    status = (instance.exports.run as () => number)();
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    status = error.status;
  }
  return { status, stdout: new Uint8Array(Buffer.concat(output)) };
};

/** The programs that raise no error: those would need WebAssembly's exceptions. */
const LISP_PROGRAMS = ['queens', 'primes'];

const lisp: DirectWasm = {
  name: 'lisp',
  sources: [...lispSources, 'runtime/wasm/library.c'],
  compileFlags: ['-isystem', 'guests/runtime/wasm/include'],
  // The evaluator recurses; 64 KiB of stack, the linker's default, are not enough.
  linkFlags: ['-Wl,-z,stack-size=1048576'],
  verify: (bytes) => {
    const module = new WebAssembly.Module(bytes as BufferSource);
    for (const program of LISP_PROGRAMS) {
      const { stdout } = runWasmProgram(module, readFileSync(`guests/lisp/programs/${program}.lisp`));
      const text = new TextDecoder().decode(stdout);
      const wanted = expected(`lisp.${program}`);
      if (text !== wanted) throw differs('lisp', JSON.stringify(text), JSON.stringify(wanted));
    }
  },
};

export const directWasm: readonly DirectWasm[] = [...kernelNames.map(kernel), lisp];

/** Builds one module; throws what the compiler says. */
export const compileDirectWasm = (guest: DirectWasm, output: string): Uint8Array => {
  clangWasm({
    sources: guest.sources.map((source) => `guests/${source}`),
    output,
    compileFlags: guest.compileFlags,
    linkFlags: guest.linkFlags,
  });
  return readFileSync(output);
};
