import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced code block of a document. */
export interface Block {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** The words behind the language in the info string. */
  readonly tags: readonly string[];
  readonly text: string;
}

export const nameOf = ({ file, line, language }: Block): string => `${file}:${line} (${language})`;

/** All fenced blocks of a Markdown text. Throws for a fence that is not closed. */
export const blocksIn = (file: string, markdown: string): Block[] => {
  const blocks: Block[] = [];
  let open: { line: number; info: string; lines: string[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined) open = { line: index + 1, info: fence[1] as string, lines: [] };
    else {
      const [language = '', ...tags] = open.info.trim().split(/\s+/);
      blocks.push({ file, line: open.line, language, tags, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: the code block is not closed`);
  return blocks;
};

/** The documents whose code blocks are run. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
];

export const readDocument = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/**
 * What a block says that it prints: the rest of each `// → ` comment, one line each, in the order of the text.
 * `# → ` in shell blocks.
 */
export const expectedLines = (text: string): string[] =>
  [...text.matchAll(/(?:\/\/|#) → ?(.*)$/gm)].map((match) => match[1] as string);
