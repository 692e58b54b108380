import type { Width } from '../../../src/core/kind.ts';
import { checkProgramBlob } from '../../../src/decoder/check-blob.ts';
import { programFrom } from '../../../src/decoder/program.ts';
import type { Elf } from '../../../src/linker/index.ts';
import type { OptimisationLevel, RelinkTarget } from '../../../src/linker/relink/options.ts';
import { relink } from '../../../src/linker/relink/relink.ts';
import { readAndWriteBack } from '../code-checks.ts';
import type { VectorRun } from '../kind.ts';
import { checkBehaviour } from './polkavm-blob.ts';

const LEVELS: readonly OptimisationLevel[] = [0, 1, 2, 3];
const TARGETS: Readonly<Record<Width, readonly RelinkTarget[]>> = {
  32: ['latest32'],
  64: ['latest64', 'revive_v1', 'jam_v1'],
};

/** A program this large is linked for one target, at the levels that most people use: the small ones show the rest. */
const LARGE = 1 << 20;
const LEVELS_OF_LARGE: readonly OptimisationLevel[] = [0, 2];

/**
 * ELF files of PolkaVM guests, linked for every target of their width at every level: the blob is right by all rules,
 * reads back as it was written, and does what the program is known to do.
 */
export const relinkedCases = (id: string, fileName: string, source: Elf, run: VectorRun): void => {
  if (source.section('.polkavm_exports') === undefined) return;
  const [first = 'latest', ...others] = TARGETS[source.header.width];
  const isLarge = source.bytes.length >= LARGE;
  const targets = isLarge ? [first] : [first, ...others];
  for (const target of targets) {
    for (const level of isLarge ? LEVELS_OF_LARGE : LEVELS) {
      run.case(`${id}, linked for ${target}, level ${level}`, (c) => {
        const blob = relink(source, { target, level, minStackSize: 0 });
        const wrong = checkProgramBlob(blob).filter(({ level }) => level === 'wrong');
        c.check('bytes', wrong.length === 0, () => wrong.map(({ message }) => message).join('; '));
        const program = programFrom(readAndWriteBack(c, blob, 'polkavm'));
        checkBehaviour(c, program, fileName);
      });
    }
  }
};
