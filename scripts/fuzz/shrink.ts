import { isRiscboxError } from '../../src/core/error.ts';
import type { Action, Case, Move } from './case.ts';
import type { Difference } from './difference.ts';
import type { Finding, Tiers } from './fuzz-program.ts';
import { compareCase } from './pair.ts';
import type { Settings } from './settings.ts';
import { assemble, type Line, type Source } from './source.ts';

/** A finding on its way to be small: the program before it is assembled, and the rest of the case. */
interface Candidate {
  readonly source: Source;
  readonly settings: Settings;
  readonly start: Case['start'];
  readonly host: Case['host'];
  readonly moves: readonly Move[];
}

export interface Shrunk {
  readonly case: Case;
  readonly difference: Difference;
  readonly lines: number;
}

/** Makes a finding as small as `milliseconds` allow: the difference stays, though it may become another one. */
export const shrink = (finding: Finding, tiers: Tiers, milliseconds: number): Shrunk | undefined => {
  const { generated, case: found } = finding;
  const { source } = generated;
  const first: Candidate = { ...found, source };
  return new Shrinker(first, generated.assembled.entries, tiers, milliseconds).run();
};

class Shrinker {
  readonly #tiers: Tiers;
  readonly #entries: readonly number[];
  readonly #origin: Candidate;
  readonly #deadline: number;
  #best: Candidate;
  #found: { readonly case: Case; readonly difference: Difference } | undefined;

  constructor(first: Candidate, entries: readonly number[], tiers: Tiers, milliseconds: number) {
    this.#best = first;
    this.#origin = first;
    this.#entries = entries;
    this.#tiers = tiers;
    this.#deadline = performance.now() + milliseconds;
    this.#found = this.#fails(first);
  }

  run(): Shrunk | undefined {
    if (this.#found === undefined) return undefined;
    for (let before = -1; before !== this.#size && !this.#late; ) {
      before = this.#size;
      this.#shorterMoves();
      this.#plainerSettings();
      this.#fewerLines();
      this.#plainerHost();
      this.#plainerData();
      this.#smallerNumbers();
      this.#smallerStart();
    }
    const { case: smallest, difference } = this.#found;
    return { case: smallest, difference, lines: this.#best.source.lines.length };
  }

  get #late(): boolean {
    return performance.now() > this.#deadline;
  }

  /** A measure that only ever falls. */
  get #size(): number {
    const { source, moves, host, start } = this.#best;
    const numbers = source.lines.reduce((sum, { x, y }) => sum + bits(x) + bits(y), 0);
    const registers = start.registers.reduce((sum, r) => sum + (r === 0n ? 0 : 1), 0);
    return source.lines.length * 100 + numbers + registers + moves.length + host.services.length;
  }

  /** The case of a candidate. Program counters of the host move with the entries. */
  #caseOf({ source, settings, start, host, moves }: Candidate): Case {
    const { image, entries } = assemble(source);
    const moved = (pc: number): number => {
      const index = this.#entries.indexOf(pc);
      return index < 0 ? pc : (entries[index] as number);
    };
    const action = (a: Action): Action =>
      a.do === 'goto' || a.do === 'call' ? { ...a, pc: moved(a.pc) } : a;
    return {
      ...{ image, settings, moves },
      start: { ...start, pc: start.pc === this.#origin.start.pc ? moved(start.pc) : start.pc },
      host: { ...host, services: host.services.map((service) => service.map(action)) },
    };
  }

  #fails(candidate: Candidate): { readonly case: Case; readonly difference: Difference } | undefined {
    let made: Case;
    try {
      made = this.#caseOf(candidate);
    } catch {
      return undefined;
    }
    try {
      const difference = compareCase(made, this.#tiers.oracle, this.#tiers.subject);
      return difference && { case: made, difference };
    } catch (error) {
      if (isRiscboxError(error)) return undefined;
      return { case: made, difference: { stop: -1, what: `throws ${String(error)}` } };
    }
  }

