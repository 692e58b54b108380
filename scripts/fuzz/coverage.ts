import { isRiscvKind, KINDS, type Kind } from '../../src/core/kind.ts';
import type { Stop } from '../../src/core/stop.ts';
import { existsIn, ROWS } from '../../src/isa/table.ts';
import type { Layout } from './layout.ts';

/** A kind, E programs apart. */
export type Profile = Kind | 'rv32e' | 'rv64e';

export const PROFILES: readonly Profile[] = [...KINDS, 'rv32e', 'rv64e'];

export const profileOf = (kind: Kind, { embedded }: Layout): Profile =>
  embedded && isRiscvKind(kind) ? `${kind}e` : kind;

const kindOf = (profile: Profile): Kind => profile.replace(/e$/, '') as Kind;

/** What is counted of a stop: its kind, and a trap's reason. */
export const stopName = (stop: Stop): string => (stop.kind === 'trap' ? `trap: ${stop.reason}` : stop.kind);

/** Stops that programs of a profile can come to, as the table has it; deadlines and signals are no tier's. */
export const expectedStops = (profile: Profile): readonly string[] => {
  const kind = kindOf(profile);
  const rows = ROWS.filter((row) => existsIn(row, kind));
  const has = (test: (row: (typeof ROWS)[number]) => boolean): boolean => rows.some(test);
  const reasons = new Set(['invalid-instruction', 'invalid-jump', 'memory-access', 'host']);
  for (const { effect } of rows) if (effect.kind === 'trap') reasons.add(effect.reason);
  if (isRiscvKind(kind)) reasons.add('store-to-code');
  if (has(({ effect }) => effect.kind === 'atomic')) reasons.add('misaligned-atomic');
  if (has(({ effect }) => effect.kind === 'custom' && effect.custom === 'csr')) reasons.add('csr');
  if (has(({ effect }) => effect.kind === 'custom' && effect.custom.startsWith('sbrk'))) {
    reasons.add('sbrk-unavailable');
  }
  const kinds = ['finished', 'host-call', 'segfault', 'out-of-gas', 'step', 'interrupted'];
  return [...kinds, ...[...reasons].map((reason) => `trap: ${reason}`)];
};

/** Operation numbers of a profile. */
export const expectedOperations = (profile: Profile): readonly number[] => {
  const kind = kindOf(profile);
  return ROWS.flatMap((row, op) => (existsIn(row, kind) ? [op] : []));
};

/** Counts that can be sent between threads and added. */
export interface CoverageData {
  readonly operations: Readonly<Record<string, readonly number[]>>;
  readonly stops: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly features: Readonly<Record<string, number>>;
  readonly executed: readonly number[];
  readonly ran: number;
  readonly translated: number;
  readonly comparisons: number;
}

/** What a run of the fuzzer has reached. */
export class Coverage {
  readonly #operations: Map<string, Set<number>> = new Map();
  readonly #stops: Map<string, Map<string, number>> = new Map();
  readonly #features: Map<string, number> = new Map();
  /** Instructions of each program's first run. */
  readonly executed: number[] = [];
  /** Instructions of the tier under test's own runs, single steps and linked runs left out. */
  ran = 0;
  translated = 0;
  /** Runs that were compared. */
  comparisons = 0;

  operationsOf(profile: Profile): Set<number> {
    let set = this.#operations.get(profile);
    if (set === undefined) {
      set = new Set();
      this.#operations.set(profile, set);
    }
    return set;
  }

  stopsOf(profile: Profile): Map<string, number> {
    let map = this.#stops.get(profile);
    if (map === undefined) {
      map = new Map();
      this.#stops.set(profile, map);
    }
    return map;
  }

  stop(profile: Profile, name: string, count = 1): void {
    const map = this.stopsOf(profile);
    map.set(name, (map.get(name) ?? 0) + count);
  }

  feature(name: string, count = 1): void {
    this.#features.set(name, (this.#features.get(name) ?? 0) + count);
  }

  get features(): ReadonlyMap<string, number> {
    return this.#features;
  }

  get programs(): number {
    return this.executed.length;
  }

  get median(): number {
    const sorted = [...this.executed].sort((p, q) => p - q);
    return sorted[sorted.length >> 1] ?? 0;
  }

  /** What of a profile's operations was not run, by name. */
  missingOperations(profile: Profile): string[] {
    const seen = this.operationsOf(profile);
    return expectedOperations(profile).flatMap((op) => (seen.has(op) ? [] : [ROWS[op]?.name ?? '']));
  }

  missingStops(profile: Profile): string[] {
    const seen = this.stopsOf(profile);
    return expectedStops(profile).filter((name) => !seen.has(name));
  }

  get data(): CoverageData {
    return {
      operations: Object.fromEntries([...this.#operations].map(([p, set]) => [p, [...set]])),
      stops: Object.fromEntries([...this.#stops].map(([p, map]) => [p, Object.fromEntries(map)])),
      features: Object.fromEntries(this.#features),
      executed: this.executed,
      ran: this.ran,
      translated: this.translated,
      comparisons: this.comparisons,
    };
  }

  add(data: CoverageData): void {
    for (const [profile, operations] of Object.entries(data.operations)) {
      const set = this.operationsOf(profile as Profile);
      for (const op of operations) set.add(op);
    }
    for (const [profile, stops] of Object.entries(data.stops)) {
      for (const [name, count] of Object.entries(stops)) this.stop(profile as Profile, name, count);
    }
    for (const [name, count] of Object.entries(data.features)) this.feature(name, count);
    this.executed.push(...data.executed);
    this.ran += data.ran;
    this.translated += data.translated;
    this.comparisons += data.comparisons;
  }
}
