import { isRiscvKind } from '../../../src/core/kind.ts';
import { INVALID, operationsByOpcode } from '../../../src/isa/table.ts';
import type { Random } from '../random.ts';
import { LINE, type Line, type Source } from '../source.ts';
import type { Target } from '../target.ts';

/** Random bytes as code: what a broken or hostile file may hold. */
export const bytesProgram = (random: Random, target: Target): Source => {
  const { kind, layout } = target;
  const lines = target.riscv ? halfwords(random, target) : chunks(random, target);
  const labels = lines.map((_, i) => i);
  const anyLabel = (): number => random.below(labels.length);
  const several = (count: number): number[] => Array.from({ length: count }, anyLabel);
  const sizes = isRiscvKind(kind)
    ? layout.segments.map(({ size, executable }) => (executable ? 0 : size))
    : [layout.ro, layout.rw];
  return {
    ...{ kind, layout, lines, labels },
    jumps: target.riscv ? [] : several(random.below(6)),
    data: sizes.map((size) => random.bytes(Math.min(size, 64))),
    addressWords: [],
    starts: target.riscv ? several(random.below(4)) : [],
    entries: [0, ...several(2)],
  };
};

const chunks = (random: Random, target: Target): Line[] => {
  if (isRiscvKind(target.kind)) return [];
  const valid = [...operationsByOpcode(target.kind)].flatMap((op, code) => (op === INVALID ? [] : [code]));
  const tame = random.chance(0.6);
  return Array.from({ length: random.range(2, 60) }, () => {
    const raw = random.bytes(random.chance(0.9) ? random.range(1, 7) : random.range(1, 40));
    if (random.chance(tame ? 0.95 : 0.5)) raw[0] = random.pick(valid);
    // Short jumps and small registers make more of it run.
    if (tame) for (let i = 1; i < raw.length; i++) if (random.chance(0.5)) raw[i] = random.below(32);
    return { ...LINE, raw, start: random.chance(0.93) };
  });
};

const halfwords = (random: Random, target: Target): Line[] => {
  const tame = random.chance(0.7);
  return Array.from({ length: random.range(2, 80) }, () => {
    if (!tame || random.chance(0.15))
      return { ...LINE, raw: random.bytes(random.pick([2, 2, 4])), start: true };
    if (random.chance(0.3)) {
      const half = random.word() & 0xffff;
      return { ...LINE, raw: Uint8Array.of(half & ((half & 3) === 3 ? 0xfe : 0xff), half >> 8), start: true };
    }
    const { row } = random.pick(target.operations);
    const { mask, match } = random.pick(target.encodings(row));
    const word = (random.word() & ~mask) | match;
    return { ...LINE, raw: Uint8Array.of(word, word >> 8, word >> 16, word >> 24), start: true };
  });
};
