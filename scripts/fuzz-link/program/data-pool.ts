import type { DataField, DataUnit } from '../image/items.ts';
import { type FuzzProgram, type Place, SECTION_SIZE } from './program.ts';

/** What the code of a program refers to besides values: pointers, tables; and the sections of values themselves. */
export class DataPool {
  readonly #program: FuzzProgram;
  readonly #pointers: DataField[] = [];
  readonly #tables: DataUnit[] = [];
  readonly #placeSymbols = new Map<string, Place>();
  #cells = 0;

  constructor(program: FuzzProgram) {
    this.#program = program;
  }

  get #word(): 4 | 8 {
    return this.#program.width === 64 ? 8 : 4;
  }

  sectionSymbol(section: number): string {
    return `values_${section}`;
  }

  symbolAt(place: Place): string {
    const name = `value_${place.section}_${place.offset}`;
    this.#placeSymbols.set(name, place);
    return name;
  }

  /** The symbol of a pointer to something. Every third is not aligned. */
  pointer(symbol: string, addend: number): string {
    const index = this.#pointers.length;
    const offset = index * (this.#word + 4) + (index % 3);
    this.#pointers.push({ offset, size: this.#word, symbol, addend, minus: undefined });
    return `pointer_${index}`;
  }

  /** The symbol of a word that a pointer can be stored to. */
  emptyPointer(): string {
    return `cell_${this.#cells++}`;
  }

  /** The symbol of a table of code addresses; with `isRelative` of words that hold how far they are from the table. */
  table(targets: readonly string[], isRelative: boolean): string {
    const name = `table_${this.#tables.length}`;
    const size = isRelative ? 4 : this.#word;
    this.#tables.push({
      name: this.#tables.length % 2 === 0 ? '.rodata' : `.rodata.${name}`,
      kind: 'ro',
      size: size * targets.length,
      alignment: size,
      bytes: new Uint8Array(),
      fields: targets.map((symbol, i) => ({
        offset: size * i,
        size,
        symbol,
        addend: 0,
        minus: isRelative ? { symbol: name, addend: 0 } : undefined,
      })),
      symbols: new Map([[name, 0]]),
    });
    return name;
  }

  /** All of it; sections of values first. */
  units(): readonly DataUnit[] {
    return [...this.#values(), ...this.#tables, ...this.#pointerUnits()];
  }

  #values(): readonly DataUnit[] {
    return this.#program.sections.map(({ name, kind, padding, bytes, fields }, index): DataUnit => {
      const symbol = this.sectionSymbol(index);
      const symbols = new Map([[symbol, padding]]);
      for (const [placeSymbol, { section, offset }] of this.#placeSymbols) {
        if (section === index) symbols.set(placeSymbol, padding + offset);
      }
      return {
        name,
        kind,
        size: padding + SECTION_SIZE,
        alignment: 8,
        bytes: kind === 'bss' ? bytes : behind(padding, bytes),
        fields: fields.map(({ offset, size, from, to }) => ({
          offset: padding + offset,
          size,
          symbol,
          addend: to,
          minus: { symbol, addend: from },
        })),
        symbols,
      };
    });
  }

  #pointerUnits(): readonly DataUnit[] {
    const pointers = new Map(this.#pointers.map(({ offset }, i) => [`pointer_${i}`, offset]));
    const cells = new Map(Array.from({ length: this.#cells }, (_unused, i) => [`cell_${i}`, i * this.#word]));
    const unit = { alignment: this.#word, bytes: new Uint8Array() };
    const size = (this.#pointers.at(-1)?.offset ?? 0) + this.#word;
    return [
      ...(pointers.size === 0
        ? []
        : [
            {
              ...unit,
              name: '.data.rel.ro',
              kind: 'ro' as const,
              size,
              fields: this.#pointers,
              symbols: pointers,
            },
          ]),
      ...(cells.size === 0
        ? []
        : [
            {
              ...unit,
              name: '.bss.cells',
              kind: 'bss' as const,
              size: cells.size * this.#word,
              fields: [],
              symbols: cells,
            },
          ]),
    ];
  }
}

/** Values behind some bytes that nothing refers to. */
const behind = (padding: number, bytes: Uint8Array): Uint8Array => {
  const all = new Uint8Array(padding + SECTION_SIZE);
  all.set(bytes.subarray(0, SECTION_SIZE), padding);
  return all;
};
