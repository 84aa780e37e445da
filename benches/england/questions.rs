//! The ten thousand questions of the shared files, and the filter words that are asked beside them.

use std::sync::LazyLock;

use crate::england;
use crate::truth::wanted::{MOMENTS, Wanted};

/// A question: where, and for which category.
#[derive(Clone, Copy)]
pub struct Query {
    /// From 1.
    pub number: usize,
    /// Its code.
    pub category: usize,
    /// Where from.
    pub at: (f64, f64),
}

/// All of them.
pub static ALL: LazyLock<Vec<Query>> = LazyLock::new(|| {
    let read = |line: &str| {
        let mut parts = line.split('\t');
        let mut next = || parts.next().expect("four columns").parse::<f64>().expect("a number");
        Query { number: next() as usize, category: next() as usize, at: (next(), next()) }
    };
    england::queries().lines().map(read).collect()
});

/// The words of a question.
pub type Words = fn(&Query) -> Wanted;

/// What is asked beside where and which: the name of the row, and the words.
pub const BESIDE: [(&str, Words); 4] = [
    ("", |q| Wanted { category: Some(q.category), ..NOTHING }),
    (", open_at", |q| Wanted { category: Some(q.category), open_at: Some(&MOMENTS[q.number % 3]), ..NOTHING }),
    (", age", |q| Wanted { category: Some(q.category), age: Some([3, 14, 30, 70][q.number % 4]), ..NOTHING }),
    (", referral", |q| Wanted { category: Some(q.category), referral: Some(["self", "gp"][q.number % 2]), ..NOTHING }),
];

const NOTHING: Wanted =
    Wanted { category: None, age: None, referral: None, delivery: None, accepting: None, free: None, open_at: None };

impl Query {
    /// The address of its ten nearest.
    pub fn path(&self, wanted: &Wanted) -> String {
        let (lon, lat) = self.at;
        format!("/api/v1/nearby?near={lat},{lon}&kind=service&limit=10{}", wanted.words())
    }
}
