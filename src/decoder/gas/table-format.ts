import { ByteWriter, readUint } from '../../core/bytes.ts';
import { defineErrors, type Fail } from '../../core/error.ts';
import { existsIn, ROWS } from '../../isa/table.ts';
import { fail } from './errors.ts';
import { checkTable, type GasTable } from './models.ts';

/**
 * PolkaVM 0.35's file form of a cost table: little-endian u32 words, first the version, then one cost per
 * instruction in byte order of the names, then the cost of invalid code. The instructions are those of latest64,
 * which has every instruction of the four PolkaVM 0.35 kinds.
 */
const VERSION = 2;

const NAMES: readonly string[] = ROWS.filter((r) => existsIn(r, 'latest64'))
  .map((r) => r.name)
  .sort();

const formatErrors = {
  'gas/table-length': (d: { have: number; need: number }) =>
    `a serialized cost table has ${d.need} bytes, this one has ${d.have}; write it again with this version`,
  'gas/table-version': (d: { version: number; expected: number }) =>
    `the serialized cost table has version ${d.version}, only ${d.expected} can be read; write it again`,
};

const formatFail: Fail<typeof formatErrors> = defineErrors(formatErrors);

const LENGTH = 4 * (NAMES.length + 2);

/**
 * The file form of a table; RISC-V instructions that PolkaVM lacks have no place in it.
 *
 * @throws RiscboxError `gas/table-name`, `gas/table-cost`, `gas/table-incomplete`
 */
export const writeGasTable = (table: GasTable): Uint8Array => {
  checkTable(table);
  const missing = NAMES.filter((name) => !Object.hasOwn(table.costs, name) && table.otherwise === undefined);
  if (missing.length > 0) throw fail('gas/table-incomplete', { kind: 'latest64', missing });
  const writer = new ByteWriter(LENGTH).u32(VERSION);
  for (const name of NAMES) writer.u32(table.costs[name] ?? (table.otherwise as number));
  return writer.u32(table.invalid).finish();
};

/** @throws RiscboxError `gas/table-length`, `gas/table-version` */
export const readGasTable = (bytes: Uint8Array): GasTable => {
  if (bytes.length !== LENGTH) throw formatFail('gas/table-length', { have: bytes.length, need: LENGTH });
  const version = readUint(bytes, 0, 4);
  if (version !== VERSION) throw formatFail('gas/table-version', { version, expected: VERSION });
  const costs = Object.fromEntries(NAMES.map((name, index) => [name, readUint(bytes, 4 * (index + 1), 4)]));
  return { costs, invalid: readUint(bytes, LENGTH - 4, 4) };
};
