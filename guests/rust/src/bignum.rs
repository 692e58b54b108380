//! Natural numbers of any size, in digits of base one billion, least significant first.
use alloc::vec::Vec;
use core::fmt;

const BASE: u64 = 1_000_000_000;

#[derive(Clone, Default)]
pub struct Natural(Vec<u32>);

impl From<u32> for Natural {
    fn from(n: u32) -> Self {
        Self::from_digits(core::iter::once(u64::from(n)))
    }
}

impl Natural {
    /// Digits may exceed the base; what is too much carries over.
    fn from_digits(digits: impl Iterator<Item = u64>) -> Self {
        let mut carry = 0;
        let mut result = Vec::new();
        for digit in digits {
            let sum = digit + carry;
            result.push((sum % BASE) as u32);
            carry = sum / BASE;
        }
        while carry > 0 {
            result.push((carry % BASE) as u32);
            carry /= BASE;
        }
        Self(result)
    }

    pub fn plus(&self, other: &Self) -> Self {
        let length = self.0.len().max(other.0.len());
        let digit = |n: &Self, i: usize| u64::from(n.0.get(i).copied().unwrap_or(0));
        Self::from_digits((0..length).map(|i| digit(self, i) + digit(other, i)))
    }

    pub fn times(&self, factor: u32) -> Self {
        Self::from_digits(self.0.iter().map(|&digit| u64::from(digit) * u64::from(factor)))
    }
}

impl fmt::Display for Natural {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = self.0.iter().rev();
        write!(out, "{}", digits.next().copied().unwrap_or(0))?;
        digits.try_for_each(|digit| write!(out, "{digit:09}"))
    }
}
