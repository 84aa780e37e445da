//! The only place that asks for the time and makes ids. Everything below `app` gets both passed in.

use jiff::{Timestamp, Zoned, tz::TimeZone};
use uuid::Uuid;

/// Now.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn now() -> Timestamp {
    // Milliseconds are all that records show; finer digits would only make bodies longer.
    Timestamp::from_millisecond(Timestamp::now().as_millisecond()).expect("the present is in range")
}

/// A new id (UUID version 7: sorts by time of making).
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Now on the wall clock of the zone (`COMMONGROUND_TZ`, else Europe/London).
pub fn local(zone: &TimeZone) -> Zoned {
    now().to_zoned(zone.clone())
}

/// 32 unpredictable bytes, for secrets.
pub fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}
