import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RiscvKind } from '../../src/core/kind.ts';
import { Instruction } from '../../src/decoder/instruction.ts';
import { decodeRiscv } from '../../src/decoder/riscv.ts';
import { formatRiscv } from '../../src/decoder/text-riscv.ts';
import { FULL_ROWS } from '../../src/isa/full-table.ts';
import { existsIn, INVALID, ROWS } from '../../src/isa/table.ts';
import { type Line, objdump, objdumpFile, objdumpTest } from './objdump.ts';

const widths = [32, 64] as const;
const kindOf = (width: 32 | 64): RiscvKind => `rv${width}`;

describe('RISC-V text', () => {
  // Encoded by hand from the ISA manual's field diagrams.
  test.each<readonly [word: number, kind: RiscvKind, text: string]>([
    [0x00500513, 'rv32', 'addi a0,zero,5'],
    [0x00058513, 'rv64', 'addi a0,a1,0'],
    [0x0000006f, 'rv32', 'jal zero,0x1000'],
    [0xff5ff0ef, 'rv32', 'jal ra,0xff4'],
    [0x00008067, 'rv32', 'jalr zero,0(ra)'],
    [0xfea12e23, 'rv32', 'sw a0,-4(sp)'],
    [0x00b50863, 'rv32', 'beq a0,a1,0x1010'],
    [0x12345537, 'rv32', 'lui a0,0x12345'],
    [0xfffff517, 'rv64', 'auipc a0,0xfffff'],
    [0x03f51513, 'rv64', 'slli a0,a0,0x3f'],
    [0x03f51513, 'rv32', '.4byte 0x3f51513'],
    [0x1405a52f, 'rv32', 'lr.w.aq a0,(a1)'],
    [0x06c5a52f, 'rv32', 'amoadd.w.aqrl a0,a2,(a1)'],
    [0xc0002573, 'rv32', 'csrrs a0,cycle,zero'],
    [0x3401d573, 'rv32', 'csrrwi a0,0x340,3'],
    [0x0ff0000f, 'rv32', 'fence iorw,iorw'],
    [0x8330000f, 'rv32', 'fence.tso'],
    [0x0805c53b, 'rv64', 'zext.h a0,a1'],
    [0x00000073, 'rv32', 'ecall'],
    [0x8082, 'rv32', 'c.jr ra'],
    [0x1141, 'rv32', 'c.addi sp,-16'],
    [0x7179, 'rv64', 'c.addi16sp sp,-48'],
    [0x0028, 'rv32', 'c.addi4spn a0,sp,8'],
    [0x40b2, 'rv32', 'c.lwsp ra,12(sp)'],
    [0x2001, 'rv32', 'c.jal 0x1000'],
    [0x2001, 'rv64', '.2byte 0x2001'],
    [0x0000, 'rv32', '.2byte 0x0'],
    [0xffffffff, 'rv64', '.4byte 0xffffffff'],
  ])('%i in %s is %s', (word, kind, text) => {
    expect(formatRiscv(word, 0x1000, kind, 32)).toBe(text);
  });

  test('registers above x15 do not exist in E files', () => {
    expect(formatRiscv(0x00080513, 0, 'rv32', 32)).toBe('addi a0,a6,0');
    expect(formatRiscv(0x00080513, 0, 'rv32', 16)).toBe('.4byte 0x80513');
  });
});

/** All halfwords whose low bits say that they are whole instructions. */
const HALFWORDS = Uint16Array.from(Array.from({ length: 0x10000 }, (_, h) => h).filter((h) => (h & 3) !== 3));

const FLOATING_POINT = /^c\.f[ls][dw](sp)?$/;

/** Differences that are right: what our program kinds do not have, and what binutils does not check. */
const normalize = ({ word, text }: Line, width: 32 | 64): string => {
  const [mnemonic] = text.split(' ') as [string];
  // Reserved fields of a fence are to be ignored; binutils takes those that are set for data.
  if ((word & 0x707f) === 0x0f) return 'fence';
  if ((word & 0x707f) === 0x100f) return 'fence.i';
  if (/^\.[24]byte/.test(text)) return 'invalid';
  if (mnemonic === 'c.unimp' || FLOATING_POINT.test(mnemonic)) return 'invalid';
  // RV128's name for a distance of 0: a hint, which does nothing, in our kinds.
  const hint = /^(c\.s(?:ll|rl|ra)i)64 (\w+)$/.exec(text);
  if (hint !== null) return `${hint[1]} ${hint[2]},0x0`;
  // Reserved; binutils prints it.
  if (text === 'c.addi16sp sp,0') return 'invalid';
  // Distances of 32 and more are reserved in 32-bit kinds; binutils prints them.
  const distance = /^(?:c\.)?(?:slli|srli|srai|rori|bclri|bexti|binvi|bseti) .*,0x([23][0-9a-f])$/.exec(text);
  if (width === 32 && distance !== null) return 'invalid';
  // Counters aside, we print control and status registers as numbers.
  if (/^csr/.test(text)) return text.replace(/^(csrr\w+ \w+),[^,]+,/, `$1,0x${(word >>> 20).toString(16)},`);
  // Jumps backwards from address 0: our addresses have 32 bits.
  return text.replace(/,?\b(?:0x)?(?:ffffffff)?([0-9a-f]+)$/, (whole, digits: string) =>
    JUMP.test(mnemonic) ? whole.replace(/(?:0x)?[0-9a-f]+$/, `0x${digits}`) : whole,
  );
};

