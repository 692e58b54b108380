import { FORMS } from '../../../isa/row.ts';
import { INVALID, isTerminator, operation, ROWS } from '../../../isa/table.ts';
import { Block, type End, successorsOf } from './block.ts';
import { DataSection } from './data-section.ts';
import { kindHas } from './forms.ts';
import type { ProgramGraph } from './graph.ts';
import { Import } from './import.ts';
import type { GraphInstruction } from './instruction.ts';
import type { Link, LinkTarget } from './link.ts';
import { GRAPH_REGISTER_NAMES } from './register-names.ts';
import {
  endReads,
  endTemporaryReads,
  endWrites,
  temporaryReadsOf,
  temporaryWritesOf,
} from './register-use.ts';
import { FIRST_TEMPORARY, GRAPH_REGISTERS, isNative } from './registers.ts';

const ECALLI = operation('ecalli');

const slip = (where: string, what: string): Error => new Error(`the graph is broken: ${where}: ${what}`);

/** What all checks share: the graph and what belongs to it. */
class GraphCheck {
  readonly graph: ProgramGraph;
  readonly #data: ReadonlySet<DataSection>;
  readonly #instructions: Set<GraphInstruction> = new Set();
  /** Nobody has asked yet which addresses are taken: no block is marked. */
  readonly #knowsTaken: boolean;

  constructor(graph: ProgramGraph) {
    this.graph = graph;
    this.#data = new Set(graph.data);
    this.#knowsTaken = graph.blocks.some(({ isAddressTaken }) => isAddressTaken);
  }

  block(block: Block, index: number): void {
    if (block.id !== index) throw slip(`block ${index}`, `its id is ${block.id}`);
    if (block.isAddressTaken && !block.isReachable) throw slip(`b${index}`, 'taken but not reachable');
    let temporaries = 0;
    for (const [at, instruction] of block.instructions.entries()) {
      const where = `b${index}, instruction ${at} (${ROWS[instruction.op]?.name ?? 'invalid'})`;
      this.#instruction(instruction, where, block.isReachable);
      if ((temporaryReadsOf(instruction) & ~temporaries) !== 0)
        throw slip(where, 'reads a temporary without a value');
      temporaries |= temporaryWritesOf(instruction);
    }
    const where = `b${index}, end (${block.end.kind})`;
    this.#end(block.end, where, block.isReachable);
    if ((endTemporaryReads(block.end) & ~temporaries) !== 0)
      throw slip(where, 'reads a temporary without a value');
  }

  #instruction(instruction: GraphInstruction, where: string, matters: boolean): void {
    if (this.#instructions.has(instruction)) throw slip(where, 'belongs to another place as well');
    this.#instructions.add(instruction);
    const { op, x, y, xLink, yLink } = instruction;
    const row = ROWS[op];
    if (op === INVALID || row === undefined) throw slip(where, `operation ${op} does not exist`);
    if (!kindHas(this.graph.kind, op)) throw slip(where, `${this.graph.kind} does not have it`);
    if (isTerminator(op)) throw slip(where, 'ends a block');
    const operands: string = FORMS[row.form];
    for (const name of ['a', 'b', 'c'] as const) {
      if (operands.includes(name)) this.#register(instruction[name], where);
      else if (instruction[name] !== 0) throw slip(where, `has no operand ${name}, but ${name} is not 0`);
    }
    this.#immediate(x, xLink, operands.includes('x'), where);
    this.#immediate(y, yLink, operands.includes('y'), where);
    for (const link of [xLink, yLink]) if (link !== undefined) this.#link(link, op, where, matters);
    if (op === ECALLI && !(xLink?.to instanceof Import)) throw slip(where, 'calls no import');
    if (row.form === 'reg_imm64' && (xLink ?? yLink) !== undefined)
      throw slip(where, 'a constant of 64 bits has a link');
  }

