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
    if Timestamp::now() >= Timestamp::UNIX_EPOCH { Uuid::now_v7() } else { id_before_time() }
}

/// An id where the clock stands before 1970 (a battery that is empty): such a time has no place in one.
fn id_before_time() -> Uuid {
    let mut bytes = [0; 10];
    bytes.copy_from_slice(&random()[..10]);
    uuid::Builder::from_unix_timestamp_millis(0, &bytes).into_uuid()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_before_1970_is_an_id_like_any_other() {
        let (one, other) = (id_before_time(), id_before_time());
        assert!(one != other && one.get_version_num() == 7 && one < new_id());
    }
}
