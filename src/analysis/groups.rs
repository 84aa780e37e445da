//! `by`: how areas are put into groups for comparing them.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::ctl::{Ctl, Halt, LOOK};
use super::membership;
use super::register::is_district;
use crate::atlas::View;
use crate::atlas::areas::AreaSet;
use crate::model::{Code, Id, Problem};

/// What areas are put into groups by.
pub enum By {
    /// A number of groups of equal size, by an indicator.
    Parts(usize, String),
    /// The district each lies in.
    District,
    /// The words of a column.
    Column(String),
    /// The values of an indicator that has few.
    Values(String),
}

/// Reads `by`, for areas of this set.
pub fn read(by: &str, set: &AreaSet) -> Result<By, Problem> {
    let problem = |code, say: String| Err(Problem::new("by", code, say));
    if by.parse::<Id>().is_ok() || by == "village" {
        return problem(Code::NotAllowed, "villages can't be used yet".to_owned());
    }
    if let Some((parts, indicator)) = by.split_once(':') {
        let k = match parts {
            "quintile" => 5,
            "decile" => 10,
            _ => {
                return problem(Code::NotAllowed, "must be a group, quintile:<indicator> or decile:<indicator>".into());
            }
        };
        return match set.indicator(indicator) {
            Some(_) => Ok(By::Parts(k, indicator.to_owned())),
            None => problem(Code::NotFound, unknown(indicator, set)),
        };
    }
    if by == "district" {
        return Ok(By::District);
    }
    if set.groups.contains_key(by) {
        return Ok(By::Column(by.to_owned()));
    }
    let Some((_, values)) = set.indicator(by) else {
        return problem(Code::NotFound, unknown(by, set));
    };
    let distinct: BTreeSet<u64> = values.iter().filter(|v| !v.is_nan()).map(|v| v.to_bits()).collect();
    if distinct.len() > 20 || values.iter().any(|v| !v.is_nan() && v.fract() != 0.0) {
        let say = format!("{by} has too many values to group by; try quintile:{by}");
        return problem(Code::OutOfRange, say);
    }
    Ok(By::Values(by.to_owned()))
}

impl By {
    /// The group of each row of the set; none where the area does not say. Parts are of the chosen rows only.
    pub fn groups(
        &self,
        (name, set): (&str, &AreaSet),
        rows: &[usize],
        view: &View,
        ctl: &Ctl,
    ) -> Result<Vec<Option<String>>, Halt> {
        ctl.tick(set.len() * LOOK)?;
        let values = |indicator: &str| set.indicator(indicator).map_or(&[][..], |(_, values)| values);
        Ok(match self {
            By::Parts(k, indicator) => ranked(values(indicator), &set.codes, rows, *k),
            By::District => districts(name, set, view, ctl)?,
            By::Column(column) => {
                let words = set.groups.get(column).into_iter().flatten();
                words.map(|word| (!word.is_empty()).then(|| word.clone())).collect()
            }
            By::Values(indicator) => values(indicator).iter().map(|v| (!v.is_nan()).then(|| format!("{v}"))).collect(),
        })
    }
}

/// Area number i of n ascending (ties by code, i from 0) is in group ⌊k·i/n⌋+1. Areas without the number have none.
fn ranked(values: &[f64], codes: &[String], rows: &[usize], k: usize) -> Vec<Option<String>> {
    let mut order: Vec<usize> = rows.iter().copied().filter(|row| !values[*row].is_nan()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then_with(|| codes[*a].cmp(&codes[*b])));
    let mut groups = vec![None; values.len()];
    for (i, row) in order.iter().enumerate() {
        groups[*row] = Some((k * i / order.len() + 1).to_string());
    }
    groups
}

