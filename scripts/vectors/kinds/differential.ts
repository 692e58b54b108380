import { uniqueHash } from '../../../src/blob/hash.ts';
import { equalBytes, toHex } from '../../../src/core/bytes.ts';
import { isRiscboxError } from '../../../src/core/error.ts';
import type { Stop } from '../../../src/core/stop.ts';
import type { GasModelOption } from '../../../src/decoder/gas/models.ts';
import { type Program, programFrom } from '../../../src/decoder/program.ts';
import type { Execution } from '../../../src/jit/tier.ts';
import { FlatMemory } from '../../../src/memory/flat-memory.ts';
import { PagedMemory } from '../../../src/memory/paged-memory.ts';
import { COST_COLUMNS, checkCosts, checkLines, listingOf, readAndWriteBack } from '../code-checks.ts';
import {
  checkRegisters,
  DRIVES,
  type Drive,
  drive,
  startExecution,
  WHOLE_ADDRESS_SPACE,
} from '../execution.ts';
import { Fields, isRecord, parseExactJson, toBytes, toHexInteger, toList, toNumber } from '../json.ts';
import type { VectorKind } from '../kind.ts';
import { type Chunk, checkMemory } from '../memory-image.ts';
import type { Case } from '../report.ts';

/** Random programs, one JSON object per line, with what PolkaVM's interpreter did. */
export const differential: VectorKind = {
  name: 'differential',

  recognise: (file) => {
    if (!file.startsWith(0x7b) || !/\.(jsonl|ndjson)$/.test(file.name)) return false;
    const end = file.bytes.indexOf(0x0a);
    try {
      const first = parseExactJson(
        new TextDecoder().decode(file.bytes.subarray(0, end < 0 ? undefined : end)),
      );
      return isRecord(first) && typeof first.blob === 'string' && typeof first.listing === 'string';
    } catch {
      return false;
    }
  },

  run: (file, run) => {
    file.lines.forEach((line, i) => {
      run.case(`${file.name}, line ${i + 1}`, (c) => {
        checkLine(c, new Fields(parseExactJson(line), `line ${i + 1}`));
      });
    });
  },
};

/** Instructions are joined by a bar, which is also the sign of an operation. */
const BETWEEN_INSTRUCTIONS = /\|(?=\d+:\d+:)/;

const checkLine = (c: Case, vector: Fields): void => {
  const blob = readAndWriteBack(c, vector.bytes('blob'), 'polkavm');
  c.equal('header', 'instruction set', vector.text('isa'), blob.kind);
  if (vector.has('hash')) {
    c.equal('hash', 'hash', vector.text('hash'), toHex(uniqueHash(blob, { debug: true })));
  }
  const listing = listingOf(blob).map(({ offset, next, text }) => `${offset}:${next}:${text}`);
  checkLines(c, 'listing', vector.text('listing').split(BETWEEN_INSTRUCTIONS), listing);
  if (vector.has('costs')) {
    const rows = vector
      .list('costs')
      .map((row) => toList(row, 'costs').map((cost) => toNumber(cost, 'costs')));
    checkCosts(c, blob, rows, COST_COLUMNS);
  }
  if (vector.has('error')) {
    checkRefusal(c, vector.text('error'), () => programFrom(blob));
    return;
  }
  const program = programFrom(blob);
  for (const how of DRIVES) checkRun(c, vector, program, how);
};

/** Upstream refuses the program; where it says so, at the same offset. */
const checkRefusal = (c: Case, error: string, compile: () => unknown): void => {
  try {
    compile();
  } catch (refusal) {
    if (!isRiscboxError(refusal)) throw refusal;
    c.check('rejected', true, () => '');
    const offset = /offset (\d+)/.exec(error)?.[1];
    if (offset !== undefined) c.equal('rejected', 'offset', offset, String(refusal.detail.offset));
    return;
  }
  c.check('rejected', false, () => `the program is accepted, expected ${error}`);
};

/** The host of these runs grants gas in portions while there is less than a limit. */
const MORE_GAS = 50n;
const GAS_LIMIT = 40n;
const PAGE = 4096;
/** After this many events the recordings end whatever the program does. */
const MAX_EVENTS = 8;

