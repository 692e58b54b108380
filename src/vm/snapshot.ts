import { ByteReader, ByteWriter, type ReaderErrors, toHex } from '../core/bytes.ts';
import type { Execution } from '../jit/tier.ts';
import type { GuestMemory } from '../memory/guest-memory.ts';
import type { SavedPage, SavedRange } from '../memory/saved-memory.ts';
import type { AnyModule } from './any-module.ts';
import { optionsIdentity, programIdentity } from './identity.ts';
import { fail } from './snapshot-errors.ts';

/*
 * A snapshot, all numbers little-endian:
 *
 *   4   "RBXS"
 *   1   format version
 *   8   identity of the program
 *   8   identity of its options
 *   1   flags
 *   4   pc
 *   4   next pc
 *   8   gas, signed
 *   8   executed instructions
 *   4   address of a load-reserved
 *   8   per register
 *   4   heap end
 *   4   accessible bytes of the host's region
 *   4   number of accessible ranges, each: 4 address, 4 pages, 1 rights
 *   4   number of changed pages, each: 4 address (lowest bit: all zero), else its bytes
 *
 * A memset that was interrupted is nothing special: its registers say what is left.
 */
const MAGIC = 0x53584252;
const VERSION = 1;

const HAS_PC = 1;
const HAS_NEXT_PC = 2;
const PAID = 4;
const ANNOUNCED = 8;
const HAS_RESERVATION = 16;
const HOST_WRITE_PROTECTED = 32;
const ALL_FLAGS = 63;

const RANGE_SIZE = 9;
const PAGE_HEADER_SIZE = 4;
const ZERO_PAGE = 1;
/** The unit of flat memories' access rights. */
const FLAT_PAGE = 4096;

const ERRORS: ReaderErrors = {
  truncated: ({ at, need, have }) =>
    fail('snapshot/format', { problem: `it ends early, ${need} bytes needed at offset ${at}, ${have} left` }),
  varint: ({ at }) => fail('snapshot/format', { problem: `a bad number at offset ${at}` }),
};

const identities = new WeakMap<AnyModule, string>();

const identityOf = (module: AnyModule): string => {
  let identity = identities.get(module);
  if (identity === undefined) {
    identity = programIdentity(module.program);
    identities.set(module, identity);
  }
  return identity;
};

const pageSizeOf = ({ dynamicPaging, memoryMap }: AnyModule): number =>
  dynamicPaging ? memoryMap.pageSize : FLAT_PAGE;

export const writeSnapshot = (
  module: AnyModule,
  execution: Execution,
  memory: GuestMemory,
  argumentsSize: number,
): Uint8Array => {
  const { pc, nextPc, paid, announced, gas, executed } = execution.state;
  const saved = memory.save();
  const pageSize = pageSizeOf(module);
  const flags =
    (pc === undefined ? 0 : HAS_PC) |
    (nextPc === undefined ? 0 : HAS_NEXT_PC) |
    (paid ? PAID : 0) |
    (announced ? ANNOUNCED : 0) |
    (saved.reservation < 0 ? 0 : HAS_RESERVATION) |
    (saved.hostWriteProtected ? HOST_WRITE_PROTECTED : 0);
  const writer = new ByteWriter(512 + saved.pages.length * (pageSize + PAGE_HEADER_SIZE));
  writer.u32(MAGIC).u8(VERSION);
  writeIdentity(writer, identityOf(module));
  writeIdentity(writer, optionsIdentity(module, argumentsSize));
  writer
    .u8(flags)
    .u32(pc ?? 0)
    .u32(nextPc ?? 0);
  writeU64(writer, gas);
  writer.u64(executed).u32(Math.max(saved.reservation, 0));
  for (let r = 0; r < execution.registerCount; r++) writeU64(writer, execution.getRegister(r));
  writer.u32(saved.heapEnd).u32(saved.hostRegionSize).u32(saved.ranges.length);
  for (const { address, size, rights } of saved.ranges)
    writer
      .u32(address)
      .u32(size / pageSize)
      .u8(rights);
  writer.u32(saved.pages.length);
  for (const { address, bytes } of saved.pages) {
    if (bytes === undefined) writer.u32(address | ZERO_PAGE);
    else writer.u32(address).bytes(bytes);
  }
  return writer.finish().slice();
};

const writeU64 = (writer: ByteWriter, value: bigint): void => {
  writer.u32(Number(BigInt.asUintN(32, value))).u32(Number(BigInt.asUintN(32, value >> 32n)));
};

