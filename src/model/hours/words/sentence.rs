//! Days with their times, in the orders in which people write them: "Mon, Wed & Fri 10-12; Tue closed", "9 - 4 weekdays
//! except Wed 9 - 2", "first Tuesday of the month 2pm-4pm".

use jiff::civil::Weekday;

use super::fault::Fault;
use super::spans::{self, Span};
use super::tokens::{BY_APPOINTMENT, Token};
use super::week::{Says, Week};

/// Days of one rule.
#[derive(Debug, Default)]
struct Named {
    days: Vec<Weekday>,
    of_month: Vec<(Weekday, i8)>,
    bank: bool,
    school: bool,
}

/// Whether days stand before their times or behind them; all of a text keeps one order.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    DaysFirst,
    TimesFirst,
}

/// What all of a text says.
pub(super) fn read(tokens: &[Token]) -> Result<Week, Fault> {
    let mut reader = Reader {
        rest: tokens,
        week: Week::default(),
        order: None,
        rules: 0,
        appointment_first: false,
        term_time: None,
    };
    reader.all()?;
    // "By appointment only, Mon-Fri 9-5" is about all that follows; "closed Mondays" says nothing of the other days.
    if reader.appointment_first && reader.rules > 0 || reader.week.only_closes_some_days() {
        return Err(Fault::NotUnderstood);
    }
    Ok(reader.week)
}

struct Reader<'a> {
    rest: &'a [Token],
    week: Week,
    order: Option<Order>,
    /// Rules with times so far.
    rules: usize,
    /// Whether "by appointment" stood before any rule.
    appointment_first: bool,
    /// How many rules stood before "term time only".
    term_time: Option<usize>,
}

