//! A list beside other lists of the same records: it adds and changes what it brings, and takes nothing away that another
//! still says. What two lists say of one indicator is settled by whoever brings them, not by which came last.

use serde_json::Value;

use super::memory;
use crate::change::diff;
use crate::exchange::Part;
use crate::model::shape::shown;
use crate::model::{Body, Code, Problem};

/// A row beside what is known of its record.
pub struct Beside<'a> {
    /// What the row says.
    pub part: &'a Part,
    /// What its list said when it last came.
    pub before: Option<&'a Body>,
    /// The record now.
    pub present: &'a Body,
    /// What each other list last said of it.
    pub others: Vec<(&'a str, Body)>,
    /// Whether this list's word counts where another said otherwise.
    pub replace: bool,
}

/// What the row may change, and what is to be said.
#[derive(Debug, Default)]
pub struct Judged {
    /// Fields that it may change.
    pub names: Vec<String>,
    /// Why it is refused.
    pub problems: Vec<Problem>,
    /// Fields in which another list's word stays.
    pub warnings: Vec<Problem>,
    /// Fields in which another list's word is replaced, and that list.
    pub replaced: Vec<(String, String)>,
}

impl Beside<'_> {
    /// Goes through the fields that the row would change.
    pub fn judge(&self, names: Vec<String>) -> Judged {
        let mut judged = Judged::default();
        for name in names {
            if self.may_change(&name, &mut judged) {
                judged.names.push(name);
            }
        }
        judged
    }

    fn may_change(&self, name: &str, judged: &mut Judged) -> bool {
        let now = diff::get(self.present, name);
        let Some(value) = diff::get(&self.part.body, name) else {
            return !self.others.iter().any(|(_, other)| diff::get(other, name).is_some());
        };
        if self.part.weak.contains(&name) {
            let mine = self.before.is_some_and(|b| memory::is_weak(b, name) && diff::get(b, name) == now);
            return now.is_none() || mine;
        }
        let Some((list, said)) = self.said_otherwise(name, value) else { return true };
        if self.replace {
            judged.replaced.push((name.to_owned(), list.to_owned()));
            return true;
        }
        let column = name.split_once('.').filter(|(map, _)| ["indicators", "groups"].contains(map));
        let (field, stays) = column.map_or((name, "its word stays"), |(_, column)| (column, "the row was refused"));
        let say = format!(
            "the list \"{list}\" says {} of this {}; {stays}. Say --replace to take this list's word, or leave the column out",
            shown(said.to_string().trim_matches('"')),
            self.part.kind.name()
        );
        match column {
            Some(_) => judged.problems.push(Problem::new(field, Code::AlreadyExists, say)),
            None => judged.warnings.push(Problem::new(field, Code::OtherList, say)),
        }
        false
    }

    /// The first other list that says otherwise, unless what it says only fills a void.
    fn said_otherwise(&self, name: &str, value: &Value) -> Option<(&str, &Value)> {
        let strong = |other| diff::get(other, name).filter(|v| *v != value && !memory::is_weak(other, name));
        self.others.iter().find_map(|(list, other)| Some((*list, strong(other)?)))
    }
}
