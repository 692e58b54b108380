//! The global allocator: blocks of powers of two, freed ones kept in one list per size.
use crate::system;
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::null_mut;

const SMALLEST: u32 = 4; // 16 bytes: room for the link of a free block, and the largest alignment in use
const CLASSES: usize = 28;

struct Heap(UnsafeCell<[*mut u8; CLASSES]>);

// SAFETY: the guest has one thread.
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new([null_mut(); CLASSES]));

fn class_of(layout: &Layout) -> usize {
    let size = layout.size().max(layout.align()).max(1 << SMALLEST);
    (size.next_power_of_two().trailing_zeros() - SMALLEST) as usize
}

// SAFETY: a block of class c is 16 << c bytes long, aligned to 16 (what the break is aligned to at first, and
// every size is a multiple of it), and is in one of two hands: the caller's or the list of its class.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = class_of(&layout);
        if class >= CLASSES || layout.align() > 1 << SMALLEST {
            return null_mut();
        }
        let first = &mut (*self.0.get())[class];
        if first.is_null() {
            return system::grow_heap(1 << (SMALLEST as usize + class));
        }
        let block = *first;
        *first = *block.cast::<*mut u8>();
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let first = &mut (*self.0.get())[class_of(&layout)];
        *block.cast::<*mut u8>() = *first;
        *first = block;
    }
}
