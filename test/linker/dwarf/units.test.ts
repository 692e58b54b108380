import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../src/blob/debug.ts';
import * as dw from '../../../src/linker/dwarf/format.ts';
import { CODE, contentOf, type DwarfBytes, mapOf } from './dwarf-bytes.ts';

/** Forms by name: DWARF 5, section 7.5.6. */
const FORM = {
  addr: 0x01,
  data2: 0x05,
  data4: 0x06,
  string: 0x08,
  block: 0x09,
  data1: 0x0b,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  ref_addr: 0x10,
  ref1: 0x11,
  ref4: 0x13,
  ref_udata: 0x15,
  indirect: 0x16,
  sec_offset: 0x17,
  flag_present: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  data16: 0x1e,
  implicit_const: 0x21,
  rnglistx: 0x23,
  strx1: 0x25,
  strx3: 0x27,
  addrx2: 0x2a,
  gnuAddrIndex: 0x1f01,
  gnuStrIndex: 0x1f02,
  gnuRefAlt: 0x1f20,
} as const;

const textOf = (frames: readonly Frame[]): string =>
  frames.map((f) => `${f.kind} ${f.namespace}|${f.function} ${f.line}:${f.column}`).join(', ');

/** Version, then in the order of the version: unit type, size of addresses, offset of abbreviations. */
const header = (unit: DwarfBytes, version: number, type = dw.DW_UT_compile, abbreviations = 0): DwarfBytes =>
  version >= 5
    ? unit.u16(version).u8(type).u8(4).u32(abbreviations)
    : unit.u16(version).u32(abbreviations).u8(4);

const HEADER_2 = 11;

