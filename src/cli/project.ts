import { packageFile, packageVersion } from './package-files.ts';

/** Languages that guest projects can be made in. */
export const LANGUAGES = ['c', 'rust'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Instruction sets of guest projects: 16 registers, for PolkaVM. */
export const TARGETS = ['rv32e', 'rv64e'] as const;
export type Target = (typeof TARGETS)[number];

export interface Project {
  readonly name: string;
  readonly language: Language;
  readonly target: Target;
}

/** One file of a project, by its path within the project. */
export interface ProjectFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const KIT = 'guests/sdk';

/** What a compiler's platform layer is, and what Debian calls its packages. */
interface Platform {
  readonly packages: string;
  /** The file that the guest is compiled with. */
  readonly support: string;
  readonly supportWhat: string;
}

const C_PLATFORMS: Readonly<Record<Target, Platform>> = {
  rv32e: {
    packages: 'gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf',
    support: 'library.c',
    supportWhat: 'what the C library picolibc needs of the machine: the heap, and `write` of the host',
  },
  rv64e: {
    packages: 'clang-19 lld-19',
    support: 'memory.c',
    supportWhat: 'what compilers need without a C library: `memcpy` and the like',
  },
};

/** The same for every instruction set; the crate needs no other file. */
const RUST_PACKAGES = 'rustc-web cargo-web rust-web-src lld-19';

/** Files that are as they are in the kit, by their path in the project. */
type Copies = Readonly<Record<string, string>>;

const CRATE_SOURCES = ['lib', 'records', 'machine', 'allocator'].map((name) => `src/${name}.rs`);

const copiesOf = ({ language, target }: Project): Copies => {
  if (language === 'c') {
    const { support } = C_PLATFORMS[target];
    return { 'riscbox.h': 'c/riscbox.h', [support]: `c/${support}`, 'guest.ld': 'c/guest.ld' };
  }
  const crate = ['Cargo.toml', ...CRATE_SOURCES].map((path) => `riscbox-guest/${path}`);
  const targets = ['targets', 'targets/before-1.91'].map((folder) => `${folder}/${target}mac-riscbox.json`);
  return {
    ...Object.fromEntries([...crate, ...targets].map((path) => [path, `rust/${path}`])),
    'guest.ld': 'c/guest.ld',
  };
};

const SHARED_TEMPLATES: Copies = { 'host.mjs': 'shared/host.mjs', 'package.json': 'shared/package.json' };

/** Files in which `{{words}}` are replaced, by their path in the project. */
const templatesOf = ({ language, target }: Project): Copies =>
  language === 'c'
    ? {
        ...SHARED_TEMPLATES,
        'main.c': 'c/main.c',
        'build.sh': `c/build.${target}.sh`,
        'README.md': 'c/README.md',
      }
    : {
        ...SHARED_TEMPLATES,
        'src/main.rs': 'rust/main.rs',
        'Cargo.toml': 'rust/Cargo.toml',
        // npm leaves files out whose names begin with a dot.
        '.cargo/config.toml': 'rust/cargo-config.toml',
        'build.sh': 'rust/build.sh',
        'README.md': 'rust/README.md',
      };

const IGNORED: Readonly<Record<Language, readonly string[]>> = {
  c: ['build', 'node_modules'],
  rust: ['build', 'node_modules', 'target'],
};

const wordsOf = (project: Project): Readonly<Record<string, string>> => {
  const { name, language, target } = project;
  const words = { name, target, version: packageVersion() };
  return language === 'c' ? { ...words, ...C_PLATFORMS[target] } : { ...words, packages: RUST_PACKAGES };
};

/** Replaces each `{{word}}`. Throws for one that has no value: templates and words are ours. */
const fillIn = (template: string, words: Readonly<Record<string, string>>): string =>
  template.replace(/\{\{(\w+)\}\}/g, (mark, word: string) => {
    const value = words[word];
    if (value === undefined) throw new Error(`a template asks for ${mark}`);
    return value;
  });

/** All files of a new guest project. */
export const projectFiles = (project: Project): readonly ProjectFile[] => {
  const encoder = new TextEncoder();
  const words = wordsOf(project);
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  const filled = Object.entries(templatesOf(project)).map(([path, from]) => ({
    path,
    bytes: encoder.encode(fillIn(text(packageFile(`${KIT}/templates/${from}`)), words)),
  }));
  const copied = Object.entries(copiesOf(project)).map(([path, from]) => ({
    path,
    bytes: packageFile(`${KIT}/${from}`),
  }));
  const ignored = `${IGNORED[project.language].join('\n')}\n`;
  return [...filled, ...copied, { path: '.gitignore', bytes: encoder.encode(ignored) }];
};
