/**
 * npx tsx test/riscv-tests/write-cases.ts [--check]
 *
 * Writes the assembly sources whose cases follow from a formula. Tests of control flow, memory, atomics and
 * compressed instructions are written by hand and lie beside them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  atomics,
  type Binary,
  binaries,
  conditions,
  constants,
  edges,
  type Immediate,
  immediates,
  loads,
  pairs,
  stores,
  type Unary,
  unaries,
  type Xlen,
} from './values.ts';

const check = process.argv.includes('--check');
const root = fileURLToPath(new URL('src', import.meta.url));
const header = '# Written by write-cases.ts; the results come from its formulas.\n#include "framework.h"\n';

const hex = (value: bigint, xlen: Xlen): string => `0x${BigInt.asUintN(xlen, value).toString(16)}`;

/** One text per register width, under `#if` where an instruction exists in both. */
const perWidth = (folder: string, text: (xlen: Xlen) => string): string =>
  folder.endsWith('64') ? text(64) : `#if __riscv_xlen == 64\n${text(64)}#else\n${text(32)}#endif\n`;

const binaryTest = (folder: string, name: string, f: Binary): string => {
  const same = (xlen: Xlen): string =>
    edges(xlen)
      .slice(0, 5)
      .map((a) => {
        const at = hex(a, xlen);
        return [
          `test_same ${name}, ${at}, ${hex(f(a, a, xlen), xlen)}\n`,
          `test_zero_first ${name}, ${at}, ${hex(f(0n, a, xlen), xlen)}\n`,
          `test_zero_second ${name}, ${at}, ${hex(f(a, 0n, xlen), xlen)}\n`,
        ].join('');
      })
      .join('');
  const rows = (xlen: Xlen): string =>
    pairs(xlen)
      .map(([a, b]) => `binary ${hex(a, xlen)}, ${hex(b, xlen)}, ${hex(f(a, b, xlen), xlen)}\n`)
      .join('');
  return `${header}begin\ntest_binary ${name}\n${perWidth(folder, same)}finish\n\ntable\n${perWidth(folder, rows)}end_of_table\n`;
};

const unaryTest = (folder: string, name: string, f: Unary): string => {
  const rows = (xlen: Xlen): string => {
    const values = new Set([...edges(xlen), ...pairs(xlen).map(([a]) => a)]);
    for (let bit = 0; bit < xlen; bit += 5) values.add(1n << BigInt(bit));
    return [...values].map((a) => `unary ${hex(a, xlen)}, ${hex(f(a, xlen), xlen)}\n`).join('');
  };
  return `${header}begin\ntest_unary ${name}\nfinish\n\ntable\n${perWidth(folder, rows)}end_of_table\n`;
};

const immediateTest = (folder: string, name: string, { of, range }: Immediate): string => {
  const cases = (xlen: Xlen): string => {
    const values = edges(xlen);
    const lines = constants(range, xlen).flatMap((constant, i) => {
      const number = BigInt.asUintN(xlen, constant);
      const operands = [
        values[(3 * i + 1) % values.length]!,
        values[(5 * i + 2) % values.length]!,
        0xdeadbeefn,
      ];
      return [
        ...operands.map(
          (a) => `immediate ${name}, ${hex(a, xlen)}, ${constant}, ${hex(of(a, number, xlen), xlen)}\n`,
        ),
        ...(i % 3 === 0
          ? [`immediate_of_zero ${name}, ${constant}, ${hex(of(0n, number, xlen), xlen)}\n`]
          : []),
      ];
    });
    return lines.join('');
  };
  return `${header}begin\n${perWidth(folder, cases)}finish\n`;
};

const branchTest = (
  _: string,
  name: string,
  taken: (a: bigint, b: bigint, xlen: Xlen) => boolean,
): string => {
  const cases = (xlen: Xlen): string => {
    const chosen = [...pairs(xlen), ...edges(xlen).map((a) => [a, a] as const)];
    const compared = chosen.map(
      ([a, b]) => `${taken(a, b, xlen) ? 'taken' : 'not_taken'} ${name}, ${hex(a, xlen)}, ${hex(b, xlen)}\n`,
    );
    const zero = edges(xlen).map((a) =>
      [
        `${taken(a, 0n, xlen) ? 'taken' : 'not_taken'}_second_zero ${name}, ${hex(a, xlen)}\n`,
        `${taken(0n, a, xlen) ? 'taken' : 'not_taken'}_first_zero ${name}, ${hex(a, xlen)}\n`,
      ].join(''),
    );
    return [...compared, ...zero.slice(0, 7)].join('');
  };
  // Four kilobytes of distance; the immediate is decoded alike for all six.
  const far = name === 'beq' ? `far ${name}\n` : '';
  return `${header}begin\n${perWidth('i', cases)}${far}finish\n`;
};

