import { type PolkaVmKind, widthOf } from '../../../src/core/kind.ts';
import { FORMS } from '../../../src/isa/row.ts';
import { operation, ROWS } from '../../../src/isa/table.ts';
import { Block, type End } from '../../../src/linker/relink/graph/block.ts';
import {
  type DataKind,
  type DataReference,
  DataSection,
} from '../../../src/linker/relink/graph/data-section.ts';
import type { GraphExport, ProgramGraph } from '../../../src/linker/relink/graph/graph.ts';
import { type CallConvention, Import } from '../../../src/linker/relink/graph/import.ts';
import { GraphInstruction } from '../../../src/linker/relink/graph/instruction.ts';
import { HEAP_BASE, type Link, type LinkTarget } from '../../../src/linker/relink/graph/link.ts';
import { GRAPH_REGISTER_NAMES } from '../../../src/linker/relink/graph/register-names.ts';

export interface GraphInit {
  /** Default latest64; a first line of the text decides instead. */
  readonly kind?: PolkaVmKind;
  readonly stackSize?: number;
  readonly registers?: ProgramGraph['registers'];
}

const encoder = new TextEncoder();

const HEADER = /^(\w+) stack (\d+) (native|all)$/;
const IMPORT = /^import (\S+) (call|ecall) (\d+) (\d+)(?: index (\d+))?$/;
const DATA = /^(ro|rw|bss) (\S+) size (\d+) align (\d+)( unreachable)?(?: = ([\da-f]*))?$/;
const REFERENCE = /^(\d+): u(8|16|32|64) (\S+)(?: less (\S+))?$/;
const BLOCK = /^b(\d+)((?: \S+)*):$/;
const ORIGIN = /^(.*?)\s*(?:; 0x([\da-f]+))?$/;
const LINKED = /^&(\S+?)([+-]\d+)?$/;
const PART = /^(high|low)\((.*)\)$/;

const registerOf = (name: string | undefined): number => {
  const register = GRAPH_REGISTER_NAMES.indexOf(name ?? '');
  if (register < 0) throw new Error(`no register is named ${name}`);
  return register;
};

/** Reads what `textOf` writes; blocks, sections and imports may be named before their own lines. */
class GraphReader {
  readonly blocks: Block[] = [];
  readonly data: DataSection[] = [];
  readonly exports: GraphExport[] = [];
  readonly #named = new Map<string, LinkTarget>([['heap-base', HEAP_BASE]]);

