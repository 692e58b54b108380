import type { VectorKind } from './kind.ts';
import { blobInfo } from './kinds/blob-info.ts';
import { differential } from './kinds/differential.ts';
import { elf } from './kinds/elf.ts';
import { gameFrame } from './kinds/game-frame.ts';
import { jamProgram, malformed } from './kinds/jam-programs.ts';
import { jamRuns } from './kinds/jam-runs.ts';
import { jamTrace } from './kinds/jam-trace.ts';
import { polkaVmBlob } from './kinds/polkavm-blob.ts';
import { polkaVmJson } from './kinds/polkavm-json.ts';
import { solidityCalls } from './kinds/solidity-calls.ts';
import { costTable, lineTable, listingTable } from './kinds/tables.ts';
import { timelines } from './kinds/timelines.ts';
import { w3fJson } from './kinds/w3f-json.ts';

/** All kinds, in the order in which a file is offered to them. */
export const KINDS: readonly VectorKind[] = [
  malformed,
  polkaVmBlob,
  elf,
  polkaVmJson,
  w3fJson,
  jamTrace,
  jamRuns,
  solidityCalls,
  differential,
  costTable,
  lineTable,
  listingTable,
  blobInfo,
  timelines,
  jamProgram,
  gameFrame,
];