const checkRun = (c: Case, vector: Fields, program: Program, how: Drive): void => {
  const map = program.memoryMap({ maxMemory: WHOLE_ADDRESS_SPACE });
  const memory = vector.boolean('dynamic_paging')
    ? new PagedMemory(map, WHOLE_ADDRESS_SPACE)
    : new FlatMemory(map, WHOLE_ADDRESS_SPACE);
  const model = vector.text('cost_model') as GasModelOption;
  const execution = startExecution(c, { program, memory, model });
  vector.list('init_regs').forEach((value, i) => {
    execution.setRegister(i, toHexInteger(value, `init_regs[${i}]`));
  });
  execution.gas = vector.integer('init_gas');
  execution.nextPc = vector.number('init_pc');

  const events = vector.each('events');
  for (const [i, event] of events.entries()) {
    const what = `event ${i + 1} (${how})`;
    const { stop } = drive(execution, how);
    checkEvent(c, execution, stop, event, what);
    const goesOn = serve(execution, memory, stop, program.blob.roDataSize > 0);
    const more = i + 1 < events.length;
    if (goesOn === more || (goesOn && events.length === MAX_EVENTS)) continue;
    c.check(
      'status',
      false,
      () => `${what}: the run ${goesOn ? 'goes on' : 'ends'} here, unlike the recorded one`,
    );
    break;
  }
  if (vector.has('heap_size')) {
    c.equal('heap', `heap size (${how})`, vector.number('heap_size'), memory.heapEnd - map.heap.base);
  }
  if (vector.has('memory')) {
    const chunks = vector.list('memory').map((pair): Chunk => {
      const [address, bytes] = toList(pair, 'memory');
      return { address: toNumber(address, 'memory'), bytes: toBytes(bytes, 'memory') };
    });
    checkListed(c, memory, chunks, how);
    checkReadOnly(c, memory, program, how);
  }
};

/**
 * The recordings list the read-write and stack pages of the start, without a grown heap. With paging the list is
 * empty whatever the program has written: then there is nothing to compare but what is listed.
 */
const checkListed = (
  c: Case,
  memory: FlatMemory | PagedMemory,
  chunks: readonly Chunk[],
  how: Drive,
): void => {
  if (memory instanceof PagedMemory) {
    if (chunks.length > 0) checkMemory(c, memory, chunks, how);
    return;
  }
  const listed = memory.map.regions.filter(({ writable }) => writable);
  const covers = (page: number): boolean =>
    listed.some(({ start, size }) => page >= start && page < start + size);
  checkMemory(c, memory, chunks, how, covers);
};

/** Read-only data must be what they were; with paging the host of these runs leaves them out. */
const checkReadOnly = (c: Case, memory: FlatMemory | PagedMemory, program: Program, how: Drive): void => {
  const region = memory.map.regions.find(({ name }) => name === 'read-only');
  if (memory instanceof PagedMemory || region === undefined) return;
  const same = equalBytes(memory.read(region.start, region.data.length), program.blob.roData);
  c.check('memory', same, () => `${how}: read-only data have changed`);
};

const EVENT: Readonly<Record<Stop['kind'], string>> = {
  finished: 'finished',
  trap: 'trap',
  'host-call': 'ecalli',
  segfault: 'segfault',
  'out-of-gas': 'notenoughgas',
  step: 'step',
  interrupted: 'interrupted',
};

const checkEvent = (c: Case, execution: Execution, stop: Stop, event: Fields, what: string): void => {
  const optional = (name: string): number | undefined => (event.has(name) ? event.number(name) : undefined);
  c.equal('status', `${what}: kind`, event.text('kind').toLowerCase().replace(/[-_]/g, ''), EVENT[stop.kind]);
  if (stop.kind === 'host-call') c.equal('status', `${what}: number`, optional('num'), stop.number);
  if (stop.kind === 'segfault') {
    c.equal('status', `${what}: page`, optional('page'), stop.pageAddress);
    c.equal('status', `${what}: write protected`, event.raw('write_protected') === true, stop.writeProtected);
  }
  c.equal('pc', `${what}: pc`, optional('pc'), execution.pc);
  c.equal('pc', `${what}: next pc`, optional('next_pc'), execution.nextPc);
  c.equal('gas', `${what}: gas`, event.integer('gas'), execution.gas);
  checkRegisters(
    c,
    execution,
    event.list('regs').map((value, r) => toHexInteger(value, `regs[${r}]`)),
    what,
  );
};

/** The host protocol of the recordings; whether the run goes on. */
const serve = (
  execution: Execution,
  memory: FlatMemory | PagedMemory,
  stop: Stop,
  hasRoData: boolean,
): boolean => {
  if (stop.kind === 'host-call') {
    execution.setRegister(7, 3n * BigInt(stop.number) + 1n);
    return true;
  }
  if (stop.kind === 'segfault' && !stop.writeProtected && memory instanceof PagedMemory) {
    const isFirstRo =
      hasRoData && stop.pageAddress === memory.map.regions.find((r) => r.name === 'read-only')?.start;
    memory.zeroWithProtection(stop.pageAddress, PAGE, isFirstRo ? 'read' : 'read-write');
    return true;
  }
  if (stop.kind === 'out-of-gas' && execution.gas < GAS_LIMIT) {
    execution.gas += MORE_GAS;
    return true;
  }
  return false;
};
