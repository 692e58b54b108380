import { type PolkaVmKind, type Width, widthOf } from '../core/kind.ts';
import { SPECIAL_TEXTS } from '../decoder/text-polkavm.ts';
import { FULL_ROWS } from '../isa/full-table.ts';
import { type Lexed, lex } from './lexer.ts';

export type Field = 'a' | 'b' | 'c' | 'x' | 'y' | 'xy' | 't';

/** What becomes of one operand of a line. */
export interface Slot {
  /** The field it goes to; `literal`: it must be this value. */
  readonly field: Field | 'literal';
  readonly literal: number;
  /** The text has the value without its minus. */
  readonly negated: boolean;
  /** Only the low 32 bits of the value matter. */
  readonly modular: boolean;
}

/** An instruction that lines of one shape can be. */
export interface Candidate {
  readonly op: number;
  /** One for each operand of the shape. */
  readonly slots: readonly Slot[];
  /** Operands that the text does not name; those in neither place are 0. */
  readonly fixed: Readonly<Partial<Record<'a' | 'x', number>>>;
  /** The text names one register twice, so the plain form of this instruction would mean something else. */
  readonly distinct: boolean;
}

export type Shapes = ReadonlyMap<string, readonly Candidate[]>;

/** A piece of a template: a token of the shape, and what it stands for when it is an operand. */
interface Piece {
  readonly token: string;
  readonly slot?: Slot;
}

type Variant = readonly Piece[];

const slot = (field: Field, modular = false, negated = false): Slot => ({
  field,
  literal: 0,
  negated,
  modular,
});
const register = (field: string): Piece => ({ token: 'R', slot: slot(field as Field) });
const number = (field: string, modular: boolean, negated = false): Piece => ({
  token: 'N',
  slot: slot(field as Field, modular, negated),
});
const label = (field: Field): Piece => ({ token: '@', slot: slot(field) });
const tokens = (text: string): Variant => pieces(lex(text.trim()));

/** Registers and numbers in the fixed part of a template must stand in the line, too. */
const pieces = (lexed: Lexed | undefined): Variant => {
  let operand = 0;
  return (lexed?.shape ?? '').split(' ').map((token): Piece => {
    if (token !== 'R' && token !== 'N') return { token };
    const literal = lexed?.operands[operand++] as number;
    return { token, slot: { field: 'literal', literal, negated: false, modular: false } };
  });
};

/** `base` alone, with an offset behind it, or with one taken away. */
const address = (base: Piece, offset: string): Variant[] => [
  [base],
  [base, ...tokens('+'), number(offset, true)],
  [base, ...tokens('-'), number(offset, true, true)],
];

/** The ways to write a token of a row's text; see FullRow.text and decoder/text-polkavm.ts, which prints them. */
const variantsOf = (token: string, modular: boolean): Variant[] => {
  if (/^[abc]$/.test(token)) return [[register(token)]];
  if (/^[xy](:[du])?$/.test(token)) return [[number(token[0] as string, modular || token.endsWith(':u'))]];
  const [, base, offset] = /^(\w+) ?\+([xy])$/.exec(token) ?? [];
  if (base !== undefined) {
    return address(base.length === 1 ? register(base) : { token: base }, offset as string);
  }
  switch (token) {
    case 't':
      return [[label('t')], [number('t', true)]];
    case '+x':
      return [
        [...tokens('+'), number('x', modular)],
        [...tokens('-'), number('x', modular, true)],
      ];
    case 'x-b':
      return [
        [...tokens('-'), register('b')],
        [number('x', modular), ...tokens('-'), register('b')],
      ];
    case 'xy':
      return [[number('xy', true)]];
    case '>>r':
      return [tokens('>>r')];
    default:
      throw new Error(`no way to parse the token {${token}}`);
  }
};

/** Values of which an instruction uses no more than 32 bits: `i32` operations, addresses, and what small stores store. */
const isModular = (text: string, before: string): boolean =>
  text.startsWith('~') || before.endsWith('[') || /^u(8|16|32) /.test(text);

/** All ways to write a template. */
const expand = (template: string, width: Width): Variant[] => {
  // The offset may be left out, as in the forms that print it by need.
  const text = template.replace(/\{([a-c])\} \+ \{([xy]):d\}\]/, '{$1+$2}]');
  const parts = text.replace(/^~/, '').split(/\{([^}]+)\}/);
  let variants: Variant[] = [[]];
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0 && part.trim() === '') continue;
    const ways =
      index % 2 === 0 ? [tokens(part)] : variantsOf(part, isModular(text, parts[index - 1] as string));
    variants = variants.flatMap((variant) => ways.map((way) => [...variant, ...way]));
  }
  if (!text.startsWith('~')) return variants;
  const marked = variants.map((variant) => [...tokens('i32'), ...variant]);
  return width === 64 ? marked : [...variants, ...marked];
};

/** A constant may be the code address of a label. */
const withCodeAddresses = (template: string, variants: Variant[]): Variant[] =>
  /^\{a\} = \{x(:d)?\}(,|$)/.test(template)
    ? [
        ...variants,
        ...variants.map((variant) => variant.map((p) => (p.slot?.field === 'x' ? label('x') : p))),
      ]
    : variants;

