import { checkGraph } from '../../../../src/linker/relink/graph/check-graph.ts';
import type { ProgramGraph } from '../../../../src/linker/relink/graph/graph.ts';
import { textOf } from '../../../../src/linker/relink/graph/graph-text.ts';
import { collectReachable } from '../../../../src/linker/relink/optimise/reachable.ts';
import type { Pass } from '../../../../src/linker/relink/report.ts';
import { buildGraph } from '../build-graph.ts';

const HEADER = 'latest64 stack 0 native\n';

/** A 64-bit program, of which it is known what is reachable. */
export const graphOf = (text: string): ProgramGraph => {
  const graph = buildGraph(HEADER + text);
  collectReachable(graph, 1);
  return graph;
};

/** The reachable blocks of a program after a pass, as text without blanks in front of lines. */
export const codeAfter = (pass: Pass, text: string): readonly string[] => {
  const graph = graphOf(text);
  pass.run(graph);
  checkGraph(graph);
  return reachableCode(graph);
};

export const reachableCode = (graph: ProgramGraph): readonly string[] => {
  const lines = textOf(graph).split('\n');
  const code = lines.slice(lines.findIndex((line) => line.startsWith('b0')));
  let isReachable = true;
  return code.flatMap((line) => {
    if (/^b\d/.test(line)) isReachable = !line.includes('unreachable');
    return isReachable && line.trim() !== '' ? [line.trim()] : [];
  });
};
