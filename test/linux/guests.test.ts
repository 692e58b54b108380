import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { expectedPath, type Guest, type GuestRun, guestPath, guests } from '../../scripts/guests/manifest.ts';
import { linkToBlob } from '../../src/linker/riscv-profile.ts';
import { runLinux } from '../../src/linux/program.ts';
import { HostDirectory } from '../../src/node/host-directory.ts';
import { Module } from '../../src/vm/module.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs of about a billion instructions: the kernels' measured ones, which the benchmarks make, and the Lisp
 * programs, of which one instruction set does one.
 */
const LONG: ReadonlySet<string> = new Set(['default', 'tour', 'queens', 'primes', 'metacircular', 'file']);

const isChosen = (guest: Guest, target: string, { name }: GuestRun): boolean =>
  name === undefined ||
  !LONG.has(name) ||
  (guest.name === 'lisp' && target === 'rv64imac' && name === 'metacircular');

const programs = guests.flatMap((guest) => guest.targets.map((target) => ({ guest, target })));

/** What user-mode QEMU printed for the same binaries and arguments. */
describe('guests print what they print in QEMU', () => {
  for (const { guest, target } of programs.filter((program) => program.guest.runs.length > 0)) {
    const path = guestPath(guest, target);
    test(path, () => {
      const module = Module.fromBlob(linkToBlob(new Uint8Array(readFileSync(root + path))));
      for (const run of guest.runs.filter((candidate) => isChosen(guest, target, candidate))) {
        const result = runLinux(module, {
          args: [path, ...(run.args ?? [])],
          stdin: run.stdin === undefined ? '' : new Uint8Array(readFileSync(`${root}guests/${run.stdin}`)),
          mounts: { '/repository': new HostDirectory(root, { readOnly: true }) },
          cwd: '/repository',
        });
        const what = `${run.name ?? 'run'}: ${new TextDecoder().decode(result.stderr)}`;
        expect(result.outcome, what).toEqual({ kind: 'exit', code: run.status ?? 0, signal: undefined });
        const expected = readFileSync(root + expectedPath(guest, run), 'utf8');
        expect(new TextDecoder().decode(result.stdout), what).toBe(expected);
      }
    });
  }
});
