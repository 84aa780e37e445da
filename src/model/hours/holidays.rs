//! Bank holidays by nation, by rule: the parts of the United Kingdom share less than half of their days, so "closed on
//! bank holidays" means other days in Carlisle, Gretna and Newry.
//!
//! Sources: Banking and Financial Dealings Act 1971, St Andrew's Day Bank Holiday (Scotland) Act 2007, the royal
//! proclamations of single years, and <https://www.gov.uk/bank-holidays>. `fixtures/holidays` holds the days of 2020–2030.

use chrono::{Datelike, NaiveDate, Weekday};
use compact_calendar::CompactCalendar;
use std::sync::{Arc, LazyLock};

use crate::model::Postcode;

/// Whose bank holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Nation {
    /// England and Wales, which share all of theirs.
    #[default]
    EnglandAndWales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
}

impl Nation {
    /// Every nation.
    pub const ALL: [Nation; 3] = [Nation::EnglandAndWales, Nation::Scotland, Nation::NorthernIreland];

    /// As settings and the government's own list name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Nation::EnglandAndWales => "england-and-wales",
            Nation::Scotland => "scotland",
            Nation::NorthernIreland => "northern-ireland",
        }
    }

    /// The nation of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nation| nation.as_str() == name)
    }

    /// The nation of an area, by the first letter of its code (ONS: `E06000063`, `S12000006`, `N09000001`, `W06000015`).
    pub fn of_area(code: &str) -> Option<Self> {
        let (first, rest) = code.split_at_checked(1)?;
        if rest.len() != 8 || !rest.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        match first {
            "E" | "W" => Some(Nation::EnglandAndWales),
            "S" => Some(Nation::Scotland),
            "N" => Some(Nation::NorthernIreland),
            _ => None,
        }
    }

    /// The nation of a postcode, by the letters it begins with; none for `TD`, which lies on both sides of the border.
    pub fn of_postcode(postcode: &Postcode) -> Option<Self> {
        const SCOTTISH: [&str; 15] =
            ["AB", "DD", "DG", "EH", "FK", "G", "HS", "IV", "KA", "KW", "KY", "ML", "PA", "PH", "ZE"];
        let text = postcode.as_str();
        let letters = &text[..text.bytes().take_while(u8::is_ascii_alphabetic).count()];
        match letters {
            "BT" => Some(Nation::NorthernIreland),
            "TD" => None,
            _ if SCOTTISH.contains(&letters) => Some(Nation::Scotland),
            _ => Some(Nation::EnglandAndWales),
        }
    }
}

/// First and last year for which days are held ready.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// All bank holidays of a nation, ready to be asked.
pub(super) fn days_of(nation: Nation) -> Arc<CompactCalendar> {
    static DAYS_OFF: LazyLock<[Arc<CompactCalendar>; 3]> = LazyLock::new(|| {
        Nation::ALL.map(|nation| {
            let mut days = CompactCalendar::default();
            for day in YEARS.flat_map(|year| bank_holidays(nation, year)) {
                days.insert(day);
            }
            Arc::new(days)
        })
    });
    DAYS_OFF[nation as usize].clone()
}

/// The bank holidays of a year, in order: the days themselves, and where one falls on a weekend its substitute too.
/// Christmas Day stays a day off on a Saturday, though the list of substitutes does not name it.
pub fn bank_holidays(nation: Nation, year: i32) -> Vec<NaiveDate> {
    let scotland = nation == Nation::Scotland;
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let mut days: Vec<NaiveDate> = Vec::new();
    let mut with_substitutes = |fixed: &[Option<NaiveDate>]| {
        let fixed: Vec<NaiveDate> = fixed.iter().copied().flatten().collect();
        days.extend(&fixed);
        for day in fixed.into_iter().filter(|day| is_weekend(*day)) {
            let free = |d: &NaiveDate| !is_weekend(*d) && !days.contains(d);
            days.extend(day.iter_days().find(free));
        }
    };
    match nation {
        Nation::Scotland => with_substitutes(&[day(1, 1), day(1, 2)]),
        _ => with_substitutes(&[day(1, 1)]),
    }
    if nation == Nation::NorthernIreland {
        with_substitutes(&[day(3, 17)]);
        with_substitutes(&[day(7, 12)]);
    }
    if scotland && year >= 2007 {
        with_substitutes(&[day(11, 30)]);
    }
    with_substitutes(&[day(12, 25), day(12, 26)]);
    if let Some(easter) = easter(year) {
        days.extend(easter.checked_sub_days(chrono::Days::new(2)));
        if !scotland {
            days.extend(easter.succ_opt());
        }
    }
    days.extend(match year {
        1995 | 2020 => day(5, 8),
        _ => monday(year, 5, Nth::First),
    });
    days.extend(match year {
        2002 | 2012 => day(6, 4),
        2022 => day(6, 2),
        _ => monday(year, 5, Nth::Last),
    });
    days.extend(monday(year, 8, if scotland { Nth::First } else { Nth::Last }));
    days.extend(SINGLE.iter().filter(|(y, ..)| *y == year).filter_map(|(_, month, d)| day(*month, *d)));
    if scotland && year == 2026 {
        // The morning after Scotland's first match of the World Cup (Royal Proclamation).
        days.extend(day(6, 15));
    }
    days.sort_unstable();
    days.dedup();
    days
}

/// Days proclaimed once, everywhere.
const SINGLE: [(i32, u32, u32); 7] =
    [(1999, 12, 31), (2002, 6, 3), (2011, 4, 29), (2012, 6, 5), (2022, 6, 3), (2022, 9, 19), (2023, 5, 8)];

enum Nth {
    First,
    Last,
}

fn monday(year: i32, month: u32, nth: Nth) -> Option<NaiveDate> {
    let of = |n| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, n);
    match nth {
        Nth::First => of(1),
        Nth::Last => of(5).or_else(|| of(4)),
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Easter Sunday of the Gregorian calendar, by the anonymous rule printed in Nature of 20 April 1876
/// (as in J. Meeus, Astronomical Algorithms, chapter 8).
pub fn easter(year: i32) -> Option<NaiveDate> {
    let (golden, century, of_century) = (year % 19, year / 100, year % 100);
    let moon_shift = (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + century - century / 4 - moon_shift + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
    let late = (golden + 11 * moon + 22 * weekday) / 451;
    let since_march = moon + weekday - 7 * late + 114;
    NaiveDate::from_ymd_opt(year, (since_march / 31).try_into().ok()?, (since_march % 31 + 1).try_into().ok()?)
}
