//! Texts go both ways: the host asks for room, writes its text there, calls a function with address and length, and
//! the guest shows it the result.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

riscbox_guest::import! {
    /// Asks the host to show a text.
    fn show(text: *const u8, length: usize);
}

riscbox_guest::min_stack_size!(16384);

riscbox_guest::export! {
    /// Room for `length` bytes, which `reverse_words` takes back.
    fn allocate(length: usize) -> *mut u8 {
        alloc::vec![0_u8; length].leak().as_mut_ptr()
    }

    /// Shows "three two one" for "one two three"; answers how many words there are.
    fn reverse_words(text: *mut u8, length: usize) -> usize {
        // SAFETY: the host passes what `allocate` gave it, once.
        let bytes = unsafe { Vec::from_raw_parts(text, length, length) };
        let text = String::from_utf8_lossy(&bytes);
        let words: Vec<&str> = text.split_whitespace().rev().collect();
        let reversed = words.join(" ");
        show(reversed.as_ptr(), reversed.len());
        words.len()
    }
}
