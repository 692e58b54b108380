import { toHex } from '../../src/core/bytes.ts';
import { isRiscvKind, KINDS, type Kind, widthOf } from '../../src/core/kind.ts';
import type { GasModelOption } from '../../src/decoder/gas/models.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { PolkaVmDecoder } from '../../src/decoder/polkavm.ts';
import { riscvLength } from '../../src/decoder/riscv.ts';
import { formatPolkaVm } from '../../src/decoder/text-polkavm.ts';
import { formatRiscv } from '../../src/decoder/text-riscv.ts';
import { POLKAVM_REGISTER_NAMES, RISCV_REGISTER_NAMES } from '../../src/isa/registers.ts';
import type { Action, Case, Host, Move, Start } from './case.ts';
import { codeBase, type Image, type Layout, type SegmentLayout } from './layout.ts';
import type { Settings } from './settings.ts';

/*
 * A case as text: one thing per line, words first, numbers in decimal or 0x form; `#` begins a comment. What is
 * left out is empty or zero. The code is bytes, with what they mean as a comment; each line is one instruction, or
 * bytes that begin none where the line begins with a minus sign.
 */

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

const registerNames = (kind: Kind): readonly string[] =>
  isRiscvKind(kind) ? RISCV_REGISTER_NAMES : POLKAVM_REGISTER_NAMES;

/** Sizes of a layout by their names in the text. */
const SIZES: readonly (readonly [name: string, field: keyof Layout & SizeField])[] = [
  ['ro', 'ro'],
  ['rw', 'rw'],
  ['stack', 'stack'],
  ['heap-pages', 'heapPages'],
  ['arguments', 'argumentsSize'],
  ['aux', 'aux'],
  ['page', 'pageSize'],
];
type SizeField = 'ro' | 'rw' | 'stack' | 'heapPages' | 'argumentsSize' | 'aux' | 'pageSize';

/** The text of a case; `comments` stand at its beginning. */
export const printCase = (c: Case, comments: readonly string[] = []): string => {
  const { image, settings, start, host, moves } = c;
  const { kind, layout } = image;
  const lines = [...comments.flatMap((text) => text.split('\n')).map((text) => `# ${text}`.trimEnd())];
  lines.push(`kind ${kind}${layout.embedded ? ' embedded' : ''}`, `container ${layout.container}`);
  const sizes = SIZES.filter(([, field]) => layout[field] !== 0).map(
    ([name, field]) => ` ${name}=${layout[field]}`,
  );
  lines.push(`memory${sizes.join('')} limit=${settings.maxMemory}`);
  for (const s of layout.segments) lines.push(segmentLine(s));
  for (const [part, bytes] of image.data.entries()) {
    const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
    if (end > 0) lines.push(`data ${part} ${toHex(bytes.subarray(0, end))}`);
  }
  lines.push(`gas ${settings.gas} ${settings.granularity}`, `model ${modelText(settings.model)}`);
  if (settings.paged) lines.push('paged');
  lines.push(`start pc=${hex(start.pc)} gas=${start.gas}`);
  const names = registerNames(kind);
  const registers = start.registers.flatMap((value, r) =>
    value === 0n ? [] : [` ${names[r]}=${hex(value)}`],
  );
  lines.push(`registers${registers.join('')}`);
  if (image.jumps.length > 0) lines.push(`jumps ${image.jumps.map(hex).join(' ')}`);
  if (image.extraStarts.length > 0) lines.push(`starts ${image.extraStarts.map(hex).join(' ')}`);
  if (host.lenient) lines.push('lenient');
  if (host.linked) lines.push('linked');
  for (const service of host.services) {
    lines.push(`service ${service.map((action) => actionText(action, names)).join('; ')}`.trimEnd());
  }
  if (host.refills.length > 0) lines.push(`refill ${host.refills.join(' ')}`);
  if (moves.length > 0) lines.push(`moves ${moves.map(moveText).join(' ')}`);
  lines.push('code', ...codeLines(image), '');
  return lines.join('\n');
};

const segmentLine = ({ address, size, writable, executable }: SegmentLayout): string =>
  `segment ${hex(address)} ${size}${writable ? ' writable' : ''}${executable ? ' code' : ''}`;

const modelText = (model: GasModelOption): string =>
  typeof model === 'string'
    ? model
    : `table otherwise=${model.otherwise} invalid=${model.invalid}${Object.entries(model.costs)
        .map(([name, cost]) => ` ${name}=${cost}`)
        .join('')}`;

const actionText = (action: Action, names: readonly string[]): string => {
  switch (action.do) {
    case 'register':
      return `register ${names[action.register]} ${hex(action.value)}`;
    case 'gas':
      return `gas ${action.add}`;
    case 'grow':
      return `grow ${action.bytes}`;
    case 'write':
      return `write ${hex(action.address)} ${toHex(action.bytes)}`;
    case 'map':
    case 'unmap':
    case 'lose':
      return `${action.do} ${hex(action.address)}`;
    case 'goto':
    case 'call':
      return `${action.do} ${hex(action.pc)}`;
    default:
      return action.do;
  }
};

