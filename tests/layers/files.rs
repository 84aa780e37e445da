//! The files of the program and which of them uses which: read from their `use` lines and paths. What a file merely
//! hands on (`pub use`) it does not use, and a name is looked for where it was defined, through whoever hands it on.
//! Methods are called without a path, and what a macro puts together is no path yet: neither can be seen from here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// All files of a folder, by their number.
pub struct Files {
    files: Vec<File>,
    /// Numbers of files by their place in the tree of modules; the root of it is empty.
    modules: BTreeMap<Vec<String>, usize>,
}

struct File {
    path: PathBuf,
    module: Vec<String>,
    imports: Vec<Import>,
    /// Words that stand outside of `use` lines.
    words: BTreeSet<String>,
    /// Paths of more than one word that stand there.
    paths: Vec<Vec<String>>,
}

/// One name of a `use` line.
#[derive(Debug, PartialEq)]
struct Import {
    name: String,
    path: Vec<String>,
    handed_on: bool,
}

impl Files {
    /// Reads every file below a folder.
    pub fn of(folder: &Path) -> Self {
        let mut files: Vec<File> = rust_files(folder).iter().map(|path| File::read(folder, path)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let modules = files.iter().enumerate().map(|(number, file)| (file.module.clone(), number)).collect();
        Self { files, modules }
    }

    /// Of every file that uses others: those it uses.
    pub fn uses(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let named = |number: usize| self.files[number].path.as_path();
        let of = |number| self.used_by(number).into_iter().map(named).collect();
        (0..self.files.len()).map(|number| (named(number), of(number))).collect()
    }

    fn used_by(&self, number: usize) -> BTreeSet<usize> {
        let file = &self.files[number];
        let imported = file.imports.iter().filter(|i| !i.handed_on || file.words.contains(&i.name));
        let paths = imported.map(|import| &import.path).chain(&file.paths);
        let mut used: BTreeSet<usize> = paths.filter_map(|path| self.defined_in(number, path, 0)).collect();
        used.remove(&number);
        used
    }

    /// The file that defines what a path names for who reads it in a file; none when it is not of this program, or a
    /// module and nothing in it.
    fn defined_in(&self, number: usize, path: &[String], depth: usize) -> Option<usize> {
        // What is handed on to where it stands (a macro) is defined there.
        if depth > 9 {
            return Some(number);
        }
        let (mut module, rest) = self.begins_in(number, path, depth)?;
        for (at, word) in rest.iter().enumerate() {
            let here = *self.modules.get(&module)?;
            let deeper = [&module[..], std::slice::from_ref(word)].concat();
            let is_last = at + 1 == rest.len();
            if let Some(import) = self.files[here].imports.iter().find(|i| i.name == *word)
                && (is_last || !self.modules.contains_key(&deeper))
            {
                let path = [&import.path[..], &rest[at + 1..]].concat();
                return self.defined_in(here, &path, depth + 1);
            }
            if !self.modules.contains_key(&deeper) {
                return Some(here);
            }
            module = deeper;
        }
        None
    }

    /// The module in which a path begins, and what is left of the path.
    fn begins_in<'p>(&self, number: usize, path: &'p [String], depth: usize) -> Option<(Vec<String>, &'p [String])> {
        let file = &self.files[number];
        let mut module = file.module.clone();
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some((Vec::new(), rest)),
            "self" => Some((module, rest)),
            "super" => {
                module.pop();
                let ups = rest.iter().take_while(|word| *word == "super").count();
                module.truncate(module.len() - ups);
                Some((module, &rest[ups..]))
            }
            word if self.modules.contains_key(&[&module[..], &[word.to_owned()]].concat()) => Some((module, path)),
            word => {
                let import = file.imports.iter().find(|i| i.name == word && i.path[0] != word)?;
                let whole = self.module_at(number, &import.path, depth)?;
                Some((whole, rest))
            }
        }
    }

    /// The module that a path names.
    fn module_at(&self, number: usize, path: &[String], depth: usize) -> Option<Vec<String>> {
        let (module, rest) = self.begins_in(number, path, depth + 1).filter(|_| depth < 9)?;
        let whole = [&module[..], rest].concat();
        self.modules.contains_key(&whole).then_some(whole)
    }
}

/// Circles in who uses whom, one of each knot, as the files that it goes through.
pub fn circles<'p>(uses: &BTreeMap<&'p Path, BTreeSet<&'p Path>>) -> Vec<Vec<&'p Path>> {
    let mut circles: Vec<Vec<&Path>> = Vec::new();
    for file in uses.keys() {
        if !circles.iter().any(|circle| circle.contains(file)) {
            circles.extend(shortest_way_back(uses, file));
        }
    }
    circles
}

fn shortest_way_back<'p>(uses: &BTreeMap<&'p Path, BTreeSet<&'p Path>>, from: &'p Path) -> Option<Vec<&'p Path>> {
    let mut came_from: BTreeMap<&Path, &Path> = BTreeMap::new();
    let mut waiting = vec![from];
    while !waiting.is_empty() {
        let mut next = Vec::new();
        for file in waiting {
            for used in uses.get(file).into_iter().flatten() {
                if *used == from {
                    let mut way = vec![from, file];
                    while let Some(before) = came_from.get(way[way.len() - 1]) {
                        way.push(before);
                    }
                    way.reverse();
                    return Some(way);
                }
                if !came_from.contains_key(used) {
                    came_from.insert(used, file);
                    next.push(*used);
                }
            }
        }
        waiting = next;
    }
    None
}

