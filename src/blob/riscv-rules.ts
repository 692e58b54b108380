import type { RiscvImage, RiscvProgramHeaders, RiscvSegment } from './blob.ts';
import { fail } from './errors.ts';
import { ADDRESS_SPACE, MAX_SEGMENTS } from './limits.ts';

/** The rules of SPEC.md, "RISC-V profile container", that hold for images from files and from the linker alike. */
export const checkRiscvImage = (image: RiscvImage): void => {
  const { segments, entry, extraStarts, programHeaders } = image;
  checkSegments(segments);
  const hasEntry = entry % 2 === 0 && segments.some((s) => s.executable && contains(s, entry, 2));
  if (!hasEntry && entry !== 0) throw fail('blob/riscv-entry', { entry });
  checkExtraStarts(extraStarts, segments);
  if (programHeaders) checkProgramHeaders(programHeaders, segments);
};

const endOf = (segment: RiscvSegment): number => segment.address + segment.memorySize;

const contains = (segment: RiscvSegment, address: number, size: number): boolean =>
  address >= segment.address && address + size <= endOf(segment);

const checkSegments = (segments: readonly RiscvSegment[]): void => {
  if (segments.length === 0) throw fail('blob/riscv-no-segments', {});
  if (segments.length > MAX_SEGMENTS) {
    throw fail('blob/riscv-too-many-segments', { count: segments.length, limit: MAX_SEGMENTS });
  }
  let end = 0;
  for (const [index, segment] of segments.entries()) {
    const problem = segmentProblem(segment, end);
    const { address, memorySize } = segment;
    if (problem) throw fail('blob/riscv-segment', { index, address, memorySize, problem });
    end = endOf(segment);
  }
};

const segmentProblem = (segment: RiscvSegment, previousEnd: number): string | undefined => {
  const { address, memorySize, data, executable } = segment;
  if (!Number.isSafeInteger(address) || !Number.isSafeInteger(memorySize)) return 'has no integer bounds';
  if (address < previousEnd) return `begins before the end of the one before (0x${previousEnd.toString(16)})`;
  if (memorySize < 1) return 'is empty';
  if (address + memorySize > ADDRESS_SPACE) return 'leaves the 32-bit address space';
  if (data.length > memorySize) return `has ${data.length} bytes of data, more than its size`;
  if (executable && address % 2 !== 0) return 'is executable and begins at an odd address';
  return undefined;
};

const checkExtraStarts = (starts: RiscvImage['extraStarts'], segments: readonly RiscvSegment[]): void => {
  const executable = segments.filter((segment) => segment.executable);
  let current = 0;
  let previous = -1;
  let index = 0;
  for (const address of starts) {
    // Both lists ascend, so one walk over the segments serves all starts.
    while (current < executable.length && endOf(executable[current]!) <= address) current++;
    const segment = executable[current];
    const problem =
      address % 2 !== 0
        ? 'is odd'
        : address <= previous
          ? 'is not above the one before'
          : segment === undefined || !contains(segment, address, 2)
            ? 'is outside the executable segments'
            : undefined;
    if (problem) throw fail('blob/riscv-start', { index, address, problem });
    previous = address;
    index++;
  }
};

const checkProgramHeaders = (headers: RiscvProgramHeaders, segments: readonly RiscvSegment[]): void => {
  const { address, count, entrySize } = headers;
  const size = count * entrySize;
  if (!segments.some((segment) => contains(segment, address, size))) {
    throw fail('blob/riscv-program-headers', { address, size });
  }
};
