import { DebugInfo, type Frame, frameLocation, frameName } from '../blob/debug.ts';
import { isRiscboxError } from '../core/error.ts';
import type { Stop, TrapReason } from '../core/stop.ts';
import { Instruction } from '../decoder/instruction.ts';
import { nameText, printable } from '../decoder/listing.ts';
import type { Program } from '../decoder/program.ts';
import { ROWS } from '../isa/table.ts';
import { GUARD } from '../memory/map.ts';
import type { Instance } from '../vm/instance.ts';
import type { Module } from '../vm/module.ts';
import { grouped, hex } from './numbers.ts';

/** Why a command's guest did not get to its end, and what the process says about it. */
export interface Ending {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Exit codes are what a shell shows for a native program that ends likewise: 128 + signal number. A timeout has
 * the code of the `timeout` command of GNU coreutils.
 */
const SIGILL = 128 + 4;
const SIGTRAP = 128 + 5;
const SIGABRT = 128 + 6;
const SIGBUS = 128 + 7;
const SIGSEGV = 128 + 11;
const SIGXCPU = 128 + 24;
const SIGSYS = 128 + 31;
const TIMEOUT = 124;
export const SIGPIPE: number = 128 + 13;

/** The meaning of the exit codes that are not the guest's own, for help texts. */
export const EXIT_CODES: string = [
  "The exit code is the guest's own.",
  'If riscbox had to end it, one line on stderr says why, and the code is',
  `${SIGILL} for an illegal instruction,`,
  `${SIGTRAP} for a breakpoint or trap instruction,`,
  `${SIGABRT} when a host function gave up,`,
  `${SIGBUS} for a misaligned atomic access,`,
  `${SIGSEGV} for bad memory accesses and jumps,`,
  `${SIGPIPE} when nobody reads stdout any more,`,
  `${SIGXCPU} for no more gas,`,
  `${SIGSYS} for a host call that nobody answers,`,
  `${TIMEOUT} for --timeout.`,
  'Code 1: the file or its options cannot be used; 2: wrong usage.',
].join(' ');

const TRAPS: Readonly<Record<TrapReason, { readonly what: string; readonly code: number }>> = {
  trap: { what: 'trap instruction', code: SIGTRAP },
  ebreak: { what: 'breakpoint (ebreak)', code: SIGTRAP },
  'invalid-instruction': { what: 'illegal instruction', code: SIGILL },
  'invalid-jump': { what: 'bad jump', code: SIGSEGV },
  'memory-access': { what: 'bad memory access', code: SIGSEGV },
  'store-to-code': { what: 'store to code', code: SIGSEGV },
  'misaligned-atomic': { what: 'misaligned atomic access', code: SIGBUS },
  csr: { what: 'access to a control register that does not exist', code: SIGILL },
  'sbrk-unavailable': { what: 'sbrk where the host maps pages', code: SIGILL },
  host: { what: 'trap by a host function', code: SIGABRT },
};

/** What a stop means to the person in front of the terminal. */
export const endingOf = (stop: Stop, instance: Instance<unknown>): Ending => {
  const { module } = instance;
  switch (stop.kind) {
    case 'trap': {
      const { what, code } = TRAPS[stop.reason];
      const place = placeOf(module.program, stop.pc);
      return { text: `${what} at ${place}${detailsOf(stop, instance)}`, exitCode: code };
    }
    case 'out-of-gas': {
      const place = stop.pc === undefined ? '' : ` at ${placeOf(module.program, stop.pc)}`;
      const text = `out of gas${place} after ${grouped(instance.executed)} instructions; allow more with --gas`;
      return { text, exitCode: SIGXCPU };
    }
    case 'interrupted':
      return {
        text: `stopped after ${grouped(instance.executed)} instructions because its time is up; allow more with --timeout`,
        exitCode: TIMEOUT,
      };
    case 'host-call': {
      const name = module.imports[stop.number];
      const which =
        name === undefined ? `number ${stop.number}` : `'${printable(name)}' (number ${stop.number})`;
      return {
        text: `host call ${which} at ${placeOf(module.program, stop.pc)}, which the command line has no function for; use riscbox call with --import, or the library`,
        exitCode: SIGSYS,
      };
    }
    case 'segfault':
      return { text: `unmapped page ${hex(stop.pageAddress)} at ${hex(stop.pc)}`, exitCode: SIGSEGV };
    default:
      return { text: 'ended', exitCode: 0 };
  }
};

const detailsOf = (stop: Stop & { kind: 'trap' }, instance: Instance<unknown>): string => {
  const { address, reason, pc } = stop;
  if (reason === 'invalid-instruction') {
    const { code } = instance.module.program;
    if (code.indexOf(pc) === code.count - 1) return ', where the code ends';
    return `: no instruction of ${instance.module.kind}; look there with riscbox disasm --bytes`;
  }
  if (address === undefined) return '';
  if (reason === 'invalid-jump') return `: to ${hex(address)}, where no code is`;
  const access = accessAt(instance.module.program, pc);
  return `: ${access} ${hex(address)}, ${whereIs(instance, address)}`;
};

/** What the instruction at a program counter does to memory. */
const accessAt = ({ code }: Program, pc: number): string => {
  const instruction = new Instruction();
  code.decode(pc, instruction);
  switch (ROWS[instruction.op]?.effect.kind) {
    case 'load':
    case 'load-reserved':
      return 'load from';
    case 'store':
    case 'store-conditional':
      return 'store to';
    default:
      return 'access to';
  }
};

const REGION_NAMES = {
  'read-only': 'in read-only data',
  'read-write': 'in read-write data',
  stack: 'in the stack',
  aux: 'in the aux data',
  arguments: 'in the arguments',
  segment: 'in data',
} as const;

/** Which part of the memory an address is in, or which it is near to. */
const whereIs = ({ module: { memoryMap }, memory }: Instance<unknown>, address: number): string => {
  const { regions, heap, pageSize } = memoryMap;
  const region = regions.find(({ start, size }) => address >= start && address < start + size);
  if (region !== undefined) {
    if (region.executable) return 'in code, which cannot be written';
    return `${REGION_NAMES[region.name]}${region.writable ? '' : ', which cannot be written'}`;
  }
  if (address < pageSize) return 'a null pointer';
  const stack = regions.find(({ name }) => name === 'stack');
  if (stack !== undefined && address < stack.start && address >= stack.start - GUARD) {
    return 'just below the stack: it has overflowed, perhaps by endless recursion; --stack-size gives more';
  }
  if (address >= heap.base && address < heap.limit) {
    return address < memory.heapEnd ? 'in the heap' : 'behind the end of the heap';
  }
  return 'where no memory is';
};

/** Calls into which a place was inlined that are told: the nearest ones, so that it stays one line. */
const MOST_CALLS = 3;

/**
 * A program counter for people: `main+0x12 (0x10032)`, `main (0x32, main.c:7)`, `at (0x32, box.h:3), inlined into main
 * (main.c:7)`, as far as the program has names.
 */
export const placeOf = (program: Program, pc: number): string => {
  const fn = riscvFunctionAt(program, pc);
  if (fn !== undefined) return `${fn.name}${fn.offset === 0 ? '' : `+${hex(fn.offset)}`} (${hex(pc)})`;
  const frames = framesAt(program, pc);
  const frame = frames.at(-1);
  if (frame === undefined) return hex(pc);
  const location = frameLocation(frame);
  const at = location === '' ? hex(pc) : `${hex(pc)}, ${location}`;
  const place = frameName(frame) === '' ? at : `${frameName(frame)} (${at})`;
  return printable([place, ...inlinedInto(frames)].join(', inlined into '));
};

/** The functions that a place was inlined into, nearest first, each with its line of the call. */
const inlinedInto = (frames: readonly Frame[]): readonly string[] => {
  const calls = frames.flatMap((call, i) => {
    const caller = frames[i - 1];
    if (call.kind !== 'call' || caller === undefined) return [];
    const location = frameLocation(call);
    return [location === '' ? frameName(caller) : `${frameName(caller)} (${location})`];
  });
  const nearest = calls.reverse().slice(0, MOST_CALLS);
  return calls.length > MOST_CALLS ? [...nearest, '…'] : nearest;
};

/** The function of a RISC-V program that an address is in. */
export const riscvFunctionAt = (
  { riscv }: Program,
  pc: number,
): { readonly name: string; readonly offset: number } | undefined => {
  for (const { address, size, name } of riscv?.symbols ?? []) {
    if (address > pc) return undefined;
    if (pc < address + Math.max(size, 1)) return { name: nameText(name), offset: pc - address };
  }
  return undefined;
};

/** Outermost first. */
const framesAt = ({ blob }: Program, pc: number): readonly Frame[] => {
  try {
    return new DebugInfo(blob.debug).lookup(pc)?.frames ?? [];
  } catch (error) {
    // Damaged debug sections: the place goes without a name.
    if (isRiscboxError(error)) return [];
    throw error;
  }
};

/** What a module's program can be called by. */
export const exportNames = ({ exports }: Module): string => {
  const names = exports.slice(0, 20).map(({ name }) => printable(name));
  return names.length === 0 ? 'nothing' : names.join(', ') + (exports.length > 20 ? ', …' : '');
};