impl File {
    fn read(folder: &Path, path: &Path) -> Self {
        let inside = path.strip_prefix(folder).unwrap();
        let mut module: Vec<String> =
            inside.with_extension("").components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
        if ["mod", "lib"].contains(&module[module.len() - 1].as_str()) {
            module.pop();
        }
        let tokens = without_inner_modules(tokens(&fs::read_to_string(path).unwrap()));
        let (imports, others) = imports(&tokens);
        let declares = |at: usize| at > 0 && others[at - 1] == "mod";
        let words = others.iter().enumerate().filter(|(at, t)| is_word(t) && !declares(*at));
        let words = words.map(|(_, word)| word.clone()).collect();
        Self { path: inside.to_owned(), module, imports, words, paths: paths(&others) }
    }
}

/// Every file below a folder that is of the language; what a folder called `tests` holds is of no program.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries
        .filter(|path| !path.ends_with("tests"))
        .flat_map(|path| match path.is_dir() {
            true => rust_files(&path),
            false => vec![path].into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs")).collect(),
        })
        .collect()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Words and signs, without comments, texts and letters.
pub fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        let rest = &chars[at..];
        let next = |n: usize| rest.get(n).copied().unwrap_or(' ');
        if rest.starts_with(&['/', '/']) {
            at += rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
        } else if let Some(length) = text_at(rest) {
            at += length;
        } else if next(0).is_alphabetic() || next(0) == '_' {
            let length = rest.iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
            tokens.push(rest[..length].iter().collect());
            at += length;
        } else if rest.starts_with(&[':', ':']) {
            tokens.push("::".to_owned());
            at += 2;
        } else {
            if !next(0).is_whitespace() {
                tokens.push(next(0).to_string());
            }
            at += 1;
        }
    }
    tokens
}

/// The length of the text or letter that begins here.
fn text_at(rest: &[char]) -> Option<usize> {
    let plain = |quote: char, from: usize| {
        let mut at = from;
        while at < rest.len() && rest[at] != quote {
            at += if rest[at] == '\\' { 2 } else { 1 };
        }
        at + 1
    };
    match rest {
        ['"', ..] => Some(plain('"', 1)),
        ['b', '"', ..] => Some(plain('"', 2)),
        ['\'', '\\', ..] | ['\'', _, '\'', ..] => Some(plain('\'', 1)),
        ['b', '\'', ..] => Some(plain('\'', 2)),
        ['r', '"' | '#', ..] | ['b', 'r', '"' | '#', ..] => {
            let from = if rest[0] == 'b' { 2 } else { 1 };
            let hashes = rest[from..].iter().take_while(|c| **c == '#').count();
            let end = [&['"'][..], &vec!['#'; hashes]].concat();
            let inside = &rest[from + hashes..];
            let closed = inside.get(1..)?.windows(end.len()).position(|w| w == end)?;
            (inside[0] == '"').then_some(from + hashes + 1 + closed + end.len())
        }
        _ => None,
    }
}

/// Without the tests in a file; what another module inside it says counts as the file's own.
fn without_inner_modules(tokens: Vec<String>) -> Vec<String> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let [word, _, brace] = &tokens[at..tokens.len().min(at + 3)] else {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        };
        if word != "mod" || brace != "{" {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let end = closing(&tokens, at + 2);
        if !kept.ends_with(&["#", "[", "cfg", "(", "test", ")", "]"].map(str::to_owned)) {
            let own = |word: &String| if word == "super" { "self".to_owned() } else { word.clone() };
            kept.extend(tokens[at + 3..end].iter().map(own));
        }
        at = end + 1;
    }
    kept
}

/// Where the brace that is opened at a place is closed.
fn closing(tokens: &[String], opened: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(opened) {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// What `use` lines name, and everything else.
fn imports(tokens: &[String]) -> (Vec<Import>, Vec<String>) {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at] == "use" && tokens.get(at + 1).is_some_and(|t| is_word(t)) {
            let end = at + tokens[at..].iter().position(|t| t == ";").unwrap_or(0);
            let handed_on = matches!(others.last().map(String::as_str), Some("pub" | ")"));
            let mut names = Vec::new();
            tree(&tokens[at + 1..end], Vec::new(), &mut names);
            found.extend(names.into_iter().map(|(name, path)| Import { name, path, handed_on }));
            at = end + 1;
        } else {
            others.push(tokens[at].clone());
            at += 1;
        }
    }
    (found, others)
}

/// The names of one `use` line, whose braces may hold others.
fn tree(tokens: &[String], before: Vec<String>, names: &mut Vec<(String, Vec<String>)>) {
    let mut path = before;
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => {
                let inside = &tokens[at + 1..closing(tokens, at)];
                let mut depth = 0;
                let between = |token: &String| {
                    match token.as_str() {
                        "{" => depth += 1,
                        "}" => depth -= 1,
                        _ => {}
                    }
                    token == "," && depth == 0
                };
                inside.split(between).filter(|part| !part.is_empty()).for_each(|part| tree(part, path.clone(), names));
                return;
            }
            "as" => {
                names.push((tokens[at + 1].clone(), path));
                return;
            }
            "::" => {}
            "self" if !path.is_empty() => {}
            word => path.push(word.to_owned()),
        }
        at += 1;
    }
    names.extend(path.last().cloned().map(|name| (name, path)));
}

/// Paths of more than one word.
fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut path = Vec::new();
        while tokens.get(at).is_some_and(|t| is_word(t)) {
            path.push(tokens[at].clone());
            if tokens.get(at + 1).map(String::as_str) != Some("::") {
                break;
            }
            at += 2;
        }
        at += 1;
        if path.len() > 1 {
            paths.push(path);
        }
    }
    paths
}
