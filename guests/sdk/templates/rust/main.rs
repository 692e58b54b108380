//! What the host may call (exports), and what it supplies (imports). The crate riscbox-guest tells all about both.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::format;
use core::cell::UnsafeCell;

const NAME_SIZE: usize = 64;

struct Name(UnsafeCell<[u8; NAME_SIZE]>);

// SAFETY: a guest has one thread.
unsafe impl Sync for Name {}

static NAME: Name = Name(UnsafeCell::new([0; NAME_SIZE]));

riscbox_guest::import! {
    fn print(text: *const u8, length: usize);
}

riscbox_guest::export! {
    fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }

    /// Where the host writes a name of at most `NAME_SIZE` bytes.
    fn name_buffer() -> *mut u8 {
        NAME.0.get().cast()
    }

    /// Prints a greeting for the name in the buffer.
    fn greet(length: usize) {
        // SAFETY: the host does not write while the guest runs.
        let name = unsafe { &*NAME.0.get() };
        let line = format!("Hello, {}!", name[..length].escape_ascii());
        print(line.as_ptr(), line.len());
    }
}
