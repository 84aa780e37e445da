//! Filter words: how they are written, and which service they mean.

use super::Say;
use crate::lived::Service;
use crate::times::{Day, Times};

/// What is wanted of a service.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// By its code.
    pub category: Option<usize>,
    /// Years.
    pub age: Option<u32>,
    /// A way in.
    pub referral: Option<&'static str>,
    /// A way to people.
    pub delivery: Option<&'static str>,
    /// Whether it takes people.
    pub accepting: Option<&'static str>,
    /// Whether it costs nothing.
    pub free: Option<bool>,
    /// When.
    pub open_at: Option<&'static Moment>,
}

/// A time that is asked for.
#[derive(Debug)]
pub struct Moment {
    /// As it is written in an address.
    pub text: &'static str,
    day: Day,
    /// None for the whole day.
    minute: Option<u16>,
}

const fn december(day: u8, weekday: u8, bank_holiday: bool) -> Day {
    Day { month: 12, day, days_in_month: 31, weekday, bank_holiday }
}

/// A Thursday morning, a Saturday, Christmas Day.
pub const MOMENTS: [Moment; 3] = [
    Moment { text: "2026-12-03T11:00", day: december(3, 3, false), minute: Some(660) },
    Moment { text: "2026-12-05", day: december(5, 5, false), minute: None },
    Moment { text: "2026-12-25T10:30", day: december(25, 4, true), minute: Some(630) },
];

impl Wanted {
    /// As words of an address, each with an ampersand before it.
    pub fn words(&self) -> String {
        let mut words = String::new();
        let mut add = |name: &str, value: Option<String>| {
            words.extend(value.map(|value| format!("&{name}={value}")));
        };
        add("category", self.category.map(|c| c.to_string()));
        add("age", self.age.map(|age| age.to_string()));
        add("referral", self.referral.map(str::to_owned));
        add("delivery", self.delivery.map(str::to_owned));
        add("accepting", self.accepting.map(str::to_owned));
        add("free", self.free.map(|free| free.to_string()));
        add("open_at", self.open_at.map(|moment| moment.text.to_owned()));
        words
    }

    /// Whether a service is meant.
    pub fn say(&self, service: &Service, times: &[Times]) -> Say {
        if self.category.is_some_and(|category| category != service.category) {
            return Say::No;
        }
        let answers = [
            self.age.map(|age| takes(service.ages, age)),
            self.referral.map(|route| Say::of(said(service.referral).map(|list| lets_in(list, route)))),
            self.delivery.map(|way| Say::of(said(service.delivery).map(|list| list.contains(&way)))),
            self.accepting.map(|word| Say::of(service.accepting.map(|said| said == word))),
            self.free.map(|free| Say::of(service.free.map(|said| said == free))),
            self.open_at.map(|moment| Say::of(service.times.map(|at| times[at].is_open(moment.day, moment.minute)))),
        ];
        answers.into_iter().flatten().min().unwrap_or(Say::Yes)
    }
}

fn said(list: &'static [&'static str]) -> Option<&'static [&'static str]> {
    (!list.is_empty()).then_some(list)
}

/// Who takes any professional's referrals takes those of each of them, and nobody's own.
fn lets_in(list: &[&str], route: &str) -> bool {
    list.contains(&route) || (!["self", "other"].contains(&route) && list.contains(&"any_professional"))
}

fn takes((min, max): (Option<u32>, Option<u32>), age: u32) -> Say {
    match (min, max) {
        (None, None) => Say::Unknown,
        _ => Say::of(Some(min.is_none_or(|min| min <= age) && max.is_none_or(|max| age <= max))),
    }
}
