//! The global allocator: blocks of powers of two, freed ones kept in one list per size.
use crate::machine::{heap_base, sbrk};
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

/// 16 bytes: room for the link of a free block, and more than any primitive type's alignment.
const SMALLEST: u32 = 4;
const CLASSES: usize = 28;
/// The heap grows by at least this many bytes.
const STEP: usize = 1 << 12;

struct Heap {
    free: [*mut u8; CLASSES],
    /// Where memory begins that was never handed out; 0 before the first time.
    next: usize,
    /// Where the heap ends.
    end: usize,
}

impl Heap {
    /// New memory, aligned to its size, which is a power of two; null when there is none.
    fn take(&mut self, size: usize) -> *mut u8 {
        if self.next == 0 {
            self.next = heap_base() as usize;
            self.end = sbrk(0) as usize;
        }
        let alignment = size.min(STEP);
        let Some(start) = self.next.checked_next_multiple_of(alignment) else { return null_mut() };
        let Some(end) = start.checked_add(size) else { return null_mut() };
        if end > self.end {
            let grown = sbrk((end - self.end).next_multiple_of(STEP)) as usize;
            if grown == 0 {
                return null_mut();
            }
            self.end = grown;
        }
        self.next = end;
        start as *mut u8
    }
}

struct Allocator(UnsafeCell<Heap>);

// SAFETY: a guest has one thread.
unsafe impl Sync for Allocator {}

#[global_allocator]
static ALLOCATOR: Allocator = Allocator(UnsafeCell::new(Heap { free: [null_mut(); CLASSES], next: 0, end: 0 }));

fn class_of(layout: &Layout) -> usize {
    let size = layout.size().max(layout.align()).max(1 << SMALLEST);
    (size.next_power_of_two().trailing_zeros() - SMALLEST) as usize
}

// SAFETY: a block of class c is 16 << c bytes long and aligned to that, at most to 4096; it is in one of two hands:
// the caller's or the list of its class.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = class_of(&layout);
        if class >= CLASSES || layout.align() > STEP {
            return null_mut();
        }
        // SAFETY: one thread, and nothing in here allocates.
        let heap = unsafe { &mut *self.0.get() };
        let block = heap.free[class];
        if block.is_null() {
            return heap.take(1 << (SMALLEST as usize + class));
        }
        // SAFETY: a free block holds the address of the next one.
        heap.free[class] = unsafe { *block.cast::<*mut u8>() };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; the block is large enough for an address and nobody else uses it.
        unsafe {
            let first = &mut (*self.0.get()).free[class_of(&layout)];
            *block.cast::<*mut u8>() = *first;
            *first = block;
        }
    }
}
