import { ByteReader, type ByteWriter } from '../core/bytes.ts';
import { fail } from './debug-errors.ts';
import { READER_ERRORS } from './errors.ts';

/** Line programs of the debug sections: PolkaVM 0.35's format version 1. */
export const LINE_PROGRAM_VERSION = 1;

/** Frames a region can have. */
export const MAX_FRAMES = 16;

/** Operations a program may spend without a region. */
const MAX_OPERATIONS_PER_REGION = 512;

const OP = {
  finish: 0,
  setMutationDepth: 1,
  setKindEnter: 2,
  setKindCall: 3,
  setKindLine: 4,
  setNamespace: 5,
  setFunction: 6,
  setPath: 7,
  setLine: 8,
  setColumn: 9,
  setStackDepth: 10,
  incrementLine: 11,
  addLine: 12,
  subLine: 13,
  finishOne: 14,
  finishMany: 15,
  finishOneAndIncrementDepth: 16,
  finishManyAndIncrementDepth: 17,
  finishOneAndDecrementDepth: 18,
  finishManyAndDecrementDepth: 19,
} as const;

/** `enter`: code that enters the function; `call`: a call of the next (inlined) frame; `line`: ordinary code. */
export type FrameKind = 'enter' | 'call' | 'line';

/** A frame as stored: names are offsets into the debug strings, 0 for none; line and column 0 are unknown. */
export interface RawFrame {
  readonly kind: FrameKind;
  readonly namespace: number;
  readonly function: number;
  readonly path: number;
  readonly line: number;
  readonly column: number;
}

/** Code offsets `begin` to `end - 1` and the frames they belong to, outermost first. */
export interface RawRegion {
  readonly begin: number;
  readonly end: number;
  readonly frames: readonly RawFrame[];
}

type MutableFrame = { -readonly [K in keyof RawFrame]: RawFrame[K] };

const newFrame = (): MutableFrame => ({
  kind: 'line',
  namespace: 0,
  function: 0,
  path: 0,
  line: 0,
  column: 0,
});

/**
 * Runs the line program at `offset` of the line-program section; its first region begins at code offset `begin`.
 *
 * @throws RiscboxError `blob/debug-version` at once, others when the iteration gets there; it has ended then
 */
export function* runLineProgram(
  section: Uint8Array,
  offset: number,
  begin: number,
): Generator<RawRegion, void> {
  checkLineProgramVersion(section);
  const reader = new ByteReader(section, READER_ERRORS);
  reader.take(offset);
  const frames = Array.from({ length: MAX_FRAMES }, newFrame);
  // Edits of a frame that does not exist go nowhere.
  const beyond = newFrame();
  let frame = frames[0]!;
  let pc = begin;
  let depth = 0;
  let operations = 0;

  for (;;) {
    if (operations++ === MAX_OPERATIONS_PER_REGION) {
      throw fail('blob/debug-too-long', { at: reader.offset, limit: MAX_OPERATIONS_PER_REGION });
    }
    const at = reader.offset;
    const operation = reader.u8();
    let length: number;
    let depthChange = 0;
    switch (operation) {
      case OP.finish:
        return;
      case OP.setMutationDepth:
        frame = frames[reader.varint()] ?? beyond;
        continue;
      case OP.setKindEnter:
        frame.kind = 'enter';
        continue;
      case OP.setKindCall:
        frame.kind = 'call';
        continue;
      case OP.setKindLine:
        frame.kind = 'line';
        continue;
      case OP.setNamespace:
        frame.namespace = reader.varint();
        continue;
      case OP.setFunction:
        frame.function = reader.varint();
        continue;
      case OP.setPath:
        frame.path = reader.varint();
        continue;
      case OP.setLine:
        frame.line = reader.varint();
        continue;
      case OP.setColumn:
        frame.column = reader.varint();
        continue;
      case OP.setStackDepth:
        depth = reader.varint();
        continue;
      // Line arithmetic wraps at 32 bits.
      case OP.incrementLine:
        frame.line = (frame.line + 1) >>> 0;
        continue;
      case OP.addLine:
        frame.line = (frame.line + reader.varint()) >>> 0;
        continue;
      case OP.subLine:
        frame.line = (frame.line - reader.varint()) >>> 0;
        continue;
      case OP.finishOne:
        length = 1;
        break;
      case OP.finishMany:
        length = reader.varint();
        break;
      case OP.finishOneAndIncrementDepth:
        length = 1;
        depthChange = 1;
        break;
      case OP.finishManyAndIncrementDepth:
        length = reader.varint();
        depthChange = 1;
        break;
      case OP.finishOneAndDecrementDepth:
        length = 1;
        depthChange = -1;
        break;
      case OP.finishManyAndDecrementDepth:
        length = reader.varint();
        depthChange = -1;
        break;
      default:
        throw fail('blob/debug-operation', { at, operation });
    }
    const end = pc + length;
    if (end > 0xffff_ffff) throw fail('blob/debug-region', { begin: pc, length });
    yield { begin: pc, end, frames: frames.slice(0, Math.min(depth, MAX_FRAMES)).map((f) => ({ ...f })) };
    operations = 0;
    pc = end;
    // Depth saturates at both ends of u32.
    depth = Math.min(Math.max(depth + depthChange, 0), 0xffff_ffff);
  }
}

