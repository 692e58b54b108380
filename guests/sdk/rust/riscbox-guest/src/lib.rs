//! Functions shared between a guest and its host: what `riscbox link` turns into the imports and exports of a
//! PolkaVM program (record formats of PolkaVM 0.35).
//!
//! ```ignore
//! riscbox_guest::import! {
//!     /// Called for every number.
//!     fn report(index: u32, value: u64);
//!     fn now() -> u64 = 7; // as host call number 7
//! }
//!
//! riscbox_guest::export! {
//!     fn add(a: u32, b: u32) -> u32 {
//!         a + b
//!     }
//! }
//!
//! riscbox_guest::min_stack_size!(65536);
//! ```
#![no_std]

#[cfg(feature = "allocator")]
mod allocator;
mod machine;
#[doc(hidden)]
pub mod records;

pub use machine::{heap_base, memset, sbrk, trap};

/// Functions that the host may call. They follow the C calling convention.
#[macro_export]
macro_rules! export {
    ($(
        $(#[$meta:meta])*
        $visibility:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block
    )*) => {$(
        $(#[$meta])*
        #[no_mangle]
        $visibility extern "C" fn $name($($argument: $type),*) $(-> $result)? $body

        const _: () = {
            $crate::__function!(FUNCTION, $name, ($($type)*), ($($result)?));

            #[used]
            #[link_section = ".polkavm_exports"]
            static EXPORT: $crate::records::Export = $crate::records::Export::new(&raw const FUNCTION, $name as *const ());
        };
    )*};
}

/// Functions that the host supplies. A number behind `=` fixes the number of the host call: either all imports of a
/// program have one, or none. They are safe to call as far as the compiler is concerned: what the host does with
/// pointers is between you and the host.
#[macro_export]
macro_rules! import {
    ($(
        $(#[$meta:meta])*
        $visibility:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $(= $index:literal)?;
    )*) => {$(
        // Code at the level of items needs a module around it to have records of its own.
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            unsafe extern "C" {
                $(#[$meta])*
                pub safe fn $name($($argument: $type),*) $(-> $result)?;
            }

            $crate::__function!(FUNCTION, $name, ($($type)*), ($($result)?) $(, $index)?);
            $crate::__host_call!($name, FUNCTION);
        }
        $visibility use $name::$name;
    )*};
}

/// Bytes of stack that the program needs at least. The largest wish counts.
#[macro_export]
macro_rules! min_stack_size {
    ($bytes:expr) => {
        const _: () = {
            #[used]
            #[link_section = ".polkavm_min_stack_size"]
            static BYTES: u32 = $bytes;
        };
    };
}

/// The record of a function: its name, registers of arguments and results, perhaps its number.
#[doc(hidden)]
#[macro_export]
macro_rules! __function {
    ($record:ident, $name:ident, ($($type:ty)*), ($($result:ty)?) $(, $index:literal)?) => {
        // Apart from other constants, so that the linker can leave it out of the program.
        #[link_section = ".rodata.riscbox"]
        static NAME: [u8; stringify!($name).len()] = $crate::records::bytes(stringify!($name));

        #[used]
        #[link_section = ".polkavm_metadata"]
        static $record: $crate::__record!($($index)?) = $crate::records::Function::new(
            &raw const NAME as *const u8,
            NAME.len(),
            [$($crate::records::Size::of::<$type>()),*],
            $crate::records::Size::of::<($($result)?)>(),
        )$(.with_index($index))?;
    };
}

/// The type of a record with or without a number.
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    () => { $crate::records::Function };
    ($index:literal) => { $crate::records::IndexedFunction };
}

/// A function of three words: "call the host", the record that says whom, return.
#[doc(hidden)]
#[macro_export]
#[cfg(target_pointer_width = "32")]
macro_rules! __host_call {
    ($name:ident, $record:ident) => {
        $crate::__host_call_code!($name, $record, ".4byte");
    };
}

#[doc(hidden)]
#[macro_export]
#[cfg(target_pointer_width = "64")]
macro_rules! __host_call {
    ($name:ident, $record:ident) => {
        $crate::__host_call_code!($name, $record, ".8byte");
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __host_call_code {
    ($name:ident, $record:ident, $pointer:literal) => {
        ::core::arch::global_asm!(
            concat!(".pushsection .text.", stringify!($name), ",\"ax\",@progbits"),
            ".balign 2",
            concat!(".globl ", stringify!($name)),
            concat!(".type ", stringify!($name), ", @function"),
            concat!(stringify!($name), ":"),
            ".insn r 0x0b, 0, 0, x0, x0, x0",
            concat!($pointer, " {record}"),
            "ret",
            concat!(".size ", stringify!($name), ", . - ", stringify!($name)),
            ".popsection",
            record = sym $record,
        );
    };
}

#[cfg(feature = "panic-handler")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    trap()
}
