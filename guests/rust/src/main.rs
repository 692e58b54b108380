//! A `no_std` + `alloc` program: reads text from standard input and reports its words, then some exact
//! arithmetic. It needs of the machine only `read`, `write`, `exit` and `brk`.
#![no_std]
#![no_main]

extern crate alloc;

mod bignum;
mod heap;
mod system;

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BinaryHeap};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use bignum::Natural;
use core::cmp::Reverse;
use core::fmt::Write;
use system::Output;

#[derive(Default)]
struct Statistics {
    words: BTreeMap<String, u32>,
    lines: usize,
    longest: String,
}

impl Statistics {
    fn of(text: &str) -> Self {
        let mut result = Self { lines: text.lines().count(), ..Self::default() };
        let separators = |c: char| !c.is_alphanumeric() && c != '\'';
        for word in text.split(separators).filter(|word| !word.is_empty()) {
            if word.chars().count() > result.longest.chars().count() {
                result.longest = word.into();
            }
            *result.words.entry(word.to_lowercase()).or_insert(0) += 1;
        }
        result
    }

    /// The most frequent words; equal counts in alphabetical order.
    fn most_frequent(&self, count: usize) -> Vec<(u32, &str)> {
        let mut heap: BinaryHeap<_> = self.words.iter().map(|(word, n)| (*n, Reverse(word.as_str()))).collect();
        core::iter::from_fn(|| heap.pop()).take(count).map(|(n, Reverse(word))| (n, word)).collect()
    }
}

/// Calls through a table of methods, which is where Rust puts code addresses into data.
trait Sequence {
    fn name(&self) -> String;
    fn next(&mut self) -> Natural;
}

struct Fibonacci(Natural, Natural);
impl Sequence for Fibonacci {
    fn name(&self) -> String {
        "fibonacci".into()
    }
    fn next(&mut self) -> Natural {
        let sum = self.0.plus(&self.1);
        core::mem::replace(&mut self.0, core::mem::replace(&mut self.1, sum))
    }
}

struct Factorial(Natural, u32);
impl Sequence for Factorial {
    fn name(&self) -> String {
        format!("{:>9}", "factorial")
    }
    fn next(&mut self) -> Natural {
        self.1 += 1;
        let product = self.0.times(self.1);
        core::mem::replace(&mut self.0, product)
    }
}

fn report(out: &mut Output, input: &[u8]) -> core::fmt::Result {
    let text = String::from_utf8_lossy(input);
    let statistics = Statistics::of(&text);
    writeln!(out, "{} bytes, {} lines, {} different words", input.len(), statistics.lines, statistics.words.len())?;
    for (count, word) in statistics.most_frequent(5) {
        writeln!(out, "{count:>6}  {word}")?;
    }
    writeln!(out, "longest: {:?}", statistics.longest)?;
    let mut sequences: Vec<Box<dyn Sequence>> = alloc::vec![
        Box::new(Fibonacci(Natural::from(0), Natural::from(1))),
        Box::new(Factorial(Natural::from(1), 0)),
    ];
    for index in [10, 50, 200] {
        for sequence in &mut sequences {
            let value = (0..index).map(|_| sequence.next()).last().unwrap_or_default();
            writeln!(out, "{} +{index}: {value}", sequence.name())?;
        }
    }
    writeln!(out, "{:.6} {:e} {:?}", 2.0_f64 / 3.0, 123456.789_f64, "text".parse::<u32>())
}

#[no_mangle]
extern "C" fn guest_main() -> ! {
    let input = system::read_all();
    let mut out = Output::new();
    let status = if report(&mut out, &input).is_ok() { 0 } else { 1 };
    drop(out);
    system::exit(status)
}
