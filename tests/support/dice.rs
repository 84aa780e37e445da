//! Chance that comes again: what a test draws, it draws the same way every time.

/// Numbers that come again with the same seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn of_100(&mut self, chance: u64) -> bool {
        self.next() % 100 < chance
    }

    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    pub fn some<T: Clone>(&mut self, of: &[T], chance: u64) -> Vec<T> {
        of.iter().filter(|_| self.of_100(chance)).cloned().collect()
    }

    /// Often none at all.
    pub fn at_times<T: Clone>(&mut self, at_times: u64, of: &[T], chance: u64) -> Vec<T> {
        if self.of_100(at_times) { self.some(of, chance) } else { Vec::new() }
    }
}
