import { isRiscvKind, type Kind } from '../../../src/core/kind.ts';
import { RETURN_TO_HOST } from '../../../src/memory/map.ts';
import type { Action, Host, Move, Start } from '../case.ts';
import { registerValue } from '../operands.ts';
import type { Random } from '../random.ts';
import { randomSettings, type Settings } from '../settings.ts';
import { type Assembled, assemble, type Source } from '../source.ts';
import { Target } from '../target.ts';
import { bytesProgram } from './bytes.ts';
import { randomLayout } from './layouts.ts';
import { shapedProgram } from './shaped.ts';
import { validProgram } from './valid.ts';

export type Shape = 'bytes' | 'valid' | 'shaped';

/** A program with everything that its runs need. */
export interface Generated {
  readonly shape: Shape;
  readonly target: Target;
  readonly source: Source;
  readonly assembled: Assembled;
  readonly settings: Settings;
  readonly start: Start;
  readonly host: Host;
}

const KIND_WEIGHTS: readonly (readonly [Kind, number])[] = [
  ['latest64', 24],
  ['latest32', 18],
  ['revive_v1', 7],
  ['jam_v1', 8],
  ['jam_gp07', 9],
  ['rv32', 16],
  ['rv64', 18],
];

/** More than any run needs. */
export const PLENTY: bigint = 2n ** 40n;

/** Attempts until the jump targets of a program fit and its code has room. */
const ATTEMPTS = 20;

export const generate = (random: Random): Generated => {
  const kind = random.weighted(KIND_WEIGHTS);
  const layout = randomLayout(random, kind);
  const initial = new Target(kind, layout, 2 ** 31).map.regions.reduce((sum, { size }) => sum + size, 0);
  const settings = randomSettings(random, kind, initial);
  const target = new Target(kind, layout, settings.maxMemory);
  const shape = random.weighted<Shape>([
    // The whole program of jam_v1 must be valid, so random bytes are refused nearly always.
    ['bytes', kind === 'jam_v1' ? 2 : 12],
    ['valid', 28],
    ['shaped', 60],
  ]);
  const make = { bytes: bytesProgram, valid: validProgram, shaped: shapedProgram }[shape];
  for (let attempt = 1; ; attempt++) {
    const source = make(random.fork(), target);
    try {
      const assembled = assemble(source);
      const start = randomStart(random, target, shape, assembled);
      return {
        shape,
        target,
        source,
        assembled,
        settings,
        start,
        host: randomHost(random, target, assembled),
      };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
};

const randomStart = (random: Random, target: Target, shape: Shape, { entries, image }: Assembled): Start => {
  const { roles, map, width } = target;
  const registers = Array.from({ length: roles.count }, () => registerValue(random, width));
  if (shape !== 'bytes' || random.chance(0.7)) {
    registers[roles.returnAddress] = BigInt(RETURN_TO_HOST);
    registers[roles.stackPointer] = BigInt(map.stackPointer);
  }
  if (shape === 'bytes') {
    // Some pointers among the registers.
    for (const [r] of registers.entries()) {
      if (!random.chance(0.3) || target.areas.length === 0) continue;
      const area = random.pick(target.areas);
      registers[r] = BigInt(area.start + random.below(area.size));
    }
  }
  if (isRiscvKind(target.kind)) registers[0] = 0n;
  const anywhere = target.codeBase + random.below(image.code.length + 2);
  const entry = shape === 'bytes' ? random.pick(entries) : (entries[0] as number);
  // Most programs begin where they begin; the first line of a shaped one is a jump there.
  const pc = random.chance(0.05) ? anywhere : shape === 'shaped' ? target.codeBase : entry;
  return { pc, gas: PLENTY, registers };
};

const randomHost = (random: Random, target: Target, assembled: Assembled): Host => {
  const linked = random.chance(0.12);
  const services: Action[][] = Array.from({ length: random.chance(0.9) ? random.range(1, 3) : 0 }, () =>
    Array.from({ length: random.range(0, 3) }, () => randomAction(random, target, assembled, linked)),
  );
  // Ends the run at some host call, from inside of the host function.
  if (linked && random.chance(0.5)) {
    services.splice(random.below(services.length + 1), 0, [{ do: random.chance(0.7) ? 'trap' : 'finish' }]);
  }
  const refills = Array.from({ length: random.range(0, 3) }, () => BigInt(random.range(1, 200)));
  return { services, refills, lenient: random.chance(0.5), linked };
};

const randomAction = (random: Random, target: Target, { entries }: Assembled, linked: boolean): Action => {
  const { map, roles, width } = target;
  const area = target.areas.length > 0 ? random.pick(target.areas) : undefined;
  const heapPage = Math.ceil(map.heap.base / map.pageSize) * map.pageSize + 65536 * random.below(3);
  const actions: (() => Action)[] = [
    () => ({ do: 'register', register: random.pick(roles.scratch), value: registerValue(random, width) }),
    () => ({ do: 'register', register: roles.arguments[0] as number, value: BigInt(random.below(100)) }),
    () => ({ do: 'gas', add: BigInt(random.range(-20, 50)) }),
    () => ({ do: 'grow', bytes: random.pick([1, 4096, 10000, 70000]) }),
    () => ({
      do: 'write',
      address: area === undefined ? 0 : area.start + random.below(area.size),
      bytes: random.bytes(random.range(1, 12)),
    }),
  ];
  if (linked) {
    actions.push(() => ({ do: 'call', pc: random.pick(entries) }));
    actions.push(() => ({ do: 'call', pc: random.pick(entries) }));
    if (random.chance(0.5)) actions.push(() => ({ do: random.pick(['trap', 'finish']) }));
  } else {
    if (random.chance(0.2)) actions.push(() => ({ do: 'goto', pc: random.pick(entries) }));
    if (random.chance(0.2) && area !== undefined) {
      const page = (area.start + random.below(area.size)) & -4096;
      const lose = (): Action => ({ do: 'lose', address: page >>> 0 });
      actions.push(lose, lose, lose);
    }
    if (target.riscv) {
      actions.push(() => ({ do: 'map', address: heapPage }));
      actions.push(() => ({ do: 'unmap', address: heapPage }));
    }
  }
  return random.pick(actions)();
};

/** Moves that interrupt a run of so many instructions at random places. */
export const randomMoves = (random: Random, executed: number, mayStep: boolean): Move[] => {
  if (mayStep && random.chance(0.08)) return [{ move: 'step', count: 3000 }];
  const most = Math.max(2, Math.min(executed, 4000));
  const budget = (): number =>
    random.chance(0.3) ? random.range(1, 20) : Math.ceil(most ** (random.below(1000) / 1000));
  return Array.from({ length: random.range(1, 8) }, (): Move => {
    const move = random.weighted<Move['move']>([
      ['run', 45],
      ['step', mayStep ? 12 : 0],
      ['snapshot', 12],
      ['switch', 16],
      ['hand-over', 15],
    ]);
    if (move === 'run') return { move, budget: budget() };
    if (move === 'step') return { move, count: random.range(1, 30) };
    return { move };
  });
};
