import { readUint } from '../../../core/bytes.ts';
import type { Width } from '../../../core/kind.ts';
import { riscvLength } from '../../../decoder/riscv.ts';
import type { Elf } from '../../elf.ts';
import { STT_FUNC, STT_NOTYPE, STT_OBJECT } from '../../elf-format.ts';
import type { RelocationTable } from '../../elf-relocation-table.ts';
import type { ElfSymbols } from '../../elf-symbols.ts';
import { isBehindEcalli } from './ecalli.ts';
import { CodeSection } from './link-input.ts';
import { relocationType, relocationTypeInCode } from './relocation-types.ts';
import type { KeptRelocations } from './relocations.ts';
import type { LinkSections, PlacedSection } from './sections.ts';

const GCC_CONSTANT: Uint8Array = new TextEncoder().encode('.LC');

const TRANSFERS: ReadonlySet<string> = new Set(['call', 'jump', 'branch']);

/** What is known about where code ends in a section, and data begins. */
interface Evidence {
  /** End of the last function that says how long it is. */
  functionEnd: number;
  /** End of the last instruction that has a relocation, or begin of one that is jumped to. */
  instructionEnd: number;
  /** Begin of the last thing that is data for certain. */
  lastData: number;
}

/**
 * Linker scripts for microcontrollers put constants behind the code, in the same section (`*(.text*) *(.rodata*)`).
 * Here they are taken apart: what is behind the last function and the last relocation of an instruction is data, if
 * anything there is known to be data. Constants between functions stay unknown. Linked files only: sections of
 * relocatable ones have one origin each.
 */
export const splitMixedSections = (elf: Elf, sections: LinkSections, kept: KeptRelocations): void => {
  if (sections.isRelocatable) return;
  const evidence = new Map<number, Evidence>();
  for (const { elf: section, content } of sections.placed) {
    if (content instanceof CodeSection)
      evidence.set(section.index, { functionEnd: 0, instructionEnd: 0, lastData: -1 });
  }
  fromSymbols(elf, sections, evidence);
  const splits = new Map<PlacedSection, number>();
  for (const placed of sections.placed) {
    const { content } = placed;
    const found = evidence.get(placed.elf.index);
    if (found === undefined || !(content instanceof CodeSection)) continue;
    const table = kept.of(placed);
    if (table !== undefined) {
      fromRelocations(content, placed, table, elf.header.width, found);
      fromTargets(elf, placed, table, found);
    }
    const split = endOfCode(content, found);
    if (split > 0 && split <= found.lastData && split < content.bytes.length) splits.set(placed, split);
  }
  sections.split(splits);
};

const fromSymbols = ({ symbols }: Elf, sections: LinkSections, evidence: Map<number, Evidence>): void => {
  if (symbols === undefined) return;
  for (let index = 1; index < symbols.count; index++) {
    const type = symbols.type(index);
    if (type !== STT_FUNC && type !== STT_OBJECT && type !== STT_NOTYPE) continue;
    const section = symbols.section(index);
    const found = evidence.get(section);
    if (found === undefined) continue;
    const offset = symbols.value(index) - sections.at(section)!.address;
    if (type === STT_FUNC) found.functionEnd = Math.max(found.functionEnd, offset + symbols.size(index));
    else if (type === STT_OBJECT || isConstant(symbols, index))
      found.lastData = Math.max(found.lastData, offset);
  }
};

/** GCC calls constants `.LC0`, `.LC1`… and gives them no type. */
const isConstant = (symbols: ElfSymbols, index: number): boolean => {
  const at = symbols.nameOffset(index);
  return GCC_CONSTANT.every((byte, i) => symbols.nameBytes[at + i] === byte);
};

const fromRelocations = (
  { bytes }: CodeSection,
  { address }: PlacedSection,
  table: RelocationTable,
  width: Width,
  found: Evidence,
): void => {
  for (let i = 0; i < table.count; i++) {
    const { code, data } = relocationTypeInCode(table, i, width);
    const offset = table.offsets[i]! - address;
    if (code !== undefined && (code.kind !== 'pointer' || isBehindEcalli(bytes, offset))) {
      found.instructionEnd = Math.max(found.instructionEnd, offset + code.size);
    } else if (data !== undefined) {
      found.lastData = Math.max(found.lastData, offset);
    }
  }
};

/** Where instructions of a section jump to in it are instructions as well. */
const fromTargets = (
  { symbols }: Elf,
  { elf: { index }, address, content }: PlacedSection,
  { count, types, symbols: indexes, addends }: RelocationTable,
  found: Evidence,
): void => {
  if (symbols === undefined) return;
  for (let i = 0; i < count; i++) {
    const kind = relocationType(types[i]!).code?.kind;
    const symbol = indexes[i]!;
    if (kind === undefined || !TRANSFERS.has(kind) || symbol >= symbols.count) continue;
    if (symbols.section(symbol) !== index) continue;
    const target = symbols.value(symbol) + addends[i]! - address;
    const size = (content as CodeSection).bytes.length;
    if (target % 2 === 0 && target < size) found.instructionEnd = Math.max(found.instructionEnd, target);
  }
};

/** Behind the last relocation, code goes on to an instruction that leads away. */
const endOfCode = ({ bytes }: CodeSection, { functionEnd, instructionEnd }: Evidence): number => {
  if (functionEnd >= instructionEnd) return functionEnd + (functionEnd % 2);
  let at = instructionEnd;
  while (at + 2 <= bytes.length) {
    const half = readUint(bytes, at, 2);
    at += riscvLength(half);
    if (isJump(half)) break;
  }
  return at;
};

/** jal and jalr that keep no return address, c.j, c.jr, and the halfword that is invalid for ever. */
const isJump = (half: number): boolean =>
  half === 0 ||
  (half & 0xfff) === 0x06f ||
  (half & 0xfff) === 0x067 ||
  (half & 0xe003) === 0xa001 ||
  (half & 0xf07f) === 0x8002;
