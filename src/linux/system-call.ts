import type { Width } from '../core/kind.ts';
import type { OrErrno } from './errno.ts';
import type { LinuxGuest } from './guest.ts';
import type { Kernel } from './kernel.ts';
import type { UserMemory } from './user-memory.ts';

/** How an argument register is read, and as what the handler gets it. */
interface ArgumentTypes {
  /** C `int`: descriptors, flags, identifiers. */
  int: number;
  /** C `unsigned int`. */
  uint: number;
  /** `mode_t`, shown in octal. */
  mode: number;
  /** `size_t` and `unsigned long`; values that a double can't hold become the nearest one. */
  size: number;
  /** `long`; likewise. */
  long: number;
  /** A guest pointer: the low 32 bits, as everywhere. */
  address: number;
  /** `loff_t`: one register on rv64, two (low half first) on rv32. */
  offset: number;
  /** A pointer to a zero-terminated path. */
  path: string;
  /** A path that may be a null pointer. */
  'path?': string | undefined;
}

export type ArgumentKind = keyof ArgumentTypes;
export type ArgumentValue = number | string | undefined;
type Values<K extends readonly ArgumentKind[]> = { [I in keyof K]: ArgumentTypes[K[I]] };

/** One row of the table: everything there is to know about a system call. */
export interface SystemCall {
  readonly number: number;
  readonly name: string;
  readonly arguments: readonly ArgumentKind[];
  /** Answers the value of a0: a result or a negative errno. */
  readonly handler: (kernel: Kernel, ...values: ArgumentTypes[ArgumentKind][]) => number;
  /** Absent: both widths have it. */
  readonly width: Width | undefined;
}

/** Makes a row; the argument kinds type the handler's parameters. */
export const call = <const K extends readonly ArgumentKind[]>(
  number: number,
  name: string,
  kinds: K,
  handler: (kernel: Kernel, ...values: Values<K>) => number,
  width?: Width,
): SystemCall => ({
  number,
  name,
  arguments: kinds,
  handler: handler as unknown as SystemCall['handler'],
  width,
});

/** a0 (x10); the arguments are a0 to a5. */
export const FIRST_ARGUMENT = 10;
/** a7 (x17), or t0 (x5) in E programs, which have no a7. */
export const numberRegister = (embedded: boolean): number => (embedded ? 5 : 17);

/** The values of a call's arguments as its row describes them, or the errno of a bad path. */
export const readArguments = (
  kinds: readonly ArgumentKind[],
  guest: LinuxGuest,
  user: UserMemory,
): OrErrno<ArgumentValue[]> => {
  const values: ArgumentValue[] = [];
  let register = FIRST_ARGUMENT;
  for (const kind of kinds) {
    const value = readers[kind](guest.getRegister(register), user, guest, register);
    register += kind === 'offset' && guest.width === 32 ? 2 : 1;
    if ((kind === 'path' || kind === 'path?') && typeof value === 'number') return value;
    values.push(value);
  }
  return values;
};

type Reader = (raw: bigint, user: UserMemory, guest: LinuxGuest, register: number) => ArgumentValue;

const low = (raw: bigint): number => Number(BigInt.asUintN(32, raw));

const readers: Readonly<Record<ArgumentKind, Reader>> = {
  int: (raw) => low(raw) | 0,
  uint: low,
  mode: low,
  size: (raw) => Number(raw),
  long: (raw, user) => Number(BigInt.asIntN(user.width, raw)),
  address: low,
  offset: (raw, user, guest, register) => {
    if (user.width === 64) return Number(BigInt.asIntN(64, raw));
    return Number(BigInt.asIntN(64, raw | (guest.getRegister(register + 1) << 32n)));
  },
  path: (raw, user) => user.readPath(low(raw)),
  'path?': (raw, user) => (raw === 0n ? undefined : user.readPath(low(raw))),
};