describe('units', () => {
  test('versions 2 to 4: strings, references, specifications and range lists', () => {
    const abbreviations = contentOf((a) =>
      a
        .abbreviation(1, dw.DW_TAG_compile_unit, true, dw.DW_AT_low_pc, FORM.addr)
        .abbreviation(2, dw.DW_TAG_namespace, true, dw.DW_AT_name, FORM.string)
        .abbreviation(3, dw.DW_TAG_class_type, true, dw.DW_AT_name, FORM.strp, 0x2222, FORM.block)
        .abbreviation(
          4,
          dw.DW_TAG_subprogram,
          false,
          dw.DW_AT_name,
          FORM.string,
          dw.DW_AT_decl_line,
          FORM.data2,
        )
        .abbreviation(
          5,
          dw.DW_TAG_subprogram,
          true,
          ...[dw.DW_AT_specification, FORM.ref_addr, dw.DW_AT_decl_column, FORM.sdata],
          ...[dw.DW_AT_ranges, FORM.data4, 0x3f, FORM.flag_present],
        )
        .abbreviation(
          6,
          dw.DW_TAG_inlined_subroutine,
          false,
          ...[
            dw.DW_AT_abstract_origin,
            FORM.ref_udata,
            dw.DW_AT_low_pc,
            FORM.addr,
            dw.DW_AT_high_pc,
            FORM.addr,
          ],
          ...[dw.DW_AT_call_line, FORM.indirect],
        )
        .u8(0),
    );
    const info = contentOf((bytes) =>
      bytes.unit((u) => {
        header(u, 2).uleb(1).u32(CODE);
        u.uleb(2).text('space').uleb(3).u32(3).uleb(2).u16(0xffff);
        const declaration = u.length + 4;
        u.uleb(4).text('method').u16(77).u8(0).u8(0);
        u.uleb(5).u32(declaration).sleb(9).u32(8);
        u.uleb(6)
          .uleb(declaration)
          .u32(CODE + 0x104)
          .u32(CODE + 0x106)
          .uleb(FORM.udata)
          .uleb(500);
        u.u8(0).u8(0);
      }),
    );
    const ranges = contentOf((r) =>
      r
        .u32(0)
        .u32(0)
        .u32(0)
        .u32(4)
        .u32(0xffff_ffff)
        .u32(CODE + 0x100)
        .u32(0)
        .u32(8)
        .u32(0)
        .u32(0),
    );
    const map = mapOf({
      '.debug_abbrev': abbreviations,
      '.debug_info': info,
      '.debug_ranges': ranges,
      '.debug_str': contentOf((s) => s.text('No').text('Class')),
    });
    expect(map.notes).toEqual([]);
    const enter = 'enter space::Class|method 77:9';
    expect(textOf(map.framesAt(CODE))).toBe(enter);
    expect(textOf(map.framesAt(CODE + 4))).toBe('');
    expect(textOf(map.framesAt(CODE + 0x102))).toBe(enter);
    expect(textOf(map.framesAt(CODE + 0x104))).toBe(`${enter}, call space::Class|method 500:0`);
    expect(textOf(map.framesAt(CODE + 0x106))).toBe(enter);
  });

  test('version 5: indexed strings, addresses and range lists, constants in abbreviations', () => {
    const abbreviations = contentOf((a) =>
      a
        .abbreviation(
          1,
          dw.DW_TAG_compile_unit,
          true,
          ...[
            dw.DW_AT_name,
            FORM.strx1,
            dw.DW_AT_low_pc,
            FORM.addrx,
            dw.DW_AT_rnglists_base,
            FORM.sec_offset,
          ],
          ...[dw.DW_AT_addr_base, FORM.sec_offset, dw.DW_AT_str_offsets_base, FORM.sec_offset],
        )
        .abbreviation(
          2,
          dw.DW_TAG_subprogram,
          false,
          ...[dw.DW_AT_name, FORM.strx3, dw.DW_AT_ranges, FORM.rnglistx, 0x40, FORM.data16],
        )
        .ulebs(3, dw.DW_TAG_subprogram)
        .u8(0)
        .ulebs(dw.DW_AT_name, FORM.strx, dw.DW_AT_decl_line, FORM.implicit_const)
        .sleb(66)
        .ulebs(dw.DW_AT_low_pc, FORM.addrx2, dw.DW_AT_high_pc, FORM.udata, 0, 0)
        .u8(0),
    );
    const info = contentOf((bytes) =>
      bytes.unit((u) => {
        header(u, 5).uleb(1).u8(0).uleb(1).u32(12).u32(8).u32(8);
        u.uleb(2).u24(1).uleb(1).bytes(new Uint8Array(16));
        u.uleb(3).uleb(2).u16(2).uleb(6);
        u.u8(0);
      }),
    );
    const lists = contentOf((r) => {
      const list = contentOf((l) =>
        l
          .u8(dw.DW_RLE_offset_pair)
          .ulebs(0, 2)
          .u8(dw.DW_RLE_base_addressx)
          .uleb(2)
          .u8(dw.DW_RLE_offset_pair)
          .ulebs(0x10, 0x12)
          .u8(dw.DW_RLE_startx_endx)
          .ulebs(3, 4)
          .u8(dw.DW_RLE_startx_length)
          .ulebs(4, 2)
          .u8(dw.DW_RLE_base_address)
          .u32(CODE + 0x200)
          .u8(dw.DW_RLE_offset_pair)
          .ulebs(0, 2)
          .u8(dw.DW_RLE_start_end)
          .u32(CODE + 0x300)
          .u32(CODE + 0x302)
          .u8(dw.DW_RLE_start_length)
          .u32(CODE + 0x400)
          .uleb(2)
          .u8(dw.DW_RLE_end_of_list),
      );
      r.unit((u) => u.u16(5).u8(4).u8(0).u32(2).u32(0).u32(8).bytes(list));
    });
    const map = mapOf({
      '.debug_abbrev': abbreviations,
      '.debug_info': info,
      '.debug_rnglists': lists,
      '.debug_addr': contentOf((a) =>
        a.unit((u) =>
          u
            .u16(5)
            .u8(4)
            .u8(0)
            .u32(0)
            .u32(CODE)
            .u32(CODE + 0x20)
            .u32(CODE + 0x50)
            .u32(CODE + 0x54),
        ),
      ),
      '.debug_str_offsets': contentOf((s) => s.unit((u) => u.u16(5).u16(0).u32(0).u32(2).u32(7))),
      '.debug_str': contentOf((s) => s.text('u').text('many').text('one')),
    });
    expect(map.notes).toEqual([]);
    const starts = [];
    for (let at = CODE, last = ''; at < CODE + 0x500; at++) {
      const text = textOf(map.framesAt(at));
      if (text !== last) starts.push(`${(at - CODE).toString(16)} ${text}`);
      last = text;
    }
    const many = (from: string, to: string): string[] => [`${from} enter |many 0:0`, `${to} `];
    expect(starts).toEqual([
      ...many('0', '2'),
      '20 enter |one 66:0',
      '26 ',
      ...many('30', '32'),
      ...many('50', '56'),
      ...many('200', '202'),
      ...many('300', '302'),
      ...many('400', '402'),
    ]);
  });

  test('forms of GNU, references into other files, skeletons and type units', () => {
    const abbreviations = contentOf((a) =>
      a
        .abbreviation(1, dw.DW_TAG_compile_unit, true, dw.DW_AT_GNU_addr_base, FORM.sec_offset)
        .abbreviation(
          2,
          dw.DW_TAG_subprogram,
          false,
          ...[dw.DW_AT_MIPS_linkage_name, FORM.gnuStrIndex, dw.DW_AT_abstract_origin, FORM.gnuRefAlt],
          ...[dw.DW_AT_low_pc, FORM.gnuAddrIndex, dw.DW_AT_high_pc, FORM.data1],
        )
        .abbreviation(3, dw.DW_TAG_skeleton_unit, false, 0x76, FORM.string)
        .u8(0),
    );
    const info = contentOf((bytes) => {
      bytes.unit((u) => header(u, 5, dw.DW_UT_type).u64(1).u32(20).uleb(99));
      bytes.unit((u) => header(u, 5, dw.DW_UT_skeleton).u64(5).uleb(3).text('x.dwo'));
      bytes.unit((u) => header(u, 4).uleb(1).u32(4).uleb(2).uleb(1).u32(123).uleb(0).u8(8).u8(0));
    });
    const map = mapOf({
      '.debug_abbrev': abbreviations,
      '.debug_info': info,
      '.debug_addr': contentOf((a) => a.u32(0).u32(CODE)),
      '.debug_str_offsets': contentOf((s) => s.u32(0).u32(4)),
      '.debug_str': contentOf((s) => s.text('foo').text('_ZN3bar3bazEi')),
    });
    expect(map.notes).toEqual([]);
    expect(textOf(map.framesAt(CODE + 6))).toBe('enter bar|baz 0:0');
  });
});

