import type { ContainerName } from '../blob/blob.ts';
import { MAX_IMPORTS } from '../blob/limits.ts';
import { ByteWriter } from '../core/bytes.ts';
import type { CodeBuilder } from './code-builder.ts';
import { fail } from './errors.ts';
import { parseHex } from './hex.ts';
import type { SourceLine } from './instruction-parser.ts';
import type { Labels } from './labels.ts';
import { isLabelName } from './lexer.ts';
import { parseCount } from './numbers.ts';
import type { BytesPart, NumberPart, Place, ProgramParts } from './program-parts.ts';
import { parseQuoted } from './quoted.ts';

/** What directives change. */
export interface DirectiveTarget {
  readonly parts: ProgramParts;
  readonly labels: Labels;
  /** Absent in RISC-V kinds. */
  readonly code: CodeBuilder | undefined;
}

type Run = (target: DirectiveTarget, directive: Directive) => void;

/** One line `%name argument = value`, or with `+=`, which goes on with what an earlier line began. */
class Directive {
  readonly source: SourceLine;
  readonly name: string;
  readonly argument: string;
  readonly appends: boolean;
  readonly #value: string;

  constructor(source: SourceLine) {
    this.source = source;
    const { text } = source;
    const name = /^%[a-z_]*/.exec(text)?.[0] ?? '';
    this.name = name.slice(1);
    let at = name.length;
    while (text[at] === ' ') at++;
    const from = at;
    if (text[at] === '"') at = parseQuoted(text, at)?.end ?? text.length;
    at = text.indexOf('=', at);
    if (at < 0) throw this.wrong('a directive has the form %name = value');
    this.appends = text[at - 1] === '+';
    this.argument = text.slice(from, this.appends ? at - 1 : at).trim();
    this.#value = text.slice(at + 1).trim();
  }

  /** The value without a comment behind it. */
  get words(): string {
    const comment = this.#value.indexOf('//');
    return comment < 0 ? this.#value : this.#value.slice(0, comment).trimEnd();
  }

  wrong(problem: string): Error {
    return fail('asm/directive', { ...this.source, problem });
  }

  count(text: string = this.words, limit?: number): number {
    const value = parseCount(text, limit);
    if (value === undefined) throw this.wrong(`expected a number from 0 to ${limit ?? '0xffffffff'}`);
    return value;
  }

  /** The numbers of a value with `length` of them between blanks. */
  counts(length?: number): number[] {
    const words = this.words === '' ? [] : this.words.split(/ +/);
    if (length !== undefined && words.length !== length) throw this.wrong(`expected ${length} numbers`);
    return words.map((word) => this.count(word));
  }

  hex(): Uint8Array {
    const bytes = parseHex(this.words);
    if (bytes === undefined) throw this.wrong('expected pairs of hexadecimal digits');
    return bytes;
  }

  quoted(text: string = this.#value): Uint8Array {
    const quoted = parseQuoted(text, 0);
    if (quoted === undefined || !/^\s*(\/\/|$)/.test(text.slice(quoted.end, quoted.end + 1000))) {
      throw this.wrong('expected a name in quotes; \\", \\\\, \\x00 and \\u{0} are the escapes');
    }
    return quoted.bytes;
  }

  place(labels: Labels, word: string = this.words): Place {
    if (!word.startsWith('@')) return this.count(word);
    const name = word.slice(1);
    if (!isLabelName(name)) throw this.wrong('expected a label like @name, or a code offset');
    return labels.refer(name, this.source.line);
  }
}

const setNumber =
  (part: NumberPart): Run =>
  ({ parts }, directive) => {
    parts.numbers.set(part, directive.count());
  };

const setBytes =
  (part: BytesPart): Run =>
  ({ parts }, directive) => {
    bytesOf(parts, part, directive.appends).bytes(directive.hex());
  };

const bytesOf = (parts: ProgramParts, part: BytesPart, appends: boolean): ByteWriter => {
  const known = appends ? parts.bytes.get(part) : undefined;
  if (known !== undefined) return known;
  const writer = new ByteWriter();
  parts.bytes.set(part, writer);
  return writer;
};

const CONTAINERS: readonly ContainerName[] = ['polkavm', 'jam-raw', 'jam-spi', 'riscv'];

const codeBytes =
  (starts: boolean): Run =>
  ({ parts, code }, directive) => {
    const bytes = directive.hex();
    if (code !== undefined) code.raw(bytes, starts, directive.source.line);
    else {
      const segment = parts.segments.at(-1);
      if (segment === undefined) throw directive.wrong('bytes stand behind the %segment that they belong to');
      segment.data.bytes(bytes);
    }
  };

/** `%segment = address size rwx`, with `-` for a right that it lacks; its bytes follow. */
const segment: Run = ({ parts }, directive) => {
  const [address = '', size = '', rights = '', ...rest] = directive.words.split(/ +/);
  if (!/^[r-][w-][x-]$/.test(rights) || rest.length > 0) {
    throw directive.wrong('a segment has an address, a size and rights, as in %segment = 0x10000 0x2000 r-x');
  }
  parts.segments.push({
    address: directive.count(address),
    memorySize: directive.count(size, 2 ** 32),
    data: new ByteWriter(),
    readable: rights[0] === 'r',
    writable: rights[1] === 'w',
    executable: rights[2] === 'x',
  });
};

