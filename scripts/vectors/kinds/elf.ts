import { readBlob } from '../../../src/blob/read.ts';
import { writeBlob } from '../../../src/blob/write.ts';
import { equalBytes } from '../../../src/core/bytes.ts';
import { programFrom } from '../../../src/decoder/program.ts';
import { ET_REL } from '../../../src/linker/elf-format.ts';
import { type Elf, linkToBlob, readElf } from '../../../src/linker/index.ts';
import { FlatMemory } from '../../../src/memory/flat-memory.ts';
import { RETURN_TO_HOST } from '../../../src/memory/map.ts';
import { startExecution, WHOLE_ADDRESS_SPACE } from '../execution.ts';
import type { VectorKind } from '../kind.ts';
import type { Case } from '../report.ts';
import { relinkedCases } from './relinked.ts';

/**
 * RISC-V ELF files: linked to our RISC-V profile, written and read back, and run when they are unit tests; and linked to
 * PolkaVM code at every level when they are made for that.
 */
export const elf: VectorKind = {
  name: 'elf',

  recognise: (file) => file.startsWith(0x7f, 0x45, 0x4c, 0x46),

  run: (file, run) => {
    const folder = file.folder.split(/[\\/]/).at(-1) ?? '';
    // Unit tests of both widths have the same names.
    const id = /^rv\d/.test(folder) ? `${folder}/${file.name}` : file.name;
    const source = readElf(file.bytes);
    // Object files have no addresses yet, which the RISC-V profile takes from the file.
    if (source.header.type !== ET_REL) run.case(id, (c) => runRiscvProfile(c, source));
    relinkedCases(id, file.name, source, run);
  },
};

const runRiscvProfile = (c: Case, source: Elf): void => {
  const blob = linkToBlob(source);
  const written = writeBlob(blob);
  const again = readBlob(written);
  c.check('bytes', equalBytes(writeBlob(again), written), () => 'write(read(blob)) differs');
  c.equal('header', 'register width', source.header.width, blob.kind === 'rv32' ? 32 : 64);
  if (isUnitTest(source)) runUnitTest(c, programFrom(again), again.riscv?.entry ?? 0);
};

/** The RISC-V unit tests end in the environment's `_finish`, and export nothing but `main`. */
const isUnitTest = (source: Elf): boolean =>
  [...(source.symbols ?? [])].some(({ name }) => name === '_finish');

const GAS = 10_000n;
/** x1 takes the address that returns to the host; x8 (s0) has the number of the test that runs. */
const RA = 1;
const S0 = 8;

const runUnitTest = (c: Case, program: ReturnType<typeof programFrom>, entry: number): void => {
  const map = program.memoryMap({ maxMemory: 1 << 24 });
  const execution = startExecution(c, { program, memory: new FlatMemory(map, WHOLE_ADDRESS_SPACE) });
  execution.setRegister(RA, RETURN_TO_HOST);
  execution.setRegister(2, map.stackPointer);
  execution.gas = GAS;
  execution.nextPc = entry;
  const stop = execution.run();
  const test = execution.getRegister(S0);
  c.check(
    'status',
    stop.kind === 'finished',
    () => `${JSON.stringify(stop)}, s0 (number of the test) is ${test}`,
  );
};
