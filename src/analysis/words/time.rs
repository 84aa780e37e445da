//! When: whether it is there, when it is open, when it was checked.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::analysis::filter_word::{FilterWord, wrong};
use crate::analysis::fit::Answer;
use crate::analysis::word::{Said, Takes, Word};
use crate::analysis::{days_off, when};
use crate::atlas::Entry;
use crate::atlas::facets::Checked;
use crate::model::{Code, Kind};

pub const STATUS: FilterWord = FilterWord {
    word: Word::new("status", Takes::SomeOf(|| Kind::words("status")), "whether it is there"),
    put: |given, filter, _| {
        filter.status = given.texts();
        Ok(())
    },
};

pub const AS_AT: FilterWord = FilterWord {
    word: Word::new("as_at", Takes::Day, "judged on this day"),
    put: |given, filter, _| {
        if let Said::Day(day) = given {
            filter.on = day;
        }
        Ok(())
    },
};

pub const OPEN_AT: FilterWord = FilterWord {
    word: Word::new(
        "open_at",
        Takes::Text,
        "now, thu, thu 14:00, thu 2pm, a date, or a date-time: local, or with an offset (its + as %2B)",
    ),
    put: |given, filter, around| {
        let Some(window) = when::window(&given.text(), around.now) else {
            return wrong("open_at", Code::WrongType, when::HINT);
        };
        filter.asks_times = true;
        filter.may_want("open_at", move |record, view| {
            let times = record.facets.times.as_ref();
            Answer::from(times.and_then(|times| times.open_in(window, &days_off::about(record, times, view))))
        });
        Ok(())
    },
};

pub const ASSURED_SINCE: FilterWord = FilterWord {
    word: Word::new("assured_since", Takes::Day, "checked on or after this date"),
    put: |given, filter, around| {
        let Said::Day(day) = given else { return Ok(()) };
        if let Some(since) = Since::of(day, around.now) {
            filter.may_want("assured_since", move |record, _| Answer::from(since.checked(record)));
        }
        Ok(())
    },
};

pub const CHECKED_WITHIN: FilterWord = FilterWord {
    word: Word::new("checked_within", Takes::Text, "checked within this time: 90d, 6w, 12mo, 2y; what was not may fit"),
    put: |given, filter, around| {
        let Some(day) = before(&given.text(), filter.on) else {
            return wrong("checked_within", Code::WrongType, "must be a time such as 90d, 6w, 12mo or 2y");
        };
        if let Some(since) = Since::of(day, around.now) {
            // What was checked long ago may still be so.
            filter.may_want("checked", move |record, _| Answer::from(since.checked(record).filter(|lately| *lately)));
        }
        Ok(())
    },
};

/// A day, and the moment at which it begins in the instance's zone.
#[derive(Clone, Copy)]
struct Since {
    day: Date,
    begins: Timestamp,
}

impl Since {
    fn of(day: Date, now: &Zoned) -> Option<Self> {
        Some(Self { day, begins: day.to_zoned(now.time_zone().clone()).ok()?.timestamp() })
    }

    /// Whether a record was checked then or after, if it says when.
    fn checked(self, record: &Entry) -> Option<bool> {
        match record.facets.days.as_ref()?.checked {
            Checked::Unsaid => None,
            Checked::On(day) => Some(day >= self.day),
            Checked::At(second) => Some(second >= self.begins.as_second()),
        }
    }
}

/// `12mo`: the day that lies so long before another.
fn before(text: &str, day: Date) -> Option<Date> {
    let (number, unit) = text.trim().split_at(text.trim().find(|c: char| !c.is_ascii_digit())?);
    let n = i64::from(number.parse::<u16>().ok()?);
    let span = match unit {
        "d" => n.days(),
        "w" => n.weeks(),
        "mo" => n.months(),
        "y" => n.years(),
        _ => return None,
    };
    day.checked_sub(span).ok()
}
