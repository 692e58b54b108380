import { type PolkaVmKind, widthOf } from '../../../../src/core/kind.ts';
import { operation, ROWS } from '../../../../src/isa/table.ts';
import { Block, type End } from '../../../../src/linker/relink/graph/block.ts';
import { DataSection } from '../../../../src/linker/relink/graph/data-section.ts';
import {
  hasOperand,
  kindHas,
  loadOperation,
  storeOperation,
} from '../../../../src/linker/relink/graph/forms.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { Import } from '../../../../src/linker/relink/graph/import.ts';
import { GraphInstruction } from '../../../../src/linker/relink/graph/instruction.ts';
import { HEAP_BASE, type Link } from '../../../../src/linker/relink/graph/link.ts';
import { RA, SP } from '../../../../src/linker/relink/graph/registers.ts';

const LOAD_IMM = operation('load_imm');
const MOVE = operation('move_reg');
const ECALLI = operation('ecalli');

/** Few registers, so that values meet. */
const REGISTERS = [5, 6, 8, 9, 10, 11, 12, 13] as const;
const NUMBERS = [0, 1, -1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, -2, -128, -129, 4095];
const LARGE = [0x7fffffff, -0x80000000, 0x12345678, 0x10000, 65535, -65536];

/** A sequence of numbers from a seed. */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) | 0;
    let mixed = this.#state ^ (this.#state >>> 15);
    mixed = Math.imul(mixed, 0x2c1b3c6d);
    mixed ^= mixed >>> 12;
    return (mixed >>> 0) % limit;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  maybe(percent: number): boolean {
    return this.below(100) < percent;
  }
}

/**
 * Makes a program that hardly ever traps by itself: accesses go to its data and its stack, indirect jumps to blocks,
 * `ra` is written by calls only and sp moved by constants.
 */
export const randomGraph = (seed: number, kind: PolkaVmKind): ProgramGraph => new Maker(seed, kind).make();

class Maker {
  readonly #chance: Chance;
  readonly #kind: PolkaVmKind;
  readonly #values: readonly number[];
  readonly #branches: readonly number[];
  readonly #blocks: Block[] = [];
  readonly #data: DataSection[];
  readonly #imports = [0, 1, 2].map((n) => new Import(Uint8Array.of(97 + n), 'call', n + 1, n, undefined));

  constructor(seed: number, kind: PolkaVmKind) {
    this.#chance = new Chance(seed);
    this.#kind = kind;
    const of = (effect: string): readonly number[] =>
      ROWS.flatMap((row, op) => (row.effect.kind === effect && kindHas(kind, op) ? [op] : []));
    this.#values = of('value').filter((op) => op !== LOAD_IMM && op !== MOVE);
    this.#branches = of('branch');
    const bytes = Uint8Array.from({ length: 48 }, () => this.#chance.below(256));
    this.#data = [
      new DataSection('ro', '.rodata', 64, 8, bytes),
      new DataSection('rw', '.data', 64, 8, bytes.slice(3, 40)),
      new DataSection('bss', '.bss', 64, 8, new Uint8Array()),
    ];
  }

