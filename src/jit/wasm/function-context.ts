import type { FunctionGraph } from '../graph/function-graph.ts';
import { GasPlan } from '../graph/gas.ts';
import { Intervals } from '../graph/intervals.ts';
import type { Machine } from '../graph/loops/cycle.ts';
import { versionLoops } from '../graph/loops/version.ts';
import { Registers } from '../graph/registers.ts';
import { type Structure, structure } from '../graph/structure.ts';
import type { FunctionBody } from './encoder/function-body.ts';
import { I32_TYPE, I64_TYPE, type ValueType } from './encoder/types.ts';
import { isPayable } from './loops.ts';
import { Pointers } from './pointers.ts';
import type { Unit } from './unit.ts';

/** Parameters of every function. */
export const DEPTH = 0;
export const COUNTER = 1;

/** What the parts of a function's emitter share: the graph, what is known of it, and where the emitter is in it. */
export class FunctionContext {
  readonly unit: Unit;
  readonly graph: FunctionGraph;
  /** With the fast versions of loops, in full quality. */
  readonly structure: Structure;
  readonly f: FunctionBody;
  readonly registers: Registers;
  readonly gas: GasPlan;
  readonly pointers: Pointers;
  /** Ranges of registers, in full quality. */
  readonly intervals: Intervals | undefined;
  /** The type of a register. */
  readonly type: ValueType;
  /** Locals of the graph's variables, once the function has begun. */
  readonly variables: number[] = [];
  /** The node at hand. */
  id = 0;
  /** The instruction at hand. */
  at = 0;

  constructor(unit: Unit, graph: FunctionGraph, repaired: Structure, f: FunctionBody) {
    const s = withFastLoops(unit, graph, repaired);
    const full = unit.quality === 'full';
    this.unit = unit;
    this.graph = graph;
    this.structure = s;
    this.f = f;
    this.registers = new Registers(graph, s, unit.riscv, unit.exactDeadRegisters);
    this.gas = new GasPlan(graph, s, unit.pack);
    this.pointers = new Pointers(graph, s, unit.territory, unit.riscv, full ? undefined : 0);
    this.intervals = full ? new Intervals(graph, s, unit.width, unit.riscv) : undefined;
    this.type = unit.width === 32 ? I32_TYPE : I64_TYPE;
  }
}

/** Gives loops of a function their fast versions, in full quality. With dynamic paging no range of addresses lasts. */
const withFastLoops = (unit: Unit, graph: FunctionGraph, repaired: Structure): Structure => {
  if (unit.quality !== 'full' || unit.paged) return repaired;
  const machine: Machine = {
    width: unit.width,
    zeroRegister: unit.riscv,
    stackPointer: unit.territory.stackPointer,
  };
  const changed = versionLoops(graph, repaired, machine, (cost, count) => isPayable(unit, cost, count));
  return changed ? structure(graph) : repaired;
};
