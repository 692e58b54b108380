import { defineErrors, type Fail } from '../core/error.ts';

/** Lines are as long as somebody made them; a message shows the beginning. */
const SHOWN = 200;

const shown = (text: string): string => (text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`);

const table = {
  'asm/line': (d: { line: number; text: string; problem: string }) =>
    `cannot parse line ${d.line}: "${shown(d.text)}": ${d.problem}`,
  'asm/no-isa': (_: Record<string, never>) =>
    'no ISA was declared in the program; begin with a line like %isa = latest64',
  'asm/duplicate-label': (d: { line: number; label: string; first: number }) =>
    `duplicate label "${shown(d.label)}" on line ${d.line}; it stands on line ${d.first} already, rename one of them`,
  'asm/undefined-label': (d: { line: number; label: string }) =>
    `label is not defined: "${shown(d.label)}" (line ${d.line}); put @${shown(d.label)}: in front of an instruction`,
  'asm/unavailable': (d: { line: number; text: string; instruction: string; kind: string }) =>
    `cannot parse line ${d.line}: "${shown(d.text)}": the instruction '${d.instruction}' is not available in the '${d.kind}' instruction set; use another or change %isa`,
  'asm/number': (d: { line: number; text: string; number: string }) =>
    `cannot parse line ${d.line}: "${shown(d.text)}": ${shown(d.number)} does not fit the operand; immediates are signed 32-bit values`,
  'asm/length': (d: { line: number; length: number; needed: number }) =>
    `cannot parse line ${d.line}: %length ${d.length} is too short, the instruction takes ${d.needed} bytes; state more or leave it out`,
  'asm/directive': (d: { line: number; text: string; problem: string }) =>
    `cannot parse line ${d.line}: "${shown(d.text)}": ${d.problem}`,
} as const;

/** Makes the errors of the assembler; rules of the container are reported by `blob/*`. */
export const fail: Fail<typeof table> = defineErrors(table);
