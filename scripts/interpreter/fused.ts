import type { Width } from '../../src/core/kind.ts';
import { operation } from '../../src/isa/table.ts';
import { FUSED_SEQUENCES } from './fused-sequences.ts';

/** Prints the fused sequences as the interpreter reads them: by operation numbers instead of names. */
export const printFusedSequences = (): string => `
import type { Width } from '../core/kind.ts';

/** Sequences of operation numbers that are one case of the loop. */
export const FUSED: Readonly<Record<Width, readonly (readonly number[])[]>> = {
${printWidth(32)}${printWidth(64)}};
`;

const printWidth = (width: Width): string =>
  `  ${width}: [\n${FUSED_SEQUENCES[width].map(printSequence).join('')}  ],\n`;

const printSequence = (sequence: string): string =>
  `    ${JSON.stringify(sequence.split(' ').map(operation))}, // ${sequence.replaceAll(' ', ' + ')}\n`;
