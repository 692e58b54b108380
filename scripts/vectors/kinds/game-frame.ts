import type { VectorKind } from '../kind.ts';

/** A TGA picture that a guest program shows after a number of frames. */
export const gameFrame: VectorKind = {
  name: 'game-frame',

  recognise: (file) => /_\d+\.tga$/.test(file.name),

  run: (file, run) => {
    run.case(file.name, (c) => c.obstacle('game-frame', 'the game needs a data file that is not here'));
  },
};
