import { writeAssembly } from '../assembler/writer.ts';
import { readUint, toHex } from '../core/bytes.ts';
import { isRiscvKind } from '../core/kind.ts';
import { Instruction } from '../decoder/instruction.ts';
import { formatPolkaVm } from '../decoder/text-polkavm.ts';
import { formatRiscv } from '../decoder/text-riscv.ts';
import { disassemble } from '../disassembler.ts';
import type { Module } from '../vm/module.ts';
import { type Command, defineCommand, operandsOf, UsageError } from './command.ts';
import { Lines, toJson } from './io.ts';
import {
  about,
  compileProgram,
  engineOptions,
  gasModelOption,
  programOptions,
  readProgram,
} from './program-file.ts';

/** Options that shape listings. */
const WITHOUT_ASM = ['gas', 'gas-model', 'bytes', 'no-offsets', 'no-debug', 'json'] as const;

export const disasmCommand: Command = defineCommand({
  name: 'disasm',
  operands: 'FILE',
  summary: 'Lists the instructions of a program, with functions and source lines.',
  options: {
    gas: { type: 'boolean', help: 'show what each basic block costs' },
    bytes: { type: 'boolean', help: 'show the bytes of each instruction' },
    'no-offsets': { type: 'boolean', help: 'leave out where each instruction stands' },
    'no-debug': { type: 'boolean', help: 'leave out functions and source lines of debug sections' },
    asm: { type: 'boolean', help: 'print assembly, of which riscbox asm makes the same file again' },
    json: { type: 'boolean', help: 'one JSON object per instruction and line' },
    'gas-model': engineOptions['gas-model'],
    ...programOptions,
  },
  run(values, operands, io) {
    const [file = ''] = operandsOf(operands, ['FILE']);
    const program = readProgram(file, values);
    const { blob } = program;
    const lines = new Lines(io);
    if (values.asm === true) {
      const other = WITHOUT_ASM.find((name) => values[name] !== undefined);
      if (other !== undefined) throw new UsageError(`--asm and --${other} exclude each other`);
      writeAssembly(blob, (line) => lines.line(line));
    } else if (values.json === true) {
      const module = about(file, () => compileProgram(program, values));
      for (const instruction of instructionsOf(module)) lines.line(toJson(instruction));
    } else {
      const model = values['gas-model'];
      const hasGas = values.gas === true || model !== undefined;
      const listing = disassemble(blob, {
        ...(hasGas ? { gas: gasModelOption(model ?? 'naive') } : {}),
        bytes: values.bytes === true,
        offsets: values['no-offsets'] !== true,
        debug: values['no-debug'] !== true,
      });
      for (const line of listing) lines.line(line);
    }
    lines.flush();
    return 0;
  },
});

/** An instruction for programs; `gas` stands where a basic block begins and is what the block costs. */
interface ListedInstruction {
  readonly pc: number;
  readonly bytes: string;
  readonly text: string;
  readonly gas?: number | undefined;
}

function* instructionsOf(module: Module): Generator<ListedInstruction> {
  const { code, kind, width, riscv, blob } = module.program;
  const parts = riscv?.segments.filter(({ executable }) => executable) ?? [{ address: 0, data: blob.code }];
  const registers = riscv?.embedded === true ? 16 : 32;
  const instruction = new Instruction();
  let block = code.nextBlock(0);
  for (let index = 0; index < code.count; index++) {
    const pc = code.pcOf(index);
    const part = parts.find(({ address, data }) => pc >= address && pc - address < data.length);
    // The place behind the end of the code has a number, too.
    if (part === undefined) continue;
    code.decode(pc, instruction);
    const at = pc - part.address;
    const bytes = part.data.subarray(at, at + instruction.length);
    const text = isRiscvKind(kind)
      ? formatRiscv(readUint(bytes, 0, bytes.length), pc, kind, registers)
      : formatPolkaVm(instruction, width);
    while (block !== undefined && block < pc) block = code.nextBlock(block + 1);
    yield {
      pc,
      bytes: toHex(bytes),
      text,
      ...(block === pc ? { gas: module.gasCostAt(pc) } : {}),
    };
  }
}
