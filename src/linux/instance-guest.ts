import { isRiscvKind } from '../core/kind.ts';
import type { AnyModule } from '../vm/any-module.ts';
import type { Instance } from '../vm/instance.ts';
import { fail } from './errors.ts';
import {
  type LinuxGuest,
  type LinuxImage,
  type LinuxLayout,
  PAGE_SIZE,
  pageCeil,
  pageFloor,
} from './guest.ts';

/** Names by RISC-V register number, as far as relinked programs (13 registers) have them. */
const RELINKED_NAMES = [
  'zero',
  'ra',
  'sp',
  'gp',
  'tp',
  't0',
  't1',
  't2',
  's0',
  's1',
  'a0',
  'a1',
  'a2',
  'a3',
  'a4',
  'a5',
];

/** Name of a relinked program's entry point and of the import that its system calls became. */
const ENTRY_EXPORT = '_start';
export const SYSTEM_CALL_IMPORT = 'ecall';

/** Program counter at which a stock program begins. Throws `linux/no-entry`. */
export const entryOf = (module: AnyModule): number => {
  const entry = module.entry ?? module.exports.find(({ name }) => name === ENTRY_EXPORT)?.pc;
  // A RISC-V program that has only exports states 0.
  if (entry === undefined || (isRiscvKind(module.kind) && entry === 0)) throw fail('linux/no-entry', {});
  return entry;
};

const layoutOf = (module: AnyModule): LinuxLayout => {
  const { heap, regions } = module.memoryMap;
  const stack = regions.find(({ name }) => name === 'stack');
  if (stack === undefined || stack.size === 0) throw fail('linux/no-stack', {});
  const heapStart = pageCeil(heap.base);
  return {
    stackStart: stack.start,
    stackEnd: stack.start + stack.size,
    heapStart,
    // A relinked program's heap may lie below gigabytes of nothing.
    mapEnd: Math.max(heapStart, pageFloor(Math.min(heap.limit, heapStart + module.limits.maxMemory))),
  };
};

const programOf = (module: AnyModule): LinuxImage => {
  const { programHeaders } = module;
  const entry = entryOf(module);
  return programHeaders ? { entry, programHeaders } : { entry };
};

/**
 * An instance as the Linux personality sees it. RISC-V programs pass the system call number in a7 or t0,
 * relinked ones in t0. Throws `linux/no-entry`, `linux/no-stack`, `linux/paging`.
 */
export const instanceGuest = (instance: Instance<unknown>): LinuxGuest => {
  const { module, memory } = instance;
  if (module.dynamicPaging || module.pageSize !== PAGE_SIZE) throw fail('linux/paging', { page: PAGE_SIZE });
  const riscv = isRiscvKind(module.kind);
  const register = (index: number): number | string => (riscv ? index : (RELINKED_NAMES[index] ?? index));
  return {
    width: module.width,
    // RV32E, RV64E and PolkaVM have no more than 16 registers.
    embedded: module.abi.names.length <= 16,
    getRegister: (index) => instance.getRegister(register(index)),
    setRegister: (index, value) => instance.setRegister(register(index), value),
    memory: {
      readable: (address, length) => memory.isAccessible(address, length),
      writable: (address, length) => memory.isAccessible(address, length, 'write'),
      read: (address, length) => memory.read(address, length),
      write: (address, bytes) => memory.write(address, bytes),
      commit: (address, length) => memory.mapPages(address, length),
      release: (address, length) => memory.unmapPages(address, length),
    },
    layout: layoutOf(module),
    program: programOf(module),
    instructions: () => BigInt(instance.executed),
  };
};
