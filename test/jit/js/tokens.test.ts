import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generate } from '../../../scripts/fuzz/generate/program.ts';
import { blobOf } from '../../../scripts/fuzz/layout.ts';
import { Random, seedOf } from '../../../scripts/fuzz/random.ts';
import { moduleOptions } from '../../../scripts/fuzz/settings.ts';
import type { Blob } from '../../../src/blob/blob.ts';
import { isRiscboxError } from '../../../src/core/error.ts';
import { FIXED_NAMES } from '../../../src/jit/js/environment.ts';
import type { TranslatedUnit } from '../../../src/jit/js/library.ts';
import { TranslatedJs } from '../../../src/jit/js/tier.ts';
import type { Tier } from '../../../src/jit/tier.ts';
import { readElf } from '../../../src/linker/elf.ts';
import { linkToBlob } from '../../../src/linker/riscv-profile.ts';
import { Module, type ModuleOptions } from '../../../src/vm/module.ts';

const KEYWORDS = 'const function let if else for switch case default break continue return';
const WORDS: ReadonlySet<string> = new Set([
  ...KEYWORDS.split(' '),
  ...FIXED_NAMES,
  // The counter, the way out, a code address, the depth.
  ...['n', 'e', 'a', 'd'],
  // Methods of M and V.
  ...['load', 'store', 'low', 'high', 'getUint16', 'getInt32', 'setInt16', 'setInt32', 'true'],
]);
/** Functions, registers, halves of registers, temporaries, offsets, dispatch variables, labels. */
const NUMBERED = /^[frlhtxvBLX]\d+$/;
const PUNCTUATION: ReadonlySet<string> = new Set(
  '{ } ( ) [ ] ; , : ? . = + - * / % & | ^ ! < > <= >= === !== << >> >>> && ||'.split(' '),
);
const TOKENS = /\s+|[\p{L}_$][\w$]*|\d[\w.]*|>>>|===|!==|<<|>>|<=|>=|&&|\|\||./gsu;

/** Tokens of a unit's text that are not allowed in it. */
const strangers = (text: string): string[] => {
  const found = new Set<string>();
  const directive = "'use strict';";
  expect(text.startsWith(directive)).toBe(true);
  for (const token of text.slice(directive.length).match(TOKENS) ?? []) {
    if (token.trim() === '') continue;
    const isNumber = /^\d+$/.test(token) && Number.isSafeInteger(Number(token)) && !/^0\d/.test(token);
    if (!isNumber && !WORDS.has(token) && !NUMBERED.test(token) && !PUNCTUATION.has(token)) found.add(token);
  }
  return [...found];
};

/** Translates a program from all of its blocks on. */
const unitsOf = (blob: Blob, options: ModuleOptions): readonly TranslatedUnit[] => {
  let translated: TranslatedJs | undefined;
  const tier: Tier = {
    name: 'js',
    translate: (program, metering) => {
      translated = new TranslatedJs(program, metering);
      return translated;
    },
  };
  const module = Module.fromBlob(blob, options, { tier, limits: {} });
  const library = (translated as TranslatedJs).libraryFor(module.newMemory(0));
  if (library === undefined) return [];
  const { code } = module.program;
  let blocks = 0;
  for (let index = 0; index < code.count && blocks < 200; index++) {
    const pc = code.pcOf(index);
    if (code.blockOf(pc) !== pc || library.slotOf(pc) >= 0 || library.isRefused(pc)) continue;
    library.translate(pc);
    blocks++;
  }
  return library.units;
};

describe('text that is made into code', () => {
  test('has fixed and numbered names, punctuation and decimal integers only: random programs', () => {
    let characters = 0;
    let units = 0;
    const kinds = new Set<string>();
    for (let index = 0; index < 400; index++) {
      const { assembled, settings, target } = generate(new Random(seedOf(21, index)));
      let made: readonly TranslatedUnit[];
      try {
        made = unitsOf(blobOf(assembled.image), moduleOptions(settings, assembled.image.layout));
      } catch (error) {
        if (isRiscboxError(error)) continue;
        throw error;
      }
      for (const { text } of made) {
        expect(strangers(text)).toEqual([]);
        characters += text.length;
        units++;
        kinds.add(target.kind);
      }
    }
    expect(kinds.size).toBeGreaterThanOrEqual(7);
    expect(units).toBeGreaterThan(1000);
    expect(characters).toBeGreaterThan(5_000_000);
  }, 240_000);

  test.each(['rv32imac', 'rv64imac'])(
    'the same of a Lisp interpreter, %s',
    (target) => {
      const file = readFileSync(new URL(`../../../guests/bin/${target}/lisp.elf`, import.meta.url));
      const units = unitsOf(linkToBlob(readElf(new Uint8Array(file))), { gas: 'sync' });
      expect(units.length).toBeGreaterThan(0);
      for (const { text } of units) expect(strangers(text)).toEqual([]);
    },
    120_000,
  );

  test('the check itself finds what does not belong there', () => {
    const of = (text: string): string[] => strangers(`'use strict';${text}`);
    expect(of('let r1=0x10;')).toEqual(['0x10']);
    expect(of('let r1=1.5;')).toEqual(['1.5']);
    expect(of("r1='e';")).toEqual(["'"]);
    expect(of('globalThis.r1=`$r2`;')).toEqual(['globalThis', '`', '$r2']);
    expect(of('r1=r\\u0032;')).toEqual(['r', '\\', 'u0032']);
    expect(of('r1=r2+010;')).toEqual(['010']);
    expect(of('r1=r2+5|0;')).toEqual([]);
  });
});