const moveText = (move: Move): string => {
  if (move.move === 'run') return `run:${move.budget}`;
  return move.move === 'step' ? `step:${move.count}` : move.move;
};

const spaced = (bytes: Uint8Array): string => toHex(bytes).replace(/(..)(?=.)/g, '$1 ');

const codeLines = (image: Image): string[] => {
  const { kind, code, bitmask, layout } = image;
  const line = (begins: boolean, bytes: Uint8Array, pc: number, text: string): string =>
    `${begins ? ' ' : '-'} ${spaced(bytes).padEnd(26)} # ${hex(pc)}: ${text}`;
  const lines: string[] = [];
  if (isRiscvKind(kind)) {
    const base = codeBase(layout);
    for (let at = 0; at < code.length; ) {
      const half = (code[at] as number) | ((code[at + 1] ?? 0) << 8);
      const bytes = code.subarray(at, at + riscvLength(half));
      const word = bytes.reduce((sum, byte, i) => sum | (byte << (8 * i)), 0);
      const text = formatRiscv(word, base + at, kind, layout.embedded ? 16 : 32);
      lines.push(line(true, bytes, base + at, text));
      at += bytes.length;
    }
    return lines;
  }
  const decoder = new PolkaVmDecoder(kind, code, bitmask);
  const i = new Instruction();
  for (let at = 0; at < code.length; ) {
    let end = at + 1;
    while (end < code.length && !decoder.isStart(end)) end++;
    decoder.decode(at, i);
    const begins = decoder.isStart(at);
    const text = begins ? formatPolkaVm(i, widthOf(kind)) : 'no instruction begins here';
    lines.push(line(begins, code.subarray(at, end), at, text));
    at = end;
  }
  return lines;
};

/** A case from its text. Throws an Error that names the line. */
export const parseCase = (text: string): Case => new Parser().parse(text);

type Numbered<T> = { -readonly [K in keyof T]: T[K] };

