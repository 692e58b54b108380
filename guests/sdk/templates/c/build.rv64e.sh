#!/bin/sh
# Builds build/{{name}}.elf. CC chooses another clang, 19 or later; there is no C library for this instruction set.
set -eu
cd "$(dirname "$0")"
mkdir -p build

# memory.c has the functions that compilers call on their own, such as memcpy.
# Relocations are what riscbox link works from. There is no start-up code: the host calls exports.
"${CC:-clang-19}" --target=riscv64-unknown-elf -march=rv64emac_zbb_xtheadcondmov -mabi=lp64e -mcmodel=medany \
  -std=c11 -O2 -g -Wall -Wextra -ffunction-sections -fdata-sections \
  -ffreestanding -nostdlib -fuse-ld=lld -T guest.ld \
  -Wl,--emit-relocs -Wl,--no-relax -Wl,--gc-sections -Wl,-e,0 \
  main.c memory.c -o build/{{name}}.elf
