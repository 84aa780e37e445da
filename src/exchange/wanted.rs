//! What somebody asked of an import, in the words of the command line and of `POST /api/v1/imports`.

use crate::model::area::IndicatorType;
use crate::model::{Code, Kind, Problem};

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The kind of the rows' own records.
    pub kind: Kind,
    /// `--list`: the list's name; else the file's stem without date digits.
    pub list: Option<String>,
    /// `--key`: the column (heading or number from 1) by which rows are found again.
    pub key: Option<String>,
    /// `--map`: field or role, and its column as a heading or number from 1.
    pub map: Vec<(String, String)>,
    /// `--set`: field or role, and its value for every row.
    pub set: Vec<(String, String)>,
    /// `--no-header`: the first row is data.
    pub no_header: bool,
    /// `--header-line`: the line that holds the headings, where it is not found by itself.
    pub header_line: Option<u64>,
    /// `--area-set`: the set that areas belong to.
    pub area_set: Option<String>,
    /// `--delimiter`: found out when not said.
    pub delimiter: Option<char>,
    /// `--set-indicator`: what a column of numbers is, where its name and values mislead.
    pub set_indicator: Vec<(String, IndicatorType)>,
}

impl Wanted {
    /// Rows of a kind, all else found out.
    pub fn of(kind: Kind) -> Self {
        Self {
            kind,
            list: None,
            key: None,
            map: Vec::new(),
            set: Vec::new(),
            no_header: false,
            header_line: None,
            area_set: None,
            delimiter: None,
            set_indicator: Vec::new(),
        }
    }

    /// `name=2,postcode=7`.
    ///
    /// ```
    /// use commonground::exchange::Wanted;
    /// let map = Wanted::read_map("name=2, postcode=Post code").unwrap();
    /// assert_eq!(map[1], ("postcode".to_owned(), "Post code".to_owned()));
    /// assert!(Wanted::read_map("name").is_err());
    /// ```
    pub fn read_map(text: &str) -> Result<Vec<(String, String)>, Problem> {
        text.split(',')
            .filter(|part| !part.trim().is_empty())
            .map(|part| pair(part, "map", "name=2,postcode=7"))
            .collect()
    }

    /// `type=pharmacy`: one field and its value, which may hold anything.
    pub fn read_set(text: &str) -> Result<(String, String), Problem> {
        pair(text, "set", "type=pharmacy")
    }

    /// `perc=rate`: one column of numbers and what it is.
    pub fn read_set_indicator(text: &str) -> Result<(String, IndicatorType), Problem> {
        let (name, kind) = pair(text, "set-indicator", "perc=rate")?;
        let known = IndicatorType::by_name(&kind);
        let message = format!("{kind} is not one of count, rate, score");
        known.map(|kind| (name, kind)).ok_or_else(|| Problem::new("set-indicator", Code::NotAllowed, message))
    }

    /// `comma`, `semicolon`, `tab`, `pipe`, or the character itself.
    pub fn read_delimiter(text: &str) -> Result<char, Problem> {
        let named = match text {
            "comma" => Some(','),
            "semicolon" => Some(';'),
            "tab" | "\\t" => Some('\t'),
            "pipe" => Some('|'),
            _ => None,
        };
        let mut chars = text.chars();
        let single = || chars.next().filter(|c| chars.next().is_none() && !c.is_alphanumeric() && *c != '"');
        named.or_else(single).ok_or_else(|| {
            let message = "must be comma, semicolon, tab, pipe or one character that is no letter, digit or quote";
            Problem::new("delimiter", Code::NotAllowed, message)
        })
    }
}

fn pair(text: &str, option: &str, example: &str) -> Result<(String, String), Problem> {
    match text.split_once('=') {
        Some((a, b)) if !a.trim().is_empty() && !b.trim().is_empty() => Ok((a.trim().to_owned(), b.trim().to_owned())),
        _ => Err(Problem::new(option, Code::WrongType, format!("\"{text}\" is not of the form {example}"))),
    }
}