/** @throws RiscboxError `blob/debug-version` */
const checkLineProgramVersion = (section: Uint8Array): void => {
  const version = section[0];
  if (version !== LINE_PROGRAM_VERSION) throw fail('blob/debug-version', { version });
};

const KIND_OPERATION: Readonly<Record<FrameKind, number>> = {
  enter: OP.setKindEnter,
  call: OP.setKindCall,
  line: OP.setKindLine,
};

/**
 * Appends the line program of `regions` to `writer`: the inverse of `runLineProgram`. Each region must begin
 * where the one before ended. What did not change since the region before is not written again.
 *
 * @throws RiscboxError `blob/debug-write`
 */
export const writeLineProgram = (writer: ByteWriter, regions: readonly RawRegion[]): void => {
  const written = Array.from({ length: MAX_FRAMES }, newFrame);
  let mutationDepth = 0;
  let depth = 0;
  for (const [index, region] of regions.entries()) {
    checkRegion(region, regions[index - 1]);
    const { frames } = region;
    if (frames.length !== depth) writer.u8(OP.setStackDepth).varint(frames.length);
    depth = frames.length;
    for (const [level, frame] of frames.entries()) {
      const current = written[level]!;
      if (sameFrame(current, frame)) continue;
      if (mutationDepth !== level) writer.u8(OP.setMutationDepth).varint(level);
      mutationDepth = level;
      writeFrameChange(writer, current, frame);
      Object.assign(current, frame);
    }
    depth += writeFinish(writer, region, regions[index + 1]);
  }
  writer.u8(OP.finish);
};

/** Emits the region; returns the depth change that the operation brought along for the next region. */
const writeFinish = (
  writer: ByteWriter,
  { begin, end, frames }: RawRegion,
  next: RawRegion | undefined,
): number => {
  const length = end - begin;
  const change = next ? next.frames.length - frames.length : 0;
  const step = Math.abs(change) === 1 ? change : 0;
  const [one, many] =
    step === 1
      ? [OP.finishOneAndIncrementDepth, OP.finishManyAndIncrementDepth]
      : step === -1
        ? [OP.finishOneAndDecrementDepth, OP.finishManyAndDecrementDepth]
        : [OP.finishOne, OP.finishMany];
  if (length === 1) writer.u8(one);
  else writer.u8(many).varint(length);
  return step;
};

const sameFrame = (a: RawFrame, b: RawFrame): boolean =>
  a.kind === b.kind &&
  a.namespace === b.namespace &&
  a.function === b.function &&
  a.path === b.path &&
  a.line === b.line &&
  a.column === b.column;

const writeFrameChange = (writer: ByteWriter, from: RawFrame, to: RawFrame): void => {
  if (from.kind !== to.kind) writer.u8(KIND_OPERATION[to.kind]);
  if (from.namespace !== to.namespace) writer.u8(OP.setNamespace).varint(to.namespace);
  if (from.function !== to.function) writer.u8(OP.setFunction).varint(to.function);
  if (from.path !== to.path) writer.u8(OP.setPath).varint(to.path);
  if (from.column !== to.column) writer.u8(OP.setColumn).varint(to.column);
  const step = to.line - from.line;
  if (step === 0) return;
  if (step === 1) writer.u8(OP.incrementLine);
  // A small step takes one operand byte where a line number above 127 takes two or more.
  else if (step > 0 && from.line > 0) writer.u8(OP.addLine).varint(step);
  else if (step < 0 && -step < to.line) writer.u8(OP.subLine).varint(-step);
  else writer.u8(OP.setLine).varint(to.line);
};

const checkRegion = ({ begin, end, frames }: RawRegion, previous: RawRegion | undefined): void => {
  const problem =
    frames.length > MAX_FRAMES
      ? `${frames.length} frames`
      : !(Number.isInteger(begin) && Number.isInteger(end) && begin >= 0 && end <= 0xffff_ffff)
        ? 'outside the 32-bit code space'
        : end < begin
          ? 'end before begin'
          : previous && previous.end !== begin
            ? `a gap or overlap behind 0x${previous.end.toString(16)}`
            : undefined;
  if (problem) throw fail('blob/debug-write', { begin, end, problem });
};
