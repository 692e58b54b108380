import { EF_RISCV_RVC, EF_RISCV_RVE, ET_EXEC, ET_REL } from '../../../src/linker/elf-format.ts';
import {
  ALLOC,
  EXEC,
  FUNC,
  NOBITS,
  type ObjectRelocation,
  type ObjectSection,
  type ObjectSymbol,
  objectFile,
  PROGBITS,
  WRITE,
} from '../../../test/linker/relink/input/object-file.ts';
import type { Field } from './assemble.ts';
import type { Image, ImageSection } from './image.ts';

/** Relocations of the psABI by what they say; those of stores are the next number. */
const CODE_TYPES = {
  high: 26,
  low: 27,
  'pcrel-high': 23,
  'got-high': 20,
  'pcrel-low': 24,
  call: 19,
  jump: 17,
  branch: 16,
} as const;
const RVC_TYPES = { jump: 45, branch: 44 } as const;
const ADD = { 1: 33, 2: 34, 4: 35, 8: 36 } as const;
const SUBTRACT = { 1: 37, 2: 38, 4: 39, 8: 40 } as const;
const SET = { 1: 54, 2: 55, 4: 56, 8: 36 } as const;
const ABSOLUTE = { 4: 1, 8: 2 } as const;
/** GNU ld's, whose addends count from gp, and lld's own. */
const GNU_GP = 47;
const LLD_GP = 256;
const RELAX = 51;

const relocationsOf = (field: Field, at: number, image: Image): readonly ObjectRelocation[] => {
  switch (field.part) {
    case 'data': {
      const { size, symbol, addend, minus } = field;
      if (minus === undefined) return [{ at, type: ABSOLUTE[size as 4 | 8], symbol, addend }];
      const plus = (at % 3 === 0 ? SET : ADD)[size];
      return [
        { at, type: plus, symbol, addend },
        { at, type: SUBTRACT[size], symbol: minus.symbol, addend: minus.addend },
      ];
    }
    case 'pointer':
      return [{ at, type: image.width === 64 ? 2 : 1, symbol: field.symbol }];
  }
  if (field.part === 'gp') return gpRelocations(field, at, image);
  const { part, symbol, addend, isStore, isHidden, length } = field;
  if (isHidden) return [];
  const type = length === 2 ? RVC_TYPES[part as 'jump' | 'branch'] : CODE_TYPES[part];
  const relocation = { at, type: isStore ? type + 1 : type, symbol, addend };
  return at % 3 === 0 && length === 4 ? [relocation, { at, type: RELAX }] : [relocation];
};

/** As the two linkers leave them: in turn. */
const gpRelocations = (
  { symbol, addend, isStore, offset }: Extract<Field, { isStore: boolean }>,
  at: number,
  { globalPointer, width }: Image,
): readonly ObjectRelocation[] => {
  const store = isStore ? 1 : 0;
  if (offset % 8 === 0) return [{ at, type: GNU_GP + store, symbol, addend: addend - globalPointer }];
  const type = (LLD_GP + store) % (width === 64 ? 2 ** 32 : 256);
  return [
    { at, type, symbol, addend },
    { at, type: RELAX },
  ];
};

const FLAGS = { code: EXEC, ro: ALLOC, rw: WRITE, bss: WRITE, record: ALLOC } as const;

/** Linkers make the table of offsets themselves, and keep no relocations for it. */
const keepsRelocations = ({ name }: ImageSection): boolean => name !== '.got';

/** The file: an executable with kept relocations, or an object file, which has addresses nowhere. */
export const elfFile = (
  image: Image,
  isObject: boolean,
  isEmbedded: boolean,
  isCompressed: boolean,
): Uint8Array => {
  const included = image.sections.filter(({ name }) => !isObject || name !== '.got');
  const sections = Object.fromEntries(
    included.map((section, i): [string, ObjectSection] => {
      const start = isObject ? 0 : section.address;
      const fields = keepsRelocations(section) ? section.fields : [];
      const relocations = [...fields]
        .sort((p, q) => p.offset - q.offset)
        .flatMap((field) => relocationsOf(field, start + field.offset, image));
      return [
        `s${i}`,
        {
          name: section.name,
          type: section.kind === 'bss' ? NOBITS : PROGBITS,
          flags: FLAGS[section.kind],
          address: start,
          alignment: section.alignment,
          ...(section.kind === 'bss'
            ? { size: section.size }
            : { data: isObject ? withHidden(section) : section.bytes }),
          ...(relocations.length === 0 ? {} : { relocations: [relocations] }),
        },
      ];
    }),
  );
  const names = [...image.symbols].filter(([, { section }]) => image.sections[section]!.name !== '.got');
  const symbols = Object.fromEntries(
    names.map(([name, { section, offset }]): [string, ObjectSymbol] => [
      name,
      {
        section: `s${section}`,
        value: isObject ? offset : image.sections[section]!.address + offset,
        ...(name.startsWith('function_') ? { info: FUNC } : {}),
      },
    ]),
  );
  const gp: Record<string, ObjectSymbol> = isObject
    ? {}
    : { __global_pointer$: { section: 0xfff1, value: image.globalPointer } };
  return objectFile(
    sections,
    { ...symbols, ...gp },
    {
      width: image.width,
      type: isObject ? ET_REL : ET_EXEC,
      flags: (isEmbedded ? EF_RISCV_RVE : 0) | (isCompressed ? EF_RISCV_RVC : 0),
    },
  );
};

/** The bytes of an object file: what its assembler has resolved is as in the executable. */
const withHidden = ({ bytes, unlinked, fields }: ImageSection): Uint8Array => {
  const mixed = unlinked.slice();
  for (const field of fields) {
    if (field.part === 'data' || field.part === 'pointer' || !field.isHidden) continue;
    mixed.set(bytes.subarray(field.offset, field.offset + field.length), field.offset);
  }
  return mixed;
};
