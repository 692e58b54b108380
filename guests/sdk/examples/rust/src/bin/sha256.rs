//! SHA-256 over bytes that the host provides piece by piece, in a buffer of the guest.
#![no_std]
#![no_main]

use core::cell::UnsafeCell;

const BUFFER_SIZE: usize = 4096;
const BLOCK: usize = 64;

/// Fractions of the cube roots of the first 64 primes.
const ROUND: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/// Fractions of the square roots of the first eight.
const INITIAL: [u32; 8] = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

struct Hash {
    state: [u32; 8],
    block: [u8; BLOCK],
    total: u64,
}

impl Hash {
    const fn new() -> Self {
        Self { state: INITIAL, block: [0; BLOCK], total: 0 }
    }

    fn compress(&mut self) {
        let mut w = [0_u32; 64];
        for (word, bytes) in w.iter_mut().zip(self.block.chunks_exact(4)) {
            *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        for i in 16..64 {
            let low = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ w[i - 15] >> 3;
            let high = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ w[i - 2] >> 10;
            w[i] = w[i - 16].wrapping_add(low).wrapping_add(w[i - 7]).wrapping_add(high);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = self.state;
        for (constant, word) in ROUND.iter().zip(&w) {
            let mix = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let choice = (e & f) ^ (!e & g);
            let first = h.wrapping_add(mix).wrapping_add(choice).wrapping_add(*constant).wrapping_add(*word);
            let mix = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let majority = (a & b) ^ (a & c) ^ (b & c);
            let second = mix.wrapping_add(majority);
            (h, g, f, e) = (g, f, e, d.wrapping_add(first));
            (d, c, b, a) = (c, b, a, first.wrapping_add(second));
        }
        for (word, more) in self.state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word = word.wrapping_add(more);
        }
    }

    fn add(&mut self, byte: u8) {
        self.block[self.total as usize % BLOCK] = byte;
        self.total += 1;
        if self.total as usize % BLOCK == 0 {
            self.compress();
        }
    }

    fn finish(&mut self) -> [u8; 32] {
        let bits = 8 * self.total;
        self.add(0x80);
        while self.total as usize % BLOCK != BLOCK - 8 {
            self.add(0);
        }
        for byte in bits.to_be_bytes() {
            self.add(byte);
        }
        let mut digest = [0; 32];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        digest
    }
}

struct Machine(UnsafeCell<(Hash, [u8; BUFFER_SIZE])>);

// SAFETY: a guest has one thread.
unsafe impl Sync for Machine {}

static MACHINE: Machine = Machine(UnsafeCell::new((Hash::new(), [0; BUFFER_SIZE])));

fn machine() -> &'static mut (Hash, [u8; BUFFER_SIZE]) {
    // SAFETY: exports do not call each other, so that there is one reference at a time.
    unsafe { &mut *MACHINE.0.get() }
}

riscbox_guest::export! {
    /// Where the host writes its bytes.
    fn buffer() -> *mut u8 {
        machine().1.as_mut_ptr()
    }

    fn start() {
        machine().0 = Hash::new();
    }

    /// Takes bytes from the buffer; answers how many, which is 0 when the buffer does not have that many.
    fn update(length: usize) -> u32 {
        let (hash, buffer) = machine();
        let Some(bytes) = buffer.get(..length) else { return 0 };
        for byte in bytes {
            hash.add(*byte);
        }
        length as u32
    }

    /// The 32 bytes of the hash.
    fn finish() -> *const u8 {
        let (hash, buffer) = machine();
        buffer[..32].copy_from_slice(&hash.finish());
        buffer.as_ptr()
    }
}
