import type { Blob } from '../../blob/blob.ts';
import { READER_ERRORS } from '../../blob/errors.ts';
import { ByteReader, readUint, toHex } from '../../core/bytes.ts';
import { isRiscboxError } from '../../core/error.ts';
import type { PolkaVmCode } from '../code.ts';
import { checkedVarint } from './framing.ts';
import type { Report } from './rules.ts';

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder();

const isText = (symbol: Uint8Array): boolean => {
  try {
    strict.decode(symbol);
    return true;
  } catch {
    return false;
  }
};

/** Checks that imports lie one behind the other and that no symbol comes twice. `at`: file offset of the table. */
export const checkImports = ({ imports }: Blob, at: number, report: Report): void => {
  const { count, offsets } = imports;
  const first = count === 0 ? 0 : readUint(offsets, 0, 4);
  if (first !== 0) report('import-gap', at, { bytes: first });
  if (count === 0 && imports.symbols.length > 0) report('import-gap', at, { bytes: imports.symbols.length });
  const known = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const symbol = imports.symbol(index);
    if (symbol === undefined) {
      report('import-range', at + 4 * index, { index });
      continue;
    }
    if (!isText(symbol)) report('symbol-text', at + 4 * index, { what: `import ${index}` });
    const key = toHex(symbol);
    const other = known.get(key);
    known.set(key, index);
    // Empty symbols are numbers that are not used.
    if (other !== undefined && symbol.length > 0) {
      report('import-twice', at + 4 * index, { index, other, symbol: lenient.decode(symbol) });
    }
  }
};

/** Checks that exports fill their section and lead to basic blocks. `at`: file offset of the section's payload. */
export const checkExports = ({ exports }: Blob, code: PolkaVmCode, at: number, report: Report): void => {
  const reader = new ByteReader(exports.bytes, READER_ERRORS, at);
  if (reader.remaining === 0) return;
  let count = 0;
  let found = 0;
  try {
    count = checkedVarint(reader, 'number of exports', report);
    const known = new Set<string>();
    for (; found < count; found++) checkExport(reader, code, known, report);
  } catch (error) {
    if (!isRiscboxError(error)) throw error;
  }
  if (found < count || reader.remaining > 0) {
    report('export-list', at, { count, found, left: reader.remaining });
  }
};

const checkExport = (reader: ByteReader, code: PolkaVmCode, known: Set<string>, report: Report): void => {
  const at = reader.position;
  const target = checkedVarint(reader, 'code offset', report);
  const bytes = reader.take(checkedVarint(reader, 'length of a symbol', report));
  const symbol = lenient.decode(bytes);
  if (!isText(bytes)) report('symbol-text', at, { what: `the export at code offset ${target}` });
  const key = toHex(bytes);
  if (known.has(key)) report('export-twice', at, { symbol });
  known.add(key);
  if (code.isJumpTarget(target)) return;
  report(code.blockOf(target) < 0 ? 'export-offset' : 'export-inside', at, { symbol, target });
};
