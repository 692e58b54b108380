import { readUint } from '../../../core/bytes.ts';
import type { Width } from '../../../core/kind.ts';
import { decodeRiscv, riscvLength } from '../../../decoder/riscv.ts';
import { INVALID, operation } from '../../../isa/table.ts';
import type { CodeRelocation, CodeSection } from '../input/link-input.ts';
import { CodeInstruction } from './code-instruction.ts';
import { decodeCustom } from './custom.ts';

/** A code section as instructions, one behind another. */
export class DecodedSection {
  readonly section: CodeSection;
  readonly instructions: readonly CodeInstruction[];
  /** By offset / 2: 1 + index of the instruction that begins there; 0 for none. */
  readonly #starts: Int32Array;

  constructor(section: CodeSection, instructions: readonly CodeInstruction[]) {
    this.section = section;
    this.instructions = instructions;
    this.#starts = new Int32Array(section.bytes.length / 2 + 1);
    let index = 0;
    for (const { offset } of instructions) this.#starts[offset / 2] = ++index;
  }

  /** The instruction that begins at an offset. */
  at(offset: number): CodeInstruction | undefined {
    return this.instructions[(this.#starts[offset / 2] ?? 0) - 1];
  }
}

/** csrrw x0, cycle, x0: what assemblers write for `unimp`. */
const UNIMP = 0xc0001073 | 0;
const TRAP = operation('trap');
const JUMP = operation('jump');
const JAL = operation('jal');
const JUMP_REGISTER = operation('jump_indirect');
const JALR = operation('jalr');

/**
 * Decodes a section from its beginning, one instruction after another. Where an instruction would reach over a place
 * that something refers to, its first halfword is taken for data: code sections may hold some.
 *
 * What two instructions say together becomes one: an `auipc` and the `jalr` behind it a direct jump.
 *
 * @param isReferred by offset / 2: 1 where a relocation, an export or data refers to
 */
export const decodeSection = (section: CodeSection, isReferred: Uint8Array, width: Width): DecodedSection => {
  const { bytes } = section;
  const end = bytes.length & ~1;
  const relocations = new RelocationCursor(section.relocations);
  const instructions: CodeInstruction[] = [];
  for (let at = 0; at < end; ) {
    const instruction = decodeAt(bytes, at, end, width);
    if (overlaps(isReferred, at, instruction.length)) {
      instruction.op = INVALID;
      instruction.length = 2;
    }
    instruction.relocation = relocations.at(instruction.special === 'import' ? at + 4 : at);
    if (isAddressOfPc(instruction)) joinPair(section, instruction, end, isReferred, width);
    instructions.push(instruction);
    at += instruction.length;
  }
  const decoded = new DecodedSection(section, instructions);
  pairUnrelocated(decoded);
  return decoded;
};

/** Relocations are asked for in ascending order. */
class RelocationCursor {
  readonly #relocations: readonly CodeRelocation[];
  #next = 0;

  constructor(relocations: readonly CodeRelocation[]) {
    this.#relocations = relocations;
  }

  at(offset: number): CodeRelocation | undefined {
    while ((this.#relocations[this.#next]?.offset ?? Infinity) < offset) this.#next++;
    const found = this.#relocations[this.#next];
    return found?.offset === offset ? found : undefined;
  }
}

const overlaps = (isReferred: Uint8Array, at: number, length: number): boolean => {
  for (let inside = at + 2; inside < at + length; inside += 2) if (isReferred[inside / 2] === 1) return true;
  return false;
};

/** Addresses are offsets in the section here: those of 64-bit files need not fit what the decoder takes. */
const decodeAt = (bytes: Uint8Array, at: number, end: number, width: Width): CodeInstruction => {
  const instruction = new CodeInstruction();
  instruction.offset = at;
  const half = readUint(bytes, at, 2);
  if (at + riscvLength(half) > end) {
    instruction.raw = half;
    instruction.op = INVALID;
    instruction.length = 2;
    return instruction;
  }
  const raw = riscvLength(half) === 2 ? half : readUint(bytes, at, 4);
  if (decodeCustom(raw, width / 8, instruction)) {
    if (at + instruction.length > end) instruction.op = INVALID;
    if (instruction.op === INVALID) instruction.length = 4;
  } else decodeRiscv(raw, at, width, 32, instruction);
  instruction.raw = raw;
  // The halfword 0 is RISC-V's defined illegal instruction, the compressed `unimp`.
  if ((raw | 0) === UNIMP || raw === 0) instruction.op = TRAP;
  return instruction;
};

/** True for `auipc`. */
export const isAddressOfPc = ({ raw, length, op }: CodeInstruction): boolean =>
  (raw & 0x7f) === 0x17 && length === 4 && op !== INVALID;

const jumpsBy = ({ op, a, b }: CodeInstruction, register: number): boolean =>
  (op === JUMP_REGISTER && a === register) || (op === JALR && b === register);

/** An `auipc` that a relocation of a call, or a target in the same section, joins with the `jalr` behind it. */
const joinPair = (
  { bytes }: CodeSection,
  instruction: CodeInstruction,
  end: number,
  isReferred: Uint8Array,
  width: Width,
): void => {
  const { relocation, offset } = instruction;
  const behind = offset + 4;
  if (behind >= end || (relocation !== undefined && relocation.kind !== 'call')) return;
  if (isReferred[behind / 2] === 1) return;
  const jump = decodeAt(bytes, behind, end, width);
  // GNU ld makes a call of an undefined weak function one of address 0, relative to x0.
  if (!jumpsBy(jump, instruction.a) && (relocation === undefined || !jumpsBy(jump, 0))) return;
  const target = (instruction.x + jump.x) >>> 0;
  if (relocation === undefined && target >= end) return;
  instruction.target = target;
  instruction.op = jump.op === JALR ? JAL : JUMP;
  if (jump.op === JALR) instruction.a = jump.a;
  instruction.length = 4 + jump.length;
};

const ADDITIONS: ReadonlySet<number> = new Set(['add_imm_32', 'add_imm_64', 'move_reg'].map(operation));
const MOVE = operation('move_reg');

/** Assemblers resolve the address of a label of the same section: `auipc` and `addi` without relocations. */
const pairUnrelocated = ({ section, instructions }: DecodedSection): void => {
  let index = 0;
  for (const high of instructions) {
    index++;
    if (!isAddressOfPc(high) || high.relocation !== undefined || high.op === JAL || high.op === JUMP)
      continue;
    const low = instructions[index];
    if (low === undefined || low.relocation !== undefined) continue;
    if (!ADDITIONS.has(low.op) || low.b !== high.a) continue;
    const offset = (high.x + (low.op === MOVE ? 0 : low.x)) | 0;
    if (offset < 0 || offset >= section.bytes.length) continue;
    high.relocation = { kind: 'pcrel-high', offset: high.offset, target: { section, offset } };
    low.relocation = { kind: 'pcrel-low', offset: low.offset, high: high.offset };
  }
};
