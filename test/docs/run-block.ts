import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './blocks.ts';
import { bundle, type PackageExports } from './bundle.ts';

/** What a block printed. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT = 60_000;

/**
 * Places to run blocks in, as a user has it who stands in a clone of the repository with riscbox installed: the
 * package by its name, `riscbox` and `npx` on the path, `guests/` at hand. Each block has a folder of its own, where
 * it may write files.
 */
export class Workplace {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'riscbox-docs-'));
  readonly #exports: PackageExports;
  #count = 0;

  constructor(exports: PackageExports) {
    this.#exports = exports;
    this.#furnish(this.directory);
    symlinkSync(join(ROOT, 'package.json'), join(this.directory, 'package.json'));
  }

  #furnish(folder: string): void {
    for (const name of ['guests', 'examples']) symlinkSync(join(ROOT, name), join(folder, name));
  }

  #newFolder(): string {
    const folder = join(this.directory, `block-${this.#count++}`);
    mkdirSync(folder);
    this.#furnish(folder);
    return folder;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #spawn(folder: string, command: string, args: readonly string[]): Outcome {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd: folder,
      encoding: 'utf8',
      input: '',
      timeout: TIMEOUT,
      env: { ...process.env, PATH: `${this.directory}/bin:${process.env.PATH}`, NO_COLOR: '1' },
    });
    if (error !== undefined) throw error;
    return { status, stdout, stderr };
  }

  /** Runs a TypeScript or JavaScript block as a module. */
  async runScript(text: string): Promise<Outcome> {
    const folder = this.#newFolder();
    const source = join(folder, 'block.ts');
    const module = join(folder, 'block.mjs');
    writeFileSync(source, text);
    await bundle(source, module, this.#exports);
    return this.#spawn(folder, process.execPath, [module]);
  }

  /** Puts the command `riscbox` on the path of shell blocks, and `npx`, which knows only that command. */
  async installCommand(): Promise<void> {
    // As deep as in the package, whose other files the command looks for from there.
    const main = join(this.directory, 'dist/cli/main.mjs');
    await bundle(join(ROOT, 'src/cli/main.ts'), main, this.#exports);
    const bin = join(this.directory, 'bin');
    mkdirSync(bin);
    const script = (name: string, body: string): void => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    script('riscbox', `exec "${process.execPath}" "${main}" "$@"`);
    script('npx', '[ "$1" = riscbox ] || { echo "npx $1 is not to be run" >&2; exit 99; }\n"$@"');
  }

  /** Runs a shell block; it ends at the first command that fails. */
  runShell(text: string): Outcome {
    return this.#spawn(this.#newFolder(), 'sh', ['-e', '-c', text]);
  }
}
