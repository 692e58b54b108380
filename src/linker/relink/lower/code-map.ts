import { isTerminator, mayContinue, ROWS } from '../../../isa/table.ts';
import { Block } from '../graph/block.ts';
import type { CodeRelocation, CodeSection, LinkInput, NamedCode, Target } from '../input/link-input.ts';
import type { CodeInstruction } from './code-instruction.ts';
import { type DecodedSection, decodeSection } from './decode.ts';
import { isCode } from './places.ts';

/** A section with its blocks. */
export interface MappedSection {
  readonly decoded: DecodedSection;
  /** By offset / 2: the block that begins there, for the section's end the block that traps. */
  readonly blocks: readonly (Block | undefined)[];
}

/** All code of a program as instructions and empty blocks. */
export interface CodeMap {
  /** In the order of the file; their ids ascend. */
  readonly blocks: Block[];
  readonly sections: ReadonlyMap<CodeSection, MappedSection>;
}

/** By offset / 2, for each section and its end: 1 where something begins. */
type Marks = ReadonlyMap<CodeSection, Uint8Array>;

/**
 * Decodes all code and finds where blocks begin: at what relocations, exports and data refer to, at targets of jumps,
 * and behind every instruction that ends a block.
 */
export const mapCode = (input: LinkInput): CodeMap => {
  const marks: Marks = new Map(
    input.code.map((section) => [section, new Uint8Array((section.bytes.length >> 1) + 1)]),
  );
  markReferences(input, marks);
  const decoded = input.code.map((section) =>
    decodeSection(section, marks.get(section) as Uint8Array, input.width),
  );
  for (const section of decoded) markControl(section, marks);
  const blocks: Block[] = [];
  const sections = new Map(
    decoded.map((section) => [section.section, placeBlocks(section, marks, blocks)] as const),
  );
  return { blocks, sections };
};

/** Marks a place in code; what is behind a section counts as its end, as the linker's symbols of section ends do. */
const mark = (marks: Marks, section: CodeSection, offset: number): void => {
  const places = marks.get(section);
  if (places !== undefined && offset >= 0 && offset % 2 === 0) {
    places[Math.min(offset / 2, places.length - 1)] = 1;
  }
};

const markTarget = (marks: Marks, target: Target): void => {
  if (isCode(target)) mark(marks, target.section, target.offset);
};

const markReferences = (input: LinkInput, marks: Marks): void => {
  for (const section of input.code) {
    for (const relocation of section.relocations) {
      if (relocation.kind !== 'pcrel-low') markTarget(marks, relocation.target);
    }
  }
  for (const references of input.references.values()) {
    for (const { to } of references) markTarget(marks, to);
  }
  for (const { place } of input.exports) markTarget(marks, place);
  if (input.entry !== undefined) markTarget(marks, input.entry);
  // Functions that nothing refers to stay where nothing is left out.
  for (const section of input.code) {
    for (const { address, isFunction } of namesIn(input, section))
      if (isFunction) mark(marks, section, address - section.address);
  }
};

const namesIn = ({ names }: LinkInput, { address, bytes }: CodeSection): readonly NamedCode[] => {
  const from = firstAtLeast(names, address);
  return names.slice(from, firstAtLeast(names, address + bytes.length));
};

/** Index of the first name that is not below an address. */
const firstAtLeast = (names: readonly NamedCode[], address: number): number => {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] as NamedCode).address < address) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The direct target of a jump or branch: what its relocation says, else what is encoded. */
export const targetOf = (
  section: CodeSection,
  { op, relocation, target }: CodeInstruction,
): Target | undefined => {
  const kind = ROWS[op]?.effect.kind;
  if (kind !== 'jump' && kind !== 'branch') return undefined;
  return isTransfer(relocation) ? relocation.target : { section, offset: target };
};

const isTransfer = (
  relocation: CodeRelocation | undefined,
): relocation is Exclude<CodeRelocation, { kind: 'pcrel-low' }> =>
  relocation?.kind === 'call' || relocation?.kind === 'jump' || relocation?.kind === 'branch';

/**
 * True when a block begins behind an instruction, since control goes on there, or comes back there from a call. What
 * is behind a jump and nothing refers to is no code, or dead.
 */
const isFollowed = ({ op, offset, length }: CodeInstruction, end: number): boolean => {
  if (!isTerminator(op)) return offset + length >= end;
  const effect = ROWS[op]?.effect;
  return mayContinue(op) || (effect !== undefined && 'link' in effect && effect.link !== undefined);
};

const markControl = ({ section, instructions }: DecodedSection, marks: Marks): void => {
  const end = section.bytes.length & ~1;
  if (instructions.length > 0) mark(marks, section, 0);
  for (const instruction of instructions) {
    if (isFollowed(instruction, end)) mark(marks, section, instruction.offset + instruction.length);
    const target = targetOf(section, instruction);
    if (target !== undefined) markTarget(marks, target);
    const { relocation } = instruction;
    // Addresses of labels that were found without the linker's help.
    if (relocation?.kind === 'pcrel-high') markTarget(marks, relocation.target);
  }
};

const placeBlocks = (decoded: DecodedSection, marks: Marks, all: Block[]): MappedSection => {
  const { section } = decoded;
  const places = marks.get(section) as Uint8Array;
  const blocks: (Block | undefined)[] = new Array(places.length);
  const end = places.length - 1;
  for (let index = 0; index <= end; index++) {
    if (places[index] === 0 || (index < end && decoded.at(2 * index) === undefined)) continue;
    const address = index < end ? section.address + 2 * index : -1;
    const block = new Block(all.length, address, { kind: 'trap', origin: address });
    blocks[index] = block;
    all.push(block);
  }
  return { decoded, blocks };
};

/** The block that begins at a place; undefined where none does. */
export const blockAt = ({ sections }: CodeMap, section: CodeSection, offset: number): Block | undefined => {
  const blocks = sections.get(section)?.blocks;
  return blocks?.[Math.min(offset / 2, blocks.length - 1)];
};
