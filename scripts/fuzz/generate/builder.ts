import { isTerminator, operation } from '../../../src/isa/table.ts';
import type { Random } from '../random.ts';
import { type AddressWord, LINE, type Line, type Source } from '../source.ts';
import type { Area, Target } from '../target.ts';

export type Operands = Partial<Pick<Line, 'a' | 'b' | 'c' | 'x' | 'y' | 'to'>>;

/** Conditions of branches on two values. */
export type Condition = 'eq' | 'ne' | 'lt' | 'ge' | 'ltu' | 'geu';

const REGISTER_BRANCHES: Readonly<Record<Condition, string>> = {
  eq: 'branch_eq',
  ne: 'branch_not_eq',
  lt: 'branch_less_signed',
  ge: 'branch_greater_or_equal_signed',
  ltu: 'branch_less_unsigned',
  geu: 'branch_greater_or_equal_unsigned',
};

/** Collects the lines of a program; one method per thing that both profiles say in their own way. */
export class Builder {
  readonly target: Target;
  readonly random: Random;
  readonly lines: Line[] = [];
  readonly labels: number[] = [];
  readonly jumps: number[] = [];
  readonly data: Uint8Array[];
  readonly addressWords: AddressWord[] = [];
  readonly starts: number[] = [];
  readonly entries: number[] = [];
  #tableEnd = 0;

  constructor(target: Target, random: Random) {
    this.target = target;
    this.random = random;
    const { layout } = target;
    const sizes = target.riscv
      ? layout.segments.map(({ size, executable }) => (executable ? 0 : size))
      : [layout.ro, layout.rw];
    // Small numbers and zeros among the data, so that loops over them end and sums stay interesting.
    this.data = sizes.map((size) => random.bytes(random.chance(0.5) ? size : Math.min(size, 512)));
    for (const part of this.data) for (let i = 0; i < part.length; i += random.range(1, 40)) part[i] = 0;
  }

  label(): number {
    return this.labels.push(-1) - 1;
  }

  /** Places a label. PolkaVM's jumps go to beginnings of blocks only, so a block is ended in front of it. */
  place(label: number): void {
    const last = this.lines.at(-1);
    if (!this.target.riscv && last !== undefined && !isTerminator(last.op)) this.emit('fallthrough');
    this.placeAnywhere(label);
  }

  /** Places a label where perhaps no block begins. */
  placeAnywhere(label: number): void {
    this.labels[label] = this.lines.length;
  }

  /** Puts lines in front of what has been written since line `from`; labels move along. */
  insert(from: number, lines: readonly Line[], moved: readonly number[]): void {
    this.lines.splice(from, 0, ...lines);
    for (const label of moved) {
      if ((this.labels[label] as number) >= 0)
        this.labels[label] = (this.labels[label] as number) + lines.length;
    }
  }

  /** A label that stands here. */
  here(): number {
    const label = this.label();
    this.place(label);
    return label;
  }

  add(line: Line): void {
    this.lines.push(line);
  }

  emit(name: string, operands: Operands = {}): void {
    const short = this.target.riscv && this.random.chance(0.6);
    this.lines.push({ ...LINE, op: operation(name), short, ...operands });
  }

  /** Sets a register to a signed 32-bit number. */
  constant(register: number, value: number): void {
    if (!this.target.riscv || (value >= -2048 && value < 2048)) {
      this.emit('load_imm', { a: register, x: value | 0 });
      return;
    }
    const high = ((value + 0x800) & 0xfffff000) | 0;
    this.emit('load_imm', { a: register, x: high });
    const low = (value - high) | 0;
    if (low !== 0) this.emit('add_imm_32', { a: register, b: register, x: low });
  }

  /** `a = b + x` for a small number, in one of the widths. */
  addSmall(a: number, b: number, x: number): void {
    const wide = this.target.width === 64 && this.random.chance(0.8);
    this.emit(wide ? 'add_imm_64' : 'add_imm_32', { a, b, x });
  }

  /** `a = b + c` as addresses are added. */
  addRegisters(a: number, b: number, c: number): void {
    this.emit(this.target.width === 64 ? 'add_64' : 'add_32', { a, b, c });
  }

  move(a: number, b: number): void {
    if (a !== b) this.emit('move_reg', { a, b });
  }

  branch(condition: Condition, a: number, b: number, to: number): void {
    this.emit(REGISTER_BRANCHES[condition], { a, b, to });
  }

  /** A branch against a small number; RISC-V needs a register for it. */
  branchSmall(condition: Condition, a: number, x: number, to: number, spare: number): void {
    if (!this.target.riscv) {
      this.emit(`${REGISTER_BRANCHES[condition]}_imm`, { a, x, to });
      return;
    }
    if (x !== 0) this.constant(spare, x);
    this.branch(condition, a, x === 0 ? 0 : spare, to);
  }

  jump(to: number): void {
    this.emit('jump', { to });
  }

  /** Index of a label in the jump table. */
  #jumpIndex(label: number): number {
    const index = this.jumps.indexOf(label);
    return index >= 0 ? index : this.jumps.push(label) - 1;
  }

  /** PolkaVM: the code address of a label. */
  codeAddress(label: number): number {
    return 2 * (this.#jumpIndex(label) + 1);
  }

  call(to: number): void {
    const { returnAddress: a } = this.target.roles;
    if (this.target.riscv) {
      this.emit('jal', { a, to });
      return;
    }
    const back = this.label();
    this.emit('load_imm_and_jump', { a, x: this.codeAddress(back), to });
    this.place(back);
  }

  /** Calls the code address in a register. */
  callRegister(register: number): void {
    const { returnAddress: a } = this.target.roles;
    if (this.target.riscv) {
      this.emit('jalr', { a, b: register });
      return;
    }
    const back = this.label();
    this.emit('load_imm_and_jump_indirect', { a, b: register, x: this.codeAddress(back) });
    this.place(back);
  }

  return(): void {
    this.emit('jump_indirect', { a: this.target.roles.returnAddress });
  }

  hostCall(number: number): void {
    const { callNumber } = this.target.roles;
    if (callNumber >= 0) this.constant(callNumber, number);
    this.emit('ecalli', { x: this.target.riscv ? 0 : number });
  }

  /** Guest address of a table of code addresses, in data that the guest can read; -1 when there is no room. */
  table(labels: readonly number[]): number {
    const { tablePart: part, tableAddress } = this.target;
    const size = 4 * labels.length;
    const room = part < 0 ? 0 : (this.data[part] as Uint8Array).length;
    if (this.#tableEnd + size > room) return -1;
    const offset = this.#tableEnd;
    this.#tableEnd += size;
    for (const [i, label] of labels.entries()) {
      if (!this.target.riscv) this.#jumpIndex(label);
      this.addressWords.push({ part, offset: offset + 4 * i, label });
      if (this.target.riscv && this.random.chance(0.8)) this.starts.push(label);
    }
    return tableAddress + offset;
  }

  /** Bytes at the beginning of the table's data that hold tables: not to be overwritten. */
  get tableBytes(): number {
    return this.#tableEnd;
  }

  /** An address inside an area with room for `size` bytes behind it, past all tables. */
  addressIn(area: Area, size: number): number {
    const { tableAddress } = this.target;
    const low = tableAddress >= area.start && tableAddress < area.start + area.size ? 512 : 0;
    return area.start + this.random.range(low, Math.max(low, area.size - size));
  }

  source(): Source {
    const { target, lines, labels, jumps, data, addressWords, starts, entries } = this;
    const { kind, layout } = target;
    return { kind, layout, lines, labels, jumps, data, addressWords, starts, entries };
  }
}
