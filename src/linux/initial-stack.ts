import type { Width } from '../core/kind.ts';
import { TICKS_PER_SECOND } from './clock.ts';
import { fail } from './errors.ts';
import { type LinuxImage, type LinuxLayout, type LinuxMemory, PAGE_SIZE } from './guest.ts';
import { GROUP_ID, USER_ID } from './layouts.ts';
import { Struct } from './struct.ts';

/** Entries of the auxiliary vector (linux/auxvec.h). */
const AT_NULL = 0;
const AT_PHDR = 3;
const AT_PHENT = 4;
const AT_PHNUM = 5;
const AT_PAGESZ = 6;
const AT_BASE = 7;
const AT_FLAGS = 8;
const AT_ENTRY = 9;
const AT_UID = 11;
const AT_EUID = 12;
const AT_GID = 13;
const AT_EGID = 14;
const AT_PLATFORM = 15;
const AT_HWCAP = 16;
const AT_CLKTCK = 17;
const AT_SECURE = 23;
const AT_RANDOM = 25;
const AT_EXECFN = 31;

/** One bit per extension letter: I (or E for 16 registers), M, A and C. */
const hwcap = (embedded: boolean): number => {
  const bit = (letter: string): number => 1 << (letter.charCodeAt(0) - 'A'.charCodeAt(0));
  return bit(embedded ? 'E' : 'I') | bit('M') | bit('A') | bit('C');
};

const STACK_ALIGNMENT = 16;

export interface StackContents {
  readonly args: readonly string[];
  /** `NAME=value` strings. */
  readonly env: readonly string[];
  /** AT_EXECFN: the path the program was started by. */
  readonly executable: string;
  /** 16 bytes for AT_RANDOM. */
  readonly random: Uint8Array;
}

export interface StackTarget {
  readonly width: Width;
  readonly embedded: boolean;
  readonly memory: LinuxMemory;
  readonly layout: LinuxLayout;
  readonly program: LinuxImage;
}

const align = (value: number): number => value - (value % STACK_ALIGNMENT);

/** A null pointer ends every vector. */
const END = 0;

/**
 * Builds what a C runtime expects at sp: argc, argv, envp and the auxiliary vector, above them the strings.
 * Answers sp, a multiple of 16. Throws `linux/arguments-too-large` and `linux/bad-string`.
 */
export const buildInitialStack = (target: StackTarget, contents: StackContents): number => {
  const { width, memory, layout, program } = target;
  const size = layout.stackEnd - layout.stackStart;
  const strings = new Strings();
  const executable = strings.add('executable name', contents.executable);
  const platform = strings.add('platform', `riscv${width}`);
  const args = contents.args.map((text) => strings.add('argument', text));
  const env = contents.env.map((text) => strings.add('environment variable', text));

  const headers = program.programHeaders;
  const vectorLength = 1 + args.length + 1 + env.length + 1 + 2 * (headers ? 18 : 15);
  const need = strings.length + contents.random.length + vectorLength * (width / 8) + 2 * STACK_ALIGNMENT;
  // Linux' rule: arguments and environment may take a quarter of the stack.
  const limit = Math.floor(size / 4);
  if (need > limit) throw fail('linux/arguments-too-large', { need, limit, stack: size });

  const stringsAt = layout.stackEnd - strings.length;
  const randomAt = align(stringsAt - contents.random.length);
  const auxiliary: (readonly [type: number, value: number])[] = [
    ...(headers
      ? ([
          [AT_PHDR, headers.address],
          [AT_PHENT, headers.entrySize],
          [AT_PHNUM, headers.count],
        ] as const)
      : []),
    [AT_PAGESZ, PAGE_SIZE],
    [AT_BASE, 0],
    [AT_FLAGS, 0],
    [AT_ENTRY, program.entry],
    [AT_UID, USER_ID],
    [AT_EUID, USER_ID],
    [AT_GID, GROUP_ID],
    [AT_EGID, GROUP_ID],
    [AT_PLATFORM, stringsAt + platform],
    [AT_HWCAP, hwcap(target.embedded)],
    [AT_CLKTCK, TICKS_PER_SECOND],
    [AT_SECURE, 0],
    [AT_RANDOM, randomAt],
    [AT_EXECFN, stringsAt + executable],
    [AT_NULL, 0],
  ];
  const vector = new Struct(width, vectorLength * (width / 8)).long(args.length);
  for (const list of [args, env]) vector.long(...list.map((offset) => stringsAt + offset), END);
  for (const entry of auxiliary) vector.long(...entry);
  const sp = align(randomAt - vector.bytes.length);
  memory.write(stringsAt, strings.bytes());
  memory.write(randomAt, contents.random);
  memory.write(sp, vector.bytes);
  return sp;
};

/** Zero-terminated strings one behind the other. */
class Strings {
  readonly #encoder = new TextEncoder();
  readonly #parts: Uint8Array[] = [];
  length = 0;

  /** The string's offset. */
  add(what: string, text: string): number {
    if (text.includes('\0')) throw fail('linux/bad-string', { what, text });
    const at = this.length;
    const bytes = this.#encoder.encode(text);
    this.#parts.push(bytes);
    this.length += bytes.length + 1;
    return at;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length + 1;
    }
    return bytes;
  }
}