describe('what does not fit', () => {
  const subprogram = [
    ...[dw.DW_AT_name, FORM.string, dw.DW_AT_low_pc, FORM.addr, dw.DW_AT_high_pc, FORM.data4],
  ] as const;
  const inlined = [
    ...[dw.DW_AT_abstract_origin, FORM.ref4, dw.DW_AT_low_pc, FORM.addr, dw.DW_AT_high_pc, FORM.data4],
  ] as const;
  const abbreviations = contentOf((a) =>
    a
      .abbreviation(1, dw.DW_TAG_compile_unit, true)
      .abbreviation(2, dw.DW_TAG_subprogram, true, ...subprogram)
      .abbreviation(3, dw.DW_TAG_inlined_subroutine, true, ...inlined)
      .u8(0),
  );
  const map = (write: (unit: DwarfBytes) => void) =>
    mapOf({
      '.debug_abbrev': abbreviations,
      '.debug_info': contentOf((bytes) => bytes.unit((u) => write(header(u, 4).uleb(1)))),
    });
  const FIRST = HEADER_2 + 1;

  test('a broken unit is noted and left out, others are read', () => {
    const good = (name: string, address: number) => (u: DwarfBytes) =>
      header(u, 4).uleb(1).uleb(2).text(name).u32(address).u32(4).u8(0).u8(0);
    const info = contentOf((bytes) => {
      bytes.unit(good('a', CODE));
      bytes.unit((u) => good('b', CODE + 4)(u).bytes(new Uint8Array(0)) && u.u8(0));
      bytes.unit((u) =>
        header(u, 4)
          .uleb(1)
          .uleb(2)
          .text('c')
          .u32(CODE + 8)
          .u32(4)
          .uleb(200),
      );
      bytes.unit((u) => u.u16(77).u32(0).u8(4));
      bytes.unit(good('d', CODE + 12));
      bytes.u32(0xffff_fff5);
    });
    const read = mapOf({ '.debug_abbrev': abbreviations, '.debug_info': info });
    expect([0, 4, 8, 12].map((at) => read.framesAt(CODE + at)[0]?.function)).toEqual([
      'a',
      'b',
      undefined,
      'd',
    ]);
    expect(read.notes).toHaveLength(3);
    expect(read.notes.join()).toMatch(/unknown abbreviation 200.*version 77.*reserved unit length/);
  });

  test('functions that share code: the first has it, with the calls in it', () => {
    const read = map((u) => {
      u.uleb(2).text('a').u32(CODE).u32(8);
      u.uleb(3)
        .u32(FIRST)
        .u32(CODE + 2)
        .u32(4)
        .u8(0)
        .u8(0);
      u.uleb(2).text('b').u32(CODE).u32(12);
      u.uleb(3).u32(FIRST).u32(CODE).u32(2).u8(0).u8(0).u8(0);
    });
    expect([0, 2, 6, 8].map((at) => textOf(read.framesAt(CODE + at)))).toEqual([
      'enter |a 0:0',
      'enter |a 0:0, call |a 0:0',
      'enter |a 0:0',
      '',
    ]);
  });

  test('calls outside of the function that they were inlined into count only inside', () => {
    const read = map((u) => {
      u.uleb(2)
        .text('a')
        .u32(CODE + 4)
        .u32(8);
      u.uleb(3)
        .u32(FIRST)
        .u32(CODE + 8)
        .u32(100);
      u.uleb(3)
        .u32(FIRST)
        .u32(CODE + 10)
        .u32(100)
        .u8(0)
        .u8(0)
        .u8(0)
        .u8(0);
    });
    expect([0, 4, 8, 10, 12].map((at) => read.framesAt(CODE + at).length)).toEqual([0, 1, 2, 3, 0]);
  });

  test('calls nested deeper than frames belong to the function around them', () => {
    const depth = 40;
    const read = map((u) => {
      u.uleb(2)
        .text('a')
        .u32(CODE)
        .u32(2 * depth + 2);
      for (let i = 1; i <= depth; i++)
        u.uleb(3)
          .u32(FIRST)
          .u32(CODE)
          .u32(2 * (depth - i) + 2);
      u.bytes(new Uint8Array(depth + 2));
    });
    expect(read.notes).toEqual([]);
    expect(read.framesAt(CODE)).toHaveLength(15);
    expect(read.framesAt(CODE + 2 * depth)).toHaveLength(1);
  });

  test('references in circles and to nothing name nothing', () => {
    const read = mapOf({
      '.debug_abbrev': contentOf((a) =>
        a
          .abbreviation(1, dw.DW_TAG_compile_unit, true)
          .abbreviation(
            2,
            dw.DW_TAG_subprogram,
            false,
            ...[
              dw.DW_AT_abstract_origin,
              FORM.ref1,
              dw.DW_AT_low_pc,
              FORM.addr,
              dw.DW_AT_high_pc,
              FORM.data4,
            ],
          )
          .u8(0),
      ),
      '.debug_info': contentOf((bytes) =>
        bytes.unit((u) => {
          header(u, 4).uleb(1);
          u.uleb(2).u8(FIRST).u32(CODE).u32(4);
          u.uleb(2)
            .u8(3)
            .u32(CODE + 4)
            .u32(4)
            .u8(0);
        }),
      ),
    });
    expect(read.framesAt(CODE)).toMatchObject([{ kind: 'enter', function: '' }]);
    expect(read.framesAt(CODE + 4)).toMatchObject([{ kind: 'enter', function: '' }]);
  });

  test('overlapping abbreviations are not read again and again', () => {
    // Five bytes each, so that a table begins at every multiple of five.
    const table = contentOf((a) => {
      for (let i = 0; i < 3000; i++) a.abbreviation(1, dw.DW_TAG_compile_unit, false);
      a.u8(0);
    });
    const info = contentOf((bytes) => {
      for (let i = 0; i < 12; i++) bytes.unit((u) => header(u, 4, dw.DW_UT_compile, 5 * i).uleb(1));
    });
    const read = mapOf({ '.debug_abbrev': table, '.debug_info': info });
    expect(read.notes).toEqual([expect.stringMatching(/\.debug_abbrev is referred to so often/)]);
  });

  test('overlapping range lists are not read again and again', () => {
    const read = mapOf({
      '.debug_abbrev': contentOf((a) =>
        a
          .abbreviation(1, dw.DW_TAG_compile_unit, true)
          .abbreviation(2, dw.DW_TAG_subprogram, false, dw.DW_AT_ranges, FORM.sec_offset)
          .u8(0),
      ),
      '.debug_info': contentOf((bytes) =>
        bytes.unit((u) => {
          header(u, 4).uleb(1);
          for (let i = 0; i < 20; i++) u.uleb(2).u32(8 * i);
          u.u8(0);
        }),
      ),
      '.debug_ranges': contentOf((r) => {
        for (let i = 0; i < 1000; i++) r.u32(1).u32(2);
        r.u32(0).u32(0);
      }),
    });
    expect(read.notes).toEqual([expect.stringMatching(/\.debug_ranges is referred to so often/)]);
  });
});
