import type { Blob } from '../blob/blob.ts';
import { type PolkaVmKind, widthOf } from '../core/kind.ts';
import { Instruction } from '../decoder/instruction.ts';
import { formatForAssembler, formatPolkaVm } from '../decoder/text-polkavm.ts';
import { operation } from '../isa/table.ts';
import type { CodeSurvey } from './code-survey.ts';
import type { LabelNames } from './label-names.ts';
import { quote } from './quoted.ts';
import { hexRows, hexText } from './write-bytes.ts';

const ECALLI = operation('ecalli');

/** Bytes in which no instruction starts are shown in rows; the first row has what the decoder looks at. */
const ROW = 32;

/** The code of a PolkaVM program: labels, instructions, and bytes where no text stands for them. */
export function* writeCode(
  blob: Blob,
  kind: PolkaVmKind,
  survey: CodeSurvey,
  names: LabelNames,
  offsets: boolean,
): Generator<string, void> {
  const { decoder } = survey;
  const width = widthOf(kind);
  const instruction = new Instruction();
  const target = (offset: number): string => names.place(offset);
  let isBlockStart = true;
  for (let index = 0; index < survey.count; index++) {
    const offset = survey.offset(index);
    const end = survey.offset(index + 1);
    if (survey.writing(index) === 'gap') {
      yield* hexRows('gap', blob.code.subarray(0, end), ROW, false);
      continue;
    }
    for (const label of names.linesAt(offset)) yield isBlockStart ? label : `${label} %no_fallthrough`;
    isBlockStart = survey.endsBlock(index);
    decoder.decode(offset, instruction);
    const comment = offsets ? ` // ${offset}` : '';
    if (survey.writing(index) === 'bytes') {
      const text = formatPolkaVm(instruction, width);
      yield `    %bytes = ${hexText(blob.code.subarray(offset, Math.min(end, offset + ROW)))} // ${text}${offsets ? `, ${offset}` : ''}`;
      yield* hexRows('gap', blob.code.subarray(Math.min(end, offset + ROW), end), ROW, false);
      continue;
    }
    const stated = survey.statedLength(index);
    const length = stated === 0 ? '' : ` %length ${stated}`;
    yield `    ${formatForAssembler(instruction, width, target)}${length}${hostCall(blob, instruction) ?? comment}`;
  }
}

/** The name of the function that a host call means. */
const hostCall = ({ imports }: Blob, { op, x }: Instruction): string | undefined => {
  const symbol = op === ECALLI ? imports.symbol(x >>> 0) : undefined;
  return symbol === undefined || symbol.length === 0 ? undefined : ` // ${quote(symbol)}`;
};
