//! What this release answers, line by line: some hundred questions with a digest of each answer and enough of it in
//! words to see what became another when one does. `UPDATE=1 cargo nextest run --test golden` writes them anew.
//!
//! A changed line is a decision, not a fault of the test: whoever changes an answer says so in the changelog.

#[path = "golden/questions.rs"]
mod questions;
#[path = "golden/summary.rs"]
mod summary;
mod support;

use commonground::app::Caller;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;
use support::answers::{Instance, Names, Question, Who};
use support::records::Records;

#[tokio::test]
async fn the_demonstration_answers_what_it_answered() {
    let instance = Instance::of(&[], 0).await;
    instance.app.load_demo(&Caller::command_line()).await.unwrap();
    hold("demonstration", &instance, questions::of_the_demonstration()).await;
}

#[tokio::test]
async fn a_random_town_answers_what_it_answered() {
    let mut records = Records::random(20, 6);
    let made = records.changes();
    let changes = [records.later(&made), made].into_iter().rev().collect::<Vec<_>>().concat();
    // Half of it is there at the start and half comes later: each is indexed in its own way.
    let instance = Instance::of(&changes, changes.len() / 2).await;
    hold("random-town", &instance, questions::of_a_random_town(&records)).await;
}

/// Asks everything, and compares each line with the one that is kept.
async fn hold(name: &str, instance: &Instance, questions: Vec<(Vec<Who>, Question)>) {
    let names = Names::of(instance).await;
    let mut lines = String::new();
    for (who, question) in questions.into_iter().flat_map(|(who, q)| who.into_iter().map(move |w| (w, q.clone()))) {
        let answer = instance.ask(who, &with_ids(&question, &names)).await;
        let normal = answer.normal();
        let text = names.masked(&normal.to_string());
        let digest: String = Sha256::digest(text.as_bytes())[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        let said = names.masked(&summary::of(&question, &answer, &normal));
        let media = answer.media.split(['/', ';']).nth(1).unwrap_or("-").trim_start_matches("vnd.").to_owned();
        writeln!(lines, "{who:?} | {question} | {} {media} {digest} | {said}", answer.status).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/golden/{name}.txt"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, lines).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let changed = difference(&kept, &lines);
    assert!(
        changed.is_empty(),
        "{} answers of {} are not what they were. A changed answer is a decision to be written down (CHANGELOG.md); \
         UPDATE=1 cargo nextest run --test golden keeps the new ones.\n\n{}",
        changed.len(),
        path.display(),
        changed.join("\n\n")
    );
}

/// What a question was answered then and is answered now, of those where that is not the same.
fn difference(then: &str, now: &str) -> Vec<String> {
    let key = |line: &str| line.splitn(3, " | ").take(2).collect::<Vec<_>>().join(" | ");
    let find = |lines: &str, wanted: &str| lines.lines().find(|l| key(l) == wanted).map(str::to_owned);
    let mut changed = Vec::new();
    for line in then.lines() {
        match find(now, &key(line)) {
            Some(new) if new == line => {}
            Some(new) => changed.push(format!("- {line}\n+ {new}")),
            None => changed.push(format!("- {line}\n  is not asked any more")),
        }
    }
    let asked_anew = now.lines().filter(|line| find(then, &key(line)).is_none());
    changed.extend(asked_anew.map(|line| format!("+ {line}\n  was not asked before")));
    changed
}

/// The question with `<kind:name>` replaced by the id of that record.
fn with_ids(question: &Question, names: &Names) -> Question {
    let put = |text: &str| {
        let mut text = text.to_owned();
        while let Some(from) = text.find('<') {
            let to = from + text[from..].find('>').unwrap() + 1;
            let id = names.0.iter().find(|(_, name)| **name == text[from..to]);
            let id = id.unwrap_or_else(|| panic!("no record is called {}", &text[from..to])).0.clone();
            text.replace_range(from..to, &id);
        }
        text.replace(' ', "%20")
    };
    Question { path: put(&question.path), body: question.body.as_deref().map(|b| put(b).replace("%20", " ")) }
}
