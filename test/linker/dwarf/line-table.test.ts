import { describe, expect, test } from 'vitest';
import type { SourceMap } from '../../../src/linker/dwarf/source-map.ts';
import { CODE, CODE_SIZE, contentOf, type DwarfBytes, mapOf } from './dwarf-bytes.ts';

const LINE_BASE = -5;
const LINE_RANGE = 14;
const OPCODE_BASE = 14;
/** Operands of opcodes 1 to 13; the last one is no opcode of any version. */
const OPERANDS = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 3];

const special = (address: number, line: number): number =>
  OPCODE_BASE + address * LINE_RANGE + (line - LINE_BASE);

/** A table of versions 2 to 4. */
const table = (
  bytes: DwarfBytes,
  program: (bytes: DwarfBytes) => void,
  { version = 2, instruction = 1, operations = 1 } = {},
): DwarfBytes =>
  bytes.unit((unit) => {
    unit.u16(version).counted(4, (header) => {
      header.u8(instruction);
      if (version >= 4) header.u8(operations);
      header.u8(1).u8(LINE_BASE).u8(LINE_RANGE).u8(OPCODE_BASE);
      for (const count of OPERANDS) header.u8(count);
      header.text('lib').text('/abs/./dir').u8(0);
      header.text('a.c').ulebs(0, 0, 0).text('b.h').ulebs(1, 0, 0).text('c.h').ulebs(2, 7, 9).u8(0);
    });
    program(unit);
  });

const setAddress = (bytes: DwarfBytes, address: number): DwarfBytes => bytes.u8(0).u8(5).u8(2).u32(address);
const endSequence = (bytes: DwarfBytes): DwarfBytes => bytes.u8(0).u8(1).u8(1);

const linesOf = (map: SourceMap, from = CODE, to = from + 32): string[] => {
  const lines: string[] = [];
  let last = '';
  for (let address = from; address < to; address++) {
    const [frame] = map.framesAt(address);
    const text = frame === undefined ? '-' : `${frame.path}:${frame.line}:${frame.column}`;
    if (text !== last) lines.push(`${(address - from).toString(16)} ${text}`);
    last = text;
  }
  return lines;
};

describe('line programs', () => {
  test('all opcodes of versions 2 to 4', () => {
    const lines = contentOf((bytes) =>
      table(bytes, (p) => {
        setAddress(p, CODE);
        p.u8(3).sleb(99).u8(1); // advance_line, copy: line 100
        p.u8(special(2, 3)); // 2: line 103
        p.u8(2).uleb(4).u8(4).uleb(2).u8(5).uleb(300).u8(1); // advance_pc, set_file, set_column: 6
        p.u8(6).u8(7).u8(10).u8(11).u8(12).uleb(5); // flags and ISA
        p.u8(13).ulebs(1, 200, 3); // unknown, three operands
        p.u8(8).u8(special(0, -1)); // const_add_pc: 17 more
        p.u8(9).u16(3).u8(4).uleb(3).u8(1); // fixed_advance_pc
        p.u8(0).u8(4).u8(0x80).u8(1).u8(2).u8(3); // unknown extended opcode
        p.u8(0).uleb(8).u8(3).text('new').ulebs(2, 0, 0); // define_file
        p.u8(2).uleb(1).u8(4).uleb(4).u8(1);
        p.u8(2).uleb(1);
        endSequence(p);
      }),
    );
    expect(linesOf(mapOf({ '.debug_line': lines }))).toEqual([
      '0 a.c:100:0',
      '2 a.c:103:0',
      '6 lib/b.h:103:300',
      '17 lib/b.h:102:300',
      '1a /abs/dir/c.h:102:300',
      '1b /abs/dir/new:102:300',
      '1c -',
    ]);
  });

  test('instruction lengths and several operations in one instruction', () => {
    const program = (p: DwarfBytes): void => {
      setAddress(p, CODE).u8(1).u8(special(3, 1)).u8(special(2, 1)).u8(2).uleb(1);
      endSequence(p);
    };
    const simple = contentOf((bytes) => table(bytes, program, { version: 4, instruction: 2 }));
    expect(linesOf(mapOf({ '.debug_line': simple }))).toEqual(['0 a.c:1:0', '6 a.c:2:0', 'a a.c:3:0', 'c -']);
    const wide = contentOf((bytes) => table(bytes, program, { version: 4, instruction: 8, operations: 3 }));
    expect(linesOf(mapOf({ '.debug_line': wide }))).toEqual(['0 a.c:1:0', '8 a.c:3:0', '10 -']);
  });

  test('the last of several rows with one address counts, lines 0 are unknown', () => {
    const lines = contentOf((bytes) =>
      table(bytes, (p) => {
        setAddress(p, CODE).u8(1).u8(special(0, 4)).u8(special(4, 1));
        p.u8(3).sleb(-6).u8(2).uleb(2).u8(1).u8(2).uleb(2);
        endSequence(p);
      }),
    );
    expect(linesOf(mapOf({ '.debug_line': lines }))).toEqual(['0 a.c:5:0', '4 a.c:6:0', '6 -']);
  });

  test('sequences without code and those that overlap others are left out', () => {
    const sequence = (p: DwarfBytes, address: number, line: number, length: number): void => {
      setAddress(p, address)
        .u8(3)
        .sleb(line - 1)
        .u8(1)
        .u8(2)
        .uleb(length);
      endSequence(p);
    };
    const lines = contentOf((bytes) =>
      table(bytes, (p) => {
        sequence(p, 0, 1, 0x2000);
        sequence(p, CODE + 8, 2, 8);
        sequence(p, CODE, 3, 8);
        sequence(p, CODE + 8, 4, 16);
        sequence(p, CODE + CODE_SIZE, 5, 8);
        sequence(p, CODE + CODE_SIZE - 8, 6, 80);
      }),
    );
    const map = mapOf({ '.debug_line': lines });
    expect(linesOf(map)).toEqual(['0 a.c:3:0', '8 a.c:2:0', '10 -']);
    expect(linesOf(map, CODE + CODE_SIZE - 16)).toEqual(['0 -', '8 a.c:6:0', '10 -']);
    expect(map.notes).toEqual([]);
  });

  test('a broken table is noted, those around it are read', () => {
    const good = (address: number) => (p: DwarfBytes) => {
      setAddress(p, address).u8(1).u8(2).uleb(4);
      endSequence(p);
    };
    const lines = contentOf((bytes) => {
      table(bytes, good(CODE));
      table(bytes, (p) => good(CODE + 4)(p.u8(0).uleb(500)));
      bytes.unit((unit) => unit.u16(9).u32(0));
      table(bytes, good(CODE + 8));
      bytes.u32(77);
    });
    const map = mapOf({ '.debug_line': lines });
    expect(linesOf(map)).toEqual(['0 a.c:1:0', '4 -', '8 a.c:1:0', 'c -']);
    expect(map.notes).toHaveLength(3);
    expect(map.notes.join()).toMatch(
      /500 bytes needed.*\.debug_line at 0x[0-9a-f]+: version 9.*77 bytes needed/,
    );
  });
});

