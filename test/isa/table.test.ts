import { describe, expect, test } from 'vitest';
import { KINDS, type Kind, type PolkaVmKind, type Width } from '../../src/core/kind.ts';
import type { NamedEncoding } from '../../src/isa/encoding.ts';
import { type FullRow, usesOf } from '../../src/isa/full-row.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { continues, definitionsOf, endsBlock, FORMS, type Row } from '../../src/isa/row.ts';
import { COMPRESSED_ROWS } from '../../src/isa/rows/compressed.ts';
import type { Meaning, Sem, Values } from '../../src/isa/sem.ts';
import { existsIn, INVALID, isTerminator, mayContinue, operation, ROWS } from '../../src/isa/table.ts';

const WIDTHS = [32, 64] as const;
const POLKAVM_KINDS = KINDS.filter((kind): kind is PolkaVmKind => kind !== 'rv32' && kind !== 'rv64');
const isPolkaVmRow = (r: FullRow): boolean => Object.keys(r.opcodes).length > 0;
const rowOf = (name: string): FullRow => FULL_ROWS[operation(name)]!;

const duplicates = <T>(list: readonly T[]): T[] => list.filter((item, index) => list.indexOf(item) !== index);

const encodingsOf = (width: Width): NamedEncoding[] =>
  FULL_ROWS.flatMap((r) => r.encodings).filter((e) => e.width === 'both' || e.width === width);

describe('opcodes', () => {
  test.each<readonly [PolkaVmKind, number]>([
    ['revive_v1', 138],
    ['latest32', 106],
    ['latest64', 141],
    ['jam_v1', 139],
    ['jam_gp07', 139],
  ])('%s has %i', (kind, count) => {
    const opcodes = FULL_ROWS.flatMap((r) => r.opcodes[kind] ?? []);
    expect(opcodes.length).toBe(count);
    expect(duplicates(opcodes)).toEqual([]);
    // 255 is never assigned; the gas model relies on it.
    expect(opcodes.every((code) => Number.isInteger(code) && code >= 0 && code < 255)).toBe(true);
  });

  test('32-bit kinds have no 64-bit operations', () => {
    const wide = FULL_ROWS.filter((r) => /_(?:64|u64)$|^load.*_u32$|imm64/.test(r.name));
    expect(wide.filter((r) => existsIn(r, 'latest32'))).toEqual([]);
  });
});

describe('nothing is listed twice', () => {
  test('names', () => {
    expect(duplicates(FULL_ROWS.map((r) => r.name))).toEqual([]);
  });

  test.each(WIDTHS)('mnemonics, %i-bit', (width) => {
    const compressed = COMPRESSED_ROWS.filter((f) => f.width === 'both' || f.width === width);
    const mnemonics = [...encodingsOf(width), ...compressed].map(({ mnemonic }) => mnemonic);
    expect(duplicates(mnemonics)).toEqual([]);
  });

  /** Pairs that share words although neither is a special case of the other. */
  const clashes = (list: readonly { mnemonic: string; mask: number; match: number }[]): string[] =>
    list.flatMap((p, index) =>
      list.slice(index + 1).flatMap((q) => {
        const overlap = ((p.match ^ q.match) & p.mask & q.mask) === 0;
        const common = p.mask & q.mask;
        const isRefinement = p.mask !== q.mask && (common === p.mask || common === q.mask);
        return overlap && !isRefinement ? [`${p.mnemonic} and ${q.mnemonic}`] : [];
      }),
    );

  test.each(WIDTHS)('32-bit encodings, %i-bit', (width) => {
    // `addi rd, x0, 0` is both; either reading gives 0, and the longer mask decides.
    expect(clashes(encodingsOf(width))).toEqual(['li and mv']);
  });

  test.each(WIDTHS)('compressed forms, %i-bit', (width) => {
    expect(clashes(COMPRESSED_ROWS.filter((f) => f.width === 'both' || f.width === width))).toEqual([]);
  });

  test('a match has no bits outside its mask', () => {
    const all = [...encodingsOf(32), ...encodingsOf(64), ...COMPRESSED_ROWS];
    expect(all.filter(({ mask, match }) => (match & ~mask) !== 0)).toEqual([]);
  });

  test('listing texts: two instructions of a kind never print alike', () => {
    for (const kind of POLKAVM_KINDS) {
      const texts = FULL_ROWS.filter((r) => existsIn(r, kind)).map((r) => r.text);
      expect(duplicates(texts)).toEqual([]);
    }
  });
});

describe('compressed forms', () => {
  test.each(WIDTHS)('each stands for an encoding of its width, %i-bit', (width) => {
    const known = new Set(encodingsOf(width).map((e) => e.mnemonic));
    const forms = COMPRESSED_ROWS.filter((f) => f.width === 'both' || f.width === width);
    expect(forms.filter((f) => !known.has(f.as))).toEqual([]);
    expect(forms.filter((f) => (f.match & 3) === 3 || f.match >>> 16 !== 0)).toEqual([]);
  });
});

