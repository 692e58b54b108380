import type { Blob } from '../blob/blob.ts';
import { readBlob } from '../blob/read.ts';
import { plainView } from '../core/bytes.ts';
import { isRiscboxError } from '../core/error.ts';
import { isRiscvKind } from '../core/kind.ts';
import { polkaVmMap } from '../memory/map.ts';
import { checkCode, checkJumpTable } from './check/code.ts';
import { checkDebug } from './check/debug.ts';
import { checkFraming } from './check/framing.ts';
import { checkExports, checkImports } from './check/names.ts';
import { type BlobProblem, type Report, reportTo } from './check/rules.ts';
import { PolkaVmCode } from './code.ts';

export type { BlobProblem, BlobRule, ProblemLevel } from './check/rules.ts';

/** Stacks are whole pages of this size (PolkaVM 0.35's linker). */
const STACK_UNIT = 4096;

/** With these page sizes a program may be run. */
const PAGE_SIZES = [0x1000, 0x10000];

/** Runs a check over a blob; what cannot be read is a problem with the error's message. */
const attempt = <T>(rule: 'unreadable' | 'memory-map', report: Report, run: () => T): T | undefined => {
  try {
    return run();
  } catch (error) {
    if (!isRiscboxError(error)) throw error;
    report(rule, 0, { problem: `${error.code}: ${error.message}` });
    return undefined;
  }
};

const checkMemory = (blob: Blob, report: Report): void => {
  const { stackSize } = blob;
  for (const pageSize of PAGE_SIZES) attempt('memory-map', report, () => polkaVmMap(blob, { pageSize }));
  if (stackSize % STACK_UNIT !== 0) report('stack-size', 0, { size: stackSize });
};

/**
 * Checks a PolkaVM blob against all rules of the format and of its instruction set, more strictly than its reader and
 * PolkaVM 0.35 do: a program that passes has one meaning only, does not trap for how it is encoded, and is written in
 * the shortest form. Blobs of the RISC-V profile have no rules beyond those of their reader.
 *
 * Never throws for what the bytes are; takes time in proportion to them.
 */
export const checkProgramBlob = (bytes: Uint8Array): readonly BlobProblem[] => {
  const problems: BlobProblem[] = [];
  const report = reportTo(problems);
  const file = plainView(bytes);
  const blob = attempt('unreadable', report, () => readBlob(file));
  if (blob === undefined || isRiscvKind(blob.kind)) return problems;
  const { kind } = blob;
  // Parts of the blob are views into the file.
  const at = (part: Uint8Array): number => part.byteOffset - file.byteOffset;
  const code = new PolkaVmCode(kind, blob.code, blob.bitmask, blob.jumpTable);
  checkFraming(file, blob, report);
  checkMemory(blob, report);
  checkImports(blob, at(blob.imports.offsets), report);
  checkExports(blob, code, at(blob.exports.bytes), report);
  checkJumpTable(blob, code, at(blob.jumpTable.bytes), report);
  checkCode(blob, kind, code, at(blob.code), report);
  checkDebug(blob, at, report);
  return problems;
};