const JUMP = /^(?:c\.)?(?:j|jal|b\w+)$/;

const ours = ({ address, word }: Line, width: 32 | 64): string => {
  const text = formatRiscv(word, address, kindOf(width), 32);
  return normalize({ address, word, text }, width);
};

const compare = (code: Uint8Array, width: 32 | 64): number => compareLines(objdump(code, width), width);

/** Compares every line; returns how many there were. */
const compareLines = (lines: readonly Line[], width: 32 | 64): number => {
  const different = lines
    .map((line) => [line.word.toString(16), normalize(line, width), ours(line, width)] as const)
    .filter(([, expected, actual]) => expected !== actual);
  expect(different).toEqual([]);
  return lines.length;
};

describe('every compressed instruction', () => {
  test.each(widths)('%i-bit: decodes, and only to rows of the kind', (width) => {
    const instruction = new Instruction();
    const wrong: number[] = [];
    for (const h of HALFWORDS) {
      decodeRiscv(h, 0x1000, width, 32, instruction);
      const r = ROWS[instruction.op];
      const fits = instruction.op === INVALID || (r !== undefined && existsIn(r, kindOf(width)));
      if (!fits || instruction.length !== 2) wrong.push(h);
    }
    expect(wrong).toEqual([]);
  });

  for (const width of widths) {
    objdumpTest(`${width}-bit: as binutils decodes it`, () => {
      expect(compare(new Uint8Array(HALFWORDS.buffer), width)).toBe(HALFWORDS.length);
    });
  }
});

describe('32-bit instructions', () => {
  const words = (list: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(list).buffer);

  for (const width of widths) {
    objdumpTest(`rv${width}: every encoding with random operands reads as in binutils`, () => {
      // Binutils before 2.41 lack Zicond.
      const encodings = FULL_ROWS.flatMap((r) => r.encodings).filter(
        (e) => (e.width === 'both' || e.width === width) && e.extension !== 'Zicond',
      );
      const samples = encodings.flatMap(({ mask, match }) =>
        fc.sample(fc.integer(), { numRuns: 100, seed: match }).map((bits) => (bits & ~mask) | match),
      );
      expect(compare(words(samples), width)).toBe(samples.length);
    });

    objdumpTest(
      `rv${width}: every combination of opcode and function fields is as legal as in binutils`,
      () => {
        const [a0, a1] = [10 << 7, 11 << 15];
        const list: number[] = [];
        for (const opcode of [0x03, 0x0f, 0x13, 0x17, 0x1b, 0x23, 0x2f, 0x33, 0x37, 0x3b, 0x63, 0x67, 0x6f]) {
          for (let functions = 0; functions < 1024; functions++) {
            const fixed = ((functions >>> 3) << 25) | ((functions & 7) << 12) | opcode | a0 | a1;
            for (const rs2 of [0, 1, 2, 3, 4, 5, 7, 15, 16, 24, 31]) list.push(fixed | (rs2 << 20));
          }
        }
        const zicond = (w: number): boolean => /^czero/.test(formatRiscv(w, 0, kindOf(width), 32));
        const tested = list.filter((w) => !zicond(w));
        expect(compare(words(tested), width)).toBe(tested.length);
      },
    );

    objdumpTest(`rv${width}: every fence`, () => {
      const list = Array.from({ length: 256 }, (_, sets) => (sets << 20) | 0x0f);
      for (const { address, word, text } of objdump(words(list), width)) {
        expect(formatRiscv(word, address, kindOf(width), 32)).toBe(text);
      }
    });
  }
});

describe('real programs', () => {
  const guests = fileURLToPath(new URL('../../guests/bin', import.meta.url));
  const programs = readdirSync(guests, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.elf'),
  );
  // Conditional moves of XTheadCondMov: the linker takes them for PolkaVM's, in the RISC-V profile they are invalid.
  const isForLinkerOnly = ({ text }: Line): boolean => /^th\.mv(eq|ne)z /.test(text);

  objdumpTest(`${programs.length} guests read as in binutils`, () => {
    let lines = 0;
    for (const name of programs) {
      const listed = objdumpFile(join(guests, name)).filter((line) => !isForLinkerOnly(line));
      lines += compareLines(listed, name.startsWith('rv32') ? 32 : 64);
    }
    console.log(`${lines} instructions of ${programs.length} guests compared with binutils`);
    expect(lines).toBeGreaterThan(10_000);
  });
});
