import { errnoName } from './errno.ts';
import type { SystemCallRecord } from './process.ts';
import type { ArgumentKind, ArgumentValue } from './system-call.ts';

/** One line per system call in the manner of strace: `openat(-100, "a.txt", 0, 00) = -2 ENOENT`. */
export const formatSystemCall = (record: SystemCallRecord): string => {
  const kinds = record.call?.arguments ?? [];
  const values = record.values.map((value, i) => formatValue(kinds[i] as ArgumentKind, value));
  const error = record.result < 0 ? errnoName(record.result) : undefined;
  return `${record.name}(${values.join(', ')}) = ${record.result}${error ? ` ${error}` : ''}`;
};

const formatValue = (kind: ArgumentKind, value: ArgumentValue): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === undefined) return 'NULL';
  if (kind === 'address') return value === 0 ? 'NULL' : `0x${value.toString(16)}`;
  return kind === 'mode' ? `0${value.toString(8)}` : String(value);
};
