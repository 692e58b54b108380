#!/bin/sh
# Builds build/{{name}}.elf. RUSTC, CARGO and LLD choose other tools; the defaults are Debian's rustc-web, cargo-web,
# rust-web-src and lld-19. With rustup, after `rustup component add rust-src`: RUSTC=rustc CARGO=cargo sh build.sh
set -eu
cd "$(dirname "$0")"
RUSTC=${RUSTC:-/usr/bin/rustc}
CARGO=${CARGO:-/usr/bin/cargo}
export RUSTC
# What -Zbuild-std needs of a compiler that is not a nightly.
export RUSTC_BOOTSTRAP=1

# Before 1.91, target files had texts where they have numbers now.
targets=targets
[ "$("$RUSTC" --version | cut -d. -f2)" -ge 91 ] || targets=targets/before-1.91

# Debian has the sources of the libraries that core and alloc need in a folder; others have them from crates.io.
vendor=$("$RUSTC" --print sysroot)/lib/rustlib/src/rust/library/vendor
if [ -d "$vendor" ]; then
  set -- --offline --config 'source.crates-io.replace-with="compiler"' --config "source.compiler.directory=\"$vendor\""
fi

"$CARGO" build --release --target "$targets/{{target}}mac-riscbox.json" \
  --config "target.{{target}}mac-riscbox.linker=\"${LLD:-ld.lld-19}\"" "$@"
mkdir -p build
cp "${CARGO_TARGET_DIR:-target}/{{target}}mac-riscbox/release/guest.elf" build/{{name}}.elf
