import type { Blob } from '../../src/blob/blob.ts';
import { isRiscboxError } from '../../src/core/error.ts';
import type { Stop } from '../../src/core/stop.ts';
import type { Execution, ExecutionState, Tier } from '../../src/jit/tier.ts';
import { BufferPool } from '../../src/memory/buffer-pool.ts';
import { FlatMemory } from '../../src/memory/flat-memory.ts';
import type { GuestMemory } from '../../src/memory/guest-memory.ts';
import { isHostFilled } from '../../src/memory/map.ts';
import { PagedMemory } from '../../src/memory/paged-memory.ts';
import { Module } from '../../src/vm/module.ts';
import { servicePage } from '../../src/vm/paging-service.ts';
import { readSnapshot, writeSnapshot } from '../../src/vm/snapshot.ts';
import type { Action, Host, Start } from './case.ts';
import type { Layout } from './layout.ts';
import { moduleOptions, type Settings } from './settings.ts';

/** The state of an execution that has not begun. */
const INITIAL: ExecutionState = {
  pc: undefined,
  nextPc: undefined,
  paid: false,
  announced: false,
  gas: 0n,
  executed: 0,
};

/** A program on one tier. Throws what making a module throws. */
export const moduleOn = (tier: Tier, blob: Blob, settings: Settings, layout: Layout): Module =>
  Module.fromBlob(blob, moduleOptions(settings, layout), { tier, limits: {} });

/** Buffers of all programs, by size: a module's own pool would end with it, and new buffers cost much. */
class BuffersBySize extends BufferPool {
  readonly #pools: Map<number, BufferPool> = new Map();

  override take(size: number): ArrayBuffer | undefined {
    return this.#pools.get(size)?.take(size);
  }

  override give(buffer: ArrayBuffer): void {
    const pool = this.#pools.get(buffer.byteLength) ?? new BufferPool();
    this.#pools.set(buffer.byteLength, pool);
    pool.give(buffer);
  }
}

const BUFFERS = new BuffersBySize();

/** As a module makes them, but for where the buffer comes from. */
const newMemory = (module: Module, { argumentsSize }: Layout): GuestMemory => {
  const { maxMemory } = module.limits;
  if (module.dynamicPaging) return module.newMemory(argumentsSize);
  const map = argumentsSize === 0 ? module.memoryMap : module.program.memoryMap({ argumentsSize, maxMemory });
  return new FlatMemory(map, maxMemory, BUFFERS);
};

/** One running program whose parts are all within reach. */
export class Side {
  readonly module: Module;
  readonly memory: GuestMemory;
  readonly execution: Execution;
  readonly #argumentsSize: number;

  constructor(module: Module, layout: Layout, memory?: GuestMemory) {
    this.module = module;
    this.#argumentsSize = layout.argumentsSize;
    this.memory = memory ?? newMemory(module, layout);
    this.execution = module.newExecution(this.memory);
  }

  /** Puts everything into the state of a start. */
  begin({ pc, gas, registers }: Start): void {
    const { memory, execution } = this;
    memory.reset();
    fillHostRegions(memory);
    execution.state = { ...INITIAL, nextPc: pc, gas };
    for (const [register, value] of registers.entries()) execution.setRegister(register, value);
  }

