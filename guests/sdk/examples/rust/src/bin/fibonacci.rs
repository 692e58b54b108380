//! One function for the host, which it calls back for every number.
#![no_std]
#![no_main]

riscbox_guest::import! {
    fn report(index: u32, value: u64);
}

riscbox_guest::export! {
    fn fibonacci(n: u32) -> u64 {
        let (mut a, mut b) = (0_u64, 1_u64);
        for i in 0..n {
            report(i, a);
            (a, b) = (b, a.wrapping_add(b));
        }
        a
    }
}
