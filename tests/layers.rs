//! Imports go down only: the table of `src/ARCHITECTURE.md`, held against every `use crate::…` in the tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

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

#[test]
fn every_import_goes_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in rust_files(&src) {
        let layer = layer_of(&src, &file);
        let Some((_, may)) = MAY.iter().find(|(name, _)| *name == layer) else { continue };
        for target in imports(&fs::read_to_string(&file).unwrap()) {
            seen += 1;
            if target != layer && !may.contains(&target.as_str()) {
                wrong.push(format!("{} imports {target}", file.strip_prefix(&src).unwrap().display()));
            }
        }
    }
    assert!(seen > 100, "the test has lost sight of the imports");
    assert!(wrong.is_empty(), "{wrong:#?}");
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

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => rust_files(&path),
            false => vec![path].into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs")).collect(),
        })
        .collect()
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
