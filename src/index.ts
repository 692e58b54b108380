/**
 * Entry `riscbox`: runs program blobs. ELF files are made into programs by `riscbox/linker`, stock programs find
 * their system calls in `riscbox/linux`.
 */
import './vm/wasm-tiers.ts';

export * from './api.ts';