class Parser {
  #kind: Kind = 'latest64';
  readonly #layout: Numbered<Layout> = {
    ...{ container: 'polkavm', ro: 0, rw: 0, stack: 0, heapPages: 0, argumentsSize: 0, aux: 0 },
    ...{ pageSize: 4096, embedded: false, segments: [] },
  };
  readonly #settings: Numbered<Settings> = {
    ...{ gas: 'none', granularity: 'block', model: 'naive', paged: false, maxMemory: 1 << 20 },
  };
  readonly #start: Numbered<Start> = { pc: 0, gas: 0n, registers: [] };
  readonly #host: Numbered<Host> = { services: [], refills: [], lenient: false, linked: false };
  readonly #data: Uint8Array[] = [];
  readonly #code: number[] = [];
  readonly #begins: number[] = [];
  #jumps: number[] = [];
  #extraStarts: number[] = [];
  #moves: Move[] = [];
  #inCode = false;

  parse(text: string): Case {
    for (const [index, whole] of text.split('\n').entries()) {
      const line = whole.replace(/#.*/, '').trim();
      if (line === '') continue;
      try {
        if (this.#inCode) this.#codeLine(line);
        else this.#line(line);
      } catch (error) {
        throw new Error(`line ${index + 1}: ${whole}`, { cause: error });
      }
    }
    const bitmask = new Uint8Array(Math.ceil(this.#code.length / 8));
    for (const at of this.#begins) bitmask[at >> 3]! |= 1 << (at & 7);
    const parts = isRiscvKind(this.#kind) ? this.#layout.segments.length : 2;
    const image: Image = {
      kind: this.#kind,
      layout: this.#layout,
      code: Uint8Array.from(this.#code),
      bitmask,
      jumps: this.#jumps,
      extraStarts: this.#extraStarts,
      data: Array.from({ length: parts }, (_, part) => this.#data[part] ?? new Uint8Array(0)),
    };
    return {
      image,
      settings: this.#settings,
      start: this.#start,
      host: this.#host,
      moves: this.#moves,
    };
  }

  #codeLine(line: string): void {
    const begins = !line.startsWith('-');
    if (begins) this.#begins.push(this.#code.length);
    this.#code.push(...fromHex(line.replace(/[-\s]/g, '')));
  }

  #line(line: string): void {
    const [word = '', ...words] = line.split(/\s+/);
    const rest = line.slice(word.length).trim();
    const pairs = words.filter((w) => w.includes('=')).map((w) => w.split('=') as [string, string]);
    switch (word) {
      case 'kind':
        this.#kind = oneOf(words[0], KINDS);
        this.#layout.embedded = words[1] === 'embedded';
        return;
      case 'container':
        this.#layout.container = oneOf(words[0], ['polkavm', 'jam-spi', 'jam-raw', 'riscv'] as const);
        return;
      case 'memory':
        for (const [name, value] of pairs) {
          if (name === 'limit') this.#settings.maxMemory = number(value);
          else this.#layout[oneOfSizes(name)] = number(value);
        }
        return;
      case 'segment': {
        const [address, size] = words.slice(0, 2).map(number) as [number, number];
        const [writable, executable] = [words.includes('writable'), words.includes('code')];
        this.#layout.segments = [...this.#layout.segments, { address, size, writable, executable }];
        return;
      }
      case 'data':
        this.#data[number(words[0])] = fromHex(words[1] ?? '');
        return;
      case 'gas':
        this.#settings.gas = oneOf(words[0], ['none', 'sync', 'async'] as const);
        this.#settings.granularity = oneOf(words[1], ['block', 'instruction'] as const);
        return;
      case 'model':
        this.#settings.model = words[0] === 'table' ? table(pairs) : (words[0] as 'naive');
        return;
      case 'paged':
        this.#settings.paged = true;
        return;
      case 'start':
        for (const [name, value] of pairs) {
          if (name === 'gas') this.#start.gas = BigInt(value);
          else this.#start.pc = number(value);
        }
        return;
      case 'registers':
        this.#start.registers = this.#registers(pairs);
        return;
      case 'jumps':
        this.#jumps = words.map(number);
        return;
      case 'starts':
        this.#extraStarts = words.map(number);
        return;
      case 'lenient':
      case 'linked':
        this.#host[word] = true;
        return;
      case 'service':
        this.#host.services = [...this.#host.services, this.#service(rest)];
        return;
      case 'refill':
        this.#host.refills = words.map((w) => BigInt(w));
        return;
      case 'moves':
        this.#moves = words.map(moveFrom);
        return;
      case 'code':
        this.#inCode = true;
        return;
      default:
        throw new Error(`${word} is no keyword`);
    }
  }

  #registers(pairs: readonly (readonly [string, string])[]): bigint[] {
    const count = !isRiscvKind(this.#kind) ? 13 : this.#layout.embedded ? 16 : 32;
    const registers = Array.from({ length: count }, () => 0n);
    for (const [name, value] of pairs) registers[this.#register(name)] = BigInt(value);
    return registers;
  }

  #register(name: string | undefined): number {
    const names = registerNames(this.#kind);
    return names.indexOf(oneOf(name, names));
  }

  #service(text: string): Action[] {
    return text === '' ? [] : text.split(';').map((part) => this.#action(part.trim().split(/\s+/)));
  }

  #action([what, first, second]: readonly string[]): Action {
    switch (what) {
      case 'register':
        return { do: what, register: this.#register(first), value: BigInt(second ?? 0) };
      case 'gas':
        return { do: what, add: BigInt(first ?? 0) };
      case 'grow':
        return { do: what, bytes: number(first) };
      case 'write':
        return { do: what, address: number(first), bytes: fromHex(second ?? '') };
      case 'map':
      case 'unmap':
      case 'lose':
        return { do: what, address: number(first) };
      case 'goto':
      case 'call':
        return { do: what, pc: number(first) };
      default:
        return { do: oneOf(what, ['trap', 'finish'] as const) };
    }
  }
}

const number = (text: string | undefined): number => {
  const value = Number(text);
  if (text === undefined || !Number.isInteger(value)) throw new Error(`${text} is no number`);
  return value;
};

const oneOf = <T extends string>(text: string | undefined, all: readonly T[]): T => {
  if (!all.includes(text as T)) throw new Error(`${text} is none of ${all.join(', ')}`);
  return text as T;
};

const oneOfSizes = (name: string): SizeField => {
  const found = SIZES.find(([known]) => known === name);
  if (found === undefined) throw new Error(`${name} is no size`);
  return found[1];
};

const table = (pairs: readonly (readonly [string, string])[]): GasModelOption => {
  const { otherwise = 1, invalid = 1, ...costs } = Object.fromEntries(pairs.map(([n, v]) => [n, number(v)]));
  return { costs, otherwise, invalid };
};

const moveFrom = (text: string): Move => {
  const [what, count] = text.split(':');
  if (what === 'run') return { move: what, budget: number(count) };
  if (what === 'step') return { move: what, count: number(count) };
  return { move: oneOf(what, ['snapshot', 'switch', 'hand-over'] as const) };
};

/** Bytes of hexadecimal digits. Throws an Error for what is none. */
const fromHex = (text: string): Uint8Array => {
  if (!/^([\da-f]{2})*$/i.test(text)) throw new Error(`${text} are no bytes`);
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
};
