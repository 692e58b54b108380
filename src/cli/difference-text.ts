import { toHex } from '../core/bytes.ts';
import { isRiscvKind } from '../core/kind.ts';
import { Instruction } from '../decoder/instruction.ts';
import type { Program } from '../decoder/program.ts';
import { formatPolkaVm } from '../decoder/text-polkavm.ts';
import { formatRiscv } from '../decoder/text-riscv.ts';
import type { TierDifference } from '../jit/crosscheck/side.ts';
import { abiOf } from '../vm/abi.ts';
import { grouped, hex } from './numbers.ts';
import { placeOf } from './stop.ts';

/** The instruction as listings print it. */
const instructionAt = (program: Program, pc: number): string => {
  const { code, kind, width, riscv } = program;
  if (!isRiscvKind(kind)) {
    const instruction = new Instruction();
    code.decode(pc, instruction);
    return formatPolkaVm(instruction, width);
  }
  const segment = riscv?.segments.find(({ address, data }) => pc >= address && pc < address + data.length);
  if (riscv === undefined || segment === undefined) return 'invalid';
  const at = pc - segment.address;
  const word = segment.data.subarray(at, at + 4).reduceRight((value, byte) => (value << 8) | byte, 0);
  return formatRiscv(word, pc, kind, riscv.embedded ? 16 : 32);
};

const place = (pc: number | undefined): string => (pc === undefined ? '-' : hex(pc));

type Sides = readonly [TierDifference['first'], TierDifference['second']];
type Row = readonly [name: string, first: string, second: string];

const stopText = ({ outcome }: Sides[0]): string => {
  if (outcome.kind === 'error') return `error: ${outcome.message}`;
  return Object.entries(outcome)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      if (key === 'kind') return value;
      return typeof value === 'number' && key !== 'number' ? `${key} ${hex(value)}` : `${key} ${value}`;
    })
    .join(' ');
};

const rowsOf = ({ first, second, memory }: TierDifference, names: readonly string[]): Row[] => {
  const row = (name: string, text: (side: Sides[0]) => string): Row => [name, text(first), text(second)];
  return [
    row('stop', stopText),
    row('pc', ({ state }) => place(state.pc)),
    row('next pc', ({ state }) => place(state.nextPc)),
    row('block paid', ({ state }) => (state.paid ? 'yes' : 'no')),
    row('gas', ({ state }) => `${state.gas}`),
    row('executed', ({ state }) => grouped(state.executed)),
    row('heap end', ({ heapEnd }) => hex(heapEnd)),
    row('reservation', ({ reservation }) => (reservation < 0 ? '-' : hex(reservation))),
    ...first.registers.map((_, r) =>
      row(names[r] ?? `${r}`, ({ registers }) => `0x${registers[r]?.toString(16)}`),
    ),
    ...memory.map(({ address, contents, rights }): Row => {
      const of = (side: 0 | 1): string =>
        rights[0] === rights[1] ? toHex(contents[side]) : `rights ${rights[side]} ${toHex(contents[side])}`;
      return [`at ${hex(address)}`, of(0), of(1)];
    }),
  ];
};

/** Lines that tell where and how two tiers differ, both states side by side; what differs is marked by `*`. */
export const differenceLines = (program: Program, difference: TierDifference): string[] => {
  const { tiers, pc, exact, reproduced, from, memory } = difference;
  const what = pc === undefined ? '' : ` at ${placeOf(program, pc)}: ${instructionAt(program, pc)}`;
  const rows: readonly Row[] = [['', ...tiers], ...rowsOf(difference, abiOf(program).names)];
  const columns = [0, 1].map((column) => Math.max(...rows.map((cells) => (cells[column] as string).length)));
  const [names = 0, values = 0] = columns;
  return [
    `different: ${tiers.join(' and ')}${what}`,
    `equal up to ${place(from.pc)}, after ${grouped(from.executed)} instructions`,
    ...(exact ? [] : ['not known to the instruction: this one is where what differs was written last']),
    ...(reproduced ? [] : ['it did not come again when the instructions before it were run again']),
    ...memory.map(({ page, bytes }) => `bytes of the page at ${hex(page)} that differ: ${grouped(bytes)}`),
    ...rows.map(([name, first, second], index) => {
      const mark = index > 0 && first !== second ? '*' : ' ';
      return `${mark} ${name.padEnd(names)}  ${first.padEnd(values)}  ${second}`.trimEnd();
    }),
  ];
};

/** The same for programs: registers by name, bytes in hexadecimal. */
export const differenceJson = (program: Program, difference: TierDifference): object => {
  const { names } = abiOf(program);
  const side = ({ outcome, state, registers, heapEnd, reservation }: Sides[0]): object => ({
    stop: outcome.kind === 'error' ? { kind: outcome.kind, message: outcome.message } : outcome,
    ...state,
    heapEnd,
    reservation,
    registers: Object.fromEntries(registers.map((value, r) => [names[r], value])),
  });
  const { first, second, memory, pc, ...rest } = difference;
  return {
    ...rest,
    pc,
    instruction: pc === undefined ? undefined : instructionAt(program, pc),
    first: side(first),
    second: side(second),
    memory: memory.map(({ contents, ...page }) => ({ ...page, contents: contents.map(toHex) })),
  };
};
