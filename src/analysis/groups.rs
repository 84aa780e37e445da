//! `by`: how areas are put into groups for comparing them.

use std::collections::BTreeSet;

use crate::atlas::View;
use crate::atlas::areas::AreaSet;
use crate::model::{Code, Id, Problem};

/// The group of each row of a set; none where the area does not say.
pub fn read(by: &str, set: &AreaSet, rows: &[usize], view: &View) -> Result<Vec<Option<String>>, Problem> {
    let problem = |code, say: String| Err(Problem::new("by", code, say));
    if by.parse::<Id>().is_ok() || by == "village" {
        return problem(Code::NotAllowed, "villages can't be used yet".to_owned());
    }
    if let Some((parts, name)) = by.split_once(':') {
        let k = match parts {
            "quintile" => 5,
            "decile" => 10,
            _ => {
                return problem(Code::NotAllowed, "must be a group, quintile:<indicator> or decile:<indicator>".into());
            }
        };
        return match set.indicator(name) {
            Some((_, values)) => Ok(ranked(values, &set.codes, rows, k)),
            None => problem(Code::NotFound, unknown(name, set)),
        };
    }
    if by == "district" {
        return Ok(districts(set, view));
    }
    if let Some(column) = set.groups.get(by) {
        return Ok(column.iter().map(|v| (!v.is_empty()).then(|| v.clone())).collect());
    }
    let Some((_, values)) = set.indicator(by) else {
        return problem(Code::NotFound, unknown(by, set));
    };
    let distinct: BTreeSet<u64> = values.iter().filter(|v| !v.is_nan()).map(|v| v.to_bits()).collect();
    if distinct.len() > 20 || values.iter().any(|v| !v.is_nan() && v.fract() != 0.0) {
        let say = format!("{by} has too many values to group by; try quintile:{by}");
        return problem(Code::OutOfRange, say);
    }
    Ok(values.iter().map(|v| (!v.is_nan()).then(|| format!("{v}"))).collect())
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

/// The district each area lies in: its parent, else a group column that holds district codes.
fn districts(set: &AreaSet, view: &View) -> Vec<Option<String>> {
    let column = set.groups.values().find(|c| c.iter().any(|v| super::membership::is_district(v)));
    let of_row = |row: usize| {
        let parent = set.parents[row].and_then(|id| view.get(id)).map(|e| e.name.to_string());
        parent.or_else(|| column.map(|c| c[row].clone()).filter(|v| !v.is_empty()))
    };
    (0..set.len()).map(of_row).collect()
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
