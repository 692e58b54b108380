#!/bin/sh
# Builds build/{{name}}.elf. CC chooses another GCC for RISC-V; it brings the C library picolibc.
set -eu
cd "$(dirname "$0")"
mkdir -p build

# library.c is what picolibc needs of the machine: the heap, and `write` of the host for those who print.
# Relocations are what riscbox link works from. There is no start-up code: the host calls exports.
"${CC:-riscv64-unknown-elf-gcc}" -march=rv32emac -mabi=ilp32e -mcmodel=medany \
  -std=c11 -O2 -g -Wall -Wextra -ffunction-sections -fdata-sections \
  --specs=picolibc.specs -nostartfiles -T guest.ld \
  -Wl,--emit-relocs -Wl,--no-relax -Wl,--gc-sections -Wl,-e,0 \
  main.c library.c -o build/{{name}}.elf
