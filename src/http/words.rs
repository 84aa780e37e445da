//! The words that questions are asked with, and what each takes: the description says what stands here.

pub use crate::analysis::word::{Takes, Word};
pub use crate::analysis::words::FILTER;
use crate::model::{Kind, Origin};

const fn word(name: &'static str, takes: Takes, doc: &'static str) -> Word {
    Word::new(name, takes, doc)
}

const fn needed(name: &'static str, takes: Takes, doc: &'static str) -> Word {
    Word::needed(name, takes, doc)
}

fn kinds() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.name()).collect()
}

/// Words of `/nearby` beside the filter.
pub const NEARBY: &[Word] = &[
    needed(
        "near",
        Takes::Text,
        "lat,lon (or a blank between them), a postcode, a postcode sector or outward code, a town, or the id of a record",
    ),
    word(
        "within",
        Takes::Text,
        "1600m, 5km, 1mi, 20min walk; longer words will do: 500 metres, 20 minutes walk; as far as needed unless said",
    ),
    word("limit", Takes::Whole(1, 200), "most records of each run"),
    word(
        "include",
        Takes::SomeOf(|| vec!["totals"]),
        "totals: how many there are in all, of each run, and beyond the distance asked for",
    ),
];

/// Words of `/coverage` beside the filter.
pub const COVERAGE: &[Word] = &[
    needed("within", Takes::Text, "how far counts as there: 1600m, 5km, 1mi, 20min walk"),
    word("areas", Takes::Text, "area set; the one with most populated areas unless said"),
    word("weight", Takes::Text, "population, or an indicator that counts or is a rate"),
    word(
        "by",
        Takes::Text,
        "a group column, an indicator with few whole values, quintile:<indicator>, decile:<indicator>, district",
    ),
    word("people_in", Takes::Text, "id or code of an area, or west,south,east,north"),
    word("include", Takes::SomeOf(|| vec!["per_area"]), "per_area: every area, too"),
    word("format", Takes::OneOf(|| vec!["json", "csv", "geojson"]), "form of the answer"),
];

/// Words of a list beside the filter.
pub const LIST: &[Word] = &[
    word("limit", Takes::Whole(1, 1_000), "records of a page"),
    word("after", Takes::Id, "the id that next gave"),
    word("format", Takes::OneOf(|| vec!["json", "geojson"]), "form of the answer"),
];

/// Words of one record.
pub const SHOW: &[Word] = &[word("include", Takes::SomeOf(|| vec!["card"]), "card: names of what it is linked to")];

/// Words of a removal.
pub const REMOVE: &[Word] =
    &[word("cascade", Takes::SomeOf(|| vec!["links"]), "links: take references to it out of other records")];

/// Words of what happened, a page at a time.
pub const PAST: &[Word] = &[
    word("after", Takes::Whole(0, i64::MAX), "number of the last change known"),
    word("limit", Takes::Whole(1, 1_000), "changes of a page; next tells where the rest begins"),
];

/// Words of the names of towns.
pub const TOWNS: &[Word] =
    &[word("q", Takes::Text, "beginning of a name"), word("limit", Takes::Whole(1, 2_000), "most names")];

/// Words of a list that is brought in.
pub const IMPORT: &[Word] = &[
    needed("kind", Takes::OneOf(kinds), "the kind of the rows' own records"),
    word("list", Takes::Text, "what the list is called; needed where file is not said"),
    word("file", Takes::Text, "the file's name, which names the list when list is not said"),
    word("key", Takes::Text, "the column by which rows are found again"),
    word("map", Takes::Text, "field=column pairs with commas between"),
    word("set", Takes::Each, "field=value for every row"),
    word("set_indicator", Takes::Each, "name=count, rate or score"),
    word("area_set", Takes::Text, "the set that areas belong to"),
    word("no_header", Takes::Flag, "true: the first row is data"),
    word("header_line", Takes::Whole(1, 1_000), "the line that holds the headings, where they are not found"),
    word("delimiter", Takes::Text, "comma, semicolon, tab, pipe or a character"),
    word("origin", Takes::OneOf(|| Origin::ALL.iter().map(|origin| origin.as_str()).collect()), "whose word it is"),
    word("complete", Takes::Flag, "true: the list holds everything there is"),
    word("replace", Takes::Flag, "true: this list's word counts where another list said otherwise"),
    word("dry_run", Takes::Flag, "true: only say what would happen"),
    word("explain", Takes::Flag, "true: only say what each column is taken for, with examples"),
];

/// Words of an undo: a change or a batch.
pub const UNDO: &[Word] = &[
    word("change", Takes::Id, "id of a change"),
    word("batch", Takes::Id, "id of a batch: all of its changes"),
    word("stop", Takes::Flag, "true: stop the undo of this batch that is under way; what is done by then stays"),
];

/// Words of publishing a column.
pub const PUBLISH: &[Word] = &[
    needed("list", Takes::Text, "the list"),
    needed("column", Takes::Text, "its heading"),
    word("withdraw", Takes::Flag, "true: hide it again"),
];

/// Words of signing in.
pub const SIGN_IN: &[Word] = &[needed("link", Takes::Text, "the secret of the link")];
