import type { Width } from '../../../src/core/kind.ts';
import { Random } from '../../fuzz/random.ts';
import {
  type DistanceField,
  type FuzzFunction,
  type FuzzImport,
  type FuzzProgram,
  type FuzzSection,
  SECTION_SIZE,
} from './program.ts';
import { valueRegisters } from './registers.ts';
import { StatementMaker } from './statements.ts';

const SECTIONS: readonly (readonly [name: string, kind: FuzzSection['kind']])[] = [
  ['.rodata', 'ro'],
  ['.data', 'rw'],
  ['.bss', 'bss'],
  ['.rodata.one', 'ro'],
  ['.data.one', 'rw'],
  ['.sdata', 'rw'],
  ['.sbss.one', 'bss'],
  ['.srodata.one', 'ro'],
];

const distances = (random: Random, width: Width): readonly DistanceField[] => {
  const fields: DistanceField[] = [];
  for (let offset = 0; offset + 8 <= SECTION_SIZE; offset += 8) {
    if (!random.chance(0.1)) continue;
    const size = random.pick(width === 64 ? ([1, 2, 4, 8] as const) : ([1, 2, 4] as const));
    fields.push({ offset, size, from: random.below(32), to: 32 + random.below(32) });
  }
  return fields;
};

const sectionsOf = (random: Random, width: Width, isPadded: boolean): readonly FuzzSection[] =>
  SECTIONS.filter((_unused, i) => i < 3 || random.chance(0.4)).map(([name, kind]) => ({
    name,
    kind,
    padding: isPadded && random.chance(0.6) ? 8 * random.below(600) : 0,
    bytes: kind === 'bss' ? new Uint8Array() : random.bytes(random.chance(0.3) ? 40 : SECTION_SIZE),
    fields: kind === 'bss' ? [] : distances(random, width),
  }));

const importsOf = (random: Random): readonly FuzzImport[] =>
  Array.from({ length: random.range(1, 4) }, (_unused, i) => ({
    name: `host_${i}`,
    inputs: random.chance(0.2) ? random.range(7, 9) : random.below(7),
    outputs: random.below(3),
  }));

/** A random program: about `size` statements. */
export const generate = (seed: number): FuzzProgram => {
  const random = new Random(seed);
  const width = random.chance(0.6) ? 64 : 32;
  const isEmbedded = random.chance(0.5);
  const isObject = random.chance(0.35);
  // What is relative to gp is near to it.
  const mayUseGp = !isObject && random.chance(0.5);
  const sections = sectionsOf(random, width, !mayUseGp);
  const imports = importsOf(random);
  const count = random.range(1, 6);
  const functions = Array.from({ length: count }, (_unused, index): FuzzFunction => {
    const registers = valueRegisters(isEmbedded);
    const few = random.chance(0.5) ? registers : [...registers].sort(() => random.below(3) - 1).slice(0, 9);
    const maker = new StatementMaker(random, {
      width,
      registers: few,
      sections,
      imports: imports.length,
      function: index,
      functions: count,
      mayUseGp,
    });
    return {
      parameters: random.below(7),
      results: random.range(1, 2),
      slots: random.below(6),
      hasFramePointer: random.chance(0.2),
      body: maker.list(random.range(3, 16), 0),
      tail: index + 1 < count && random.chance(0.2) ? random.range(index + 1, count - 1) : undefined,
      isTailIndirect: random.chance(0.3),
    };
  });
  return {
    width,
    isEmbedded,
    isCompressed: random.chance(0.6),
    isObject,
    isSplit: random.chance(0.5),
    keepsLocal: random.chance(0.6),
    sections,
    imports,
    functions,
    exports: random.range(1, Math.min(3, count)),
  };
};
