//! Several searches by distance, answered as one: the nearest of all comes first.

use std::collections::BinaryHeap;

use super::Entry;

/// Streams that each rise, as one that rises.
pub struct Merge<'a> {
    streams: Vec<Box<dyn Iterator<Item = (f64, &'a Entry)> + 'a>>,
    heads: BinaryHeap<Head<'a>>,
}

struct Head<'a> {
    distance: f64,
    entry: &'a Entry,
    stream: usize,
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head<'_> {}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head<'_> {
    /// The heap gives its greatest first: nearer is greater.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.distance.total_cmp(&self.distance).then_with(|| other.stream.cmp(&self.stream))
    }
}

impl<'a> Merge<'a> {
    /// One stream of these.
    pub fn new(streams: Vec<Box<dyn Iterator<Item = (f64, &'a Entry)> + 'a>>) -> Self {
        let mut merge = Self { streams, heads: BinaryHeap::new() };
        for stream in 0..merge.streams.len() {
            merge.pull(stream);
        }
        merge
    }

    fn pull(&mut self, stream: usize) {
        if let Some((distance, entry)) = self.streams[stream].next() {
            self.heads.push(Head { distance, entry, stream });
        }
    }
}

impl<'a> Iterator for Merge<'a> {
    type Item = (f64, &'a Entry);

    fn next(&mut self) -> Option<Self::Item> {
        let head = self.heads.pop()?;
        self.pull(head.stream);
        Some((head.distance, head.entry))
    }
}