describe('every row', () => {
  test('belongs to some kind', () => {
    expect(FULL_ROWS.filter((r) => !KINDS.some((kind: Kind) => existsIn(r, kind)))).toEqual([]);
  });

  test('has text and cost exactly when it has a PolkaVM opcode', () => {
    const wrong = FULL_ROWS.filter(
      (r) => isPolkaVmRow(r) !== (r.text !== '') || isPolkaVmRow(r) !== !!r.cost,
    );
    expect(wrong.map((r) => r.name)).toEqual([]);
  });

  test('prints each of its operands', () => {
    for (const r of FULL_ROWS.filter(isPolkaVmRow)) {
      const printed = new Set(
        [...r.text.matchAll(/\{([^}]+)\}/g)].flatMap(([, token]) =>
          token === '>>r' ? [] : [...token!.replace(/:[du]$/, '')].filter((c) => /[a-z]/.test(c)),
        ),
      );
      expect([...printed].sort().join(''), r.name).toBe([...FORMS[r.form]].sort().join(''));
    }
  });

  /** Values that complain about an operand that the form does not have. */
  const guarded = (r: FullRow, extra: string): Values<string> =>
    new Proxy({} as Values<string>, {
      get: (_, operand) => {
        if (!(FORMS[r.form] + extra).includes(String(operand)))
          throw new Error(`${r.name} reads ${String(operand)}`);
        return String(operand);
      },
    });
  const words = new Proxy({} as Sem<string>, {
    get:
      (_, operator) =>
      (...args: unknown[]) =>
        `${String(operator)}(${args.join(' ')})`,
  });
  const evaluate = (r: FullRow, meaning: Meaning): string => meaning(words, guarded(r, ''));

  test('means something in terms of its own operands', () => {
    for (const r of FULL_ROWS) {
      const { effect } = r;
      const operands: string = FORMS[r.form];
      switch (effect.kind) {
        case 'value':
        case 'atomic':
          expect(evaluate(r, effect.value), r.name).not.toBe('');
          break;
        case 'branch':
          expect(evaluate(r, effect.when), r.name).not.toBe('');
          expect(operands, r.name).toContain('t');
          break;
        case 'load':
          expect(operands, r.name).toBe(`a${effect.base ?? ''}x`);
          break;
        case 'store':
          expect([...operands].sort(), r.name).toEqual(
            [effect.base ?? '', effect.value, 'x'].join('').split('').sort(),
          );
          break;
        case 'jump':
          expect(operands, r.name).toContain('t');
          if (effect.link === 'x') expect(operands, r.name).toContain('x');
          break;
        case 'jump-indirect':
          expect(operands, r.name).toContain(effect.base);
          expect(operands, r.name).toContain(effect.offset);
          break;
        default:
          break;
      }
    }
  });

  test('64-bit registers are not needed to tell apart two meanings of one encoding', () => {
    // An encoding of both widths may stand in one row only: its meaning is written for either width.
    const mnemonics = FULL_ROWS.flatMap((r) =>
      r.encodings.filter((e) => e.width === 'both').map((e) => e.mnemonic),
    );
    expect(duplicates(mnemonics)).toEqual([]);
  });
});

describe('control', () => {
  const ending = FULL_ROWS.filter((r) => isPolkaVmRow(r) && endsBlock(r)).map((r) => r.name);

  test('blocks end at traps, jumps, branches and fallthrough', () => {
    const others = ending.filter((name) => !name.startsWith('branch_'));
    expect(others.sort()).toEqual([
      'fallthrough',
      'jump',
      'jump_indirect',
      'load_imm_and_jump',
      'load_imm_and_jump_indirect',
      'trap',
    ]);
    expect(ending.length - others.length).toBe(16);
  });

  test('of these, only branches and fallthrough go on', () => {
    const going = FULL_ROWS.filter((r) => endsBlock(r) && continues(r)).map((r) => r.name);
    expect(going.filter((name) => !name.startsWith('branch_'))).toEqual(['fallthrough']);
    expect(isTerminator(INVALID)).toBe(true);
    expect(mayContinue(INVALID)).toBe(false);
    expect(mayContinue(operation('ecalli'))).toBe(true);
  });
});

describe('uses and definitions', () => {
  test.each<readonly [name: string, uses: string, defines: string]>([
    ['add_64', 'bc', 'a'],
    ['load_imm', '', 'a'],
    ['cmov_if_zero', 'abc', 'a'],
    ['cmov_if_not_zero_imm', 'ab', 'a'],
    ['load_indirect_u8', 'b', 'a'],
    ['store_indirect_u8', 'ab', ''],
    ['store_imm_indirect_u8', 'a', ''],
    ['store_imm_u8', '', ''],
    ['branch_eq', 'ab', ''],
    ['jump_indirect', 'a', ''],
    ['load_imm_and_jump', '', 'a'],
    ['load_imm_and_jump_indirect', 'b', 'a'],
    ['jal', '', 'a'],
    ['jalr', 'b', 'a'],
    ['sbrk', 'b', 'a'],
    ['atomic_add_32', 'bc', 'a'],
    ['ecalli', '', ''],
  ])('%s reads %s, writes %s', (name, uses, defines) => {
    expect(usesOf(rowOf(name)).join('')).toBe(uses);
    expect(definitionsOf(rowOf(name)).join('')).toBe(defines);
  });
});

describe('the run-time table', () => {
  // A row's form, opcodes and effect kind, and its encodings without their names.
  const plain = ({ name, form, opcodes, effect, encodings }: FullRow | Row): object => ({
    ...{ name, form, opcodes, kind: effect.kind },
    encodings: encodings.map(({ width, layout, mask, match }) => ({ width, layout, mask, match })),
  });

  test('says what the full one says (else: npm run generate)', () => {
    expect(ROWS.map(plain)).toEqual(FULL_ROWS.map(plain));
    for (const [op, row] of FULL_ROWS.entries()) expect(row.effect).toMatchObject(ROWS[op]!.effect);
  });

  test('costs: registers, slots and latencies of the rows', () => {
    for (const [op, { cost }] of FULL_ROWS.entries()) {
      expect(ROWS[op]!.cost?.slice(0, 3)).toEqual(cost && [cost.latency, cost.slots, cost.units]);
    }
  });
});
