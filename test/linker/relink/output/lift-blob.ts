import type { Blob } from '../../../../src/blob/blob.ts';
import { type PolkaVmKind, widthOf } from '../../../../src/core/kind.ts';
import { Instruction } from '../../../../src/decoder/instruction.ts';
import { PolkaVmDecoder } from '../../../../src/decoder/polkavm.ts';
import { FORMS } from '../../../../src/isa/row.ts';
import { isTerminator, operation, ROWS } from '../../../../src/isa/table.ts';
import { Block, type End } from '../../../../src/linker/relink/graph/block.ts';
import { type DataKind, DataSection } from '../../../../src/linker/relink/graph/data-section.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { Import } from '../../../../src/linker/relink/graph/import.ts';
import { GraphInstruction } from '../../../../src/linker/relink/graph/instruction.ts';
import { polkaVmRegister } from '../../../../src/linker/relink/graph/registers.ts';

const GRAPH_REGISTER = Array.from({ length: 13 }, (_, register) =>
  Array.from({ length: 16 }, (_, number) => number).findIndex(
    (n) => n > 0 && polkaVmRegister(n) === register,
  ),
);
const UNLIKELY = operation('unlikely');
const ECALLI = operation('ecalli');

interface Place {
  readonly offset: number;
  readonly length: number;
  readonly instruction: GraphInstruction;
  readonly target: number;
}

/**
 * The graph of a blob that PolkaVM's linker wrote: writing it again must give the same blob. Data is one section of
 * bytes; code addresses among constants stay numbers, return addresses become blocks.
 */
export const liftBlob = (blob: Blob): ProgramGraph => {
  const kind = blob.kind as PolkaVmKind;
  const places = placesOf(blob, kind);
  const blocks: Block[] = [];
  const byOffset = new Map<number, Block>();
  const bodies: Place[][] = [];
  let isStart = true;
  for (const place of places) {
    if (isStart) {
      const block = new Block(blocks.length, place.offset, { kind: 'trap', origin: -1 });
      blocks.push(block);
      bodies.push([]);
      byOffset.set(place.offset, block);
    }
    bodies.at(-1)!.push(place);
    isStart = isTerminator(place.instruction.op);
  }
  const blockAt = (offset: number): Block => {
    const block = byOffset.get(offset);
    if (block === undefined) throw new Error(`no block at ${offset}`);
    return block;
  };
  for (let index = 0; index < blob.jumpTable.count; index++) {
    blockAt(blob.jumpTable.target(index)).isAddressTaken = true;
  }
  const backAt = (address: number): Block => blockAt(blob.jumpTable.target(address / 2 - 1));
  const imports = Array.from(
    { length: blob.imports.count },
    (_, index) => new Import(blob.imports.symbol(index)!, 'call', 0, 0, undefined),
  );
  for (const [index, block] of blocks.entries()) {
    const body = bodies[index]!;
    const last = body.pop()!;
    if (body[0]?.instruction.op === UNLIKELY) {
      body.shift();
      block.isUnlikely = true;
    }
    block.instructions = body.map(({ instruction }) => instruction);
    for (const instruction of block.instructions) {
      if (instruction.op !== ECALLI) continue;
      instruction.xLink = imports[instruction.x]!.link;
      instruction.x = 0;
    }
    block.end = endOf(last, blockAt, backAt);
  }
  return {
    kind,
    width: widthOf(kind),
    blocks,
    data: dataOf(blob),
    exports: [...blob.exports].map(({ offset, symbol }) => ({ symbol, block: blockAt(offset), outputs: 1 })),
    stackSize: blob.stackSize,
    registers: 'native',
  };
};

const dataOf = ({ roData, roDataSize, rwData, rwDataSize }: Blob): DataSection[] => {
  const section = (kind: DataKind, name: string, size: number, bytes: Uint8Array): DataSection[] =>
    size === 0 ? [] : [new DataSection(kind, name, size, 1, bytes)];
  return [...section('rw', '.data', rwDataSize, rwData), ...section('ro', '.rodata', roDataSize, roData)];
};

const placesOf = (blob: Blob, kind: PolkaVmKind): Place[] => {
  const decoder = new PolkaVmDecoder(kind, blob.code, blob.bitmask);
  const decoded = new Instruction();
  const places: Place[] = [];
  for (let offset = 0; offset < blob.code.length; offset += decoded.length) {
    decoder.decode(offset, decoded);
    const { op, length, target } = decoded;
    const operands: string = FORMS[ROWS[op]!.form];
    const register = (name: 'a' | 'b' | 'c'): number =>
      operands.includes(name) ? GRAPH_REGISTER[decoded[name]]! : 0;
    const immediate = (name: 'x' | 'y'): number => (operands.includes(name) ? decoded[name] : 0);
    const instruction = new GraphInstruction(
      op,
      offset,
      register('a'),
      register('b'),
      register('c'),
      immediate('x'),
      immediate('y'),
    );
    places.push({ offset, length, instruction, target: operands.includes('t') ? target : -1 });
  }
  return places;
};

const endOf = (
  { offset, length, target, instruction: { op, a, b, x, y } }: Place,
  blockAt: (offset: number) => Block,
  backAt: (address: number) => Block,
): End => {
  const { effect, name } = ROWS[op]!;
  const origin = offset;
  switch (effect.kind) {
    case 'fallthrough':
      return { kind: 'jump', target: blockAt(offset + length), origin };
    case 'trap':
      return { kind: 'trap', origin };
    case 'branch':
      return {
        kind: 'branch',
        op,
        a,
        b,
        x,
        xLink: undefined,
        taken: blockAt(target),
        next: blockAt(offset + length),
        origin,
      };
    case 'jump':
      return effect.link === undefined
        ? { kind: 'jump', target: blockAt(target), origin }
        : { kind: 'call', link: a, target: blockAt(target), back: backAt(x), origin };
    case 'jump-indirect':
      return effect.link === undefined
        ? { kind: 'jump-indirect', base: a, offset: x, origin }
        : { kind: 'call-indirect', link: a, base: b, offset: y, back: backAt(x), origin };
    default:
      throw new Error(`${name} ends no block`);
  }
};
