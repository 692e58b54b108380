//! System calls, the entry point and the panic handler.
use alloc::vec::Vec;
use core::arch::{asm, global_asm};
use core::fmt;
use core::panic::PanicInfo;
use core::ptr::null_mut;

const READ: usize = 63;
const WRITE: usize = 64;
const EXIT: usize = 93;
const BRK: usize = 214;

global_asm!(
    ".section .text.start, \"ax\", @progbits",
    ".globl _start",
    "_start:",
    ".option push",
    ".option norelax",
    "la gp, __global_pointer$",
    ".option pop",
    "andi sp, sp, -16",
    "call guest_main",
    ".text",
);

/// The number travels in a7, or in t0 where there are only 16 registers.
fn call(number: usize, a: usize, b: usize, c: usize) -> isize {
    let result: isize;
    // SAFETY: the callers pass valid buffers; the kernel changes no other register.
    unsafe {
        #[cfg(target_feature = "e")]
        asm!("ecall", in("t0") number, inlateout("a0") a => result, in("a1") b, in("a2") c);
        #[cfg(not(target_feature = "e"))]
        asm!("ecall", in("a7") number, inlateout("a0") a => result, in("a1") b, in("a2") c);
    }
    result
}

pub fn exit(status: usize) -> ! {
    loop {
        call(EXIT, status, 0, 0);
    }
}

fn write_all(mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let written = call(WRITE, 1, bytes.as_ptr() as usize, bytes.len());
        if written <= 0 {
            exit(3);
        }
        bytes = &bytes[written as usize..];
    }
}

pub fn read_all() -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let mut part = [0_u8; 512];
        let length = call(READ, 0, part.as_mut_ptr() as usize, part.len());
        if length <= 0 {
            return all;
        }
        all.extend_from_slice(&part[..length as usize]);
    }
}

/// The next `size` bytes above the program break, or null.
pub fn grow_heap(size: usize) -> *mut u8 {
    let now = call(BRK, 0, 0, 0) as usize;
    let start = (now + 15) & !15;
    let end = start + size;
    if call(BRK, end, 0, 0) as usize == end { start as *mut u8 } else { null_mut() }
}

/// Collects a line before it writes it.
pub struct Output(Vec<u8>);

impl Output {
    pub fn new() -> Self {
        Self(Vec::new())
    }
}

impl fmt::Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        if text.ends_with('\n') {
            write_all(&self.0);
            self.0.clear();
        }
        Ok(())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        write_all(&self.0);
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let mut out = Output::new();
    let _ = fmt::Write::write_fmt(&mut out, format_args!("{info}\n"));
    exit(101)
}
