import type { Blob } from '../../../../src/blob/blob.ts';
import { writeFile } from '../../../../src/blob/write-file.ts';
import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import type { RelinkOptions } from '../../../../src/linker/relink/options.ts';
import { checkOutput } from '../../../../src/linker/relink/output/check-output.ts';
import { writeProgram } from '../../../../src/linker/relink/output/write.ts';
import { buildGraph } from '../build-graph.ts';

/** The blob of a graph in text form; the graph is checked first. */
export const blobOf = (text: string, options: RelinkOptions = {}): Blob => {
  const graph = buildGraph(text);
  checkGraph(graph);
  checkOutput(graph, options);
  return writeProgram(graph, options).blob;
};

export const fileOf = (text: string, options: RelinkOptions = {}): Uint8Array =>
  writeFile(blobOf(text, options));