  /** First walk: makes everything that has a name. */
  declare(line: string): void {
    const imported = IMPORT.exec(line);
    if (imported !== null) {
      const [, name = '', convention, inputs, outputs, index] = imported;
      this.#named.set(
        name,
        new Import(
          encoder.encode(name),
          convention as CallConvention,
          Number(inputs),
          Number(outputs),
          index === undefined ? undefined : Number(index),
        ),
      );
    }
    const data = DATA.exec(line);
    if (data !== null) {
      const [, kind, name = '', size, alignment, unreachable, hex = ''] = data;
      const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
      const plainName = name.replace(/~\d+$/, '');
      const section = new DataSection(kind as DataKind, plainName, Number(size), Number(alignment), bytes);
      section.isReachable = unreachable === undefined;
      this.data.push(section);
      this.#named.set(name, section);
    }
    const block = BLOCK.exec(line);
    if (block !== null) this.#declareBlock(Number(block[1]), (block[2] ?? '').split(' ').filter(Boolean));
  }

  #declareBlock(id: number, words: string[]): void {
    if (id !== this.blocks.length) throw new Error(`b${id} comes out of order`);
    const at = words.find((word) => word.startsWith('@'));
    const block = new Block(id, at === undefined ? -1 : Number(at.slice(1)), { kind: 'trap', origin: -1 });
    block.isAddressTaken = words.includes('taken');
    block.isUnlikely = words.includes('unlikely');
    block.isReachable = !words.includes('unreachable');
    for (const [index, word] of words.entries()) {
      if (word !== 'export') continue;
      const [symbol = '', outputs = '0'] = (words[index + 1] ?? '').split('/');
      this.exports.push({ symbol: encoder.encode(symbol), block, outputs: Number(outputs) });
    }
    this.blocks.push(block);
    this.#named.set(`b${id}`, block);
  }

  /** Second walk: fills a section or a block; returns what the following lines belong to. */
  fill(line: string, owner: Block | DataSection | undefined): Block | DataSection | undefined {
    if (HEADER.test(line) || IMPORT.test(line)) return owner;
    const named = DATA.exec(line)?.[2] ?? /^(b\d+)(?: .*)?:$/.exec(line)?.[1];
    if (named !== undefined) return this.#named.get(named) as Block | DataSection;
    if (owner instanceof Block) this.#code(line, owner);
    else if (owner instanceof DataSection) this.#reference(line, owner);
    else throw new Error(`belongs to nothing: ${line}`);
    return owner;
  }

  #reference(line: string, section: DataSection): void {
    const [, offset, bits, to = '', less] = REFERENCE.exec(line) ?? [];
    if (bits === undefined) throw new Error(`no reference: ${line}`);
    const target = this.#linked(to);
    const minus = less === undefined ? undefined : this.#linked(less);
    section.references = [
      ...section.references,
      {
        offset: Number(offset),
        size: (Number(bits) / 8) as DataReference['size'],
        to: target.to as DataSection | Block,
        addend: target.addend,
        minus: minus === undefined ? undefined : { section: minus.to as DataSection, addend: minus.addend },
      },
    ];
  }

  #linked(text: string): { to: LinkTarget; addend: number } {
    const [, name, addend = '0'] = LINKED.exec(text) ?? [];
    const to = this.#named.get(name ?? '');
    if (to === undefined) throw new Error(`nothing is named ${text}`);
    return { to, addend: Number(addend) };
  }

  #immediate(text: string): { value: number; link: Link | undefined } {
    const [, part, inner] = PART.exec(text) ?? [];
    if (!text.includes('&')) return { value: Number(text) | 0, link: undefined };
    const { to, addend } = this.#linked(inner ?? text);
    return {
      value: addend,
      link: part === undefined && 'link' in to ? to.link : { to, part: (part ?? 'whole') as Link['part'] },
    };
  }

  #block(name: string | undefined): Block {
    const block = this.#named.get(name ?? '');
    if (!(block instanceof Block)) throw new Error(`no block is named ${name}`);
    return block;
  }

  #code(line: string, block: Block): void {
    const [, text = '', hex] = ORIGIN.exec(line) ?? [];
    const origin = hex === undefined ? -1 : Number.parseInt(hex, 16);
    const words = text.split(/\s+/);
    const end = this.#end(words, origin);
    if (end !== undefined) block.end = end;
    else block.instructions.push(this.#instruction(words, origin));
  }

  #end(words: readonly string[], origin: number): End | undefined {
    const link = words[1] === '=' ? words[0] : undefined;
    const [name = '', first = '', second = '', ...more] = link === undefined ? words : words.slice(2);
    switch (name) {
      case 'trap':
        return { kind: 'trap', origin };
      case 'jump':
        return { kind: 'jump', target: this.#block(first), origin };
      case 'call':
        return {
          kind: 'call',
          link: registerOf(link),
          target: this.#block(first),
          back: this.#block(more[0]),
          origin,
        };
      case 'jump-indirect':
        return { kind: 'jump-indirect', base: registerOf(first), offset: Number(second), origin };
      case 'call-indirect':
        return {
          kind: 'call-indirect',
          link: registerOf(link),
          base: registerOf(first),
          offset: Number(second),
          back: this.#block(more[1]),
          origin,
        };
    }
    if (more[0] !== 'then') return undefined;
    const op = operation(name);
    const comparesRegisters = ROWS[op]?.form === 'reg_reg_offset';
    const { value, link: xLink } = this.#immediate(comparesRegisters ? '0' : second);
    return {
      kind: 'branch',
      op,
      a: registerOf(first),
      b: comparesRegisters ? registerOf(second) : 0,
      x: value,
      xLink,
      taken: this.#block(more[1]),
      next: this.#block(more[3]),
      origin,
    };
  }

  #instruction(words: readonly string[], origin: number): GraphInstruction {
    const [name = '', ...operands] =
      words[1] === '=' ? [words[2] ?? '', words[0] ?? '', ...words.slice(3)] : words;
    const op = operation(name);
    const form = ROWS[op]!.form;
    const instruction = new GraphInstruction(op, origin);
    if (form === 'reg_imm64') {
      const value = BigInt.asUintN(64, BigInt(operands[1] ?? ''));
      instruction.a = registerOf(operands[0]);
      instruction.x = Number(value & 0xffff_ffffn) | 0;
      instruction.y = Number(value >> 32n) | 0;
      return instruction;
    }
    if (operands.length !== FORMS[form].length)
      throw new Error(`wrong number of operands: ${words.join(' ')}`);
    for (const [index, operand] of [...FORMS[form]].entries()) {
      const text = operands[index] ?? '';
      if (operand === 'x') {
        ({ value: instruction.x, link: instruction.xLink } = this.#immediate(text));
      } else if (operand === 'y') {
        ({ value: instruction.y, link: instruction.yLink } = this.#immediate(text));
      } else instruction[operand as 'a' | 'b' | 'c'] = registerOf(text);
    }
    return instruction;
  }
}

/**
 * A graph from text as `textOf` writes it; indentation is free, empty lines and lines that start with `#` do not
 * count. A block that has no end yet ends in a trap. Exports are in the order of their blocks.
 */
export const buildGraph = (text: string, init: GraphInit = {}): ProgramGraph => {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const header = HEADER.exec(lines[0] ?? '');
  const kind = (header?.[1] ?? init.kind ?? 'latest64') as PolkaVmKind;
  const reader = new GraphReader();
  for (const line of lines) reader.declare(line);
  lines.reduce<Block | DataSection | undefined>((owner, line) => reader.fill(line, owner), undefined);
  return {
    kind,
    width: widthOf(kind),
    blocks: reader.blocks,
    data: reader.data,
    exports: reader.exports,
    stackSize: Number(header?.[2] ?? init.stackSize ?? 0),
    registers: (header?.[3] as ProgramGraph['registers'] | undefined) ?? init.registers ?? 'native',
  };
};
