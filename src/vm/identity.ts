import { ContentHash } from '../core/content-hash.ts';
import type { Program } from '../decoder/program.ts';
import type { AnyModule } from './any-module.ts';

/**
 * Identity of a program: kind, code, jump table, exports, data and sizes. Not what leaves its runs unchanged
 * (debug information, unknown sections, names of imports). Not cryptographic; `uniqueHash` of `riscbox/hash` is.
 */
export const programIdentity = ({ kind, blob }: Program): string => {
  const hash = new ContentHash()
    .text(kind)
    .bytes(blob.code)
    .bytes(blob.bitmask)
    .number(blob.jumpTable.entrySize)
    .bytes(blob.jumpTable.bytes)
    .bytes(blob.exports.bytes)
    .bytes(blob.roData)
    .bytes(blob.rwData)
    .number(blob.roDataSize)
    .number(blob.rwDataSize)
    .number(blob.stackSize)
    .number(blob.spi?.heapPages ?? 0);
  const { riscv } = blob;
  if (riscv === undefined) return hash.finish();
  hash.number(riscv.entry).number(riscv.embedded ? 1 : 0);
  for (const s of riscv.segments) {
    hash.number(s.address).number(s.memorySize).bytes(s.data);
    hash.number((s.readable ? 1 : 0) | (s.writable ? 2 : 0) | (s.executable ? 4 : 0));
  }
  for (const start of riscv.extraStarts) hash.number(start);
  return hash.finish();
};

/** Identity of everything else that makes a saved state mean what it means. */
export const optionsIdentity = (
  { metering, dynamicPaging, pageSize, auxDataSize, limits }: AnyModule,
  argumentsSize: number,
): string => {
  const { gas, granularity, model } = metering;
  const hash = new ContentHash().text(gas).text(granularity).text(model.name);
  if (model.shape === 'sum') for (const cost of model.costs) hash.number(cost);
  return hash
    .number(dynamicPaging ? 1 : 0)
    .number(pageSize)
    .number(auxDataSize)
    .number(limits.stackSize)
    .number(argumentsSize)
    .finish();
};