impl Reader<'_> {
    fn all(&mut self) -> Result<(), Fault> {
        let mut stopped = true;
        while let Some(next) = self.rest.first() {
            match next {
                Token::Stop | Token::Comma | Token::And | Token::Colon | Token::Dash => {
                    stopped = *next == Token::Stop;
                    self.rest = &self.rest[1..];
                    continue;
                }
                Token::TermTime => {
                    self.rest = &self.rest[1..];
                    self.set_term_time()?;
                }
                Token::Except => {
                    self.rest = &self.rest[1..];
                    self.exception()?;
                }
                Token::Closed => {
                    self.rest = &self.rest[1..];
                    self.closed()?;
                }
                Token::Appointment if stopped => {
                    self.rest = &self.rest[1..];
                    self.appointment_first |= self.rules == 0;
                    self.week.otherwise = Some(BY_APPOINTMENT.to_owned());
                }
                Token::Time(_) | Token::Between | Token::AllDay => self.times_first()?,
                _ => self.days_first()?,
            }
            stopped = false;
        }
        match self.term_time {
            // It belongs to all of them, or to the only one.
            Some(0) => Ok(()),
            Some(1) if self.rules == 1 => Ok(()),
            None => Ok(()),
            Some(_) => Err(Fault::Doubtful("which of these are in term time only?".to_owned())),
        }
    }

    fn set_term_time(&mut self) -> Result<(), Fault> {
        if self.week.school.is_some() {
            return Err(Fault::NotUnderstood);
        }
        self.week.school = Some(Says::Closed);
        self.term_time = Some(self.rules);
        Ok(())
    }

    /// "Closed", "closed on Sundays", "not open on bank holidays".
    fn closed(&mut self) -> Result<(), Fault> {
        if self.rest.is_empty() && self.rules == 0 {
            for day in (0..7).filter_map(|n| Weekday::from_monday_zero_offset(n).ok()) {
                self.week.add(day, Says::Closed)?;
            }
            return Ok(());
        }
        let named = self.named()?;
        self.say(named, &Says::Closed)?;
        self.at_an_end()
    }

    /// "Except bank holidays", "except Thursdays 10am-12.30pm".
    fn exception(&mut self) -> Result<(), Fault> {
        let named = self.named()?;
        if !matches!(self.rest.first(), Some(Token::Time(_) | Token::Between)) {
            return self.say(named, &Says::Closed);
        }
        if named.bank || named.school || !named.of_month.is_empty() {
            return Err(Fault::NotUnderstood);
        }
        let spans = self.spans()?;
        for day in named.days {
            self.week.replace(day, Says::Open(spans.clone()));
        }
        Ok(())
    }

    fn days_first(&mut self) -> Result<(), Fault> {
        let mut named = self.named()?;
        if self.take(&Token::Except) {
            let without = self.named()?;
            named.days.retain(|day| !without.days.contains(day));
            self.say(Named { days: Vec::new(), ..without }, &Says::Closed)?;
        }
        if self.rest.first() == Some(&Token::TermTime) {
            self.rest = &self.rest[1..];
            self.set_term_time()?;
            // It stands within this rule.
            self.term_time = Some(self.rules + 1);
        }
        let marks = |token: &&Token| matches!(token, Token::Stop | Token::Comma | Token::Colon | Token::Dash);
        self.rest = &self.rest[self.rest.iter().take_while(marks).count()..];
        if self.take(&Token::Closed) {
            self.say(named, &Says::Closed)?;
            return self.at_an_end();
        }
        self.in_order(Order::DaysFirst)?;
        let says =
            if self.take(&Token::Appointment) { Says::Comment(BY_APPOINTMENT.to_owned()) } else { self.times()? };
        self.say(named, &says)
    }

    fn times_first(&mut self) -> Result<(), Fault> {
        if self.rest == [Token::AllDay] && self.rules == 0 {
            self.rest = &[];
            for day in (0..7).filter_map(|n| Weekday::from_monday_zero_offset(n).ok()) {
                self.week.add(day, Says::Open(vec![(0, 24 * 60)]))?;
            }
            return Ok(());
        }
        self.in_order(Order::TimesFirst)?;
        let says = self.times()?;
        let mut named = self.named()?;
        if self.rest.first() == Some(&Token::Except) && !self.exception_has_times() {
            self.rest = &self.rest[1..];
            let without = self.named()?;
            named.days.retain(|day| !without.days.contains(day));
            self.say(Named { days: Vec::new(), ..without }, &Says::Closed)?;
        }
        self.say(named, &says)
    }

    fn exception_has_times(&self) -> bool {
        let behind = self.rest[1..].iter().find(|token| !matches!(token, Token::Day(_) | Token::Comma | Token::And));
        matches!(behind, Some(Token::Time(_) | Token::Between))
    }

    /// Times, and whether they need an appointment.
    fn times(&mut self) -> Result<Says, Fault> {
        let spans = if self.take(&Token::AllDay) { vec![(0, 24 * 60)] } else { self.spans()? };
        self.rules += 1;
        Ok(match self.take(&Token::Appointment) {
            true => Says::OpenIf(spans, BY_APPOINTMENT.to_owned()),
            false => Says::Open(spans),
        })
    }

    fn spans(&mut self) -> Result<Vec<Span>, Fault> {
        let (spans, rest) = spans::spans(self.rest)?;
        self.rest = rest;
        Ok(spans)
    }

    fn in_order(&mut self, order: Order) -> Result<(), Fault> {
        match self.order.replace(order).is_none_or(|before| before == order) {
            true => Ok(()),
            false => Err(Fault::NotUnderstood),
        }
    }

    /// Behind "closed" comes something new: "closed Monday 1-2" says something else.
    fn at_an_end(&self) -> Result<(), Fault> {
        match self.rest.first() {
            Some(Token::Time(_) | Token::Between | Token::Dash) => Err(Fault::NotUnderstood),
            _ => Ok(()),
        }
    }

    fn say(&mut self, named: Named, says: &Says) -> Result<(), Fault> {
        for day in named.days {
            self.week.add(day, says.clone())?;
        }
        for (day, nth) in named.of_month {
            match says {
                Says::Open(spans) => self.week.add_of_month(day, nth, spans.clone()),
                _ => return Err(Fault::NotUnderstood),
            }
        }
        for (named, slot) in [(named.bank, &mut self.week.bank), (named.school, &mut self.week.school)] {
            if named && slot.replace(says.clone()).is_some_and(|before| before != *says) {
                return Err(Fault::NotUnderstood);
            }
        }
        Ok(())
    }

    fn take(&mut self, token: &Token) -> bool {
        let there = self.rest.first() == Some(token);
        if there {
            self.rest = &self.rest[1..];
        }
        there
    }

    /// "Mon, Wed & Fri", "Tuesday to Friday", "1st and 3rd Monday of the month", "bank holidays".
    fn named(&mut self) -> Result<Named, Fault> {
        let mut named = Named::default();
        loop {
            self.one_named(&mut named)?;
            let marks = self.rest.iter().take_while(|token| matches!(token, Token::Comma | Token::And)).count();
            let more = matches!(
                self.rest.get(marks),
                Some(
                    Token::Day(_)
                        | Token::Days(_)
                        | Token::Nth(_)
                        | Token::Every
                        | Token::BankHolidays
                        | Token::SchoolHolidays
                )
            );
            if !more {
                return Ok(named);
            }
            // "School holidays Mon" is about some Mondays only.
            if marks == 0 && (named.bank || named.school) {
                return Err(Fault::NotUnderstood);
            }
            self.rest = &self.rest[marks..];
        }
    }

    fn one_named(&mut self, named: &mut Named) -> Result<(), Fault> {
        let every = self.take(&Token::Every);
        let mut nths = Vec::new();
        while let [Token::Nth(nth), after @ ..] = self.rest {
            nths.push(*nth);
            let marks = after.iter().take_while(|token| matches!(token, Token::Comma | Token::And)).count();
            self.rest = match after.get(marks) {
                Some(Token::Nth(_)) => &after[marks..],
                _ => after,
            };
        }
        match self.rest {
            [Token::Day(day), after @ ..] if !nths.is_empty() => {
                self.rest = after;
                let monthly = self.of_the_month();
                if every && !monthly {
                    // Every second Tuesday is every other one.
                    return Err(Fault::NotUnderstood);
                }
                named.of_month.extend(nths.into_iter().map(|nth| (*day, nth)));
            }
            _ if !nths.is_empty() => return Err(Fault::NotUnderstood),
            // "First Monday and Tuesday": the first Tuesday, or all?
            [Token::Day(_) | Token::Days(_), ..] if !named.of_month.is_empty() => return Err(Fault::NotUnderstood),
            [Token::Day(from), Token::Dash, Token::Day(until), after @ ..] => {
                self.rest = after;
                let days = from.cycle_forward().take(7);
                let before = days.clone().take_while(|day| day != until);
                named.days.extend(before.chain([*until]));
            }
            [Token::Day(day), after @ ..] => {
                self.rest = after;
                named.days.push(*day);
            }
            [Token::Days(days), after @ ..] if !every => {
                self.rest = after;
                named.days.extend(*days);
            }
            [Token::BankHolidays, after @ ..] if !every => {
                self.rest = after;
                named.bank = true;
            }
            [Token::SchoolHolidays, after @ ..] if !every => {
                self.rest = after;
                named.school = true;
            }
            _ => return Err(Fault::NotUnderstood),
        }
        Ok(())
    }

    /// "of the month", "in each month".
    fn of_the_month(&mut self) -> bool {
        let after = match self.rest {
            [Token::Of, Token::Every, Token::Month, after @ ..] => after,
            [Token::Of | Token::Every, Token::Month, after @ ..] => after,
            [Token::Month, after @ ..] => after,
            _ => return false,
        };
        self.rest = after;
        true
    }
}
