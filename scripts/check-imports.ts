/**
 * npm run check:imports
 *
 * Enforces the direction of imports between the folders of src/, and what must not be reachable from where.
 * Reads the sources as text: an import that needs parsing to be found would already be a reason to refuse it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');

/** A folder may import itself and what its row lists; `*` is everything. */
const mayImport: Readonly<Record<string, readonly string[] | '*'>> = {
  core: [],
  isa: ['core'],
  memory: ['core'],
  blob: ['core'],
  decoder: ['core', 'isa', 'memory', 'blob'],
  linker: ['core', 'isa', 'memory', 'blob', 'decoder'],
  assembler: ['core', 'isa', 'memory', 'blob', 'decoder'],
  interpreter: ['core', 'isa', 'memory', 'decoder'],
  jit: ['core', 'isa', 'memory', 'decoder', 'interpreter'],
  sandbox: ['core', 'isa', 'memory', 'decoder'],
  vm: ['core', 'isa', 'memory', 'blob', 'decoder', 'interpreter', 'jit', 'sandbox'],
  aot: ['core', 'isa', 'memory', 'blob', 'decoder', 'interpreter', 'jit', 'sandbox', 'vm'],
  linux: ['core', 'vm'],
  node: '*',
  cli: '*',
};

/** Entry points join what the package exports under one name, from wherever it comes. */
const ENTRY = 'entry';
const packageExports: Readonly<Record<string, { default?: string }>> = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
).exports;
const entryFiles: ReadonlySet<string> = new Set(
  Object.values(packageExports)
    .map(({ default: path }) => path)
    .filter((path) => path !== undefined)
    .map((path) => join(src, relative('dist', path).replace(/\.js$/, '.ts'))),
);

/** The only folders that may use Node's own modules. */
const nodeFolders: ReadonlySet<string> = new Set(['node', 'cli']);

/** The only folder that makes code from text, and the folders that may import it; it is an entry point itself. */
const textCompiler = 'jit/js';
const textCompilerUsers: ReadonlySet<string> = new Set(['cli', 'node']);

/** Entry points whose users must get no dependency of ours with them. */
const withoutDependencies: readonly string[] = [
  'index.ts',
  'api.ts',
  'aot/index.ts',
  'aot/translate.ts',
  'linker/index.ts',
  'linux/index.ts',
  'disassembler.ts',
  'assembler/index.ts',
  'jit/js/index.ts',
];

interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Vanishes when the types are stripped. */
  readonly typeOnly: boolean;
}

/** Static ones begin a line, as the formatter sees to; dynamic ones may stand anywhere. */
const importPattern =
  /^(?:import|export)\s+(type\s)?(?:[\w$*{},\s]+?\sfrom\s+)?'([^'\n]+)';?$|(?<![.\w$])(?:import|require)\(\s*['"]([^'"\n]+)['"]/gm;

const importsOf = (text: string): Import[] =>
  [...text.matchAll(importPattern)].map((match) => ({
    specifier: (match[2] ?? match[3])!,
    line: text.slice(0, match.index).split('\n').length,
    typeOnly: match[1] !== undefined,
  }));

/** Comments may speak of what code may not do. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));

const folderOf = (path: string): string => {
  const [first, ...rest] = relative(src, path).split('/');
  return rest.length === 0 ? ENTRY : first!;
};

const isTextCompiler = (path: string): boolean => relative(src, path).startsWith(`${textCompiler}/`);

const files: string[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => join(src, path));

const problems: string[] = [];
let checked = 0;

const checkImport = (file: string, { specifier, line }: Import): void => {
  checked++;
  const from = folderOf(file);
  const at = `${relative(root, file)}:${line}`;
  if (specifier.startsWith('node:')) {
    if (!nodeFolders.has(from))
      problems.push(`${at}: '${specifier}' outside ${[...nodeFolders].join(' and ')}`);
    return;
  }
  if (!specifier.startsWith('.')) return;
  const target = resolve(dirname(file), specifier);
  if (!existsSync(target)) {
    problems.push(`${at}: '${specifier}' does not exist`);
    return;
  }
  const to = folderOf(target);
  if (/^loop[^/]*\.generated\.ts$/.test(relative(dirname(target), target)) && from !== 'interpreter') {
    problems.push(`${at}: only src/interpreter may import the generated loops`);
  }
  if (isTextCompiler(target) && !isTextCompiler(file) && !textCompilerUsers.has(from)) {
    problems.push(`${at}: only ${[...textCompilerUsers].join(' and ')} may import src/${textCompiler}`);
  }
  if (from === to || from === ENTRY || entryFiles.has(file)) return;
  const allowed = mayImport[from];
  if (allowed === undefined) {
    problems.push(`${at}: folder '${from}' has no row in the table of scripts/check-imports.ts`);
  } else if (allowed !== '*' && !allowed.includes(to)) {
    problems.push(`${at}: '${from}' may import ${allowed.join(', ') || 'nothing'}, not '${to}'`);
  }
};

const sources = new Map<string, readonly Import[]>();
for (const file of files) {
  const text = withoutComments(readFileSync(file, 'utf8'));
  const imports = importsOf(text);
  sources.set(file, imports);
  for (const one of imports) checkImport(file, one);
  const compiled = /(?<![.\w$])(?:eval\s*\(|(?:new\s+)?Function\s*\()/.exec(text);
  if (compiled !== null && relative(src, file) !== `${textCompiler}/evaluate.ts`) {
    const line = text.slice(0, compiled.index).split('\n').length;
    problems.push(`${relative(root, file)}:${line}: code made from text ('${compiled[0]}')`);
  }
}

/** Follows imports which exist at run time: the entry and all files that it loads. */
const filesFrom = (entry: string): string[] => {
  const seen = new Set<string>([entry]);
  for (const file of seen) {
    for (const { specifier, typeOnly } of sources.get(file) ?? []) {
      if (!typeOnly && specifier.startsWith('.')) seen.add(resolve(dirname(file), specifier));
    }
  }
  return [...seen];
};

/** The packages that an entry loads, with the files that do. */
const packagesFrom = (entry: string): Map<string, string> => {
  const found = new Map<string, string>();
  for (const file of filesFrom(entry)) {
    for (const { specifier, typeOnly } of sources.get(file) ?? []) {
      if (!typeOnly && !specifier.startsWith('.')) found.set(specifier, relative(root, file));
    }
  }
  return found;
};

for (const entry of withoutDependencies) {
  for (const [name, file] of packagesFrom(join(src, entry))) {
    problems.push(`src/${entry} reaches '${name}' through ${file}`);
  }
}
for (const entry of entryFiles) {
  if (isTextCompiler(entry)) continue;
  const reached = filesFrom(entry).filter((file) => isTextCompiler(file));
  const folder = folderOf(entry);
  if (reached.length > 0 && !textCompilerUsers.has(folder))
    problems.push(
      `${relative(root, entry)} reaches ${relative(root, reached[0]!)}, which makes code from text`,
    );
}
for (const entry of entryFiles) {
  if (!existsSync(entry))
    problems.push(`${relative(root, entry)}, which package.json exports, does not exist`);
}

for (const problem of problems) console.log(problem);
console.log(`imports: ${files.length} files, ${checked} imports checked, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