/** Thirty-two bytes with every combination of sign bits at every alignment. */
const pattern: readonly number[] = Array.from(
  { length: 32 },
  (_, i) => (i * 0x53 + (i % 3) * 0x80 + 0x11) & 0xff,
);

const littleEndian = (bytes: readonly number[], signed: boolean): bigint => {
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return signed ? BigInt.asIntN(8 * bytes.length, value) : value;
};

const loadTest = (
  folder: string,
  name: string,
  { bytes, signed }: { bytes: number; signed: boolean },
): string => {
  const cases = (xlen: Xlen): string =>
    Array.from({ length: 17 }, (_, i) => i - 8)
      .map((offset) => {
        const value = littleEndian(pattern.slice(16 + offset, 16 + offset + bytes), signed);
        return `load ${name}, ${offset}, ${hex(value, xlen)}\n`;
      })
      .join('');
  const data = `.data\n.balign 16\n.byte ${pattern.slice(0, 16).join(', ')}\nmiddle:\n.byte ${pattern.slice(16).join(', ')}\n`;
  return `${header}begin\n${perWidth(folder, cases)}finish\n\n${data}`;
};

const storeTest = (folder: string, name: string, { bytes }: { bytes: number }): string => {
  const cases = (xlen: Xlen): string =>
    Array.from({ length: 17 - bytes }, (_, offset) => {
      const value = BigInt.asUintN(
        xlen,
        BigInt(offset % 2 === 0 ? 0x8182838485868788n : 0x7172737475767778n),
      );
      const area = Array.from({ length: 16 }, () => 0xaa);
      for (let i = 0; i < bytes; i++) area[offset + i] = Number((value >> BigInt(8 * i)) & 0xffn);
      const words = [0, 4, 8, 12].map((at) => hex(littleEndian(area.slice(at, at + 4), false), 32));
      return `store ${name}, ${offset}, ${hex(value, xlen)}, ${words.join(', ')}\n`;
    }).join('');
  return `${header}begin\n${perWidth(folder, cases)}finish\n\n.data\n.balign 16\narea: .zero 16\n`;
};

const atomicTest = (folder: string, name: string, f: Binary): string => {
  const bits = folder.endsWith('64') ? 64 : 32;
  const rows = (xlen: Xlen): string =>
    pairs(bits)
      .map(([memory, operand]) => {
        const old = BigInt.asIntN(bits, memory);
        const result = BigInt.asIntN(bits, f(memory, BigInt.asIntN(bits, operand), bits));
        // The upper half of the operand of a word operation on RV64 does not count.
        const garbage = bits === 32 && xlen === 64 ? operand | 0x5a5a5a5a_00000000n : operand;
        return `atomic ${hex(old, xlen)}, ${hex(garbage, xlen)}, ${hex(result, xlen)}\n`;
      })
      .join('');
  const [load, store] = bits === 64 ? ['ld', 'sd'] : ['lw', 'sw'];
  return `${header}begin\ntest_atomic ${name}, ${load}, ${store}\nfinish\n\ntable\n${perWidth(folder, rows)}end_of_table\n\n.data\n.balign 16\ncell: .zero 16\n`;
};

let differing = 0;
let written = 0;

const settle = (folder: string, name: string, text: string): void => {
  const path = `${root}/${folder}/${name.replaceAll('.', '_')}.S`;
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  if (check) {
    console.log(`${path} is not what write-cases.ts writes`);
    differing++;
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  written++;
};

const each = <T>(
  table: Readonly<Record<string, Readonly<Record<string, T>>>>,
  write: (folder: string, name: string, row: T) => string,
): void => {
  for (const [folder, rows] of Object.entries(table)) {
    for (const [name, row] of Object.entries(rows)) settle(folder, name, write(folder, name, row));
  }
};

each(binaries, binaryTest);
each(unaries, unaryTest);
each(immediates, immediateTest);
each({ i: conditions }, branchTest);
each(loads, loadTest);
each(stores, storeTest);
each(atomics, atomicTest);
console.log(check ? `riscv-tests sources: ${differing} differ` : `riscv-tests sources: ${written} written`);
process.exitCode = differing > 0 ? 1 : 0;
