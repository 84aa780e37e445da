//! Times of day as people write them: twelve hours or twenty-four, with or without am and pm.

/// What stands behind an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Half {
    Am,
    Pm,
    Noon,
    Midnight,
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// Minutes since midnight, without doubt.
    Sure(u16),
    /// The same, of a clock of twenty-four hours: what stands beside it may be of that clock, too.
    Full(u16),
    /// Midnight: at the beginning of a day or at its end.
    Midnight,
    /// Minutes of a clock of twelve hours (60–779), which half is not said.
    Bare(u16),
}

/// Minutes from midnight to noon.
pub(super) const NOON: u16 = 12 * 60;

impl Clock {
    pub(super) const NOON: Clock = Clock::Sure(NOON);
    pub(super) const MIDNIGHT: Clock = Clock::Midnight;

    /// From digits; `None` when there is no such time.
    pub(super) fn of_digits(hours: &str, minutes: Option<&str>, mark: Option<Half>) -> Option<Self> {
        let in_one = hours.len() == 4;
        let (hours, minutes) = match (hours.len(), minutes) {
            (4, None) => hours.split_at_checked(2)?,
            (1 | 2, minutes) => (hours, minutes.unwrap_or("0")),
            _ => return None,
        };
        let of_24 = in_one || hours.starts_with('0');
        let (hour, minute) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
        if hour > 24 || minute > 59 || (hour == 24 && minute > 0) {
            return None;
        }
        let whole = hour * 60 + minute;
        let of_twelve = (hour % 12) * 60 + minute;
        match mark {
            None if hour == 24 || whole == 0 => Some(Clock::Midnight),
            None if hour > 12 => Some(Clock::Full(whole)),
            None if of_24 || hour == 0 => Some(Clock::Sure(whole)),
            None => Some(Clock::Bare(whole)),
            Some(Half::Noon) => (whole == NOON).then_some(Clock::NOON),
            Some(Half::Midnight) => (of_twelve == 0).then_some(Clock::Midnight),
            Some(Half::Am) if whole == NOON => Some(Clock::Midnight),
            Some(Half::Am) => (1..=12).contains(&hour).then_some(Clock::Sure(of_twelve)),
            Some(Half::Pm) if hour > 12 && hour < 24 => Some(Clock::Sure(whole)),
            Some(Half::Pm) => (1..=12).contains(&hour).then_some(Clock::Sure(of_twelve + NOON)),
        }
    }

    /// In the morning.
    pub(super) fn am(self) -> Option<u16> {
        match self {
            // Twelve o'clock without a word is noon.
            Clock::Bare(minutes) | Clock::Sure(minutes) | Clock::Full(minutes) => Some(minutes),
            Clock::Midnight => None,
        }
    }

    /// After noon.
    pub(super) fn pm(self) -> Option<u16> {
        match self {
            Clock::Bare(minutes) => Some(minutes % NOON + NOON),
            Clock::Sure(minutes) | Clock::Full(minutes) => Some(minutes),
            Clock::Midnight => Some(2 * NOON),
        }
    }
}
