//! Imports go down only: between folders by the table of `src/ARCHITECTURE.md`, between files without a circle. And a
//! name means one thing.

#[path = "layers/files.rs"]
mod files;

use files::{Files, circles, rust_files, tokens};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Who may import whom.
const MAY: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("clock", &[]),
    ("config", &[]),
    ("change", &["model"]),
    ("auth", &["model", "change"]),
    ("atlas", &["model", "change"]),
    ("store", &["model", "change"]),
    ("analysis", &["model", "atlas"]),
    ("tiles", &["model", "atlas"]),
    ("exchange", &["model", "change", "atlas"]),
    ("app", &["model", "change", "auth", "atlas", "store", "exchange", "clock"]),
    ("http", &["app", "analysis", "tiles", "exchange", "auth", "atlas", "change", "model"]),
    ("cli", &["app", "http", "config", "exchange", "clock", "model"]),
];

/// What the tests of a folder may import beside what the folder may: they bring about what it is asked of.
const ITS_TESTS_MAY: &[(&str, &str)] = &[("analysis", "change")];

#[test]
fn every_import_goes_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in rust_files(&src) {
        let layer = layer_of(&src, &file);
        let Some((_, may)) = MAY.iter().find(|(name, _)| *name == layer) else { continue };
        let is_test = file.starts_with(src.join(&layer).join("tests"));
        for target in imports(&fs::read_to_string(&file).unwrap()) {
            seen += 1;
            let of_tests = is_test && ITS_TESTS_MAY.contains(&(layer.as_str(), target.as_str()));
            if target != layer && !may.contains(&target.as_str()) && !of_tests {
                wrong.push(format!("{} imports {target}", file.strip_prefix(&src).unwrap().display()));
            }
        }
    }
    assert!(seen > 100, "the test has lost sight of the imports");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_file_uses_another_that_uses_it() {
    let files = Files::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let uses = files.uses();
    assert!(uses.values().map(BTreeSet::len).sum::<usize>() > 1_000, "the test has lost sight of the imports");
    let shown: Vec<String> = circles(&uses)
        .iter()
        .map(|circle| circle.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(" uses "))
        .collect();
    assert!(shown.is_empty(), "{shown:#?}");
}

#[test]
fn the_engine_knows_no_use_case() {
    let files = Files::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let known = ["app/caller.rs", "app/error.rs"].map(Path::new);
    for (file, used) in files.uses().into_iter().filter(|(file, _)| file.starts_with("app/engine")) {
        for other in used.into_iter().filter(|other| other.starts_with("app") && !other.starts_with("app/engine")) {
            assert!(known.contains(&other), "{} uses {}", file.display(), other.display());
        }
    }
}

/// Names that stand for one thing in each of several files, and are read with the file's name before them.
const BY_THEIR_FILE: &[&str] = &["Question", "Answered"];

#[test]
fn a_type_that_others_use_has_a_name_of_its_own() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut where_defined: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in rust_files(&src) {
        let shown = file.strip_prefix(&src).unwrap().display().to_string();
        for name in types(&tokens(&fs::read_to_string(&file).unwrap())) {
            where_defined.entry(name).or_default().push(shown.clone());
        }
    }
    assert!(where_defined.len() > 200, "the test has lost sight of the types");
    where_defined.retain(|name, files| files.len() > 1 && !BY_THEIR_FILE.contains(&name.as_str()));
    assert!(where_defined.is_empty(), "{where_defined:#?}");
}

#[test]
fn the_architecture_page_shows_the_same_table() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ARCHITECTURE.md")).unwrap();
    for (layer, may) in MAY {
        let allowed = if may.is_empty() { "–".to_owned() } else { may.join(" ") };
        assert!(page.contains(&format!("{layer}: {allowed}\n")), "ARCHITECTURE.md should say `{layer}: {allowed}`");
    }
}

#[test]
fn sql_stands_in_the_store_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in rust_files(&src) {
        if layer_of(&src, &file) != "store" {
            assert!(!fs::read_to_string(&file).unwrap().contains("sqlx::"), "{} speaks SQL", file.display());
        }
    }
}

fn layer_of(src: &Path, file: &Path) -> String {
    let first = file.strip_prefix(src).unwrap().components().next().unwrap();
    Path::new(first.as_os_str()).file_stem().unwrap().to_string_lossy().into_owned()
}

/// Layers named by `crate::layer`, in `use` lines, groups and paths alike.
fn imports(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, marker) in text.match_indices("crate::") {
        let rest = &text[at + marker.len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap_or_default().split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let word: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !word.is_empty() {
                found.insert(word);
            }
        }
    }
    found
}

/// Names of the types that a file has for others.
fn types(tokens: &[String]) -> Vec<String> {
    let is_open = |at: usize| at > 0 && ["pub", ")"].contains(&tokens[at - 1].as_str());
    let kinds = ["struct", "enum", "trait", "type"];
    let defined = tokens.iter().enumerate().filter(|(at, word)| kinds.contains(&word.as_str()) && is_open(*at));
    defined.filter_map(|(at, _)| tokens.get(at + 1).cloned()).collect()
}
