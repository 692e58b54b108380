import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { program } from '../../examples/program.ts';
import { translate } from '../../src/aot/compile.ts';
import { SECTIONS, VERSION } from '../../src/aot/facts.ts';
import { load, loadSync } from '../../src/aot/load.ts';
import { isRiscboxError } from '../../src/index.ts';
import { aheadOf, codeOf, guestBlob } from './guest.ts';

const imports = { get_third_number: () => 100, get_extra: () => 5 };

describe('sources', () => {
  const file = aheadOf(program);

  test('bytes, a buffer, a module that the host compiled', async () => {
    for (const source of [file, file.slice().buffer, await WebAssembly.compile(file.slice())]) {
      expect((await load(source)).instantiate(imports).exports.add_numbers?.(1, 10)).toBe(111);
      expect(loadSync(source).instantiate(imports).exports.add_numbers?.(1, 10)).toBe(111);
    }
  });

  test('the same file every time', () => {
    expect(aheadOf(program)).toEqual(file);
  });
});

describe('without the program', () => {
  const file = aheadOf(program, { embed: false });

  test('the loader wants it, and the right one', () => {
    expect(file.length).toBeLessThan(aheadOf(program).length);
    expect(codeOf(() => loadSync(file))).toBe('aot/program-missing');
    expect(codeOf(() => loadSync(file, { program: guestBlob('rv64im/hello') }))).toBe('aot/program');
    const other = program.slice();
    other[other.length - 2]! ^= 1;
    expect(codeOf(() => loadSync(file, { program: other }))).toBe('aot/program');
    expect(loadSync(file, { program }).instantiate(imports).exports.sum?.(10)).toBe(55);
  });
});

describe('refusals', () => {
  const file = aheadOf(program, { gas: 'sync' });

  test('files that are something else', async () => {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    for (const bytes of [new Uint8Array(0), program, empty, translate(program).code]) {
      expect(codeOf(() => loadSync(bytes))).toBe('aot/format');
      await expect(load(bytes)).rejects.toMatchObject({ code: 'aot/format' });
    }
  });

  test('another version', () => {
    const text = Buffer.from(file).toString('latin1');
    const other = text.replace(`-aot ${VERSION} `, `-aot ${VERSION + 1} `);
    expect(codeOf(() => loadSync(new Uint8Array(Buffer.from(other, 'latin1'))))).toBe('aot/version');
  });

  test('metering that the program was not translated for', () => {
    expect(loadSync(file, { gas: 'sync', gasGranularity: 'block', gasModel: 'naive' }).facts.gas).toBe(
      'sync',
    );
    expect(codeOf(() => loadSync(file, { gas: 'none' }))).toBe('aot/metering');
    expect(codeOf(() => loadSync(file, { gasGranularity: 'instruction' }))).toBe('aot/metering');
    expect(codeOf(() => loadSync(file, { gasModel: 'full-l1-hit' }))).toBe('aot/metering');
    expect(codeOf(() => loadSync(file, { maxMemory: -1 }))).toBe('limits/range');
  });

  test('what cannot be translated', () => {
    const free = { costs: { add_64: 0 }, otherwise: 1, invalid: 1 };
    expect(codeOf(() => translate(program, { gas: 'sync', gasModel: free }))).toBe('aot/gas-table');
    expect(codeOf(() => translate(program, { dynamicPaging: true }))).toBe('aot/dynamic-paging');
    expect(codeOf(() => translate(file))).toBe('module/format');
  });

  test('changed bytes give errors of riscbox, or the same results', () => {
    const property = fc.property(
      fc.array(fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 })), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.option(fc.nat(file.length)),
      (changes, length) => {
        const changed = file.slice(0, length ?? file.length);
        for (const [at, bits] of changes) if (at < changed.length) changed[at]! ^= bits;
        try {
          const instance = loadSync(changed).instantiate(imports);
          instance.gas = 1000n;
          expect(instance.exports.add_numbers?.(1, 10)).toBe(111);
        } catch (error) {
          if (!isRiscboxError(error)) throw error;
        }
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  test('the program in the file is checked, too', () => {
    const [section] = WebAssembly.Module.customSections(
      new WebAssembly.Module(file.slice()),
      SECTIONS.program,
    );
    const at = Buffer.from(file).indexOf(Buffer.from(section!));
    const changed = file.slice();
    changed[at + 30]! ^= 1;
    expect(codeOf(() => loadSync(changed))).toBe('aot/program');
  });
});