  make(): ProgramGraph {
    const count = 3 + this.#chance.below(12);
    for (let id = 0; id < count; id++) this.#blocks.push(new Block(id, -1, { kind: 'trap', origin: -1 }));
    const wide = widthOf(this.#kind) === 64;
    const [ro] = this.#data as [DataSection];
    ro.references = [
      { offset: 0, size: wide ? 8 : 4, to: this.#data[1] as DataSection, addend: 8, minus: undefined },
      { offset: 8, size: wide ? 8 : 4, to: this.#chance.of(this.#blocks), addend: 0, minus: undefined },
      { offset: 16, size: 4, to: ro, addend: 24, minus: { section: ro, addend: 4 } },
    ];
    for (const block of this.#blocks) this.#fill(block);
    return {
      kind: this.#kind,
      width: widthOf(this.#kind),
      blocks: this.#blocks,
      data: this.#data,
      exports: [
        { symbol: Uint8Array.of(102), block: this.#blocks[0] as Block, outputs: 2 },
        { symbol: Uint8Array.of(103), block: this.#blocks[1] as Block, outputs: 1 },
      ],
      stackSize: 4096,
      registers: 'native',
    };
  }

  #register(): number {
    return this.#chance.of(REGISTERS);
  }

  #number(): number {
    return this.#chance.maybe(85)
      ? this.#chance.of(NUMBERS)
      : this.#chance.maybe(50)
        ? this.#chance.of(LARGE)
        : this.#chance.below(2 ** 32) | 0;
  }

  #fill(block: Block): void {
    const length = this.#chance.below(this.#chance.maybe(30) ? 3 : 9);
    for (let i = 0; i < length; i++) this.#add(block.instructions);
    block.end = this.#end(block);
  }

  #add(to: GraphInstruction[]): void {
    const a = this.#register();
    switch (this.#chance.below(14)) {
      case 0:
      case 1:
      case 2:
        to.push(new GraphInstruction(LOAD_IMM, -1, a, 0, 0, this.#number()));
        return;
      case 3:
      case 4:
        to.push(new GraphInstruction(MOVE, -1, a, this.#register()));
        return;
      case 5:
        to.push(this.#address(a));
        return;
      case 6:
        this.#access(to, false);
        return;
      case 7:
        this.#access(to, true);
        return;
      case 8:
        this.#stack(to);
        return;
      case 9:
        if (this.#chance.maybe(30)) {
          const called = this.#chance.of(this.#imports);
          to.push(new GraphInstruction(ECALLI, -1, 0, 0, 0, 0, 0, called.link));
          return;
        }
        this.#split(to);
        return;
      default:
        to.push(this.#value(a));
    }
  }

  #value(a: number): GraphInstruction {
    const op = this.#chance.of(this.#values);
    const [b, c, x, y] = (['b', 'c', 'x', 'y'] as const).map((operand) =>
      hasOperand(op, operand) ? (operand < 'x' ? this.#register() : this.#number()) : 0,
    );
    return new GraphInstruction(op, -1, a, b, c, x, y);
  }

  #address(a: number): GraphInstruction {
    const to = this.#chance.of(this.#data);
    return new GraphInstruction(LOAD_IMM, -1, a, 0, 0, this.#chance.below(32), 0, to.link);
  }

  /** `high` and what belongs to it. */
  #split(to: GraphInstruction[]): void {
    const a = this.#register();
    const section = this.#chance.of(this.#data);
    const high: Link = { to: section, part: 'high' };
    const low: Link = { to: section, part: 'low' };
    const offset = this.#chance.below(32);
    const add = operation(widthOf(this.#kind) === 64 ? 'add_imm_64' : 'add_imm_32');
    to.push(new GraphInstruction(LOAD_IMM, -1, a, 0, 0, offset, 0, high));
    if (this.#chance.maybe(30)) to.push(this.#value(this.#register()));
    if (this.#chance.maybe(50))
      to.push(new GraphInstruction(add, -1, this.#register(), a, 0, offset, 0, low));
    else {
      const load = loadOperation(4, true, true);
      to.push(new GraphInstruction(load, -1, this.#register(), a, 0, offset, 0, low));
    }
  }

  #access(to: GraphInstruction[], absolute: boolean): void {
    const size = this.#chance.of(widthOf(this.#kind) === 64 ? ([1, 2, 4, 8] as const) : ([1, 2, 4] as const));
    const isLoad = this.#chance.maybe(50);
    const section = isLoad ? this.#chance.of(this.#data) : this.#chance.of(this.#data.slice(1));
    const offset = this.#chance.below(5) * this.#chance.of([4, 8]);
    const register = this.#register();
    const base = this.#register();
    const signed = this.#chance.maybe(50) || size === 4;
    if (!absolute) to.push(new GraphInstruction(LOAD_IMM, -1, base, 0, 0, offset, 0, section.link));
    if (isLoad) {
      const op = loadOperation(size, signed && size < 8, !absolute);
      to.push(
        absolute
          ? new GraphInstruction(op, -1, register, 0, 0, offset, 0, section.link)
          : new GraphInstruction(op, -1, register, base, 0, this.#chance.below(8)),
      );
      return;
    }
    const constant = this.#chance.maybe(30);
    const op = storeOperation(size, !absolute, constant);
    const value = this.#number();
    if (absolute) {
      to.push(
        new GraphInstruction(
          op,
          -1,
          constant ? 0 : register,
          0,
          0,
          offset,
          constant ? value : 0,
          section.link,
        ),
      );
    } else if (constant) to.push(new GraphInstruction(op, -1, base, 0, 0, this.#chance.below(8), value));
    else to.push(new GraphInstruction(op, -1, register, base, 0, this.#chance.below(8)));
  }

  #stack(to: GraphInstruction[]): void {
    const size = widthOf(this.#kind) === 64 ? 8 : 4;
    const register = this.#register();
    const offset = size * this.#chance.below(4);
    const add = operation(widthOf(this.#kind) === 64 ? 'add_imm_64' : 'add_imm_32');
    switch (this.#chance.below(5)) {
      case 0:
        to.push(new GraphInstruction(add, -1, SP, SP, 0, this.#chance.of([-32, -16, 16])));
        return;
      case 1:
        to.push(new GraphInstruction(add, -1, register, SP, 0, offset));
        to.push(
          new GraphInstruction(storeOperation(4, true, false), -1, this.#register(), register, 0, offset),
        );
        return;
      case 2:
        to.push(new GraphInstruction(storeOperation(size, true, false), -1, register, SP, 0, offset));
        return;
      default:
        to.push(new GraphInstruction(loadOperation(size, size === 4, true), -1, register, SP, 0, offset));
    }
  }

  #end(block: Block): End {
    const target = this.#chance.of(this.#blocks);
    const next = this.#blocks[block.id + 1] ?? target;
    const origin = -1;
    switch (this.#chance.below(12)) {
      case 0:
        return { kind: 'call', link: RA, target, back: next, origin };
      case 1: {
        const base = this.#register();
        const to = this.#chance.maybe(80) ? target.link : HEAP_BASE;
        if (to !== HEAP_BASE) {
          block.instructions.push(new GraphInstruction(LOAD_IMM, -1, base, 0, 0, 0, 0, target.link));
        }
        return { kind: 'call-indirect', link: RA, base, offset: 0, back: next, origin };
      }
      case 2:
      case 3:
        return { kind: 'jump-indirect', base: RA, offset: 0, origin };
      case 4:
        return { kind: 'jump', target, origin };
      case 5:
        return this.#chance.maybe(30) ? { kind: 'trap', origin } : { kind: 'jump', target: next, origin };
      case 6:
        return { kind: 'jump', target: next, origin };
      default: {
        const op = this.#chance.of(this.#branches);
        const registers = ROWS[op]?.form === 'reg_reg_offset';
        const b = registers ? this.#register() : 0;
        const x = registers ? 0 : this.#number();
        return {
          kind: 'branch',
          op,
          a: this.#register(),
          b,
          x,
          xLink: undefined,
          taken: target,
          next,
          origin,
        };
      }
    }
  }
}
