//! Places that all share and of which one client has a part at most.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::client::{Client, Whose};

/// A number of places, and who has how many of them.
pub struct Places {
    all: usize,
    /// As many as clients that are held back may have together.
    most: usize,
    /// As many as one of them may have.
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    held_back: usize,
    by: HashMap<Whose, usize>,
}

impl Places {
    /// This many, of which each client may have a quarter.
    pub fn shared(all: usize) -> Arc<Self> {
        Arc::new(Self { all, most: all, each: quarter(all), taken: Mutex::default() })
    }

    /// The same; an eighth is reserved for clients that are not limited: proxies, and this machine's own programs that
    /// ask whether we live.
    pub fn with_a_reserve(all: usize) -> Arc<Self> {
        Arc::new(Self { all, most: all - all / 8, each: quarter(all), taken: Mutex::default() })
    }

    /// One of them, given back when it is dropped; none where all are taken, or the client has its share.
    pub fn take(self: &Arc<Self>, client: Client) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.all {
            return None;
        }
        if let Some(whose) = client.0 {
            if taken.held_back >= self.most {
                return None;
            }
            let own = taken.by.entry(whose).or_default();
            if *own >= self.each {
                return None;
            }
            *own += 1;
            taken.held_back += 1;
        }
        taken.all += 1;
        Some(Place { of: self.clone(), client })
    }

    fn give_back(&self, client: Client) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        let Some(whose) = client.0 else { return };
        taken.held_back -= 1;
        if let Some(own) = taken.by.get_mut(&whose) {
            *own -= 1;
            if *own == 0 {
                taken.by.remove(&whose);
            }
        }
    }
}

fn quarter(all: usize) -> usize {
    (all / 4).max(1)
}

/// A place that is taken.
pub struct Place {
    of: Arc<Places>,
    client: Client,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.of.give_back(self.client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn at(last: u8) -> Client {
        Client(Some(Whose::Address(IpAddr::from([203, 0, 113, last]))))
    }

    fn take(places: &Arc<Places>, client: Client, many: usize) -> Vec<Place> {
        (0..many).filter_map(|_| places.take(client)).collect()
    }

    #[test]
    fn one_address_has_a_quarter_at_most_and_gives_back_what_it_leaves() {
        let places = Places::shared(8);
        let mut mine = take(&places, at(1), 10);
        assert_eq!(mine.len(), 2);
        assert_eq!(take(&places, at(2), 10).len(), 2, "others are let in");
        mine.pop();
        assert!(places.take(at(1)).is_some());
        drop(mine);
        assert!(places.taken.lock().unwrap().by.is_empty(), "who has none is forgotten");
        assert_eq!(take(&Places::shared(1), at(1), 10).len(), 1, "one at the least");
        assert_eq!(take(&Places::shared(0), at(1), 10).len(), 0, "unless there are none");
    }

    #[test]
    fn this_machine_is_not_held_back_and_has_a_reserve() {
        let places = Places::with_a_reserve(16);
        let strangers: Vec<Place> = (0..10).flat_map(|i| take(&places, at(i), 10)).collect();
        assert_eq!(strangers.len(), 14);
        assert_eq!(take(&places, Client::HERE, 10).len(), 2);
        drop(strangers);
        assert_eq!(take(&places, Client::HERE, 100).len(), 16);
    }
}
