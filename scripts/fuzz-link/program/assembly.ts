import { operation } from '../../../src/isa/table.ts';
import type { Assembly, CodeUnit, DataUnit, Item } from '../image/items.ts';
import { functionSymbol, hostSymbol, importSymbol, resultsOf } from './call-writer.ts';
import { CodeWriter, RA, SP } from './code-writer.ts';
import { DataPool } from './data-pool.ts';
import { FunctionWriter } from './function-writer.ts';
import { type FuzzProgram, SECTION_SIZE } from './program.ts';

/** The import that a program shows its data to, and the export that does it. */
export const OBSERVE = 'observe';
export const SHOW = 'show';

const JUMP_REGISTER = operation('jump_indirect');
const ECALLI = 0x0b;
const A0 = 10;
/** s0 and s1: kept by calls. */
const [S0, S1] = [8, 9] as const;

/** The name of an exported function. */
export const exportName = (index: number): string => `export_${index}`;

interface Declared {
  readonly name: string;
  readonly symbol: string;
  readonly inputs: number;
  readonly outputs: number;
}

export const assemblyOf = (program: FuzzProgram): Assembly => {
  const data = new DataPool(program);
  const functions = program.functions.map(
    (_unused, i): CodeUnit => ({
      name: `.text.${functionSymbol(i)}`,
      items: new FunctionWriter(program, data, i).write(),
    }),
  );
  const imports: readonly Declared[] = [
    ...program.imports.map((imported, i) => ({ ...imported, symbol: importSymbol(i) })),
    { name: OBSERVE, inputs: 1, outputs: 0, symbol: importSymbol(program.imports.length) },
  ];
  const stubs = imports.map(({ symbol }, i): CodeUnit => ({ name: `.text.${symbol}`, items: stub(i) }));
  const show: CodeUnit = { name: '.text.show', items: showing(program, data) };
  const exports: readonly Declared[] = [
    ...program.functions.slice(0, program.exports).map(({ parameters }, i) => ({
      name: exportName(i),
      symbol: functionSymbol(i),
      inputs: parameters,
      outputs: resultsOf(program, i),
    })),
    { name: SHOW, symbol: SHOW, inputs: 0, outputs: 0 },
  ];
  const units = [...functions, ...stubs, show];
  const code = program.isSplit ? units : [{ name: '.text', items: units.flatMap(({ items }) => items) }];
  return { code, data: [...data.units(), ...records(program, imports, exports)] };
};

const stub = (imported: number): readonly Item[] => [
  { kind: 'label', name: hostSymbol(imported) },
  { kind: 'words', words: [ECALLI], reference: undefined },
  { kind: 'pointer', symbol: importSymbol(imported) },
  { kind: 'instruction', op: JUMP_REGISTER, a: RA, b: 0, c: 0, x: 0, reference: undefined },
];

/** A function that passes each word of writable values to the host. */
const showing = (program: FuzzProgram, data: DataPool): readonly Item[] => {
  const writer = new CodeWriter(program, data, 'label_show');
  const size = writer.wordSize;
  writer.label(SHOW);
  writer.addConstant(SP, SP, -32);
  const kept = [RA, S0, S1];
  for (const [i, register] of kept.entries()) writer.storeWord(register, SP, i * size);
  for (const [index, { kind }] of program.sections.entries()) {
    if (kind === 'ro') continue;
    const loop = writer.newLabel();
    writer.address(S0, data.sectionSymbol(index), 0);
    writer.constant(S1, BigInt(SECTION_SIZE / size));
    writer.label(loop);
    writer.loadWord(A0, S0, 0);
    const base = (0x17 | (RA << 7)) >>> 0;
    writer.words([base, (0x67 | (RA << 7) | (RA << 15)) >>> 0], {
      part: 'call',
      symbol: hostSymbol(program.imports.length),
      addend: 0,
    });
    writer.addConstant(S0, S0, size);
    writer.addConstant(S1, S1, -1);
    writer.branchIfNotZero(S1, loop);
  }
  for (const [i, register] of kept.entries()) writer.loadWord(register, SP, i * size);
  writer.addConstant(SP, SP, 32);
  writer.add(JUMP_REGISTER, RA);
  return writer.items;
};

/** Metadata of imports and exports as PolkaVM's macros write it, version 1. */
const records = (
  { width }: FuzzProgram,
  imports: readonly Declared[],
  exports: readonly Declared[],
): readonly DataUnit[] => {
  const word = width === 64 ? 8 : 4;
  const recordSize = 11 + word;
  const all = [...imports, ...exports];
  const names = new TextEncoder().encode(all.map(({ name }) => name).join(''));
  const bytes = new Uint8Array(all.length * recordSize);
  const view = new DataView(bytes.buffer);
  const fields = [];
  const nameOffsets: number[] = [];
  let nameOffset = 0;
  for (const [i, { name, inputs, outputs }] of all.entries()) {
    const at = i * recordSize;
    bytes[at] = 1;
    view.setUint32(at + 5, name.length, true);
    fields.push({
      offset: at + 9,
      size: word,
      symbol: 'names',
      addend: nameOffset,
      minus: undefined,
    } as const);
    bytes[at + 9 + word] = inputs;
    bytes[at + 10 + word] = outputs;
    nameOffsets.push(nameOffset);
    nameOffset += name.length;
  }
  const exportSize = 1 + 2 * word;
  const exported = new Uint8Array(exports.length * exportSize);
  for (let i = 0; i < exports.length; i++) exported[i * exportSize] = 1;
  const unit = { kind: 'record', alignment: 1 } as const;
  return [
    {
      ...unit,
      name: '.rodata.names',
      kind: 'ro',
      size: names.length,
      bytes: names,
      fields: [],
      symbols: new Map([['names', 0]]),
    },
    {
      ...unit,
      name: '.polkavm_metadata',
      size: bytes.length,
      bytes,
      fields,
      symbols: new Map([
        ['metadata', 0],
        ...imports.map(({ symbol }, i) => [symbol, i * recordSize] as const),
      ]),
    },
    {
      ...unit,
      name: '.polkavm_exports',
      size: exported.length,
      bytes: exported,
      fields: exports.flatMap(({ symbol }, i) => [
        {
          offset: i * exportSize + 1,
          size: word,
          symbol: 'metadata',
          addend: (imports.length + i) * recordSize,
          minus: undefined,
        } as const,
        { offset: i * exportSize + 1 + word, size: word, symbol, addend: 0, minus: undefined } as const,
      ]),
      symbols: new Map(),
    },
  ];
};
