import type { Width } from '../../../src/core/kind.ts';
import { existsInWidth } from '../../../src/isa/encoding.ts';
import { ROWS } from '../../../src/isa/table.ts';
import type { Random } from '../../fuzz/random.ts';
import { type Access, type FuzzSection, type Place, type Statement, WAYS, type Way } from './program.ts';

/** What statements may refer to. */
export interface Surroundings {
  readonly width: Width;
  readonly registers: readonly number[];
  readonly sections: readonly FuzzSection[];
  readonly imports: number;
  /** The function that they are in, and how many there are. */
  readonly function: number;
  readonly functions: number;
  readonly mayUseGp: boolean;
}

const FORMS: ReadonlySet<string> = new Set(['reg_reg', 'reg_reg_imm', 'reg_reg_reg']);
const LAYOUTS: ReadonlySet<string> = new Set(['R', 'I', 'shift', 'unary']);

const encodable = (effect: string, width: Width): readonly number[] =>
  ROWS.flatMap((row, op) =>
    row.effect.kind === effect && row.encodings.some((e) => existsInWidth(e.width, width)) ? [op] : [],
  );

/** Operations on registers that RISC-V encodes, by width. */
const valuesOf = (width: Width): readonly number[] =>
  encodable('value', width).filter((op) => {
    const row = ROWS[op]!;
    const fits = row.encodings.some((e) => existsInWidth(e.width, width) && LAYOUTS.has(e.layout));
    return FORMS.has(row.form) && fits;
  });

const OPERATIONS = {
  32: { values: valuesOf(32), branches: encodable('branch', 32), atomics: encodable('atomic', 32) },
  64: { values: valuesOf(64), branches: encodable('branch', 64), atomics: encodable('atomic', 64) },
} as const;

/** Where results change: the ends of ranges of immediates, of halves and of registers. */
const NUMBERS = [0n, 1n, -1n, 2n, 3n, 7n, 8n, 15n, 31n, 32n, 63n, 64n, 127n, 128n, 255n, 256n, -2n, -128n];
const LARGE = [
  2047n,
  2048n,
  -2048n,
  -2049n,
  0x7fffffffn,
  -0x80000000n,
  0x80000000n,
  0xffffffffn,
  0x12345678n,
];
const HUGE = [1n << 32n, (1n << 63n) - 1n, -(1n << 63n), 0x123456789abcdefn, -(1n << 32n)];

/** How deep statements may stand in each other. */
const DEEPEST = 3;

export class StatementMaker {
  readonly #random: Random;
  readonly #around: Surroundings;

  constructor(random: Random, around: Surroundings) {
    this.#random = random;
    this.#around = around;
  }

  list(length: number, depth: number): readonly Statement[] {
    return Array.from({ length }, () => this.#statement(depth)).flatMap((statement) =>
      this.#withConstant(statement),
    );
  }

