/** Builds the Rust guests with Debian's compiler: `core` and `alloc` come from its source package. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { TargetName } from './targets.ts';

// Not found by PATH: a rustup installation there would lack the sources that match the compiler.
const RUSTC = '/usr/bin/rustc';
const CARGO = '/usr/bin/cargo';

const sysroot = (): string => {
  const { stdout, status } = spawnSync(RUSTC, ['--print', 'sysroot'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
};

const library: string = join(sysroot(), 'lib/rustlib/src/rust/library');

export const haveRust: boolean = existsSync(CARGO) && existsSync(join(library, 'vendor'));

/** Rust's names for those of our targets that it has. */
const triples: Partial<Record<TargetName, string>> = {
  rv32em: 'riscv32em-unknown-none-elf',
  rv64imac: 'riscv64imac-unknown-none-elf',
};

interface CargoJob {
  /** Cargo.toml, from the root of the repository. */
  readonly manifest: string;
  /** A target of the compiler, or the path of a file that describes one. */
  readonly target: string;
  readonly linkerScript: string;
  readonly rustcFlags?: readonly string[];
  readonly cargoFlags?: readonly string[];
  readonly binary: string;
}

/** Builds one binary and returns its path. */
const cargoBuild = (job: CargoJob): string => {
  const flags = [
    '-Clinker=ld.lld-19',
    '-Clinker-flavor=ld.lld',
    `-Clink-arg=-T${resolve(job.linkerScript)}`,
    '-Clink-arg=-zmax-page-size=4096',
    // Panic messages carry file names.
    `--remap-path-prefix=${library}=library`,
    `--remap-path-prefix=${process.cwd()}=.`,
    ...(job.rustcFlags ?? []),
  ];
  const { status, stderr, error } = spawnSync(
    CARGO,
    [
      '--config',
      'source.crates-io.replace-with="sources-of-the-compiler"',
      '--config',
      `source.sources-of-the-compiler.directory="${join(library, 'vendor')}"`,
      'build',
      `--manifest-path=${job.manifest}`,
      `--bin=${job.binary}`,
      '--offline',
      '--locked',
      '--release',
      '-Zbuild-std=core,alloc',
      ...(job.cargoFlags ?? []),
      `--target=${job.target}`,
    ],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        RUSTC,
        RUSTC_BOOTSTRAP: '1', // -Zbuild-std on a stable compiler
        CARGO_TARGET_DIR: resolve('guests/build/rust'),
        CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f'),
      },
    },
  );
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`cargo build of ${job.binary} for ${job.target}\n${stderr}`);
  return `guests/build/rust/${basename(job.target, '.json')}/release/${job.binary}`;
};

/** Compiles `guests/rust` and returns the path of the ELF file. */
export const compileRust = (target: TargetName): string => {
  const triple = triples[target];
  if (triple === undefined) throw new Error(`the Rust guest is not built for ${target}`);
  return cargoBuild({
    manifest: 'guests/rust/Cargo.toml',
    target: triple,
    linkerScript: 'guests/runtime/guest.ld',
    binary: 'words',
  });
};

/** Compiles an example of the guest kit and returns the path of the ELF file. */
export const compileKitRust = (target: TargetName, binary: string): string => {
  const elf = cargoBuild({
    manifest: 'guests/sdk/examples/rust/Cargo.toml',
    target: resolve(`guests/sdk/rust/targets/${target}-riscbox.json`),
    linkerScript: 'guests/sdk/c/guest.ld',
    cargoFlags: ['-Zjson-target-spec', '-Zbuild-std-features=compiler-builtins-mem'],
    binary,
  });
  return `${elf}.elf`;
};
