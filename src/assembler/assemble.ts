import type { Blob } from '../blob/blob.ts';
import { writeFile } from '../blob/write-file.ts';
import { isRiscvKind, KINDS, type Kind } from '../core/kind.ts';
import { Problems } from '../core/problems.ts';
import { CodeBuilder } from './code-builder.ts';
import { type DirectiveTarget, runDirective } from './directives.ts';
import { fail } from './errors.ts';
import { InstructionParser, type SourceLine } from './instruction-parser.ts';
import { Labels } from './labels.ts';
import { isLabelName } from './lexer.ts';
import { ProgramParts } from './program-parts.ts';

export interface AssembleOptions {
  /** Instruction set of a text without `%isa`. Default: such a text is refused. */
  readonly kind?: Kind;
  /**
   * Assemble `X = Y if Z != 0` to the conditional move for zero, as PolkaVM 0.35's assembler does by mistake: for
   * texts that were written around it. Default false.
   */
  readonly upstreamCmov?: boolean;
}

/**
 * Makes a program from assembly: PolkaVM 0.35's syntax, and directives of ours for what it cannot say. SPEC.md,
 * "Assembly", defines the language. `assemblyText` is the way back.
 *
 * @throws RiscboxError `asm/*` with the number of the line; of several problems the first, all of them in its message
 * and in `detail.problems`. `blob/*` for what the container does not allow
 */
export const assemble = (text: string, options: AssembleOptions = {}): Blob => {
  const kind = declaredKind(text) ?? options.kind;
  if (kind === undefined) throw fail('asm/no-isa', {});
  const problems = new Problems('as-found');
  const parts = new ProgramParts(kind);
  const labels = new Labels();
  const code = isRiscvKind(kind) ? undefined : new CodeBuilder(kind, labels);
  const parser = isRiscvKind(kind) ? undefined : new InstructionParser(kind, options.upstreamCmov === true);
  const target = { parts, labels, code };
  for (const source of linesOf(text)) {
    problems.attempt(() => readLine(source, target, parser));
    if (problems.isFull) break;
  }
  labels.check(problems);
  problems.check();
  code?.resolveAddresses((label) => parts.entryOf(label));
  const built = code?.build(problems);
  problems.check();
  return parts.toBlob(labels, built);
};

/** As `assemble`, as the file of the program's container. */
export const assembleToBytes = (text: string, options: AssembleOptions = {}): Uint8Array =>
  writeFile(assemble(text, options));

/** The instruction set decides how lines are read, so its declaration is looked for before all others. */
const declaredKind = (text: string): Kind | undefined => {
  const found = /^[ \t]*%isa[ \t]*=[ \t]*(\S+)/m.exec(text);
  if (found === null) return undefined;
  const kind = KINDS.find((name) => name === found[1]);
  if (kind !== undefined) return kind;
  const line = text.slice(0, found.index).split('\n').length;
  throw fail('asm/directive', { line, text: found[0].trim(), problem: `use one of ${KINDS.join(', ')}` });
};

/** Lines with something in them, without blanks around and comments. */
function* linesOf(text: string): Generator<SourceLine, void> {
  let line = 1;
  for (let from = 0; from <= text.length; line++) {
    let end = text.indexOf('\n', from);
    if (end < 0) end = text.length;
    const content = withoutComment(text.slice(from, end)).trim();
    from = end + 1;
    if (content !== '') yield { line, text: content };
  }
}

/** Directives deal with comments themselves: their values may have slashes in quotes. */
const withoutComment = (line: string): string => {
  const at = line.indexOf('//');
  return at < 0 || line.trimStart().startsWith('%') ? line : line.slice(0, at);
};

const readLine = (
  source: SourceLine,
  target: DirectiveTarget,
  parser: InstructionParser | undefined,
): void => {
  const { text, line } = source;
  if (text.startsWith('%')) {
    runDirective(target, source);
    return;
  }
  const label = parseLabel(source);
  if (label !== undefined) defineLabel(label, source, target);
  else if (parser === undefined || target.code === undefined) {
    throw fail('asm/line', { ...source, problem: 'RISC-V code is stated as %bytes' });
  } else {
    parser.parse(source);
    target.code.instruction(parser, line);
  }
};

interface LabelLine {
  readonly name: string;
  readonly isPublic: boolean;
  readonly mayFallInto: boolean;
}

const LABEL_LINE = /^(pub +)?@([^:]*):( +%no_fallthrough)?$/;

const parseLabel = (source: SourceLine): LabelLine | undefined => {
  const { text } = source;
  if (!text.startsWith('@') && !text.startsWith('pub ')) return undefined;
  const [, isPublic, name = '', mark] = LABEL_LINE.exec(text) ?? [];
  if (!isLabelName(name)) {
    throw fail('asm/line', { ...source, problem: 'a label has the form @name: or pub @name:' });
  }
  return { name, isPublic: isPublic !== undefined, mayFallInto: mark !== undefined };
};

const defineLabel = (
  { name, isPublic, mayFallInto }: LabelLine,
  source: SourceLine,
  { parts, labels, code }: DirectiveTarget,
): void => {
  const { line } = source;
  if (code === undefined) {
    throw fail('asm/line', { ...source, problem: 'RISC-V programs have no labels; use addresses' });
  }
  if (!mayFallInto) code.beginBlock(line);
  const label = labels.define(name, code.next, line);
  if (isPublic) parts.public.push(label);
};
