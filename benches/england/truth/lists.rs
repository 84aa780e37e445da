//! How many records a list holds, and which; by filter words, and by a word that something of it begins with.

use std::collections::BTreeMap;

use super::wanted::Wanted;
use super::{Say, World};
use crate::data::Which;
use crate::lived;

/// Numbers of the services that a list holds, in order.
pub fn list(world: &World, wanted: &Wanted) -> Vec<u64> {
    let there = world.services.iter().filter(|s| wanted.say(s, &world.times) != Say::No);
    there.map(|s| s.number).collect()
}

/// The words of all services, with who has them.
pub struct Words {
    by_word: BTreeMap<String, Vec<u64>>,
    by_category: Vec<Vec<u64>>,
}

impl Words {
    /// Of name and description.
    pub fn of(world: &World, which: Which) -> Self {
        let mut words = Self { by_word: BTreeMap::new(), by_category: vec![Vec::new(); 61] };
        for service in &world.services {
            words.by_category[service.category].push(service.number);
            for word in words_of(service.number, which) {
                words.by_word.entry(word).or_default().push(service.number);
            }
        }
        words
    }

    /// How many services have a word that begins so, or a category that does: each is called by its number, and all of
    /// them stand under "unsorted".
    pub fn beginning(&self, text: &str) -> usize {
        let begun = self.by_word.range(text.to_owned()..).take_while(|(word, _)| word.starts_with(text));
        let mut all: Vec<u64> = begun.flat_map(|(_, numbers)| numbers.iter().copied()).collect();
        let whole = "unsorted".starts_with(text);
        let categories = (1..=60).filter(|c: &usize| whole || c.to_string().starts_with(text));
        all.extend(categories.flat_map(|c| self.by_category[c].iter().copied()));
        all.sort_unstable();
        all.dedup();
        all.len()
    }
}

/// The words of one service.
pub fn words_of(number: u64, which: Which) -> Vec<String> {
    let said = if which == Which::Lived { lived::description(number) } else { None };
    let mut words = vec!["asset".to_owned(), number.to_string()];
    words.extend(said.iter().flat_map(|text| text.split(' ')).map(str::to_owned));
    words
}