  /** Now and then an operand is a number that a linker can know. */
  #withConstant(statement: Statement): readonly Statement[] {
    const isOperation = statement.kind === 'value' || statement.kind === 'if';
    if (!isOperation || !this.#random.chance(0.25)) return [statement];
    const { b } = statement;
    const a = statement.kind === 'value' && this.#random.chance(0.6) ? statement.c : b;
    if (a === 0) return [statement];
    return [{ kind: 'constant', a, value: this.#number() }, statement];
  }

  #statement(depth: number): Statement {
    const random = this.#random;
    const isDeep = depth >= DEEPEST;
    const isLast = this.#around.function + 1 >= this.#around.functions;
    const kind = random.weighted([
      ['value', 30],
      ['constant', 8],
      ['select', 3],
      ['load', 9],
      ['store', 9],
      ['slot', 6],
      ['atomic', 2],
      ['if', isDeep ? 0 : 7],
      ['loop', isDeep ? 0 : 3],
      ['walk', isDeep ? 0 : 2],
      ['switch', isDeep ? 0 : 2],
      ['call', isLast ? 0 : 5],
      ['host', 4],
      ['rare', 5],
    ] as const);
    return this.#make(kind, depth);
  }

  #make(kind: string, depth: number): Statement {
    const random = this.#random;
    const { width } = this.#around;
    switch (kind) {
      case 'constant':
        return { kind, a: this.#register(), value: this.#number() };
      case 'select':
        return {
          kind,
          form: random.pick(['eqz', 'nez', 'mips'] as const),
          a: this.#register(),
          b: this.#source(),
          c: this.#source(),
          d: this.#source(),
        };
      case 'load':
      case 'store':
        return { kind, a: kind === 'load' ? this.#register() : this.#source(), access: this.#access(kind) };
      case 'slot':
        return {
          kind: random.chance(0.5) ? 'slot-load' : 'slot-store',
          a: this.#register(),
          slot: random.below(8),
        };
      case 'atomic':
        return {
          kind,
          op: random.pick(OPERATIONS[width].atomics),
          a: this.#register(),
          c: this.#source(),
          isReserved: random.chance(0.25),
          access: { ...this.#access('store'), index: undefined },
        };
      case 'if':
        return {
          kind,
          op: random.pick(OPERATIONS[width].branches),
          a: this.#source(),
          b: this.#source(),
          taken: this.list(random.below(4), depth + 1),
          otherwise: random.chance(0.5) ? [] : this.list(random.below(4), depth + 1),
        };
      case 'loop':
        return {
          kind,
          counter: this.#register(),
          isInMemory: random.chance(0.25),
          isTestedFirst: random.chance(0.4),
          count: random.below(5),
          body: this.list(random.range(1, 4), depth + 1),
        };
      case 'walk':
        return {
          kind,
          pointer: this.#register(),
          a: this.#register(),
          way: this.#way(),
          section: random.below(this.#around.sections.length),
          count: random.range(1, 4),
          body: this.list(random.below(3), depth + 1),
        };
      case 'switch':
        return {
          kind,
          table: random.pick(['absolute', 'relative', 'compare'] as const),
          a: this.#register(),
          cases: Array.from({ length: random.chance(0.5) ? 4 : 2 }, () =>
            this.list(random.below(3), depth + 1),
          ),
        };
      case 'call':
        return {
          kind,
          callees: Array.from({ length: 2 }, () => random.below(this.#around.functions)),
          how: random.pick(['direct', 'direct', 'jal', 'pcrel', 'got', 'absolute', 'table'] as const),
          index: this.#register(),
        };
      case 'host':
        return { kind, imported: random.below(this.#around.imports), isInline: random.chance(0.3) };
      case 'rare':
        return this.#rare();
      default:
        return {
          kind: 'value',
          op: random.pick(OPERATIONS[width].values),
          a: random.chance(0.02) ? 0 : this.#register(),
          b: this.#source(),
          c: this.#source(),
          x: Number(BigInt.asIntN(12, this.#number())),
        };
    }
  }

  #rare(): Statement {
    const random = this.#random;
    switch (random.below(9)) {
      case 0:
        return { kind: 'environment', number: random.below(300) };
      case 1:
      case 2:
        return { kind: 'fill', place: this.#place(true), length: random.below(30), value: this.#source() };
      case 3:
        return {
          kind: 'heap',
          how: random.pick(['sbrk', 'base'] as const),
          a: this.#register(),
          b: this.#source(),
        };
      case 4:
      case 5: {
        const p = this.#place(false);
        const isDistance = random.chance(0.5);
        const q = isDistance || random.chance(0.3) ? { ...p, offset: random.below(64) } : this.#place(false);
        return { kind: 'compare', a: this.#register(), p, q: random.chance(0.2) ? p : q, isDistance };
      }
      case 6:
        return { kind: 'is-function', a: this.#register(), callee: random.below(this.#around.functions) };
      case 7:
        return { kind: random.chance(0.1) ? 'trap' : random.chance(0.3) ? 'return' : 'fence' };
      default:
        return { kind: 'fence' };
    }
  }

  #register(): number {
    return this.#random.pick(this.#around.registers);
  }

  #source(): number {
    return this.#random.chance(0.06) ? 0 : this.#register();
  }

  #number(): bigint {
    const random = this.#random;
    if (random.chance(0.2)) return 1n << BigInt(random.below(this.#around.width));
    const list = random.weighted<readonly bigint[]>([
      [NUMBERS, 70],
      [LARGE, 20],
      [this.#around.width === 64 ? HUGE : LARGE, 10],
    ]);
    return random.pick(list) + (random.chance(0.3) ? BigInt(random.below(4000)) : 0n);
  }

  #way(): Way {
    const way = this.#random.pick(WAYS);
    return way === 'gp' && !this.#around.mayUseGp ? 'absolute' : way;
  }

  #place(isWritten: boolean): Place {
    const { sections } = this.#around;
    const fitting = sections.flatMap(({ kind }, i) => (isWritten && kind === 'ro' ? [] : [i]));
    return { section: this.#random.pick(fitting), offset: 8 * this.#random.below(4) };
  }

  #access(kind: 'load' | 'store'): Access {
    const random = this.#random;
    const place = this.#place(kind === 'store');
    return {
      way: this.#way(),
      place: random.chance(0.3) ? { ...place, offset: place.offset + random.below(8) } : place,
      size: random.pick(this.#around.width === 64 ? ([1, 2, 4, 8] as const) : ([1, 2, 4] as const)),
      signed: random.chance(0.5),
      index: random.chance(0.25) ? this.#register() : undefined,
      isSplit: random.chance(0.2),
      temporary: this.#register(),
    };
  }
}