/// The district each area lies in, as membership has it; the first where several hold it, so that groups add up.
///
/// A district is called as the areas call it: by its code where a column of theirs holds that, else by its name.
fn districts(name: &str, set: &AreaSet, view: &View, ctl: &Ctl) -> Result<Vec<Option<String>>, Halt> {
    let called = sets_of_districts(name, set, view).into_iter().map(|of| in_set(name, set, of, view, ctl));
    let called: Vec<Vec<Option<String>>> = called.collect::<Result<_, _>>()?;
    let most = |groups: &Vec<Option<String>>| groups.iter().flatten().count();
    // Of equals the later one, which is the newer by the usual names: district23, district24.
    let known = called.into_iter().max_by_key(most).unwrap_or_else(|| vec![None; set.len()]);
    let column = set.groups.values().find(|c| c.iter().any(|v| is_district(v)));
    // Nothing tells of a district but a column of that name.
    let column = column.or_else(|| set.groups.get("district").filter(|_| known.iter().all(Option::is_none)));
    let said = |row: usize| column.map(|c| c[row].clone()).filter(|v| !v.is_empty());
    Ok(known.into_iter().enumerate().map(|(row, group)| group.or_else(|| said(row))).collect())
}

/// The sets that may be of districts: those that say so, by the register's codes or by their names; else those that a
/// column called after districts holds codes of; else those of the areas' parents.
fn sets_of_districts<'a>(name: &str, set: &AreaSet, view: &'a View) -> Vec<&'a str> {
    let sets = || view.area_tables().iter();
    let by_themselves =
        sets().filter(|(of, there)| there.codes.iter().any(|c| is_district(c)) || (*of != name && says_districts(of)));
    let columns: Vec<&String> =
        set.groups.iter().filter(|(column, _)| says_districts(column)).flat_map(|(_, values)| values).collect();
    let by_column = sets().filter(|(_, of)| columns.iter().any(|value| of.row_of(value).is_some()));
    let parents: HashSet<&str> =
        set.parents.iter().flatten().filter_map(|id| view.area_tables().find(*id)).map(|(of, ..)| of).collect();
    let by_parent = sets().filter(|(of, _)| parents.contains(of));
    let ways: [Vec<&str>; 3] = [
        by_themselves.map(|(of, _)| of).collect(),
        by_column.map(|(of, _)| of).collect(),
        by_parent.map(|(of, _)| of).collect(),
    ];
    ways.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Whether a set or a column is called after districts: district24, ltla24_code, lad17cd.
fn says_districts(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    name.contains("district") || words.any(|word| word.starts_with("ltla") || word.starts_with("lad"))
}

fn in_set(name: &str, set: &AreaSet, of: &str, view: &View, ctl: &Ctl) -> Result<Vec<Option<String>>, Halt> {
    let Some(there) = view.area_set(of) else { return Ok(vec![None; set.len()]) };
    let held: HashSet<&str> = set.groups.values().flatten().map(String::as_str).collect();
    let linked: HashSet<Id> = set.parents.iter().flatten().copied().collect();
    let mut once: HashMap<&str, bool> = HashMap::new();
    for name in &there.names {
        once.entry(name).and_modify(|once| *once = false).or_insert(true);
    }
    let called = |row: usize| {
        let (code, name) = (&there.codes[row], &there.names[row]);
        let by_code = held.contains(code.as_str()) && !linked.contains(&there.ids[row]);
        if by_code || !once[name.as_str()] { code.clone() } else { name.clone() }
    };
    if name == of {
        return Ok((0..set.len()).map(|row| Some(called(row))).collect());
    }
    let nesting = membership::nesting((name, set), (of, there), view, ctl)?;
    let holder = |row: usize| nesting.holders(row).first().map(|above| called(*above as usize));
    Ok((0..set.len()).map(holder).collect())
}

fn unknown(name: &str, set: &AreaSet) -> String {
    let names: Vec<&str> = set.groups.keys().chain(set.indicators.keys()).map(String::as_str).collect();
    let shown = crate::model::shape::shown(name);
    format!("these areas have no \"{shown}\"; they have {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_follow_the_formula_and_ties_go_by_code() {
        let codes: Vec<String> = ["d", "c", "b", "a", "e"].map(str::to_owned).to_vec();
        let values = [1.0, 1.0, 1.0, 0.5, f64::NAN];
        let groups = ranked(&values, &codes, &[0, 1, 2, 3, 4], 2);
        let shown: Vec<Option<&str>> = groups.iter().map(Option::as_deref).collect();
        assert_eq!(shown, [Some("2"), Some("2"), Some("1"), Some("1"), None]);
    }
}
