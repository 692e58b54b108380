//! Records that the linker reads and the program never does.
use core::mem::size_of;

const WORD: usize = size_of::<usize>();

/// Arguments that the C calling convention has registers for where there are 16 of them.
const ARGUMENT_REGISTERS: usize = 6;

/// How many bytes a value has.
#[derive(Clone, Copy)]
pub struct Size(usize);

impl Size {
    pub const fn of<T>() -> Self {
        Self(size_of::<T>())
    }

    const fn words(self) -> usize {
        self.0.div_ceil(WORD)
    }

    /// What is larger than two registers goes by reference.
    const fn is_by_reference(self) -> bool {
        self.words() > 2
    }
}

/// Describes an imported or exported function: version 1.
#[repr(C, packed)]
pub struct Function {
    version: u8,
    flags: u32,
    name_length: u32,
    name: *const u8,
    input_registers: u8,
    output_registers: u8,
}

/// Version 2 says in addition which number an import has.
#[repr(C, packed)]
pub struct IndexedFunction {
    function: Function,
    has_index: u8,
    index: u32,
}

#[repr(C, packed)]
pub struct Export {
    version: u8,
    function: *const Function,
    code: *const (),
}

// SAFETY: nobody writes to records.
unsafe impl Sync for Function {}
// SAFETY: as above.
unsafe impl Sync for IndexedFunction {}
// SAFETY: as above.
unsafe impl Sync for Export {}

impl Function {
    pub const fn new<const N: usize>(name: *const u8, name_length: usize, arguments: [Size; N], result: Size) -> Self {
        // Room for a large result is an argument, too.
        let mut inputs = if result.is_by_reference() { 1 } else { 0 };
        let mut i = 0;
        while i < N {
            inputs += if arguments[i].is_by_reference() { 1 } else { arguments[i].words() };
            i += 1;
        }
        assert!(inputs <= ARGUMENT_REGISTERS, "too many arguments for six registers; pass a pointer to a structure instead");
        let outputs = if result.is_by_reference() { 0 } else { result.words() };
        Self {
            version: 1,
            flags: 0,
            name_length: name_length as u32,
            name,
            input_registers: inputs as u8,
            output_registers: outputs as u8,
        }
    }

    pub const fn with_index(self, index: u32) -> IndexedFunction {
        IndexedFunction { function: Self { version: 2, ..self }, has_index: 1, index }
    }
}

impl Export {
    pub const fn new(function: *const Function, code: *const ()) -> Self {
        Self { version: 1, function, code }
    }
}

/// The bytes of a text, as an array that has a place of its own.
pub const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(text.as_bytes());
    bytes
}
