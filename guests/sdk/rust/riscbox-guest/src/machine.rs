//! Instructions that stock RISC-V does not have.
use core::arch::asm;

/// Ends the guest with a trap.
#[inline(always)]
pub fn trap() -> ! {
    // SAFETY: nothing runs behind it.
    unsafe { asm!("unimp", options(noreturn, nomem, nostack)) }
}

/// Where the heap begins: the first address behind the program's data.
#[inline(always)]
pub fn heap_base() -> *mut u8 {
    let base;
    // SAFETY: writes one register.
    unsafe { asm!(".insn r 0x0b, 3, 0, {0}, x0, x0", lateout(reg) base, options(pure, nomem, nostack)) }
    base
}

/// Grows the heap by some bytes and answers its new end, or null if there is no more; with 0 answers the end.
#[inline(always)]
pub fn sbrk(bytes: usize) -> *mut u8 {
    let end;
    // SAFETY: makes memory accessible that was not.
    unsafe { asm!(".insn r 0x0b, 1, 0, {0}, {1}, x0", lateout(reg) end, in(reg) bytes, options(nostack)) }
    end
}

/// Fills memory; the machine does it at once.
///
/// # Safety
///
/// The bytes must be valid for writes.
#[inline(always)]
pub unsafe fn memset(to: *mut u8, value: u8, length: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        asm!(
            ".insn r 0x0b, 2, 0, x0, x0, x0",
            inlateout("a0") to => _,
            in("a1") usize::from(value),
            inlateout("a2") length => _,
            options(nostack),
        );
    }
}
