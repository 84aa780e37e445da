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
    let readme = ours(&readme());
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

/// The manual without the words of other programs: what stands in the Containerfile, and what comes before our own name
/// in a line that calls another program.
fn ours(readme: &str) -> String {
    let others = ["podman ", "useradd ", "install "];
    let mut foreign = false;
    let lines = readme.lines().filter_map(|line| {
        if line.starts_with("```") {
            foreign = line == "```dockerfile";
        }
        match others.iter().any(|name| line.starts_with(name)) {
            true => line.rsplit_once(" commonground ").map(|(_, ours)| ours.to_owned()),
            false => (!foreign).then(|| line.to_owned()),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A fenced block of the manual.
fn block(language: &str) -> String {
    let readme = readme();
    let (_, rest) = readme.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn every_setting_is_a_flag_and_stands_in_the_environment() {
    let help = help(&["serve"]);
    for name in Settings::NAMES {
        assert!(help.contains(&format!("--{} ", name.replace('_', "-"))) || name == "insecure_lan", "{name}");
        assert!(help.contains(&format!("COMMONGROUND_{}", name.to_uppercase())), "{name} is not in the environment");
    }
}

#[test]
fn the_defaults_that_manual_and_help_tell_are_those_that_hold() {
    let limits = commonground::http::Limits::default();
    let readme = readme();
    let default = |name: &str| {
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).unwrap();
        row.split('|').nth(2).unwrap().trim().trim_matches('`').to_owned()
    };
    let proxies: Vec<String> = limits.trusted_proxies.iter().map(|net| format!("\"{net}\"")).collect();
    for (name, is) in [
        ("trusted_proxies", format!("[{}]", proxies.join(", "))),
        ("requests_per_minute", limits.requests_per_minute.to_string()),
        ("analyses_per_minute", limits.analyses_per_minute.to_string()),
        ("sign_ins_per_minute", limits.sign_ins_per_minute.to_string()),
        ("concurrent_requests", limits.concurrent_requests.to_string()),
        ("connections", limits.connections.to_string()),
        ("listeners", limits.listeners.to_string()),
        ("request_seconds", limits.request.as_secs().to_string()),
        ("patience_seconds", limits.patience.as_secs().to_string()),
        ("shutdown_seconds", limits.shutdown.as_secs().to_string()),
    ] {
        assert_eq!(default(name), is, "{name}");
        let shown = help(&["serve"]);
        let flag = shown.lines().skip_while(|line| !line.contains(&format!("--{} ", name.replace('_', "-"))));
        let told: String = flag.take(3).collect();
        let plain = is.replace(['[', ']', '"'], "").replace(", ", ",");
        assert!(told.contains(&format!("[default: {plain}]")), "{name}: {told}");
    }
}

#[test]
fn the_unit_starts_what_the_program_understands() {
    let unit = block("ini");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/commonground ")).unwrap();
    let words: Vec<&str> = start.split(' ').collect();
    assert_eq!(words[0], "serve");
    help(&words);
    let program = || Command::new(env!("CARGO_BIN_EXE_commonground"));
    let wrong = program().args(&words).args(["--no-such-flag", "--help"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(64), "a flag that is not there would have shown");
    let number = |name: &str| -> u64 {
        unit.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap().parse().unwrap()
    };
    let limits = commonground::http::Limits::default();
    assert!(number("TimeoutStopSec") > limits.shutdown.as_secs(), "it would be killed before it has ended");
    assert!(number("LimitNOFILE") > 2 * limits.connections as u64);
}

#[test]
fn the_container_is_built_of_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = block("dockerfile");
    let mut copied = 0;
    for line in file.lines().filter_map(|line| line.strip_prefix("COPY ")).filter(|line| !line.starts_with("--from")) {
        let (sources, _) = line.rsplit_once(' ').unwrap();
        for source in sources.split(' ') {
            copied += 1;
            assert!(root.join(source).exists(), "{source}");
        }
    }
    assert!(copied > 5);
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"');
    assert!(file.contains(&format!("library/rust:{version}-")), "the compiler is another than Cargo.toml's");
    assert!(file.contains("\nUSER commonground\n"), "it does not run as root");
}

#[test]
fn the_first_screen_tells_the_command_and_shows_a_picture_that_is_there() {
    let readme = readme();
    let first: String = readme.lines().take(20).collect::<Vec<_>>().join("\n");
    assert!(first.contains("make run"));
    let picture = first.split("](").nth(1).and_then(|rest| rest.split(')').next()).unwrap();
    assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(picture).exists(), "{picture}");
}
