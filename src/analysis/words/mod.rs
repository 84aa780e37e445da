//! The filter words, the same wherever assets are chosen. Each is one item: what it is called, what it takes, what is said
//! of it, and what it wants of a record. A record fits, does not fit, or may fit because it does not say (CONTRACT §1).
//!
//! A further word is one further item here, and nothing elsewhere: checking, the description, the client's types and the
//! keys under which answers are kept follow from it.

mod place;
mod time;
mod what;
mod whom;

use jiff::Zoned;

use super::asked::Asked;
use super::filter::Filter;
use super::filter_word::{Circumstances, FilterWord};
use super::word::Word;
use crate::atlas::View;
use crate::model::{Kind, Problems};

/// All of them, in the order in which they are read, judged and described.
pub const ALL: &[&FilterWord] = &[
    &what::KIND,
    &time::STATUS,
    &time::AS_AT,
    &what::TYPE,
    &what::CATEGORY,
    &what::ORGANISATION,
    &place::PLACE,
    &place::AREA,
    &place::BBOX,
    &what::Q,
    &whom::REFERRAL,
    &place::DELIVERY,
    &time::OPEN_AT,
    &whom::AGE,
    &whom::LANGUAGE,
    &place::ACCESSIBLE,
    &whom::FREE,
    &whom::FREE_CAPACITY,
    &whom::ACCEPTING,
    &time::ASSURED_SINCE,
    &time::CHECKED_WITHIN,
    &whom::FOR,
    &what::MATCH,
];

/// The same without what is done with them.
pub const FILTER: &[Word] = &{
    let mut words = [ALL[0].word; ALL.len()];
    let mut at = 0;
    while at < ALL.len() {
        words[at] = ALL[at].word;
        at += 1;
    }
    words
};

/// Takes the filter words out of what was asked; `kinds` when none are named. Nothing is looked for yet that costs
/// anything: that is [`Filter::look_up`].
pub fn read(asked: &mut Asked, view: &View, now: &Zoned, kinds: &[Kind], problems: &mut Problems) -> Filter {
    let mut filter = Filter::of(kinds, now.date());
    for item in ALL {
        let Some(said) = item.word.given(asked, problems) else { continue };
        let faults = (item.put)(said, &mut filter, &Circumstances { view, now }).err();
        faults.into_iter().flatten().for_each(|fault| problems.add(&fault.field, fault.code, fault.message));
    }
    filter
}