/** Those of upstream's assembler come first; the others say what its syntax cannot. */
const DIRECTIVES: Readonly<Record<string, Run>> = {
  // What it says has been found before anything else was read.
  isa: ({ parts }, directive) => {
    if (directive.words !== parts.kind) throw directive.wrong(`the program is for ${parts.kind} already`);
  },
  ro_data_size: setNumber('ro_data_size'),
  rw_data_size: setNumber('rw_data_size'),
  stack_size: setNumber('stack_size'),
  ro_data: setBytes('ro_data'),
  rw_data: setBytes('rw_data'),

  container: ({ parts }, directive) => {
    const container = CONTAINERS.find((name) => name === directive.words);
    if (container === undefined) throw directive.wrong(`the containers are ${CONTAINERS.join(', ')}`);
    parts.container = container;
  },
  import: ({ parts }, directive) => {
    parts.imports.set(directive.count(directive.argument, MAX_IMPORTS - 1), directive.quoted());
  },
  export: ({ parts, labels }, directive) => {
    const symbol = directive.quoted(directive.argument);
    parts.exports.push({ symbol, place: directive.place(labels) });
  },
  jump_table: ({ parts, labels }, directive) => {
    if (!directive.appends || parts.jumpTable === undefined) parts.jumpTable = [];
    for (const word of directive.words.split(/ +/)) {
      if (word !== '') parts.jumpTable.push(directive.place(labels, word));
    }
  },
  jump_table_entry_size: setNumber('jump_table_entry_size'),
  jump_table_count: setNumber('jump_table_count'),
  bytes: codeBytes(true),
  gap: codeBytes(false),

  debug_string: ({ parts }, directive) => {
    const bytes = directive.quoted();
    bytesOf(parts, 'debug_strings', true).varint(bytes.length).bytes(bytes);
  },
  debug_strings: setBytes('debug_strings'),
  debug_line_programs: setBytes('debug_line_programs'),
  debug_line_ranges: setBytes('debug_line_ranges'),
  raw_imports: setBytes('raw_imports'),
  raw_exports: setBytes('raw_exports'),
  section: ({ parts }, directive) => {
    const id = directive.count(directive.argument, 255);
    const last = parts.sections.at(-1);
    const continues = directive.appends && last?.id === id;
    const bytes = continues ? last.bytes : new ByteWriter(16);
    if (!continues) parts.sections.push({ id, bytes });
    bytes.bytes(directive.hex());
  },
  empty_sections: ({ parts }, directive) => {
    parts.emptySections = directive.counts();
  },
  trailing: setBytes('trailing'),

  heap_pages: setNumber('heap_pages'),
  metadata: setBytes('metadata'),

  entry: setNumber('entry'),
  embedded: ({ parts }, directive) => {
    parts.embedded = directive.count(directive.words, 1) === 1;
  },
  program_headers: ({ parts }, directive) => {
    const [address = 0, count = 0, entrySize = 0] = directive.counts(3);
    parts.programHeaders = { address, count, entrySize };
  },
  segment,
  block_starts: ({ parts }, directive) => {
    if (!directive.appends) parts.blockStarts.length = 0;
    for (const start of directive.counts()) parts.blockStarts.push(start);
  },
  symbol: ({ parts }, directive) => {
    const [address = '', size = '', ...rest] = directive.argument.split(/ +/);
    if (rest.length > 0)
      throw directive.wrong('a symbol has an address and a size, as in %symbol 0x10000 8 = "f"');
    const name = directive.quoted();
    parts.symbols.push({ address: directive.count(address), size: directive.count(size), name });
  },
  raw_symbols: setBytes('raw_symbols'),
};

/** Directives that take an argument in front of the `=`, and those that may go on with `+=`. */
const WITH_ARGUMENT: ReadonlySet<string> = new Set(['import', 'export', 'section', 'symbol']);
const APPENDING: ReadonlySet<string> = new Set([
  ...['ro_data', 'rw_data', 'metadata', 'raw_imports', 'raw_exports', 'raw_symbols', 'trailing', 'section'],
  ...['debug_strings', 'debug_line_programs', 'debug_line_ranges', 'jump_table', 'block_starts'],
]);

/** @throws RiscboxError `asm/directive` */
export const runDirective = (target: DirectiveTarget, source: SourceLine): void => {
  const directive = new Directive(source);
  const { name, argument, appends } = directive;
  if (!Object.hasOwn(DIRECTIVES, name)) throw directive.wrong(`there is no directive %${name}`);
  if ((argument !== '') !== WITH_ARGUMENT.has(name)) {
    throw directive.wrong(
      argument === '' ? `%${name} needs an argument before the =` : `expected %${name} = value`,
    );
  }
  if (appends && !APPENDING.has(name)) throw directive.wrong(`%${name} takes no +=`);
  DIRECTIVES[name]?.(target, directive);
};
