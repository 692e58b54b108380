import { expect, test } from 'vitest';
import { relinkToBlob } from '../../../src/linker/relink/relink.ts';
import { elfName, guestElfs, readElfFile } from '../real-elfs.ts';

const named = (pattern: RegExp): readonly string[] => guestElfs.filter((path) => pattern.test(elfName(path)));

test.each(named(/control_clang/).map((path) => [elfName(path), path]))(
  '%s adds distances that the assembler has computed to a label: a note names the function',
  (_, path) => {
    const { notes } = relinkToBlob(readElfFile(path), { demote: true, strip: true });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^by_label_distance\+0x\w+ \(section \.text, offset 0x\w+\) computes with/);
  },
);

test.each(named(/(library|lisp|perft|deflate|hello|kit_\w+)\.elf$/).map((path) => [elfName(path), path]))(
  '%s uses function pointers as they are: no note',
  (_, path) => {
    expect(relinkToBlob(readElfFile(path), { demote: true, strip: true }).notes).toEqual([]);
  },
);