  #register(register: number, where: string): void {
    if (!(register > 0 && register < GRAPH_REGISTERS)) throw slip(where, `register ${register}`);
    if (this.graph.registers === 'native' && register < FIRST_TEMPORARY && !isNative(register)) {
      throw slip(where, `${GRAPH_REGISTER_NAMES[register]} in code of 13 registers`);
    }
  }

  #immediate(value: number, link: Link | undefined, exists: boolean, where: string): void {
    if (value !== (value | 0)) throw slip(where, `immediate ${value} is not a signed 32-bit number`);
    if (!exists && (value !== 0 || link !== undefined))
      throw slip(where, 'has a value for an immediate that it lacks');
  }

  #link({ to }: Link, op: number, where: string, matters: boolean): void {
    if (to instanceof Import !== (op === ECALLI))
      throw slip(where, 'only ecalli, and ecalli only, links to an import');
    if (matters) this.#reached(to, where);
    else this.#known(to, where);
  }

  #known(to: LinkTarget, where: string): void {
    if (to instanceof Block && this.graph.blocks[to.id] !== to)
      throw slip(where, `b${to.id} is not in the graph`);
    if (to instanceof DataSection && !this.#data.has(to)) throw slip(where, `${to.name} is not in the graph`);
  }

  /** What reachable code or data takes the address of must be reachable, and known to be taken. */
  #reached(to: LinkTarget, where: string): void {
    this.#known(to, where);
    if (to instanceof DataSection && !to.isReachable) throw slip(where, `${to.name} is not reachable`);
    if (!(to instanceof Block)) return;
    if (!to.isReachable) throw slip(where, `b${to.id} is not reachable`);
    if (this.#knowsTaken && !to.isAddressTaken) throw slip(where, `b${to.id} is not marked as taken`);
  }

  #end(end: End, where: string, matters: boolean): void {
    for (const successor of successorsOf(end)) {
      this.#known(successor, where);
      if (matters && !successor.isReachable)
        throw slip(where, `leads to b${successor.id}, which is not reachable`);
    }
    if (end.kind === 'call' || end.kind === 'call-indirect') {
      if (matters) this.#reached(end.back, where);
      else this.#known(end.back, where);
      this.#register(end.link, where);
      if (endWrites(end) === 0)
        throw slip(where, 'the link is a temporary, which does not live into another block');
    }
    if (end.kind === 'jump-indirect' || end.kind === 'call-indirect') {
      this.#register(end.base, where);
      this.#immediate(end.offset, undefined, true, where);
    }
    if (end.kind === 'branch') this.#branch(end, where, matters);
    if ((endReads(end) & 1) !== 0) throw slip(where, 'reads x0');
  }

  #branch(end: Extract<End, { kind: 'branch' }>, where: string, matters: boolean): void {
    const row = ROWS[end.op];
    if (row?.effect.kind !== 'branch') throw slip(where, `operation ${row?.name} is no branch`);
    if (!kindHas(this.graph.kind, end.op)) throw slip(where, `${this.graph.kind} does not have ${row.name}`);
    const comparesRegisters = row.form === 'reg_reg_offset';
    this.#register(end.a, where);
    if (comparesRegisters) this.#register(end.b, where);
    else if (end.b !== 0) throw slip(where, 'compares with a constant, but b is not 0');
    this.#immediate(end.x, end.xLink, !comparesRegisters, where);
    if (end.xLink !== undefined) this.#link(end.xLink, end.op, where, matters);
  }

  data(section: DataSection): void {
    const { name, size, alignment, bytes, references, isReachable } = section;
    if (bytes.length > size) throw slip(name, `${bytes.length} bytes in a section of ${size}`);
    if (!(alignment > 0 && (alignment & (alignment - 1)) === 0)) throw slip(name, `alignment ${alignment}`);
    let end = 0;
    for (const { offset, size: width, to, minus } of references) {
      const where = `${name}+${offset}`;
      if (offset < end) throw slip(where, 'references are not ascending, or overlap');
      end = offset + width;
      if (end > size) throw slip(where, 'beyond the end of the section');
      if (isReachable) this.#reached(to, where);
      else this.#known(to, where);
      if (minus !== undefined) this.#known(minus.section, where);
      if (minus !== undefined && isReachable && !minus.section.isReachable) {
        throw slip(where, `${minus.section.name} is not reachable`);
      }
    }
  }

  exports(): void {
    for (const { block, outputs } of this.graph.exports) {
      this.#known(block, 'exports');
      if (!block.isReachable) throw slip('exports', `b${block.id} is not reachable`);
      if (!(outputs >= 0 && outputs <= 2)) throw slip('exports', `${outputs} registers of the result`);
    }
  }
}

/**
 * Throws when a graph does not hold what all passes rely on. That is a slip of our own, never the program's fault:
 * tests call it behind each pass.
 *
 * As long as no block at all is marked as taken, nobody has collected yet whose address is taken, and that is not
 * checked.
 */
export const checkGraph = (graph: ProgramGraph): void => {
  const check = new GraphCheck(graph);
  graph.blocks.forEach((block, index) => {
    check.block(block, index);
  });
  for (const section of graph.data) check.data(section);
  check.exports();
};
