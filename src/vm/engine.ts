import { plainView } from '../core/bytes.ts';
import type { Tier, TierName } from '../jit/tier.ts';
import { type Limits, limitsFrom } from '../sandbox/limits.ts';
import { type ContainerOptions, readProgramFile } from './container.ts';
import type { CrosscheckSetting } from './crosscheck-option.ts';
import { Module, type ModuleOptions } from './module.ts';
import { fail } from './module-errors.ts';
import { comparing, TIER_NAMES, tierNamed } from './tiers.ts';

/** Defaults of an engine's modules. */
export interface EngineOptions extends Partial<Limits> {
  /**
   * Which tier runs the programs. Default `auto`: the interpreter at once, and WebAssembly for what gets hot, where the
   * host allows it.
   */
  readonly tier?: 'auto' | TierName;
  /** Tiers that are entries of their own: `jsTier` of `riscbox/jit-js`. Default none. */
  readonly tiers?: readonly Tier[];
  /**
   * Bytes of translated code that each module keeps at most; what is not translated is interpreted. Default 32 MiB; 0:
   * nothing is translated.
   */
  readonly codeLimit?: number;
  /**
   * Run every program on two tiers at once and compare all of their state at every stop and every few instructions.
   * `true` compares `tier` with the interpreter. For testing riscbox itself: it is slow. Where the tiers differ,
   * runs, steps and calls throw crosscheck/difference. Default false.
   */
  readonly crosscheck?: boolean | CrosscheckSetting;
}

/** How a program file is read and run. */
export type CompileOptions = ModuleOptions & ContainerOptions;

/** Tier and limits that modules share. */
export class Engine {
  readonly #tier: Tier;
  readonly #codeLimit: number | undefined;
  readonly limits: Limits;

  /** Throws engine/tier, engine/option, limits/range. */
  constructor(options: EngineOptions = {}) {
    const { tiers = [], crosscheck = false } = options;
    const tier = tierNamed(options.tier ?? 'auto', tiers);
    this.#tier = crosscheck === false ? tier : comparing(tier, crosscheck === true ? {} : crosscheck, tiers);
    this.#codeLimit = options.codeLimit;
    if (this.#codeLimit !== undefined && !(this.#codeLimit >= 0)) {
      throw fail('engine/option', {
        option: 'codeLimit',
        value: this.#codeLimit,
        expected: 'a number of bytes',
      });
    }
    this.limits = limitsFrom(options);
  }

  /** The tiers that can be asked for without `tiers`. */
  static get tiers(): readonly TierName[] {
    return TIER_NAMES;
  }

  /**
   * The tier that runs the programs: what the host allows of what was asked for; with `crosscheck` the first of the two.
   * `module.tier` and `instance.tier` tell it of one program.
   */
  get tier(): TierName {
    return this.#tier.name;
  }

  /**
   * Reads a program file and gets it ready to run. Nothing is decoded before it is reached. `bytes` must not
   * change afterwards.
   *
   * Throws blob/… and module/… for files that are no programs, memory/map-too-large, memory/page-size, gas/…,
   * engine/option and limits/range for options.
   */
  compile(bytes: Uint8Array | ArrayBuffer, options: CompileOptions = {}): Module {
    const file = bytes instanceof Uint8Array ? plainView(bytes) : new Uint8Array(bytes);
    return Module.fromFile(readProgramFile(file, options), file, options, {
      tier: this.#tier,
      limits: this.limits,
      codeLimit: this.#codeLimit,
    });
  }
}
