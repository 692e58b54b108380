import { FileIndex, type VectorFile, walk } from './file.ts';
import type { VectorKind } from './kind.ts';
import { KINDS } from './kinds.ts';
import { Report, type ReportOptions } from './report.ts';
import { COMPANIONS } from './skip-list.ts';

export interface RunResult {
  readonly report: Report;
  /** Number of files without cases by what they are. */
  readonly companions: ReadonlyMap<string, number>;
}

/** The kind a file belongs to. A file that only looks like one must not stop the others, so readers may fail. */
export const kindOf = (file: VectorFile): VectorKind | undefined =>
  KINDS.find((kind) => kind.recognise(file));

/** What a file that holds no cases is; undefined when it should hold some. */
export const companionOf = (file: VectorFile): string | undefined =>
  COMPANIONS.find(({ name }) => name.test(file.name))?.what;

/** Runs everything that is found below the paths. Throws when a path does not exist. */
export const runVectors = (paths: readonly string[], options: ReportOptions = {}): RunResult => {
  const files = walk(paths);
  const index = new FileIndex(files);
  const report = new Report(options);
  const companions = new Map<string, number>();
  for (const file of files) {
    runFile(file, index, report, companions);
    file.release();
  }
  return { report, companions };
};

const runFile = (
  file: VectorFile,
  files: FileIndex,
  report: Report,
  companions: Map<string, number>,
): void => {
  const what = companionOf(file);
  if (what !== undefined) {
    companions.set(what, (companions.get(what) ?? 0) + 1);
    return;
  }
  let kind: VectorKind | undefined;
  try {
    kind = kindOf(file);
    kind?.run(file, { files, case: (id, body) => report.case((kind as VectorKind).name, id, body) });
  } catch (error) {
    // The file itself cannot be read: packed data are damaged, or a list has something else than cases.
    report.case(kind?.name ?? 'unrecognised', file.path, () => {
      throw error;
    });
    return;
  }
  if (kind === undefined) {
    report.case('unrecognised', file.path, (c) => {
      c.check('error', false, () => 'no kind of vector is like this file; see scripts/vectors/kinds');
    });
  }
};
