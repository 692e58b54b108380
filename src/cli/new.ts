import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { printable } from '../decoder/listing.ts';
import { type Command, defineCommand, operandsOf, UsageError } from './command.ts';
import { Lines } from './io.ts';
import { FileError } from './program-file.ts';
import { LANGUAGES, type Project, projectFiles, TARGETS } from './project.ts';

/** What npm, Cargo and file systems all take as a name. */
const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

const oneOf = <T extends string>(known: readonly T[], what: string, given: string): T => {
  const found = known.find((one) => one === given);
  if (found === undefined) throw new UsageError(`${what} ${given} is unknown; use ${known.join(' or ')}`);
  return found;
};

/** Makes the folder of a project. Throws FileError when there is one, or anything else, already. */
const makeFolder = (path: string): void => {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const problem =
      code === 'EEXIST'
        ? 'exists already; choose another name, or remove it'
        : `cannot be made (${code}); choose another place`;
    throw new FileError(path, problem);
  }
};

const writeProject = (folder: string, project: Project): readonly string[] => {
  // Read before anything is written, so that a broken installation leaves nothing behind.
  const files = projectFiles(project);
  makeFolder(folder);
  for (const { path, bytes } of files) {
    const target = join(folder, path);
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes, { flag: 'wx', mode: path.endsWith('.sh') ? 0o755 : 0o644 });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new FileError(target, `cannot be written (${code}); choose another place`);
    }
  }
  return files.map(({ path }) => path).sort();
};

export const newCommand: Command = defineCommand({
  name: 'new',
  operands: 'c|rust NAME',
  summary: 'Writes a guest project: sources, build script and host. Prints the names of its files.',
  options: {
    target: {
      type: 'string',
      value: 'NAME',
      help: 'rv32e or rv64e, the width of registers (default rv32e; in C, only it has a C library)',
    },
  },
  notes: [
    'NAME is the folder that is made; the last part of its path is the name of the project: a small letter, then small letters, digits, - and _.',
  ],
  run(values, operands, io) {
    const [language = '', folder = ''] = operandsOf(operands, ['the language (c or rust)', 'NAME']);
    const name = basename(folder);
    const project: Project = {
      name,
      language: oneOf(LANGUAGES, 'the language', language),
      target: oneOf(TARGETS, '--target', values.target ?? 'rv32e'),
    };
    if (!NAME.test(name)) {
      throw new UsageError(
        `${JSON.stringify(name)} cannot be the name of a project; use a small letter, then small letters, digits, - and _`,
      );
    }
    const lines = new Lines(io);
    for (const path of writeProject(folder, project)) lines.line(printable(join(folder, path)));
    lines.flush();
    return 0;
  },
});