/** `i64` asks for the long form of a constant that would fit the short one. */
const withWideConstants = (template: string, variants: Variant[]): Variant[] =>
  template.includes('{xy}') ? [...variants, ...variants.map((v) => [...tokens('i64'), ...v])] : variants;

const MIRRORED: Readonly<Record<string, string>> = Object.fromEntries(
  ['u', 's'].flatMap((sign) => [
    [`<${sign}`, `>${sign}`],
    [`>${sign}`, `<${sign}`],
    [`<=${sign}`, `>=${sign}`],
    [`>=${sign}`, `<=${sign}`],
  ]),
);

/** A comparison may be written the other way round. */
const mirrored = (variant: Variant): Variant | undefined => {
  const at = variant.findIndex(({ token }) => token in MIRRORED || token === '==' || token === '!=');
  const [left, operator, right] = variant.slice(at - 1, at + 2);
  if (at < 1 || left?.slot === undefined || operator === undefined || right?.slot === undefined)
    return undefined;
  const turned = { token: MIRRORED[operator.token] ?? operator.token };
  return [...variant.slice(0, at - 1), right, turned, left, ...variant.slice(at + 2)];
};

const shapeOf = (variant: Variant): string => variant.map(({ token }) => token).join(' ');

class ShapeTable {
  readonly shapes: Map<string, Candidate[]> = new Map();

  add(variant: Variant, op: number, rest: Pick<Candidate, 'fixed' | 'distinct'>): void {
    const shape = shapeOf(variant);
    const slots = variant.flatMap((piece) => (piece.slot === undefined ? [] : [piece.slot]));
    const known = this.shapes.get(shape);
    const candidate = { op, slots, ...rest };
    if (known === undefined) this.shapes.set(shape, [candidate]);
    else known.push(candidate);
  }
}

/** The one text that no row has; PolkaVM 0.35 has no instruction without effect. */
const NOP = { text: 'nop', name: 'move_reg', fixed: { a: 0 } };

/** The shapes of all instructions that `exists` lets through, made from the texts of the table. */
const makeShapes = (exists: (op: number) => boolean, width: Width): Shapes => {
  const table = new ShapeTable();
  const turned: [Variant, number][] = [];
  const special = new Set(
    SPECIAL_TEXTS.filter(({ fixed }) => Object.keys(fixed).length === 0).map(({ op }) => op),
  );
  // Of two instructions for one text the one with the shorter constant comes first.
  const rows = [...FULL_ROWS.entries()]
    .filter(([op, { text }]) => text !== '' && exists(op))
    .sort(([, a], [, b]) => Number(a.text.includes('{xy}')) - Number(b.text.includes('{xy}')));
  for (const [op, { text }] of rows) {
    const variants = withWideConstants(text, withCodeAddresses(text, expand(text, width)));
    for (const variant of variants) {
      table.add(variant, op, { fixed: {}, distinct: special.has(op) });
      const other = mirrored(variant);
      if (other !== undefined) turned.push([other, op]);
    }
  }
  for (const { op, text, fixed } of SPECIAL_TEXTS) {
    if (exists(op))
      for (const variant of expand(text, width)) table.add(variant, op, { fixed, distinct: false });
  }
  const nop = FULL_ROWS.findIndex(({ name }) => name === NOP.name);
  if (exists(nop)) table.add(tokens(NOP.text), nop, { fixed: NOP.fixed, distinct: false });
  for (const [variant, op] of turned) {
    if (!table.shapes.has(shapeOf(variant))) table.add(variant, op, { fixed: {}, distinct: false });
  }
  return table.shapes;
};

const shapesByKind = new Map<PolkaVmKind, Shapes>();

/** What lines can be in a kind. */
export const shapesOf = (kind: PolkaVmKind): Shapes => {
  let shapes = shapesByKind.get(kind);
  if (shapes === undefined) {
    shapes = makeShapes((op) => FULL_ROWS[op]?.opcodes[kind] !== undefined, widthOf(kind));
    shapesByKind.set(kind, shapes);
  }
  return shapes;
};

let shapesOfAll: Shapes | undefined;

/** The instruction of any kind that a shape would be, for messages. */
export const nameOfShape = (shape: string): string | undefined => {
  shapesOfAll ??= makeShapes(() => true, 64);
  const op = shapesOfAll.get(shape)?.[0]?.op;
  return op === undefined ? undefined : FULL_ROWS[op]?.name;
};

/** For each conditional move that asks for a value that is not zero, the one that asks for zero. */
export const ZERO_TWINS: ReadonlyMap<number, number> = new Map(
  [...FULL_ROWS.entries()].flatMap(([op, { text, effect }]): [number, number][] => {
    const twin = FULL_ROWS.findIndex((other) => other.text === text.replace('!= 0', '== 0'));
    return effect.kind === 'value' && text.endsWith('!= 0') ? [[op, twin]] : [];
  }),
);
