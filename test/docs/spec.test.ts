import { describe, expect, test } from 'vitest';
import { program } from '../../examples/program.ts';
import { Engine } from '../../src/index.ts';
import { SHF_ALLOC, SHF_EXECINSTR, SHT_NOBITS, SHT_PROGBITS } from '../../src/linker/elf-format.ts';
import { useOf } from '../../src/linker/relink/input/section-use.ts';
import { polkaVmMap, riscvMap, standardProgramMap } from '../../src/memory/map.ts';
import { readDocument } from './blocks.ts';
import { errorFiles, errorsOf, specWithTables } from './spec-text.ts';

const spec = readDocument('SPEC.md');

test('the tables of error codes, system calls, relocations and instruction texts are up to date (else: npx tsx test/docs/write-spec-tables.ts)', () => {
  expect(specWithTables(spec)).toBe(spec);
});

test('every error code is defined once', () => {
  const codes = errorFiles.flatMap(errorsOf).map(({ code }) => code);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test('error codes named in the documents exist', () => {
  const known = new Set(errorFiles.flatMap(errorsOf).map(({ code }) => code));
  for (const stop of ['trap', 'out-of-gas', 'interrupted']) known.add(`call/${stop}`);
  const areas = new Set([...known].map((code) => code.split('/')[0]));
  const documents = [
    'SPEC.md',
    'README.md',
    'docs/embedding.md',
    'docs/gas.md',
    'docs/snapshots.md',
    'docs/linking.md',
  ];
  const unknown = documents.flatMap((file) =>
    [...readDocument(file).matchAll(/`([a-z]+)\/([a-z0-9-]+)`/g)]
      .filter(([, area]) => areas.has(area))
      .map(([, area, what]) => `${area}/${what}`)
      .filter((code) => !known.has(code)),
  );
  expect(unknown).toEqual([]);
});

describe('the examples of chapter 6', () => {
  const hex = (value: number): string => `0x${value.toString(16)}`;
  const data = new Uint8Array(0);
  const sizes = { roDataSize: 0x1800, rwDataSize: 0x2100, stackSize: 0x4000, roData: data, rwData: data };
  const places = (map: ReturnType<typeof polkaVmMap>): string[] => [
    ...map.regions.filter(({ size }) => size > 0).map((r) => `${r.name} ${hex(r.start)} ${hex(r.size)}`),
    `heap ${hex(map.heap.base)} ${hex(map.heap.limit)}`,
    `sp ${hex(map.stackPointer)}`,
  ];
  const shown = (heading: string): string[] => {
    const from = spec.indexOf(`### ${heading}`);
    const block = /```text\n([\s\S]*?)```/.exec(spec.slice(from));
    return (block?.[1] ?? '')
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' '));
  };

  test('PolkaVM', () => {
    expect(shown('6.1')).toEqual(places(polkaVmMap(sizes, { auxDataSize: 0x1000 })));
  });

  test('JAM standard programs', () => {
    expect(shown('6.2')).toEqual(places(standardProgramMap(sizes, 2, 0x20)));
  });

  test('RISC-V', () => {
    const segments = [
      { address: 0x10000, memorySize: 0x2345, data, writable: false, executable: true },
      { address: 0x13000, memorySize: 0x400, data, writable: true, executable: false },
    ];
    expect(shown('6.3')).toEqual(places(riscvMap(segments, 0x100000, 0x1000000)));
  });
});

describe('the sections of chapter 14', () => {
  const USES: Readonly<Record<string, string>> = {
    code: 'code',
    'read-only data': 'ro',
    'read-write data': 'rw',
    zeros: 'bss',
    records: 'metadata exports stack-sizes',
    'not in memory unless referred to, then zeros': 'loaders-only',
  };
  const table = spec.slice(spec.indexOf('### 14.2'), spec.indexOf('### 14.3'));
  const rows = Object.entries(USES).map(([title, uses]) => {
    const cell = new RegExp(`^\\| ${title} \\| (.*) \\|$`, 'm').exec(table)?.[1] ?? '';
    const names = [...cell.matchAll(/(\*?)`(\.\w[^`]*)`/g)].map(([, mark, name = '']) => ({
      name,
      takesSuffix: mark === '',
    }));
    return [title, uses, names] as const;
  });
  const useOfName = (name: string, uses: string): string => {
    const type = uses === 'bss' ? SHT_NOBITS : SHT_PROGBITS;
    const section = {
      index: 1,
      address: 0,
      offset: 0,
      size: 4,
      link: 0,
      info: 0,
      alignment: 1,
      entrySize: 0,
    };
    // Flags that say something else than the name does.
    const flags = uses === 'ro' ? SHF_ALLOC | SHF_EXECINSTR : SHF_ALLOC;
    return useOf({ ...section, name, type, flags }).use;
  };

  test.each(rows)('%s', (_, uses, names) => {
    expect(names.length).toBeGreaterThan(0);
    for (const { name, takesSuffix } of names) {
      expect(uses.split(' '), name).toContain(useOfName(name, uses));
      if (takesSuffix) expect(uses.split(' '), name).toContain(useOfName(`${name}.more`, uses));
      else expect(uses === 'ro' ? 'code' : 'ro', name).toBe(useOfName(`${name}.more`, uses));
    }
  });
});

test('the head of a snapshot is where chapter 9 says', () => {
  const instance = new Engine().compile(program, { gas: 'sync' }).instantiate({ gas: -2 });
  instance.prepareCall('sum', [7]);
  const bytes = instance.snapshot();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('RBXS');
  expect(view.getUint8(4)).toBe(1);
  expect(view.getUint8(21)).toBe(2);
  expect(view.getUint32(26, true)).toBe(instance.nextPc);
  expect(view.getBigInt64(30, true)).toBe(-2n);
  expect(view.getBigUint64(50 + 8 * 7, true)).toBe(7n);
});
