import { type AssembleOptions, assemble } from '../assembler/assemble.ts';
import { writeFile as writeProgramFile } from '../blob/write-file.ts';
import { KINDS, type Kind } from '../core/kind.ts';
import { type Command, defineCommand, operandsOf, UsageError } from './command.ts';
import { type Io, Lines, readIn, toJson, writeError } from './io.ts';
import { grouped } from './numbers.ts';
import { isSameFile, writeFile } from './output-file.ts';
import { about, FileError, readBytes } from './program-file.ts';

const kindOption = (text: string | undefined): Pick<AssembleOptions, 'kind'> => {
  if (text === undefined) return {};
  const names: readonly string[] = KINDS;
  if (!names.includes(text)) throw new UsageError(`--kind ${text} is none of ${names.join(', ')}`);
  return { kind: text as Kind };
};

const readText = (path: string, io: Io): string => {
  const bytes = path === '-' ? readIn(io) : readBytes(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FileError(path, 'is not UTF-8 text; give the path of an assembly file', { cause });
  }
};

export const asmCommand: Command = defineCommand({
  name: 'asm',
  operands: 'FILE.s -o OUT',
  summary: 'Assembles a program from text: what disasm --asm prints, or what PolkaVM’s assembler reads.',
  options: {
    output: { type: 'string', short: 'o', value: 'FILE', help: 'where the program goes; - for stdout' },
    kind: { type: 'string', value: 'KIND', help: 'instruction set of a text without %isa' },
    'upstream-cmov': {
      type: 'boolean',
      help: 'assemble "X = Y if Z != 0" as the move for zero, as the assembler of PolkaVM 0.35 does by mistake',
    },
    json: { type: 'boolean', help: 'print the sizes as JSON' },
  },
  notes: ['FILE may be -, which is stdin. docs/assembler.md describes the language.'],
  run(values, operands, io) {
    const [input = ''] = operandsOf(operands, ['FILE.s']);
    const { output } = values;
    if (output === undefined) throw new UsageError('the output is missing; name it with -o FILE');
    if (input !== '-' && isSameFile(input, output)) {
      throw new UsageError('the output is the input; choose another name');
    }
    const options = { ...kindOption(values.kind), upstreamCmov: values['upstream-cmov'] === true };
    const text = readText(input, io);
    const { blob, file } = about(input, () => {
      const blob = assemble(text, options);
      return { blob, file: writeProgramFile(blob) };
    });
    writeFile(output, file, io);
    const { kind, container } = blob;
    const report =
      values.json === true
        ? toJson({ input, output, kind, container, size: file.length, code: blob.code.length })
        : `${input} → ${output}: ${grouped(file.length)} bytes (${kind}, ${container})`;
    if (output === '-') writeError(io, report);
    else {
      const lines = new Lines(io);
      lines.line(report);
      lines.flush();
    }
    return 0;
  },
});
