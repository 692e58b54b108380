/** Why a kind of vector can find that it is unable to run a case. */
export type Obstacle =
  /** A file that the case refers to is not there. */
  | 'missing-file'
  /** A picture that a game shows when it runs with its data file. */
  | 'game-frame';

export interface SkipEntry {
  readonly obstacle: Obstacle;
  /** Which cases ("kind: case") may be skipped when they meet the obstacle. */
  readonly cases: RegExp;
  readonly reason: string;
}

/**
 * The one list of cases that may be skipped. An entry only takes effect when the case really meets its obstacle;
 * a case that cannot be run and is not listed here fails.
 */
export const SKIP_LIST: readonly SkipEntry[] = [
  {
    obstacle: 'missing-file',
    cases: /^blob-info: doom_O[13]_dwarf[25]\.polkavm$/,
    reason: 'the table names linker outputs that the published part of the vectors leaves out',
  },
  {
    obstacle: 'game-frame',
    cases: /^game-frame: (doom|pinky)_\d+\.tga$/,
    reason: 'the frame needs the game data file, which is not among the vectors',
  },
];

export const skipEntry = (obstacle: Obstacle, id: string): SkipEntry | undefined =>
  SKIP_LIST.find((entry) => entry.obstacle === obstacle && entry.cases.test(id));

/** Files beside vectors that hold no cases: what they say is in the documentation or inside other files. */
export const COMPANIONS: readonly { readonly name: RegExp; readonly what: string }[] = [
  { name: /^(README|LICEN[CS]E|COPYING|TESTCASES)(\.\w+)?$/i, what: 'documentation' },
  { name: /\.sol$/, what: 'source of a contract whose blobs are run' },
  { name: /\.abi\.json$/, what: 'interface of a contract whose calls are run with ready-made call data' },
];
