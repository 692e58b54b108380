/**
 * The instruction sets a program can be written in.
 *
 * `revive_v1`, `latest32`, `latest64` and `jam_v1` are PolkaVM 0.35's; `jam_gp07` is the numbering of JAM
 * programs up to Gray Paper 0.7; `rv32` and `rv64` are our RISC-V profile.
 */
export type Kind = 'revive_v1' | 'latest32' | 'latest64' | 'jam_v1' | 'jam_gp07' | 'rv32' | 'rv64';

/** PolkaVM kinds: 13 registers, bytecode with a bitmask. */
export type PolkaVmKind = Exclude<Kind, 'rv32' | 'rv64'>;

/** RISC-V profile kinds: 32 registers (16 for E files), original RISC-V code. */
export type RiscvKind = 'rv32' | 'rv64';

/** Register width in bits. */
export type Width = 32 | 64;

export const KINDS: readonly Kind[] = [
  'revive_v1',
  'latest32',
  'latest64',
  'jam_v1',
  'jam_gp07',
  'rv32',
  'rv64',
];

export const widthOf = (kind: Kind): Width => (kind === 'latest32' || kind === 'rv32' ? 32 : 64);

export const isRiscvKind = (kind: Kind): kind is RiscvKind => kind === 'rv32' || kind === 'rv64';
