import type { Frame } from '../../blob/debug.ts';
import { MAX_FRAMES } from '../../blob/line-program.ts';
import type { NamedCode } from '../relink/input/link-input.ts';
import { NamedRanges } from '../relink/named-ranges.ts';
import { splitSymbolName } from './demangle.ts';
import type { FunctionExtents } from './function-extents.ts';
import type { FunctionNode } from './functions.ts';
import type { LineRows } from './line-rows.ts';
import { type FunctionName, type FunctionNames, UNNAMED } from './names.ts';
import type { Notes } from './notes.ts';

/** What source code each address of an ELF file was compiled from. */
export interface SourceMap {
  /**
   * The frames of an address, outermost first, at most 16. Empty when nothing is known.
   *
   * A function has a frame `enter` with the place of its declaration; an inlined one has a frame `call` before that,
   * with the place of the call and its own name; the innermost one has a frame `line` behind it, unless the compiler
   * does not know the line. Functions without debug information have their symbol's name.
   */
  framesAt(address: number): readonly Frame[];
  /** What debug information could not be read, for people; grows while frames are asked for. */
  readonly notes: readonly string[];
}

/** What a source map is made of. */
export interface SourceTables {
  readonly rows: LineRows;
  readonly extents: FunctionExtents;
  readonly functionNames: FunctionNames;
  readonly notes: Notes;
}

const NO_FRAMES: readonly Frame[] = [];

export class TableSourceMap implements SourceMap {
  readonly #tables: SourceTables;
  readonly #symbols: NamedRanges;
  /** Frames of a function and of those around it, without the line. */
  readonly #functionFrames = new Map<FunctionNode | NamedCode, readonly Frame[]>();

  constructor(tables: SourceTables, symbols: readonly NamedCode[]) {
    this.#tables = tables;
    this.#symbols = new NamedRanges(symbols);
  }

  get notes(): readonly string[] {
    return this.#tables.notes.texts;
  }

  framesAt(address: number): readonly Frame[] {
    const node = this.#tables.extents.at(address);
    const outer = node === undefined ? this.#symbolFrames(address) : this.#framesOf(node, address);
    const innermost = node === undefined ? outer[0] : this.#name(node, address);
    const line = this.#lineFrame(address, innermost ?? UNNAMED);
    return line === undefined ? outer : [...outer, line];
  }

  #symbolFrames(address: number): readonly Frame[] {
    const symbol = this.#symbols.at(address);
    if (symbol === undefined) return NO_FRAMES;
    const known = this.#functionFrames.get(symbol);
    if (known !== undefined) return known;
    const frames = [enterFrame({ ...UNNAMED, ...splitSymbolName(symbol.name) })];
    this.#functionFrames.set(symbol, frames);
    return frames;
  }

  #framesOf(node: FunctionNode, address: number): readonly Frame[] {
    const known = this.#functionFrames.get(node);
    if (known !== undefined) return known;
    const frames: Frame[] = [enterFrame(this.#name(outermost(node), address))];
    const withEntries = 2 * (node.depth + 1) <= MAX_FRAMES;
    for (const inlined of inlinedNodes(node)) frames.push(...this.#callFrames(inlined, withEntries));
    this.#functionFrames.set(node, frames);
    return frames;
  }

  /**
   * The call frame names the function already: entering it is left out where the declaration is unknown and there is
   * nothing new to say, and in stacks that would get too long with it.
   */
  #callFrames(node: FunctionNode, withEntry: boolean): readonly Frame[] {
    const name = this.#tables.functionNames.at(node.definition);
    const call: Frame = {
      kind: 'call',
      namespace: name.namespace,
      function: name.function,
      path: node.callFile === undefined ? '' : (node.unit.files?.path(node.callFile) ?? ''),
      line: node.callLine,
      column: node.callColumn,
    };
    return withEntry && name.path !== '' ? [call, enterFrame(name)] : [call];
  }

  /** Outermost functions without a name have their symbol's. */
  #name(node: FunctionNode, address: number): FunctionName {
    const name = this.#tables.functionNames.at(node.definition);
    if (name.function !== '' || node.parent !== undefined) return name;
    const symbol = this.#symbols.at(address);
    return symbol === undefined ? name : { ...name, ...splitSymbolName(symbol.name) };
  }

  #lineFrame(address: number, { namespace, function: name }: SplitFunction): Frame | undefined {
    const { rows } = this.#tables;
    const sequence = rows.sequenceAt(address);
    if (sequence === undefined) return undefined;
    const row = rows.rowAt(sequence, address);
    const line = rows.line(row);
    if (line === 0) return undefined;
    const path = sequence.files.path(rows.file(row));
    return { kind: 'line', namespace, function: name, path, line, column: rows.column(row) };
  }
}

const outermost = (node: FunctionNode): FunctionNode =>
  node.parent === undefined ? node : outermost(node.parent);

/** From the call in the outermost function to the node itself. */
const inlinedNodes = (node: FunctionNode): readonly FunctionNode[] =>
  node.parent === undefined ? [] : [...inlinedNodes(node.parent), node];

type SplitFunction = Pick<FunctionName, 'namespace' | 'function'>;

const enterFrame = (name: FunctionName): Frame => ({ kind: 'enter', ...name });