  /** All state as bytes: equal states are equal bytes. */
  snapshot(): Uint8Array {
    return writeSnapshot(this.module, this.execution, this.memory, this.#argumentsSize);
  }

  restore(snapshot: Uint8Array): void {
    this.memory.reset();
    this.execution.state = INITIAL;
    readSnapshot(snapshot, this.module, this.execution, this.memory, this.#argumentsSize);
  }
}

/** What the host gives to the guest at the start: as much of it as a region has room for. */
const HOST_DATA = Uint8Array.from({ length: 1 << 17 }, (_, i) => (i * 7 + 3) & 255);

/** Fills the regions that are the host's. */
export const fillHostRegions = (memory: GuestMemory): void => {
  for (const region of memory.map.regions) {
    if (!isHostFilled(region) || region.size === 0) continue;
    const bytes = HOST_DATA.subarray(0, region.size);
    if (memory instanceof PagedMemory) {
      memory.zeroWithProtection(region.start, region.size, 'read-write');
      memory.write(region.start, bytes);
      memory.protect(region.start, region.size, 'read');
    } else memory.write(region.start, bytes);
  }
};

const PAGE = 4096;

/** Does what is possible of an action that needs no run to be under way or ended. Others are left out. */
export const act = (action: Action, execution: Execution, memory: GuestMemory): void => {
  switch (action.do) {
    case 'register':
      execution.setRegister(action.register, action.value);
      return;
    case 'gas':
      execution.gas += action.add;
      return;
    case 'grow':
      memory.growHeap(action.bytes);
      return;
    case 'write':
      possibly(() => memory.write(action.address, action.bytes));
      return;
    case 'map':
      if (memory instanceof FlatMemory) possibly(() => memory.mapPages(action.address, PAGE));
      else if (memory instanceof PagedMemory) {
        possibly(() => memory.zeroWithProtection(action.address, PAGE, 'read-write'));
      }
      return;
    case 'unmap':
      if (memory instanceof FlatMemory) possibly(() => memory.unmapPages(action.address, PAGE));
      else if (memory instanceof PagedMemory) possibly(() => memory.freePages(action.address, PAGE));
      return;
    case 'lose':
      if (memory instanceof FlatMemory) possibly(() => lose(memory, action.address));
  }
};

/** Takes the rights of one page away, as a snapshot can. */
const lose = (memory: FlatMemory, page: number): void => {
  const saved = memory.save();
  const ranges = saved.ranges.flatMap(({ address, size, rights }) => {
    if (page < address || page >= address + size) return [{ address, size, rights }];
    const behind = page + PAGE;
    return [
      { address, size: page - address, rights },
      { address: behind, size: address + size - behind, rights },
    ].filter((part) => part.size > 0);
  });
  const pages = saved.pages.filter(({ address }) => address !== page);
  try {
    memory.restore({ ...saved, ranges, pages });
  } catch (error) {
    // A memory that could not be restored is in no state that could be compared.
    memory.restore(saved);
    throw error;
  }
};

/** What a host asks for may be refused; then nothing happens, on every tier alike. */
const possibly = (request: () => void): void => {
  try {
    request();
  } catch (error) {
    if (!isRiscboxError(error)) throw error;
  }
};

/** How far a host has come with its answers. */
export interface Answers {
  hostCalls: number;
  refills: number;
}

/** Answers a stop; whether the run goes on. */
export const answer = (stop: Stop, host: Host, answers: Answers, side: Side): boolean => {
  const { execution, memory } = side;
  switch (stop.kind) {
    case 'host-call': {
      const { services } = host;
      if (services.length === 0) return false;
      for (const action of services[answers.hostCalls++ % services.length] ?? []) {
        if (action.do === 'goto') execution.nextPc = action.pc;
        else act(action, execution, memory);
      }
      return true;
    }
    case 'out-of-gas': {
      const refill = host.refills[answers.refills++];
      if (refill === undefined || execution.nextPc === undefined) return false;
      execution.gas += refill;
      return true;
    }
    case 'segfault':
      return servePage(stop, memory, host.lenient);
    default:
      return false;
  }
};

const servePage = (
  stop: Stop & { readonly kind: 'segfault' },
  memory: GuestMemory,
  lenient: boolean,
): boolean => {
  if (servicePage(memory, stop)) return true;
  if (!lenient || !(memory instanceof PagedMemory)) return false;
  const { pageAddress, pageSize } = stop;
  // The memory limit may be reached.
  try {
    if (stop.writeProtected) memory.protect(pageAddress, pageSize, 'read-write');
    else memory.zeroWithProtection(pageAddress, pageSize, 'read-write');
  } catch (error) {
    if (!isRiscboxError(error)) throw error;
    return false;
  }
  return true;
};
