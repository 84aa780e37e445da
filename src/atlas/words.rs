//! The text index: which records hold a word that begins so. Sixteen bytes a word, no text kept twice.

use std::ops::Range;

/// Lower-case words of a text: runs of letters and digits, apostrophes inside a word dropped.
pub fn of(text: &str) -> Vec<String> {
    text.to_lowercase()
        .replace(['\'', '’'], "")
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether every word of `query` begins some word of `text`.
pub fn all_begin(query: &[String], text: &[String]) -> bool {
    query.iter().all(|q| text.iter().any(|w| w.starts_with(q.as_str())))
}

/// First eight bytes of words with the slots they stand in, sorted.
#[derive(Debug, Default)]
pub struct Words {
    sorted: Vec<(u64, u32)>,
}

impl Words {
    /// An index of these pairs.
    pub fn build(mut pairs: Vec<(u64, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        pairs.shrink_to_fit();
        Self { sorted: pairs }
    }

    /// Slots that may hold a word beginning with `word` (longer words than eight bytes are to be looked at again).
    pub fn beginning(&self, word: &str) -> Vec<u32> {
        let range = key_range(word);
        let from = self.sorted.partition_point(|(key, _)| *key < range.start);
        let mut slots: Vec<u32> =
            self.sorted[from..].iter().take_while(|(key, _)| *key <= range.end).map(|(_, slot)| *slot).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }
}

/// The key of a word: its first eight bytes, big end first.
pub fn key(word: &str) -> u64 {
    let mut bytes = [0u8; 8];
    for (to, from) in bytes.iter_mut().zip(word.bytes()) {
        *to = from;
    }
    u64::from_be_bytes(bytes)
}

fn key_range(word: &str) -> Range<u64> {
    let bits = 8 * word.len().min(8);
    let low = key(word);
    let rest = if bits == 64 { 0 } else { u64::MAX >> bits };
    low..low | rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_finds_its_words_and_no_others() {
        let index =
            Words::build(vec![(key("lunch"), 1), (key("luncheon"), 2), (key("lungs"), 3), (key("befriending"), 4)]);
        assert_eq!(index.beginning("lunch"), [1, 2]);
        assert_eq!(index.beginning("befriending"), [4]);
        assert_eq!(index.beginning("x"), Vec::<u32>::new());
    }
}
