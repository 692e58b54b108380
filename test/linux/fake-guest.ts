import { systemCalls } from '../../src/linux/calls/table.ts';
import type { LinuxGuest, LinuxImage, LinuxLayout, LinuxMemory } from '../../src/linux/guest.ts';
import { type LinuxOptions, LinuxProcess, type SystemCallOutcome } from '../../src/linux/process.ts';

const PAGE = 4096;

/** Readable and writable data of the program. */
export const DATA = 0x1_0000;
export const DATA_SIZE = 0x1_0000;
/** Read-only. */
export const TEXT = 0x8000;
export const LAYOUT: LinuxLayout = {
  stackStart: 0x3_0000,
  stackEnd: 0x5_0000,
  heapStart: 0x6_0000,
  mapEnd: 0x40_0000,
};

/** Page rights: 0 none, 1 readable, 2 readable and writable. */
class FakeMemory implements LinuxMemory {
  readonly bytes: Uint8Array = new Uint8Array(LAYOUT.mapEnd);
  readonly rights: Uint8Array = new Uint8Array(LAYOUT.mapEnd / PAGE);

  constructor() {
    this.allow(TEXT, PAGE, 1);
    this.allow(DATA, DATA_SIZE, 2);
    this.allow(LAYOUT.stackStart, LAYOUT.stackEnd - LAYOUT.stackStart, 2);
  }

  allow(address: number, length: number, right: number): void {
    this.rights.fill(right, address / PAGE, (address + length) / PAGE);
  }

  has(address: number, length: number, right: number): boolean {
    if (!(address >= 0 && length >= 0 && address + length <= this.bytes.length)) return false;
    for (let at = address - (address % PAGE); at < address + length; at += PAGE) {
      if ((this.rights[at / PAGE] as number) < right) return false;
    }
    return true;
  }

  readable(address: number, length: number): boolean {
    return this.has(address, length, 1);
  }

  writable(address: number, length: number): boolean {
    return this.has(address, length, 2);
  }

  read(address: number, length: number): Uint8Array {
    if (!this.readable(address, length)) throw new Error(`unchecked read of ${length} bytes at ${address}`);
    return this.bytes.slice(address, address + length);
  }

  write(address: number, bytes: Uint8Array): void {
    if (!this.writable(address, bytes.length))
      throw new Error(`unchecked write of ${bytes.length} bytes at ${address}`);
    this.bytes.set(bytes, address);
  }

  commit(address: number, length: number): boolean {
    this.checkArea(address, length);
    for (let at = address; at < address + length; at += PAGE) {
      if (this.rights[at / PAGE] !== 0) throw new Error(`page ${at} committed twice`);
    }
    this.allow(address, length, 2);
    return true;
  }

  release(address: number, length: number): void {
    this.checkArea(address, length);
    this.allow(address, length, 0);
    this.bytes.fill(0, address, address + length);
  }

  checkArea(address: number, length: number): void {
    const whole = address % PAGE === 0 && length % PAGE === 0 && length > 0;
    if (!whole || address < LAYOUT.heapStart || address + length > LAYOUT.mapEnd) {
      throw new Error(`pages outside the area: ${length} bytes at ${address}`);
    }
  }
}

export class FakeGuest implements LinuxGuest {
  readonly width: 32 | 64;
  readonly embedded: boolean;
  readonly memory: FakeMemory = new FakeMemory();
  readonly layout: LinuxLayout = LAYOUT;
  readonly program: LinuxImage = {
    entry: TEXT,
    programHeaders: { address: TEXT + 64, count: 3, entrySize: 56 },
  };
  readonly registers: bigint[] = new Array<bigint>(32).fill(0n);
  executed = 0n;

  constructor(width: 32 | 64, embedded = false) {
    this.width = width;
    this.embedded = embedded;
  }

  getRegister(index: number): bigint {
    return this.registers[index] as bigint;
  }

  setRegister(index: number, value: bigint): void {
    this.registers[index] = BigInt.asUintN(this.width, value);
  }

  instructions(): bigint {
    return this.executed;
  }
}

/** A process in a fake guest, with calls by name. */
export class TestProcess {
  readonly guest: FakeGuest;
  readonly process: LinuxProcess;
  outcome: SystemCallOutcome = 'continue';
  #scratch = DATA;

  constructor(width: 32 | 64 = 64, options: LinuxOptions = {}, embedded = false) {
    this.guest = new FakeGuest(width, embedded);
    this.process = new LinuxProcess(this.guest, options);
  }

  get memory(): FakeMemory {
    return this.guest.memory;
  }

  get view(): DataView {
    return new DataView(this.memory.bytes.buffer);
  }

  /** Puts bytes or a zero-terminated string into guest memory and answers the address. */
  put(value: string | Uint8Array): number {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(`${value}\0`) : value;
    const at = this.room(bytes.length);
    this.memory.write(at, bytes);
    return at;
  }

  /** Room for a result, 16-byte aligned. Wraps around when the data segment is used up. */
  room(size: number): number {
    if (this.#scratch + size > DATA + DATA_SIZE) this.#scratch = DATA;
    const at = this.#scratch;
    this.#scratch = Math.ceil((at + size) / 16) * 16;
    return at;
  }

  text(address: number): string {
    return new TextDecoder().decode(
      this.memory.bytes.subarray(address, this.memory.bytes.indexOf(0, address)),
    );
  }

  /** Makes a call by name; strings become pointers. Answers a0 as a signed number. */
  call(name: string, ...values: (number | bigint | string)[]): number {
    const row = [...systemCalls(this.guest.width).values()].find((candidate) => candidate.name === name);
    if (!row) throw new Error(`rv${this.guest.width} has no call ${name}`);
    let register = 10;
    for (const [i, value] of values.entries()) {
      const raw = BigInt(typeof value === 'string' ? this.put(value) : value);
      this.guest.setRegister(register++, raw);
      if (row.arguments[i] === 'offset' && this.guest.width === 32)
        this.guest.setRegister(register++, raw >> 32n);
    }
    return this.callNumber(row.number);
  }

  callNumber(number: number | bigint): number {
    this.guest.setRegister(this.guest.embedded ? 5 : 17, BigInt(number));
    this.outcome = this.process.systemCall();
    return Number(BigInt.asIntN(this.guest.width, this.guest.getRegister(10)));
  }
}

export const AT_FDCWD = -100;
export const O = {
  RDONLY: 0,
  WRONLY: 1,
  RDWR: 2,
  CREAT: 0o100,
  EXCL: 0o200,
  TRUNC: 0o1000,
  APPEND: 0o2000,
  DIRECTORY: 0o200000,
  NOFOLLOW: 0o400000,
  PATH: 0o10000000,
} as const;
