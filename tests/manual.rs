//! The manual is true: it names every setting and every command, and shows no word that the program does not know.

use commonground::config::Settings;
use std::path::Path;
use std::process::Command;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

fn help(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_commonground")).args(words).arg("--help").output().unwrap();
    assert!(output.status.success(), "{words:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_setting_is_in_the_manual() {
    let readme = readme();
    for name in Settings::NAMES {
        assert!(readme.contains(&format!("| `{name}` |")), "README.md does not tell of {name}");
    }
}

#[test]
fn every_flag_that_the_manual_shows_is_there() {
    let all: String = [&["serve"][..], &["import"], &["token", "add"], &["user", "reset"], &["check"], &["demo"]]
        .iter()
        .map(|words| help(words))
        .collect();
    let readme = readme();
    let shown = readme.split(|c: char| c.is_whitespace() || "`()".contains(c)).filter(|w| w.starts_with("--"));
    let mut seen = 0;
    for flag in shown {
        seen += 1;
        assert!(all.contains(flag), "README.md shows {flag}, which no command knows");
    }
    assert!(seen > 10);
    for command in ["serve", "import", "demo", "check", "token", "user"] {
        assert!(help(&[]).contains(command));
    }
}

#[test]
fn the_first_screen_tells_the_command_and_shows_a_picture_that_is_there() {
    let readme = readme();
    let first: String = readme.lines().take(20).collect::<Vec<_>>().join("\n");
    assert!(first.contains("make run"));
    let picture = first.split("](").nth(1).and_then(|rest| rest.split(')').next()).unwrap();
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(picture).exists(), "{picture}");
}
