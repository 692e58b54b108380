import fc from 'fast-check';
import { widthOf } from '../../../../src/core/kind.ts';
import { FORMS } from '../../../../src/isa/row.ts';
import { isTerminator, operation, ROWS } from '../../../../src/isa/table.ts';
import { definesA, usesOf } from '../../../../src/isa/term.ts';
import { Block, type End } from '../../../../src/linker/relink/graph/block.ts';
import { DataSection } from '../../../../src/linker/relink/graph/data-section.ts';
import { kindHas, storeOperation } from '../../../../src/linker/relink/graph/forms.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { Import } from '../../../../src/linker/relink/graph/import.ts';
import { GraphInstruction } from '../../../../src/linker/relink/graph/instruction.ts';
import { ARGUMENT_REGISTERS, isNative } from '../../../../src/linker/relink/graph/registers.ts';

const LOAD_IMMEDIATE = operation('load_imm');
const MOVE = operation('move_reg');
const ECALLI = operation('ecalli');
const MEMSET = operation('memset');

const ALL: readonly number[] = Array.from({ length: 31 }, (_, i) => i + 1);
const NATIVE: readonly number[] = ALL.filter(isNative);

type Kind = 'latest32' | 'latest64';

/** A stream of choices; every graph follows from its numbers. */
class Choices {
  readonly #numbers: readonly number[];
  #at = 0;
  #state: number;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
    this.#state = numbers.length + 1;
  }

  below(limit: number): number {
    // Numbers that run out are continued, so that a graph need not be as long as its choices.
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    const number = this.#numbers[this.#at++] ?? this.#state >>> 8;
    return number % limit;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

const isPlain = (op: number, kind: Kind): boolean =>
  kindHas(kind, op) && !isTerminator(op) && op !== ECALLI && op !== MEMSET;

const branches = (kind: Kind): readonly number[] =>
  [...ROWS.keys()].filter((op) => kindHas(kind, op) && ROWS[op]?.effect.kind === 'branch');

class RandomGraph {
  readonly #kind: Kind;
  readonly #isAll: boolean;
  readonly #choices: Choices;
  readonly #registers: readonly number[];
  /** Loops of programs that call nothing may have registers of their own. */
  readonly #callsNothing: boolean;
  readonly #plain: readonly number[];
  readonly #branches: readonly number[];
  readonly #data = [
    new DataSection('rw', '.data', 64, 8, new Uint8Array(0)),
    new DataSection('rw', '.dump', 512, 8, new Uint8Array(0)),
  ];
  readonly #imports = [
    new Import(new Uint8Array([99]), 'call', 4, 1, undefined),
    new Import(new Uint8Array([100]), 'call', 9, 2, undefined),
    new Import(new Uint8Array([101]), 'ecall', 7, 1, undefined),
  ];

  constructor(kind: Kind, isAll: boolean, choices: Choices) {
    this.#kind = kind;
    this.#isAll = isAll;
    this.#choices = choices;
    // Few registers make values live long, many make them crowded.
    const pool = isAll ? ALL : NATIVE;
    const few = choices.below(3) === 0;
    this.#callsNothing = choices.below(2) === 0;
    this.#registers = few ? Array.from({ length: 4 }, () => choices.of(pool)) : pool;
    this.#plain = [...ROWS.keys()].filter((op) => isPlain(op, kind));
    this.#branches = branches(kind);
  }

  make(): ProgramGraph {
    const count = 2 + this.#choices.below(8);
    const blocks = Array.from(
      { length: count },
      (_, id) => new Block(id, 2 * id, { kind: 'trap', origin: -1 }),
    );
    for (const block of blocks) this.#fill(block, blocks);
    this.#begin(blocks[0] as Block);
    this.#dump(blocks[count - 1] as Block);
    return {
      kind: this.#kind,
      width: widthOf(this.#kind),
      blocks,
      data: this.#data,
      exports: [{ symbol: new Uint8Array([102]), block: blocks[0] as Block, outputs: 2 }],
      stackSize: 0,
      registers: this.#isAll ? 'all' : 'native',
    };
  }

  #register(): number {
    return this.#choices.of(this.#registers);
  }

  #fill(block: Block, blocks: readonly Block[]): void {
    const length = this.#choices.below(12);
    let temporaries: number[] = [];
    for (let i = 0; i < length; i++) {
      if (this.#choices.below(12) === 0 && !this.#callsNothing) {
        this.#hostCall(block);
        continue;
      }
      const instruction = this.#instruction(temporaries);
      block.instructions.push(instruction);
      if (definesA(instruction.op) && instruction.a > 31) {
        temporaries = [...new Set([...temporaries, instruction.a])];
      }
    }
    block.end = this.#end(block, blocks, this.#isAll ? temporaries : []);
  }

  #source(temporaries: readonly number[]): number {
    return temporaries.length > 0 && this.#choices.below(3) === 0
      ? this.#choices.of(temporaries)
      : this.#register();
  }

  #instruction(temporaries: readonly number[]): GraphInstruction {
    const choices = this.#choices;
    const op = choices.below(4) === 0 ? choices.of([MOVE, LOAD_IMMEDIATE]) : choices.of(this.#plain);
    const operands: string = FORMS[ROWS[op]!.form];
    const instruction = new GraphInstruction(op, 2 * choices.below(100));
    const defines = definesA(op);
    if (operands.includes('b')) instruction.b = this.#source(temporaries);
    if (operands.includes('c')) instruction.c = this.#source(temporaries);
    if (operands.includes('a')) {
      const isNew = defines && (usesOf(op) & 1) === 0;
      instruction.a =
        isNew && choices.below(4) === 0 ? 32 + choices.below(4) : this.#source(isNew ? [] : temporaries);
    }
    if (operands.includes('x')) instruction.x = choices.below(64) - 32;
    if (operands.includes('y')) instruction.y = choices.below(64) - 32;
    const { effect } = ROWS[op]!;
    const isAbsolute = (effect.kind === 'load' || effect.kind === 'store') && effect.base === undefined;
    if (isAbsolute) {
      instruction.x = choices.below(48);
      instruction.xLink = this.#data[0]!.link;
    }
    return instruction;
  }

  #hostCall(block: Block): void {
    const choice = this.#choices.below(this.#imports.length + 1);
    const called = this.#imports[choice];
    if (called === undefined) {
      block.instructions.push(new GraphInstruction(MEMSET, 0));
      return;
    }
    block.instructions.push(new GraphInstruction(ECALLI, 0, 0, 0, 0, 0, 0, called.link));
    if (called.convention === 'ecall') return;
    // Nothing is certain in the other argument registers.
    for (const register of ARGUMENT_REGISTERS.slice(called.outputs)) {
      block.instructions.push(new GraphInstruction(LOAD_IMMEDIATE, 0, register, 0, 0, register));
    }
  }

  #end(block: Block, blocks: readonly Block[], temporaries: readonly number[]): End {
    const choices = this.#choices;
    const origin = block.address;
    const target = choices.of(blocks);
    const other = choices.of(blocks);
    switch (this.#callsNothing && choices.below(8) > 0 ? 5 * choices.below(2) : choices.below(6)) {
      case 0:
        return { kind: 'jump', target, origin };
      case 1:
        other.isAddressTaken = true;
        return { kind: 'call', link: this.#register(), target, back: other, origin };
      case 2:
      case 3: {
        target.isAddressTaken = true;
        const base = this.#register();
        block.instructions.push(new GraphInstruction(LOAD_IMMEDIATE, 0, base, 0, 0, -8, 0, target.link));
        if (choices.below(2) === 0) return { kind: 'jump-indirect', base, offset: 8, origin };
        other.isAddressTaken = true;
        return { kind: 'call-indirect', link: this.#register(), base, offset: 8, back: other, origin };
      }
      default: {
        const op = choices.of(this.#branches);
        const compares = (usesOf(op) & 2) !== 0;
        return {
          kind: 'branch',
          op,
          a: this.#source(temporaries),
          b: compares ? this.#source(temporaries) : 0,
          x: compares ? 0 : choices.below(8),
          xLink: undefined,
          taken: target,
          next: other,
          origin,
        };
      }
    }
  }

  /** What the host does not set has a value before it is read. */
  #begin(block: Block): void {
    const set = (this.#isAll ? ALL : NATIVE).filter(
      (register) => register > 2 && !ARGUMENT_REGISTERS.includes(register),
    );
    block.instructions.unshift(
      ...set.map((register) => new GraphInstruction(LOAD_IMMEDIATE, 0, register, 0, 0, 1000 * register)),
    );
  }

  /** The last block shows all registers and returns to the host. */
  #dump(block: Block): void {
    const size = this.#kind === 'latest32' ? 4 : 8;
    const store = storeOperation(size, false, false);
    const registers = this.#isAll ? ALL : NATIVE;
    block.instructions = registers.map(
      (register, i) => new GraphInstruction(store, 0, register, 0, 0, size * i, 0, this.#data[1]!.link),
    );
    block.instructions.push(new GraphInstruction(LOAD_IMMEDIATE, 0, 1, 0, 0, 0xffff0000 | 0));
    block.end = { kind: 'jump-indirect', base: 1, offset: 0, origin: 0 };
  }
}

export interface GeneratedProgram {
  readonly kind: Kind;
  readonly isAll: boolean;
  readonly numbers: readonly number[];
}

/** Two calls with the same argument make equal graphs. */
export const makeGraph = ({ kind, isAll, numbers }: GeneratedProgram): ProgramGraph =>
  new RandomGraph(kind, isAll, new Choices(numbers)).make();

export const generatedProgram = (isAll: boolean): fc.Arbitrary<GeneratedProgram> =>
  fc.record({
    kind: fc.constantFrom('latest32' as const, 'latest64' as const),
    isAll: fc.constant(isAll),
    numbers: fc.array(fc.nat(1_000_000), { minLength: 10, maxLength: 300, size: 'max' }),
  });
