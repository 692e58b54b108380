import type { Blob } from '../blob/blob.ts';
import { type PolkaVmKind, widthOf } from '../core/kind.ts';
import { Instruction } from '../decoder/instruction.ts';
import { formatForAssembler, formatPolkaVm } from '../decoder/text-polkavm.ts';
import { operation } from '../isa/table.ts';
import type { CodeSurvey } from './code-survey.ts';
import type { LabelNames } from './label-names.ts';
import { quote } from './quoted.ts';
import { BYTES_PER_ROW, type Emit, hexText, writeRows } from './write-bytes.ts';

const ECALLI = operation('ecalli');

/** The code of a PolkaVM program: labels, instructions, and bytes where no text stands for them. */
export const writeCode = (
  emit: Emit,
  blob: Blob,
  kind: PolkaVmKind,
  survey: CodeSurvey,
  names: LabelNames,
  offsets: boolean,
): void => {
  const { decoder } = survey;
  const { code } = blob;
  const width = widthOf(kind);
  const instruction = new Instruction();
  const target = (offset: number): string => names.place(offset);
  let isBlockStart = true;
  for (let index = 0; index < survey.count; index++) {
    const offset = survey.offset(index);
    const end = survey.offset(index + 1);
    const writing = survey.writing(index);
    if (writing === 'gap') {
      writeRows(emit, 'gap', code.subarray(0, end));
      continue;
    }
    for (const label of names.linesAt(offset)) emit(isBlockStart ? label : `${label} %no_fallthrough`);
    isBlockStart = survey.endsBlock(index);
    decoder.decode(offset, instruction);
    if (writing === 'bytes') {
      // The first row has all that the decoder looks at.
      const first = Math.min(end, offset + BYTES_PER_ROW);
      const comment = formatPolkaVm(instruction, width) + (offsets ? `, ${offset}` : '');
      emit(`    %bytes = ${hexText(code.subarray(offset, first))} // ${comment}`);
      writeRows(emit, 'gap', code.subarray(first, end));
      continue;
    }
    const stated = survey.statedLength(index);
    const length = stated === 0 ? '' : ` %length ${stated}`;
    const comment = hostCall(blob, instruction) ?? (offsets ? ` // ${offset}` : '');
    emit(`    ${formatForAssembler(instruction, width, target)}${length}${comment}`);
  }
};

/** The name of the function that a host call means, as a comment. */
const hostCall = ({ imports }: Blob, { op, x }: Instruction): string | undefined => {
  const symbol = op === ECALLI ? imports.symbol(x >>> 0) : undefined;
  return symbol === undefined || symbol.length === 0 ? undefined : ` // ${quote(symbol)}`;
};