const writeIdentity = (writer: ByteWriter, identity: string): void => {
  for (let i = 0; i < 16; i += 2) writer.u8(Number.parseInt(identity.slice(i, i + 2), 16));
};

/**
 * Puts an instance that was just reset into the state of a snapshot. Nothing in `bytes` is trusted: it costs time
 * and memory in proportion to its length and to the memory limit at most.
 *
 * @throws RiscboxError snapshot/format, snapshot/other-program, snapshot/other-options, snapshot/state,
 * memory/state, memory/limit
 */
export const readSnapshot = (
  bytes: Uint8Array,
  module: AnyModule,
  execution: Execution,
  memory: GuestMemory,
  argumentsSize: number,
): void => {
  const reader = new ByteReader(bytes, ERRORS);
  checkOrigin(reader, module, argumentsSize);
  const flags = reader.u8();
  if ((flags & ~ALL_FLAGS) !== 0) throw fail('snapshot/format', { problem: `unknown flags ${flags}` });
  const pc = reader.u32();
  const nextPc = reader.u32();
  const gas = readU64(reader);
  const executed = reader.u64();
  const reservation = reader.u32();
  if (!Number.isSafeInteger(executed)) throw fail('snapshot/state', { problem: 'too many instructions' });
  if ((flags & (PAID | ANNOUNCED)) !== 0 && (flags & HAS_NEXT_PC) === 0) {
    throw fail('snapshot/state', { problem: 'it is in the middle of a block but has no program counter' });
  }
  const registers = Array.from({ length: execution.registerCount }, () => readU64(reader));
  const heapEnd = reader.u32();
  const hostRegionSize = reader.u32();
  const pageSize = pageSizeOf(module);
  const ranges = readRanges(reader, pageSize);
  const pages = readPages(reader, pageSize);
  if (reader.remaining > 0) throw fail('snapshot/format', { problem: `${reader.remaining} bytes too many` });
  memory.restore({
    heapEnd,
    hostRegionSize,
    hostWriteProtected: (flags & HOST_WRITE_PROTECTED) !== 0,
    reservation: (flags & HAS_RESERVATION) === 0 ? -1 : reservation,
    ranges,
    pages,
  });
  for (const [register, value] of registers.entries()) execution.setRegister(register, value);
  execution.state = {
    pc: (flags & HAS_PC) === 0 ? undefined : pc,
    nextPc: (flags & HAS_NEXT_PC) === 0 ? undefined : nextPc,
    paid: (flags & PAID) !== 0,
    announced: (flags & ANNOUNCED) !== 0,
    gas: BigInt.asIntN(64, gas),
    executed,
  };
};

const checkOrigin = (reader: ByteReader, module: AnyModule, argumentsSize: number): void => {
  if (reader.u32() !== MAGIC) throw fail('snapshot/format', { problem: 'it does not begin with RBXS' });
  const version = reader.u8();
  if (version !== VERSION) throw fail('snapshot/format', { problem: `its version is ${version}` });
  const snapshot = toHex(reader.take(8));
  const program = identityOf(module);
  if (snapshot !== program) throw fail('snapshot/other-program', { snapshot, program });
  if (toHex(reader.take(8)) !== optionsIdentity(module, argumentsSize))
    throw fail('snapshot/other-options', {});
};

const readU64 = (reader: ByteReader): bigint => BigInt(reader.u32()) | (BigInt(reader.u32()) << 32n);

/** A number of entries that can all be there. */
const readCount = (reader: ByteReader, entrySize: number): number => {
  const count = reader.u32();
  const have = Math.floor(reader.remaining / entrySize);
  if (count > have)
    throw fail('snapshot/format', { problem: `${count} entries announced, at most ${have} follow` });
  return count;
};

const readRanges = (reader: ByteReader, pageSize: number): SavedRange[] =>
  Array.from({ length: readCount(reader, RANGE_SIZE) }, () => ({
    address: reader.u32(),
    size: reader.u32() * pageSize,
    rights: reader.u8(),
  }));

const readPages = (reader: ByteReader, pageSize: number): SavedPage[] =>
  Array.from({ length: readCount(reader, PAGE_HEADER_SIZE) }, () => {
    const word = reader.u32();
    const zero = (word & ZERO_PAGE) !== 0;
    return { address: (word & ~ZERO_PAGE) >>> 0, bytes: zero ? undefined : reader.take(pageSize) };
  });
