import type { FileIndex, VectorFile } from './file.ts';
import type { Case } from './report.ts';

/** What a kind needs while it runs a file. */
export interface VectorRun {
  readonly files: FileIndex;
  /** Runs one case; `id` names it within the kind. */
  case(id: string, body: (c: Case) => void): void;
}

/** One kind of vector. A file belongs to the first kind of the list that recognises its contents. */
export interface VectorKind {
  readonly name: string;
  recognise(file: VectorFile): boolean;
  run(file: VectorFile, run: VectorRun): void;
}

/** The file of that name which a vector refers to; without it the case cannot be run. */
export const referredFile = (c: Case, run: VectorRun, name: string, from: VectorFile): VectorFile => {
  const file = run.files.find(name, from);
  if (file === undefined) return c.obstacle('missing-file', `${name} is not there`);
  return file;
};
