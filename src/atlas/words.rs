//! The text index: which records hold a word that begins so. No text is kept twice.

use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::at_once;
use super::slots::Slots;

/// The words of a text as they are indexed and looked for: runs of letters and digits, folded, apostrophes inside a
/// word dropped.
pub fn of(text: &str) -> Vec<String> {
    folded(text).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// A text as people type it who have a plain keyboard: lower case, letters without their marks, ligatures and letters of
/// other alphabets of the kind in plain ones, nothing that has no width.
fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        let plain = !text.bytes().any(|b| b.is_ascii_uppercase() || b == b'\'' || b == b'`');
        return if plain {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(text.to_ascii_lowercase().replace(['\'', '`'], ""))
        };
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c) && !is_nothing(*c)).flat_map(char::to_lowercase) {
        match UNDECOMPOSED.iter().find(|(letter, _)| *letter == c) {
            Some((_, plain)) => folded.push_str(plain),
            // Lower case may bring a mark of its own: a dotted capital I.
            None if is_combining_mark(c) => {}
            None => folded.push(c),
        }
    }
    Cow::Owned(folded)
}

/// Letters that are whole to Unicode, and what people type for them.
const UNDECOMPOSED: [(char, &str); 16] = [
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ø', "o"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ł', "l"),
    ('ħ', "h"),
    ('ŧ', "t"),
    ('ŋ', "ng"),
    ('ı', "i"),
    ('ĸ', "k"),
    ('ƒ', "f"),
    ('ə', "e"),
    ('ſ', "s"),
];

/// Apostrophes of all kinds, which stand within words, and marks that nobody sees.
fn is_nothing(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | '‘' | '’' | '‛' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | '′' | '＇')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether every word of `query` begins some word of `text`.
pub fn all_begin(query: &[String], text: &[String]) -> bool {
    query.iter().all(|q| text.iter().any(|w| w.starts_with(q.as_str())))
}

/// First eight bytes of words with the slots they stand in: four bytes for each, and twelve for every different word.
#[derive(Debug, Default)]
pub struct WordIndex {
    /// Sorted.
    keys: Vec<u64>,
    /// Where the slots of each begin, and where the last ones end.
    starts: Vec<u32>,
    slots: Vec<u32>,
}

/// Words that are no longer than this stand whole in the index: what it finds for one need not be looked at again.
const WHOLE: usize = 8;

/// Whether what the index finds for all words of a query surely holds them.
pub fn is_whole(query: &[String]) -> bool {
    query.iter().all(|word| word.len() <= WHOLE)
}

impl WordIndex {
    /// An index of these pairs.
    pub fn build(mut pairs: Vec<(u64, u32)>) -> Self {
        at_once::sort(&mut pairs);
        pairs.dedup();
        let mut index = Self { slots: Vec::with_capacity(pairs.len()), ..Self::default() };
        for (key, slot) in pairs {
            if index.keys.last() != Some(&key) {
                index.keys.push(key);
                index.starts.push(index.slots.len() as u32);
            }
            index.slots.push(slot);
        }
        index.starts.push(index.slots.len() as u32);
        index.keys.shrink_to_fit();
        index.starts.shrink_to_fit();
        index
    }

    /// Slots that may hold a word beginning with `word`.
    pub fn beginning(&self, word: &str) -> Slots<'_> {
        let range = key_range(word);
        let from = self.keys.partition_point(|key| *key < range.start);
        let to = self.keys.partition_point(|key| *key <= range.end);
        let run = |at: usize| &self.slots[self.starts[at] as usize..self.starts[at + 1] as usize];
        Slots::of_runs((from..to).map(run).collect())
    }

    /// How many bytes it takes.
    pub fn weight(&self) -> usize {
        8 * self.keys.len() + 4 * (self.starts.len() + self.slots.len())
    }
}

/// The key of a word: its first eight bytes, big end first.
pub fn key(word: &str) -> u64 {
    let mut bytes = [0u8; WHOLE];
    for (to, from) in bytes.iter_mut().zip(word.bytes()) {
        *to = from;
    }
    u64::from_be_bytes(bytes)
}

fn key_range(word: &str) -> Range<u64> {
    let bits = 8 * word.len().min(WHOLE);
    let low = key(word);
    let rest = if bits == 64 { 0 } else { u64::MAX >> bits };
    low..low | rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// B18, and its siblings: however a word is written, it is looked for as a plain keyboard has it.
    #[test]
    fn words_are_the_same_with_and_without_their_marks() {
        for (written, plain) in [
            ("Café Solway", "cafe solway"),
            ("Cafe\u{301} Solway", "cafe solway"),
            ("CAFÉ", "cafe"),
            ("Tŷ Newydd, Dŵr", "ty newydd dwr"),
            ("Straße STRASSE ẞ", "strasse strasse ss"),
            ("Møller Ærø Œuvre", "moller aero oeuvre"),
            ("Łódź Đakovo Þór Guðrún", "lodz dakovo thor gudrun"),
            ("ﬁne oﬃce", "fine office"),
            ("İstanbul ırmak", "istanbul irmak"),
            ("St Mary’s, St Mary's, St Maryʼs, St Mary`s", "st marys st marys st marys st marys"),
            ("Ｃａｆｅ ①", "cafe 1"),
            ("co\u{ad}operative play\u{200b}group", "cooperative playgroup"),
            ("naïve façade – Ångström", "naive facade angstrom"),
            ("Đồng Việt", "dong viet"),
            ("Company 24/7", "company 24 7"),
        ] {
            assert_eq!(of(written).join(" "), plain, "{written}");
            assert_eq!(of(plain).join(" "), plain);
        }
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_is_folding_once_and_both_forms_of_a_letter_are_one(text in "\\PC{0,40}") {
            let once = of(&text);
            proptest::prop_assert_eq!(of(&once.join(" ")), once.clone());
            let (composed, decomposed): (String, String) = (text.nfc().collect(), text.nfd().collect());
            proptest::prop_assert_eq!(of(&composed), once.clone());
            proptest::prop_assert_eq!(of(&decomposed), once);
        }
    }

    #[test]
    fn a_beginning_finds_its_words_and_no_others() {
        let index =
            WordIndex::build(vec![(key("lunch"), 1), (key("luncheon"), 2), (key("lungs"), 3), (key("befriending"), 4)]);
        let found = |word: &str| index.beginning(word).from(0).collect::<Vec<_>>();
        assert_eq!(found("lunch"), [1, 2]);
        assert_eq!(found("befriending"), [4]);
        assert_eq!(found("x"), [] as [u32; 0]);
    }
}
