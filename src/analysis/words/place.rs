//! Where: at which place, in which area, how it comes to people, and whether one gets in.

use std::sync::OnceLock;

use crate::analysis::filter_word::{FilterWord, find, wrong};
use crate::analysis::fit::Answer;
use crate::analysis::membership::{self, AskedArea};
use crate::analysis::read_box::read_box;
use crate::analysis::word::{Takes, Word};
use crate::atlas::facets::{ACCESS, WordSet};
use crate::atlas::{Entry, REMOTE, View};
use crate::model::service;
use crate::model::{Code, Kind, Point};

pub const PLACE: FilterWord = FilterWord {
    word: Word::new("place", Takes::Text, "id of the place at which it is held"),
    put: |given, filter, around| {
        let Some(place) = find(&given.text(), Kind::Place, around.view) else {
            return wrong("place", Code::NotFound, "no place has this id or code");
        };
        filter.narrowing.named = Some(place);
        filter.want("place", move |record, _| {
            let at =
                record.id == place || ["places", "place"].iter().any(|role| record.linked(role).any(|id| id == place));
            Answer::from(Some(at))
        });
        Ok(())
    },
};

pub const AREA: FilterWord = FilterWord {
    word: Word::new("area", Takes::Text, "id or code of an area"),
    put: |given, filter, around| {
        let Some(area) = find(&given.text(), Kind::Area, around.view) else {
            return wrong("area", Code::NotFound, "no area has this id or code");
        };
        filter.narrowing.area = Some(area);
        let asked: OnceLock<Option<AskedArea>> = OnceLock::new();
        filter.may_want("area", move |record, view| {
            let asked = asked.get_or_init(|| view.get(area).and_then(|area| AskedArea::find(area, view)));
            asked.as_ref().map_or(Answer::Yes, |asked| membership::record_in(record, asked, view))
        });
        Ok(())
    },
};

pub const BBOX: FilterWord = FilterWord {
    word: Word::new("bbox", Takes::Text, "west,south,east,north, degrees"),
    put: |given, filter, _| {
        let bbox = read_box("bbox", &given.text()).map_err(|problem| vec![problem])?;
        filter.narrowing.bbox = Some(bbox);
        let [west, south, east, north] = bbox;
        let inside = move |p: &Point| (west..=east).contains(&p.lon) && (south..=north).contains(&p.lat);
        filter.want("bbox", move |record, view| Answer::from(Some(view.points(record).iter().any(inside))));
        Ok(())
    },
};

pub const DELIVERY: FilterWord = FilterWord {
    word: Word::new("delivery", Takes::SomeOf(|| service::DELIVERY.to_vec()), "where it is given"),
    put: |given, filter, _| {
        let wanted = WordSet::of(service::DELIVERY, given.texts().iter().map(String::as_str));
        filter.may_want("delivery", move |record, _| Answer::from(record.facets.delivery.any(wanted)));
        Ok(())
    },
};

pub const ACCESSIBLE: FilterWord = FilterWord {
    word: Word::new("accessible", Takes::SomeOf(access), "what it must have; true is step_free"),
    put: |given, filter, _| {
        let wanted = given.texts();
        let at = |one: &String| if one == TRUE { Some(0) } else { ACCESS.iter().position(|word| word == one) };
        let wanted: Vec<usize> = wanted.iter().filter_map(at).collect();
        filter.may_want("accessible", move |record, view| is_accessible(record, &wanted, view));
        Ok(())
    },
};

/// WordSet for it, and the one that people write who mean the first of them.
fn access() -> Vec<&'static str> {
    [TRUE].into_iter().chain(ACCESS).collect()
}

const TRUE: &str = "true";

/// A place by its own word; a service by the places it is held at, or because nobody travels to it.
fn is_accessible(record: &Entry, wanted: &[usize], view: &View) -> Answer {
    let own = |of: &Entry| Answer::all(wanted.iter().map(|what| Answer::from(of.facets.accessible[*what])));
    if record.kind.has("accessible") {
        return own(record);
    }
    let places = record.position_givers().filter_map(|id| view.get(id)).map(own);
    let comes = record.facets.delivery.meets(WordSet::of(service::DELIVERY, REMOTE));
    Answer::best(places.chain(comes.then_some(Answer::Yes))).unwrap_or(Answer::Unknown)
}
