/**
 * npm run guests -- [--check] [NAME…]
 *
 * Builds the guest programs, for RISC-V and some straight to WebAssembly, and the per-instruction tests (all, or those
 * named; `riscv-tests` names the latter, `debug` programs with debug information), runs them in QEMU and writes what they print to guests/expected. With `--check`
 * nothing is written: binaries are rebuilt beside the committed ones and compared byte by byte, outputs are
 * compared with the expected ones, and what a missing tool makes impossible is counted as skipped.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { buildDebugProgram, canBuild, debugPath, debugPrograms } from './debug-programs.ts';
import { compileDirectWasm, type DirectWasm, directWasm, directWasmPath } from './direct-wasm.ts';
import { expectedPath, type Guest, guestPath, guests } from './manifest.ts';
import { type InstructionTest, instructionTests } from './riscv-tests.ts';
import { compileKitRust, compileRust, haveRust } from './rust.ts';
import { type TargetName, targets } from './targets.ts';
import { compile, haveCompiler, haveQemu, haveWasmCompiler, qemu, versions } from './toolchain.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean', default: false } },
});
const check = values.check;
process.chdir(new URL('../..', import.meta.url).pathname);

const counts = { passed: 0, failed: 0, skipped: 0 };

const report = (outcome: keyof typeof counts, what: string): void => {
  counts[outcome]++;
  if (outcome === 'failed') console.log(`FAILED  ${what}`);
};

const sameBytes = (path: string, bytes: Uint8Array): boolean =>
  existsSync(path) && Buffer.compare(readFileSync(path), bytes) === 0;

/** In check mode compares, otherwise writes. QEMU refuses files without the execute permission. */
const settle = (path: string, bytes: Uint8Array, mode = 0o644): void => {
  if (check) {
    report(sameBytes(path, bytes) ? 'passed' : 'failed', `${path} differs from what is committed`);
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes, { mode });
    report('passed', path);
  }
};

const runtimeSources: Record<Guest['runtime'], readonly string[]> = {
  libc: ['runtime/start.S', 'runtime/hosted.c'],
  bare: ['runtime/start.S', 'runtime/freestanding.c'],
  none: [],
  'kit-libc': [],
  rust: [],
  'kit-rust': [],
};

const linkerScripts: Record<NonNullable<Guest['layout']>, string | undefined> = {
  guest: 'guests/runtime/guest.ld',
  kit: 'guests/sdk/c/guest.ld',
  default: undefined,
};

/** A guest written in Rust. */
const buildRust = (guest: Guest, name: TargetName): void => {
  const path = guestPath(guest, name);
  if (!haveRust) report('skipped', path);
  else {
    const built =
      guest.runtime === 'rust'
        ? compileRust(name)
        : compileKitRust(name, guest.name.replace(/^kit_(.*)_rust$/, '$1'));
    settle(path, readFileSync(built), 0o755);
  }
};

const build = (guest: Guest, name: TargetName): void => {
  if (guest.runtime === 'rust' || guest.runtime === 'kit-rust') {
    buildRust(guest, name);
    return;
  }
  const target = { ...targets[name], ...(guest.compiler === undefined ? {} : { compiler: guest.compiler }) };
  if (!haveCompiler[target.compiler]) {
    report('skipped', guestPath(guest, name));
    return;
  }
  const output = `guests/build/${name}/${guest.name}.elf`;
  compile({
    target,
    sources: [...runtimeSources[guest.runtime], ...guest.sources].map((source) => `guests/${source}`),
    output,
    objects: `guests/build/${name}/${guest.name}`,
    linkerScript: linkerScripts[guest.layout ?? 'guest'],
    libc: guest.runtime === 'libc' || guest.runtime === 'kit-libc',
    compileFlags: guest.compileFlags ?? [],
    linkFlags: guest.linkFlags ?? [],
    stripped: guest.stripped ?? false,
  });
  settle(guestPath(guest, name), readFileSync(output), 0o755);
};

const verify = (guest: Guest): void => {
  for (const run of guest.runs) {
    const expected = expectedPath(guest, run);
    const input = run.stdin === undefined ? undefined : readFileSync(`guests/${run.stdin}`);
    for (const name of guest.targets) {
      const what = `${guestPath(guest, name)} ${(run.args ?? []).join(' ')}`.trim();
      if (!haveQemu) {
        report('skipped', what);
        continue;
      }
      const result = qemu(targets[name].xlen, guestPath(guest, name), run.args, input);
      if (result.status !== (run.status ?? 0)) {
        report(
          'failed',
          `${what}: exit code ${result.status}, ${run.status ?? 0} expected\n${result.stderr}`,
        );
      } else if (!check && name === guest.targets[0]) {
        settle(expected, result.stdout);
      } else {
        report(
          sameBytes(expected, result.stdout) ? 'passed' : 'failed',
          `${what}: output is not ${expected}`,
        );
      }
    }
  }
};

const buildDirectWasm = (guest: DirectWasm): void => {
  const path = directWasmPath(guest.name);
  if (haveWasmCompiler) settle(path, compileDirectWasm(guest, `guests/build/wasm32/${guest.name}.wasm`));
  else report('skipped', path);
  // The committed module is checked even where it cannot be built.
  guest.verify(readFileSync(path));
  report('passed', path);
};

const buildInstructionTest = (test: InstructionTest): void => {
  if (!haveCompiler[test.target.compiler]) {
    report('skipped', test.output);
    return;
  }
  const folder = `guests/build/riscv-tests/${test.target.name}/${basename(test.output, '.elf')}`;
  compile({
    target: test.target,
    sources: [test.source],
    output: `${folder}/test.elf`,
    objects: folder,
    linkerScript: 'test/riscv-tests/test.ld',
    libc: false,
    compileFlags: ['-Itest/riscv-tests'],
    linkFlags: [],
    stripped: true,
  });
  settle(test.output, readFileSync(`${folder}/test.elf`), 0o755);
};

const verifyInstructionTest = (test: InstructionTest): void => {
  if (!haveQemu || test.notInQemu !== undefined) {
    report('skipped', test.output);
    if (test.notInQemu !== undefined) console.log(`skipped ${test.output}: ${test.notInQemu}`);
    return;
  }
  const { status, signal } = qemu(test.target.xlen, test.output);
  const ending = signal === null ? `check ${status}` : signal;
  report(status === 0 ? 'passed' : 'failed', `${test.output}: ${ending} failed in QEMU`);
};

for (const line of versions()) console.log(line);
for (const guest of guests) {
  if (positionals.length > 0 && !positionals.includes(guest.name)) continue;
  try {
    for (const name of guest.targets) build(guest, name);
    verify(guest);
  } catch (error) {
    report('failed', String(error));
  }
}
for (const guest of directWasm) {
  if (positionals.length > 0 && !positionals.includes(guest.name)) continue;
  try {
    buildDirectWasm(guest);
  } catch (error) {
    report('failed', String(error));
  }
}
for (const program of debugPrograms) {
  if (positionals.length > 0 && !positionals.includes('debug')) break;
  try {
    if (!canBuild(program)) report('skipped', debugPath(program, 'elf'));
    else for (const [path, bytes] of buildDebugProgram(program)) settle(path, bytes);
  } catch (error) {
    report('failed', String(error));
  }
}
for (const test of instructionTests()) {
  if (positionals.length > 0 && !positionals.includes('riscv-tests')) break;
  try {
    buildInstructionTest(test);
    verifyInstructionTest(test);
  } catch (error) {
    report('failed', String(error));
  }
}
console.log(
  `guests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (tool absent or too old)`,
);
process.exitCode = counts.failed > 0 ? 1 : 0;
