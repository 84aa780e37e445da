//! The days off that times may name: bank holidays of a nation, school holidays as far as somebody brought in the dates
//! of the terms. Without them nobody here knows a school holiday, and says so.

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use compact_calendar::CompactCalendar;
use jiff::civil::Date;
use opening_hours::ContextHolidays;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::holidays::{self, Nation};
use super::window::Window;

/// A term or a holiday of schools.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// What it is called, such as "Autumn 2026".
    pub name: String,
    /// First day.
    pub from: Date,
    /// Last day, included.
    pub until: Date,
    /// Code of the district whose schools keep it; none where it is everybody's.
    pub district: Option<String>,
    /// A holiday, not a term.
    pub holiday: bool,
}

/// The term dates of a place, by district where the file told them apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms(pub Vec<Term>);

impl Terms {
    /// Whether schools have a holiday on a day; `None` where the dates do not reach, or where the district is not
    /// known (none of `districts` is named) and the districts differ.
    pub fn is_holiday(&self, districts: &[String], day: Date) -> Option<bool> {
        let named: Vec<&Option<String>> = {
            let mut all: Vec<_> = self.0.iter().map(|term| &term.district).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let of = |wanted: &Option<String>| self.in_district(wanted, day);
        if let Some(own) = named.iter().find(|d| d.as_ref().is_some_and(|code| districts.contains(code))) {
            return of(own);
        }
        if named.contains(&&None) {
            return of(&None);
        }
        let mut answers = named.into_iter().map(of);
        let first = answers.next()??;
        answers.all(|answer| answer == Some(first)).then_some(first)
    }

    fn in_district(&self, district: &Option<String>, day: Date) -> Option<bool> {
        let terms = || self.0.iter().filter(|term| term.district == *district);
        let within = |term: &Term| (term.from..=term.until).contains(&day);
        let (first, last) = (terms().map(|t| t.from).min()?, terms().map(|t| t.until).max()?);
        if !(first..=last).contains(&day) {
            return None;
        }
        if terms().any(|term| term.holiday && within(term)) {
            return Some(true);
        }
        // A list of holidays alone names them all between its first and its last.
        Some(terms().any(|term| !term.holiday) && !terms().any(|term| !term.holiday && within(term)))
    }
}

/// What decides days off where a record is.
#[derive(Debug, Clone, Default)]
pub struct Calendar<'a> {
    /// Whose bank holidays.
    pub nation: Nation,
    /// Term dates, where they were brought in.
    pub terms: Option<&'a Terms>,
    /// Codes of the district the record is in, old ones followed to today's; empty when not known.
    pub districts: Vec<String>,
}

impl Calendar<'_> {
    /// Days off about a window, every day whose school holidays nobody knows taken as `unknown` says.
    pub(super) fn days_off(&self, window: Window, unknown: bool) -> ContextHolidays {
        let from = window.from.date().checked_sub_days(Days::new(2)).unwrap_or(window.from.date());
        let until = window.to.date().checked_add_days(Days::new(2)).unwrap_or(window.to.date());
        let mut school = CompactCalendar::default();
        for day in from.iter_days().take_while(|day| *day <= until) {
            let told = || self.terms?.is_holiday(&self.districts, date(day)?);
            if told().unwrap_or(unknown) {
                school.insert(day);
            }
        }
        ContextHolidays::new(holidays::days_of(self.nation), Arc::new(school))
    }

    /// Whether no bank holiday lies in a window or right beside it.
    pub(super) fn is_ordinary(&self, window: Window) -> bool {
        const LONGEST: i64 = 14;
        let days = holidays::days_of(self.nation);
        let from = window.from.date() - TimeDelta::days(2);
        let until = window.to.date() + TimeDelta::days(2);
        (until - from).num_days() <= LONGEST
            && !from.iter_days().take_while(|day| *day <= until).any(|day| days.contains(day))
    }

    /// Bank holidays alone.
    pub(super) fn bank_holidays(&self) -> ContextHolidays {
        ContextHolidays::new(holidays::days_of(self.nation), Arc::default())
    }
}

fn date(day: NaiveDate) -> Option<Date> {
    Date::new(day.year().try_into().ok()?, day.month().try_into().ok()?, day.day().try_into().ok()?).ok()
}
