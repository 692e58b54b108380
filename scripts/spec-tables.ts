import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KINDS, type PolkaVmKind } from '../src/core/kind.ts';
import type { Cost } from '../src/isa/cost.ts';
import type { Encoding, Layout } from '../src/isa/encoding.ts';
import type { FullEffect, FullRow } from '../src/isa/full-row.ts';
import { FULL_ROWS } from '../src/isa/full-table.ts';
import { type Custom, FORMS, type Form } from '../src/isa/row.ts';
import { COMPRESSED_ROWS, type CompressedRow } from '../src/isa/rows/compressed.ts';
import type { Meaning } from '../src/isa/sem.ts';
import { FORMULAS, OPERANDS } from './spec-formula.ts';

const PATH = 'SPEC.md';
const BEGIN = '<!-- generated:instructions:begin -->';
const END = '<!-- generated:instructions:end -->';

/** SPEC.md with its instruction tables brought up to date; everything outside the markers is kept. */
export const generateSpecTables = (): { path: string; text: string } => {
  const current = readFileSync(fileURLToPath(new URL(`../${PATH}`, import.meta.url)), 'utf8');
  const begin = current.indexOf(BEGIN);
  const end = current.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${PATH} lacks the markers ${BEGIN} and ${END}`);
  const text = `${current.slice(0, begin)}${BEGIN}\n\n${instructionTables()}\n${current.slice(end)}`;
  return { path: PATH, text };
};

const POLKAVM_KINDS = KINDS.filter((kind): kind is PolkaVmKind => kind !== 'rv32' && kind !== 'rv64');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

const code = (text: string): string => `\`${text}\``;

const instructionTables = (): string => {
  const polkavm = FULL_ROWS.filter((r) => Object.keys(r.opcodes).length > 0);
  const riscv = FULL_ROWS.filter((r) => r.encodings.length > 0);
  const counts = POLKAVM_KINDS.map(
    (kind) => `${kind} ${polkavm.filter((r) => r.opcodes[kind] !== undefined).length}`,
  );
  return `### 5.4 Operand forms of bytecode

Offsets count from the opcode at p; nibbles are those of the first byte behind it unless said otherwise. Operands that
the form leaves open are \`a\`, \`b\`, \`c\` (registers), \`x\`, \`y\` (immediates) and \`t\` (a target).

${table(['Form', 'Operands', 'Layout', 'Immediate bytes'], Object.entries(FORM_LAYOUTS).map(formRow))}

### 5.5 PolkaVM instructions

A dash means that the kind lacks the instruction. Instructions per kind: ${counts.join(', ')}.

${table(['Instruction', 'Form', ...POLKAVM_KINDS, 'Meaning', 'Gas'], polkavm.map(polkaVmRow))}

### 5.6 Layouts of RISC-V words

${table(
  ['Layout', 'Operands'],
  Object.entries(WORD_LAYOUTS).map(([layout, operands]) => [layout, operands]),
)}

### 5.7 RISC-V instructions

A word w is an encoding when \`w and mask = match\`; where several fit, the one with more mask bits is meant. A word
that is none is invalid, and so is, in E programs, one that names a register above x15.

${table(['Mnemonic', 'Extension', 'Kinds', 'Mask', 'Match', 'Layout', 'Instruction', 'Meaning'], riscv.flatMap(riscvRows))}

### 5.8 Compressed instructions

A halfword h whose two low bits are not 11 is a form when \`h and mask = match\` and its operands are not reserved by
the C extension; where several fit, the one with more mask bits is meant. It does what the encoding does that it
stands for. Any other halfword is invalid.

${table(['Mnemonic', 'Kinds', 'Mask', 'Match', 'Stands for'], COMPRESSED_ROWS.map(compressedRow))}
`;
};

/** Bytes of a form, and how long its immediates are when `skip` bytes stand between the opcode and the next one. */
const FORM_LAYOUTS: Readonly<Record<Form, readonly [layout: string, lengths: string]>> = {
  argless: ['', ''],
  imm: ['x at p + 1', 'min(4, skip)'],
  offset: ['t - p at p + 1', 'min(4, skip)'],
  imm_imm: ['L = low 3 bits; x at p + 2; y behind it', 'x: min(4, L); y: clamp(skip - len(x) - 1)'],
  reg_imm: ['a = low nibble; x at p + 2', 'clamp(skip - 1)'],
  reg_imm_imm: [
    'a = low nibble, L = low 3 bits of the high one; x at p + 2; y behind it',
    'x: min(4, L); y: clamp(skip - len(x) - 1)',
  ],
  reg_imm_offset: [
    'a = low nibble, L = low 3 bits of the high one; x at p + 2; t - p behind it',
    'x: min(4, L); t: clamp(skip - len(x) - 1)',
  ],
  reg_imm64: ['a = low nibble; x at p + 2; y at p + 6', '4 each, whatever skip is'],
  reg_reg: ['a = low nibble, b = high nibble', ''],
  reg_reg_imm: ['a = low nibble, b = high nibble; x at p + 2', 'clamp(skip - 1)'],
  reg_reg_offset: ['a = low nibble, b = high nibble; t - p at p + 2', 'clamp(skip - 1)'],
  reg_reg_reg: ['b = low nibble, c = high nibble, a = low nibble of the second byte', ''],
  reg_reg_imm_imm: [
    'a = low nibble, b = high nibble, L = low 3 bits of the second byte; x at p + 3; y behind it',
    'x: min(4, L); y: clamp(skip - len(x) - 2)',
  ],
  reg_offset: ['RISC-V only', ''],
};

const WORD_LAYOUTS: Readonly<Record<Layout, string>> = {
  R: 'a = rd, b = rs1, c = rs2',
  I: 'a = rd, b = rs1, x = imm[11:0]',
  load: 'a = rd, b = rs1, x = imm[11:0]',
  shift: 'a = rd, b = rs1, x = shamt',
  li: 'a = rd, x = imm[11:0]',
  jr: 'a = rs1, x = imm[11:0]',
  unary: 'a = rd, b = rs1',
  S: 'a = rs2, b = rs1, x = imm[11:0]',
  B: 'a = rs1, b = rs2, t = pc + imm[12:1]',
  U: 'a = rd, x = imm[31:12] << 12',
  pcrel: 'a = rd, y : x = pc + (imm[31:12] << 12)',
  J: 'a = rd, t = pc + imm[20:1]',
  j: 't = pc + imm[20:1]',
  amo: 'a = rd, b = rs1, c = rs2; the ordering bits mean nothing to a single hart',
  csr: 'a = rd, b = rs1 or the 5-bit immediate, x = csr, y = funct3',
  none: 'none; x = 0',
};

const polkaVmRow = (r: FullRow): string[] => [
  code(r.name),
  r.form,
  ...POLKAVM_KINDS.map((kind) => `${r.opcodes[kind] ?? '–'}`),
  effectText(r.effect),
  r.cost === undefined ? '' : costText(r.cost),
];

const formRow = ([form, [layout, lengths]]: [string, readonly [string, string]]): string[] => [
  form,
  [...FORMS[form as Form]].join(', '),
  layout,
  lengths,
];

const kindsText = (width: Encoding['width']): string => (width === 'both' ? 'rv32, rv64' : `rv${width}`);

const hex = (value: number, digits: number): string =>
  code(`0x${(value >>> 0).toString(16).padStart(digits, '0')}`);

const riscvRows = (r: FullRow): string[][] =>
  r.encodings.map((e) => [
    code(e.mnemonic),
    e.extension,
    kindsText(e.width),
    hex(e.mask, 8),
    hex(e.match, 8),
    e.layout,
    code(r.name),
    effectText(r.effect),
  ]);

const compressedRow = (f: CompressedRow): string[] => [
  code(f.mnemonic),
  kindsText(f.width),
  hex(f.mask, 4),
  hex(f.match, 4),
  code(f.as),
];

const formula = (meaning: Meaning): string => meaning(FORMULAS, OPERANDS).text;

const access = (size: number, signed: boolean): string => `${signed ? 'i' : 'u'}${8 * size}`;
const place = (base: string | undefined, offset: string): string =>
  base ? `[${base} + ${offset}]` : `[${offset}]`;
const link = (kind: 'x' | 'return' | undefined): string =>
  kind === undefined ? '' : `a = ${kind === 'x' ? 'x' : 'address of the next instruction'}; `;

/** The effect of a row in the notation of SPEC.md, 5.2. */
const effectText = (effect: FullEffect): string => {
  switch (effect.kind) {
    case 'value':
      return `a = ${formula(effect.value)}`;
    case 'load':
      return `a = ${access(effect.size, effect.signed)}${place(effect.base, 'x')}`;
    case 'store':
      return `${access(effect.size, false)}${place(effect.base, 'x')} = ${effect.value}`;
    case 'branch':
      return `if ${formula(effect.when)} jump t else next block`;
    case 'jump':
      return `${link(effect.link)}jump t`;
    case 'jump-indirect':
      return `${link(effect.link)}dynamic jump to ${effect.base} + ${effect.offset}`;
    case 'fallthrough':
      return 'next block';
    case 'trap':
      return `trap: ${effect.reason}`;
    case 'host-call':
      return 'host call x';
    case 'nothing':
      return 'nothing';
    case 'atomic': {
      const type = access(effect.size, true);
      return `a = ${type}[b]; ${type}[b] = ${formula(effect.value)}`;
    }
    case 'load-reserved':
      return `a = ${access(effect.size, true)}[b]; reserve [b]`;
    case 'store-conditional':
      return `if [b] is reserved: ${access(effect.size, true)}[b] = c, a = 0; else a = 1; end the reservation`;
    case 'custom':
      return CUSTOM_TEXT[effect.custom];
  }
};

const CUSTOM_TEXT: Readonly<Record<Custom, string>> = {
  memset: 'fill memory (5.3)',
  sbrk: 'grow the heap (5.3)',
  sbrk_gp07: 'grow the heap (5.3)',
  csr: 'read a counter (5.3)',
};

/** Latency, decode slots and units; the marks are explained in SPEC.md, 5.2. */
const costText = ({ latency, slots, units, copySlot, wideSlot, wideLatency }: Cost): string => {
  const copy = copySlot === undefined ? '' : copySlot === 'all' ? '+c' : '+f';
  return `${latency}${wideLatency ? '+w' : ''}, ${slots}${copy}${wideSlot ? '+w' : ''}, ${units}`;
};