  /** Takes a candidate when it still fails. */
  #try(change: Partial<Candidate>): boolean {
    if (this.#late) return false;
    const candidate = { ...this.#best, ...change };
    const found = this.#fails(candidate);
    if (found === undefined) return false;
    this.#best = candidate;
    this.#found = found;
    return true;
  }

  #shorterMoves(): void {
    if (this.#best.moves.length > 0 && this.#try({ moves: [] })) return;
    for (let i = 0; i < this.#best.moves.length; ) {
      if (!this.#try({ moves: this.#best.moves.toSpliced(i, 1) })) i++;
    }
  }

  #plainerSettings(): void {
    const { settings } = this.#best;
    if (settings.model !== 'naive') this.#try({ settings: { ...this.#best.settings, model: 'naive' } });
    if (settings.gas !== 'none') this.#try({ settings: { ...this.#best.settings, gas: 'none' } });
    if (settings.gas === 'async') this.#try({ settings: { ...this.#best.settings, gas: 'sync' } });
    if (settings.granularity !== 'block') {
      this.#try({ settings: { ...this.#best.settings, granularity: 'block' } });
    }
    if (settings.paged) this.#try({ settings: { ...this.#best.settings, paged: false } });
  }

  #fewerLines(): void {
    for (let size = this.#best.source.lines.length >> 1; size >= 1; size >>= 1) {
      for (let at = 0; at < this.#best.source.lines.length && !this.#late; ) {
        const { source } = this.#best;
        const end = Math.min(at + size, source.lines.length);
        if (!this.#try({ source: without(source, at, end) })) at += size;
      }
    }
  }

  #plainerHost(): void {
    const { host } = this.#best;
    if (host.linked) this.#try({ host: { ...this.#best.host, linked: false } });
    if (host.lenient) this.#try({ host: { ...this.#best.host, lenient: false } });
    if (host.services.length > 0) this.#try({ host: { ...this.#best.host, services: [] } });
    if (host.refills.length > 0) this.#try({ host: { ...this.#best.host, refills: [] } });
    for (const [k, service] of this.#best.host.services.entries()) {
      for (let i = service.length - 1; i >= 0; i--) {
        const { services } = this.#best.host;
        const shorter = services.with(k, (services[k] ?? []).toSpliced(i, 1));
        this.#try({ host: { ...this.#best.host, services: shorter } });
      }
    }
  }

  #plainerData(): void {
    const { data, addressWords, jumps } = this.#best.source;
    for (const [part, bytes] of data.entries()) {
      if (bytes.every((byte) => byte === 0)) continue;
      const source = { ...this.#best.source };
      this.#try({ source: { ...source, data: source.data.with(part, new Uint8Array(bytes.length)) } });
    }
    for (let i = addressWords.length - 1; i >= 0; i--) {
      const { source } = this.#best;
      this.#try({ source: { ...source, addressWords: source.addressWords.toSpliced(i, 1) } });
    }
    for (let i = jumps.length - 1; i >= 0; i--) {
      const { source } = this.#best;
      // The last entries only: the others' code addresses would move.
      if (!this.#try({ source: { ...source, jumps: source.jumps.slice(0, i) } })) break;
    }
    if (this.#best.source.starts.length > 0) this.#try({ source: { ...this.#best.source, starts: [] } });
  }

  #smallerNumbers(): void {
    for (let at = 0; at < this.#best.source.lines.length && !this.#late; at++) {
      for (const field of ['x', 'y'] as const) {
        for (const value of smaller((this.#best.source.lines[at] as Line)[field])) {
          const { source } = this.#best;
          const line = { ...(source.lines[at] as Line), [field]: value };
          if (this.#try({ source: { ...source, lines: source.lines.with(at, line) } })) break;
        }
      }
    }
  }

  #smallerStart(): void {
    for (const [r, value] of this.#best.start.registers.entries()) {
      if (value === 0n) continue;
      for (const less of [0n, 1n, BigInt.asUintN(8, value)]) {
        const { start } = this.#best;
        if (less < value && this.#try({ start: { ...start, registers: start.registers.with(r, less) } }))
          break;
      }
    }
    if (this.#best.settings.gas === 'none') return;
    for (let step = this.#best.start.gas / 2n; step > 0n && !this.#late; ) {
      const { start } = this.#best;
      if (start.gas < step || !this.#try({ start: { ...start, gas: start.gas - step } })) step /= 2n;
    }
  }
}

const bits = (value: number): number => 32 - Math.clz32(value < 0 ? ~value : value);

const smaller = (value: number): readonly number[] =>
  value === 0
    ? []
    : [0, 1, value >> 8, value >> 1].filter((v, i, all) => bits(v) < bits(value) && all.indexOf(v) === i);

/** A source without some lines; labels move to what follows. */
const without = (source: Source, from: number, end: number): Source => ({
  ...source,
  lines: source.lines.toSpliced(from, end - from),
  labels: source.labels.map((at) => (at >= end ? at - (end - from) : Math.min(at, from))),
});
