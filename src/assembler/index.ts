/** Entry `riscbox/assembler`: programs from text, and as text that assembles to the same bytes. */
export { type AssembleOptions, assemble, assembleToBytes } from './assemble.ts';
export type { Emit } from './write-bytes.ts';
export { type AssemblyTextOptions, assemblyText, writeAssembly } from './writer.ts';