describe('file names of version 5', () => {
  /** Content types and forms. */
  const PATH = 1;
  const DIRECTORY = 2;
  const MD5 = 5;
  const STRP = 0x0e;
  const LINE_STRP = 0x1f;
  const UDATA = 0x0b;
  const DATA16 = 0x1e;
  const BLOCK = 0x09;

  const version5 = (bytes: DwarfBytes, offsetSize: 4 | 8): DwarfBytes => {
    const write = (unit: DwarfBytes): void => {
      unit
        .u16(5)
        .u8(4)
        .u8(0)
        .counted(offsetSize, (header) => {
          header.u8(1).u8(1).u8(1).u8(LINE_BASE).u8(LINE_RANGE).u8(OPCODE_BASE);
          for (const count of OPERANDS) header.u8(count);
          header.u8(1).ulebs(PATH, LINE_STRP, 2).uint(0, 4);
          if (offsetSize === 8) header.u32(0);
          header.uint(6, 4);
          if (offsetSize === 8) header.u32(0);
          header.u8(4).ulebs(PATH, STRP, DIRECTORY, UDATA, MD5, DATA16, 0x2001, BLOCK).uleb(2);
          for (const [name, directory] of [
            [0, 0],
            [4, 1],
          ] as const) {
            header.u32(name);
            if (offsetSize === 8) header.u32(0);
            header.u8(directory).bytes(new Uint8Array(16)).uleb(2).u16(0xffff);
          }
        });
      setAddress(unit, CODE).u8(4).uleb(0).u8(1).u8(4).uleb(1).u8(special(2, 0)).u8(2).uleb(2);
      endSequence(unit);
    };
    return offsetSize === 8 ? bytes.unit64(write) : bytes.unit(write);
  };

  test.each([4, 8] as const)('offsets of %i bytes', (offsetSize) => {
    const map = mapOf({
      '.debug_line': contentOf((bytes) => version5(bytes, offsetSize)),
      '.debug_line_str': contentOf((bytes) => bytes.text('/code').text('sub')),
      '.debug_str': contentOf((bytes) => bytes.text('a.c').text('b.c')),
    });
    expect(linesOf(map)).toEqual(['0 /code/a.c:1:0', '2 /code/sub/b.c:1:0', '4 -']);
    expect(map.notes).toEqual([]);
  });

  test('a count of entries that the section cannot hold is refused', () => {
    const lines = contentOf((bytes) =>
      bytes.unit((unit) =>
        unit
          .u16(5)
          .u8(4)
          .u8(0)
          .counted(4, (header) => {
            header.u8(1).u8(1).u8(1).u8(LINE_BASE).u8(LINE_RANGE).u8(1);
            header.u8(0).uleb(2 ** 40);
          }),
      ),
    );
    expect(mapOf({ '.debug_line': lines }).notes.join()).toMatch(/1099511627776 entries/);
  });
});
