import type { DwarfReader, OffsetSize } from './reader.ts';

/** What the numbers of a form stand for. */
export type FormKind =
  | 'address'
  | 'address-index'
  | 'constant'
  | 'block'
  /** Position of a string in the section being read. */
  | 'string'
  /** Offsets into .debug_str and .debug_line_str. */
  | 'string-offset'
  | 'line-string-offset'
  | 'string-index'
  /** Position relative to the unit, or in .debug_info. */
  | 'unit-reference'
  | 'reference'
  | 'section-offset'
  | 'range-list-index'
  /** In a file that riscbox does not have, or of no use to it. */
  | 'elsewhere';

/** How a form is stored: that many bytes, or one of the encodings of variable size. */
type Encoding =
  | number
  | 'address'
  | 'offset'
  | 'reference'
  | 'uleb'
  | 'sleb'
  | 'string'
  | 'block1'
  | 'block2'
  | 'block4'
  | 'block'
  | 'indirect'
  | 'implicit';

export interface Form {
  readonly name: string;
  readonly encoding: Encoding;
  readonly kind: FormKind;
}

/** What the size of some forms depends on. */
export interface FormSizes {
  readonly version: number;
  readonly addressSize: number;
  readonly offsetSize: OffsetSize;
}

/** DWARF 5, section 7.5.6, table 7.6; the last ones are the extensions of GNU for split and compressed files. */
const ROWS: readonly (readonly [code: number, name: string, encoding: Encoding, kind: FormKind])[] = [
  [0x01, 'addr', 'address', 'address'],
  [0x03, 'block2', 'block2', 'block'],
  [0x04, 'block4', 'block4', 'block'],
  [0x05, 'data2', 2, 'constant'],
  [0x06, 'data4', 4, 'constant'],
  [0x07, 'data8', 8, 'constant'],
  [0x08, 'string', 'string', 'string'],
  [0x09, 'block', 'block', 'block'],
  [0x0a, 'block1', 'block1', 'block'],
  [0x0b, 'data1', 1, 'constant'],
  [0x0c, 'flag', 1, 'constant'],
  [0x0d, 'sdata', 'sleb', 'constant'],
  [0x0e, 'strp', 'offset', 'string-offset'],
  [0x0f, 'udata', 'uleb', 'constant'],
  [0x10, 'ref_addr', 'reference', 'reference'],
  [0x11, 'ref1', 1, 'unit-reference'],
  [0x12, 'ref2', 2, 'unit-reference'],
  [0x13, 'ref4', 4, 'unit-reference'],
  [0x14, 'ref8', 8, 'unit-reference'],
  [0x15, 'ref_udata', 'uleb', 'unit-reference'],
  [0x16, 'indirect', 'indirect', 'elsewhere'],
  [0x17, 'sec_offset', 'offset', 'section-offset'],
  [0x18, 'exprloc', 'block', 'block'],
  [0x19, 'flag_present', 0, 'constant'],
  [0x1a, 'strx', 'uleb', 'string-index'],
  [0x1b, 'addrx', 'uleb', 'address-index'],
  [0x1c, 'ref_sup4', 4, 'elsewhere'],
  [0x1d, 'strp_sup', 'offset', 'elsewhere'],
  [0x1e, 'data16', 16, 'block'],
  [0x1f, 'line_strp', 'offset', 'line-string-offset'],
  [0x20, 'ref_sig8', 8, 'elsewhere'],
  [0x21, 'implicit_const', 'implicit', 'constant'],
  [0x22, 'loclistx', 'uleb', 'elsewhere'],
  [0x23, 'rnglistx', 'uleb', 'range-list-index'],
  [0x24, 'ref_sup8', 8, 'elsewhere'],
  [0x25, 'strx1', 1, 'string-index'],
  [0x26, 'strx2', 2, 'string-index'],
  [0x27, 'strx3', 3, 'string-index'],
  [0x28, 'strx4', 4, 'string-index'],
  [0x29, 'addrx1', 1, 'address-index'],
  [0x2a, 'addrx2', 2, 'address-index'],
  [0x2b, 'addrx3', 3, 'address-index'],
  [0x2c, 'addrx4', 4, 'address-index'],
  [0x1f01, 'GNU_addr_index', 'uleb', 'address-index'],
  [0x1f02, 'GNU_str_index', 'uleb', 'string-index'],
  [0x1f20, 'GNU_ref_alt', 'offset', 'elsewhere'],
  [0x1f21, 'GNU_strp_alt', 'offset', 'elsewhere'],
];

const FORMS: ReadonlyMap<number, Form> = new Map(
  ROWS.map(([code, name, encoding, kind]) => [code, { name, encoding, kind }]),
);

/** @throws RiscboxError `link/dwarf-malformed` */
export const formOf = (code: number, reader: DwarfReader): Form => {
  const form = FORMS.get(code);
  if (form === undefined) throw reader.malformed(`unknown form 0x${code.toString(16)}`);
  return form;
};

/** The form itself, or the one that stands before the value. */
export const directForm = (form: Form, reader: DwarfReader): Form => {
  let direct = form;
  while (direct.encoding === 'indirect') direct = formOf(reader.uleb(), reader);
  return direct;
};

/** Bytes of a form whose size does not depend on the value. */
export const fixedSize = (
  { encoding }: Form,
  { version, addressSize, offsetSize }: FormSizes,
): number | undefined => {
  if (typeof encoding === 'number') return encoding;
  switch (encoding) {
    case 'address':
      return addressSize;
    case 'offset':
      return offsetSize;
    case 'reference':
      // As wide as an address in version 2 only.
      return version === 2 ? addressSize : offsetSize;
    case 'implicit':
      return 0;
    default:
      return undefined;
  }
};

/** The number of a direct form: the value, an offset, an index, or the position of a string; 0 for blocks. */
export const readForm = (reader: DwarfReader, form: Form, sizes: FormSizes, implicit: number): number => {
  const { encoding } = form;
  if (encoding === 'implicit') return implicit;
  if (encoding === 0) return 1;
  if (encoding === 'uleb') return reader.uleb();
  if (encoding === 'sleb') return reader.sleb();
  if (encoding === 'string') return reader.skipString();
  const size = form.kind === 'block' ? undefined : fixedSize(form, sizes);
  if (size !== undefined) return reader.unsigned(size);
  skipForm(reader, form, sizes);
  return 0;
};

/** Skips the value of a direct form. */
export const skipForm = (reader: DwarfReader, form: Form, sizes: FormSizes): void => {
  const size = fixedSize(form, sizes);
  if (size !== undefined) {
    reader.skip(size);
    return;
  }
  switch (form.encoding) {
    case 'uleb':
    case 'sleb':
      reader.skipLeb();
      return;
    case 'string':
      reader.skipString();
      return;
    case 'block1':
      reader.skip(reader.u8());
      return;
    case 'block2':
      reader.skip(reader.u16());
      return;
    case 'block4':
      reader.skip(reader.u32());
      return;
    default:
      reader.skip(reader.uleb());
  }
};
