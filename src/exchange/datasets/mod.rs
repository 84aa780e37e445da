//! Reference data that is no list of records: postcodes, codes of areas and what became of them, names of towns and
//! villages, term dates of schools. Read in a stream and handed over row by row; what cannot be used is counted with its first lines, and a
//! file that ends in the middle is an error at the end, so that whoever stores the rows throws them away.

mod terms;

pub use terms::terms;

use std::io::{self, Read};
use std::path::Path;

use csv::StringRecord;
use flate2::read::MultiGzDecoder;
use rayon::prelude::*;

use super::grid;
use super::plan::headings::plain;
use super::read::bytes::{self, not_this_format};
use super::read::csv::{Records, guess_delimiter_of};
use super::read::encoding::{self, Encoding};
use crate::model::{Code, Point, Postcode, Problem};

/// How many rows there were and what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// All rows.
    pub rows: u64,
    /// Rows handed over.
    pub taken: u64,
    /// Rows handed over without a position.
    pub without_point: u64,
    /// Rows that are about something else (a road in a gazetteer).
    pub passed_over: u64,
    /// Rows refused, by code.
    pub refused: Vec<RefusedRows>,
}

/// Rows refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRows {
    /// The reason.
    pub code: Code,
    /// How many.
    pub rows: u64,
    /// The first of them, at most five.
    pub lines: Vec<u64>,
}

impl Counted {
    fn refuse(&mut self, code: Code, line: u64) {
        let i = self.refused.iter().position(|r| r.code == code).unwrap_or_else(|| {
            self.refused.push(RefusedRows { code, rows: 0, lines: Vec::new() });
            self.refused.len() - 1
        });
        let refusal = &mut self.refused[i];
        refusal.rows += 1;
        if refusal.lines.len() < 5 {
            refusal.lines.push(line);
        }
    }
}

/// One postcode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PostcodeRow<'a> {
    /// The postcode.
    pub code: Postcode,
    /// Where it is, if the table says.
    pub point: Option<Point>,
    /// Code of its district.
    pub district: Option<&'a str>,
    /// Code of its small area.
    pub lsoa: Option<&'a str>,
    /// Whether the Royal Mail has given it up.
    pub terminated: bool,
}

/// Rows that are turned into positions side by side, and held in memory for it.
const ROWS_AT_ONCE: usize = 16 * 1024;

/// Reads a table of postcodes, CSV or gzipped CSV.
pub fn postcodes(path: &Path, each: &mut dyn FnMut(PostcodeRow<'_>)) -> Result<Counted, Problem> {
    let mut table = Table::open(path)?;
    let columns = PostcodeColumns::find(&table.headings)?;
    let mut counted = Counted::default();
    let mut batch: Vec<(u64, StringRecord)> = Vec::with_capacity(ROWS_AT_ONCE);
    loop {
        // Records are filled again rather than made again.
        let mut filled = 0;
        while filled < ROWS_AT_ONCE {
            let Some((line, row)) = table.records.next()? else { break };
            if batch.len() == filled {
                batch.push((line, StringRecord::new()));
            }
            batch[filled].0 = line;
            batch[filled].1.clone_from(row);
            filled += 1;
        }
        let read: Vec<_> = batch[..filled].par_iter().map(|(_, row)| columns.read(row)).collect();
        for ((line, row), read) in batch.iter().zip(read) {
            counted.rows += 1;
            let (code, point) = match read {
                Ok(read) => read,
                Err(code) => {
                    counted.refuse(code, *line);
                    continue;
                }
            };
            counted.taken += 1;
            counted.without_point += u64::from(point.is_none());
            let cell = |column: Option<usize>| column.and_then(|c| row.get(c)).map(str::trim).filter(|c| !c.is_empty());
            each(PostcodeRow {
                code,
                point,
                district: cell(columns.district),
                lsoa: cell(columns.lsoa),
                terminated: cell(columns.terminated).is_some(),
            });
        }
        if filled < ROWS_AT_ONCE {
            return Ok(counted);
        }
    }
}

struct PostcodeColumns {
    code: usize,
    place: PositionColumns,
    district: Option<usize>,
    lsoa: Option<usize>,
    terminated: Option<usize>,
}

impl PostcodeColumns {
    fn find(headings: &[String]) -> Result<Self, Problem> {
        let find = |words: &[&str]| words.iter().find_map(|w| headings.iter().position(|h| h == w));
        let starting = |stem: &str| {
            let coded = |h: &String| {
                h.strip_prefix(stem).is_some_and(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()) == "cd")
            };
            headings.iter().position(coded)
        };
        let code = find(&["pcds", "postcode", "pcd", "pcd8", "pcd7"]);
        let code = code.ok_or_else(|| missing("postcode", "postcode or pcds", headings))?;
        Ok(Self {
            code,
            place: PositionColumns::find(headings),
            district: find(&["lad", "ladcd", "oslaua", "laua", "district"]).or_else(|| starting("lad")),
            lsoa: find(&["lsoa11cd", "lsoa11", "lsoa21cd", "lsoa21", "lsoa"]).or_else(|| starting("lsoa")),
            terminated: find(&["doterm", "terminated"]),
        })
    }

    fn read(&self, row: &StringRecord) -> Result<(Postcode, Option<Point>), Code> {
        let code = Postcode::parse(row.get(self.code).unwrap_or("")).ok_or(Code::PostcodeMalformed)?;
        Ok((code, self.place.read(row)?))
    }
}

/// Where a row's position stands.
struct PositionColumns {
    degrees: Option<(usize, usize)>,
    metres: Option<(usize, usize)>,
}

impl PositionColumns {
    fn find(headings: &[String]) -> Self {
        let find = |words: &[&str]| words.iter().find_map(|w| headings.iter().position(|h| h == w));
        let lon = find(&["lon", "long", "lng", "longitude"]);
        let east = find(&["e", "easting", "eastings", "oseast1m", "east1m", "geometryx"]);
        let north = find(&["n", "northing", "northings", "osnrth1m", "north1m", "geometryy"]);
        Self { degrees: lon.zip(find(&["lat", "latitude"])), metres: east.zip(north) }
    }

    fn read(&self, row: &StringRecord) -> Result<Option<Point>, Code> {
        let pair = |columns: Option<(usize, usize)>| -> Result<Option<(f64, f64)>, Code> {
            let Some((a, b)) = columns else { return Ok(None) };
            let (a, b) = (row.get(a).unwrap_or("").trim(), row.get(b).unwrap_or("").trim());
            if a.is_empty() || b.is_empty() {
                return Ok(None);
            }
            let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite()).ok_or(Code::WrongType);
            // The Office for National Statistics writes these where it knows no position.
            Ok(Some((number(a)?, number(b)?)).filter(|(x, y)| *y < 99.9 || *y > 100.0 || *x != 0.0))
        };
        if let Some((lon, lat)) = pair(self.degrees)? {
            let point = grid::in_country(Point { lon, lat }, "", &mut Vec::new());
            return point.map(Some).map_err(|p| p.code);
        }
        match pair(self.metres)?.filter(|at| *at != (0.0, 0.0)) {
            Some((e, n)) => grid::to_point(e, n).filter(|p| p.in_country()).map(Some).ok_or(Code::OutsideCountry),
            None => Ok(None),
        }
    }
}

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AreaChange<'a> {
    /// The old code.
    pub old: &'a str,
    /// The code that holds now; several rows when the area was split.
    pub new: &'a str,
    /// How, where the table says: `U` unchanged, `S` split, `M` merged, `X` irregular.
    pub how: Option<&'a str>,
}

/// Old codes with their successors, and how the two columns are headed (`LSOA11CD`, `LSOA21CD`).
pub fn area_codes(path: &Path, each: &mut dyn FnMut(AreaChange<'_>)) -> Result<(Counted, (String, String)), Problem> {
    let mut table = Table::open(path)?;
    let (old, new) = code_columns(&table.headings).ok_or_else(|| {
        missing("old and new code", "two columns such as LSOA11CD and LSOA21CD, or old and new", &table.headings)
    })?;
    let how = table.headings.iter().position(|h| h == "chngind" || h == "change" || h == "how");
    let mut counted = Counted::default();
    while let Some((line, row)) = table.records.next()? {
        counted.rows += 1;
        let cell = |column: usize| row.get(column).map_or("", str::trim);
        if cell(old).is_empty() || cell(new).is_empty() {
            counted.refuse(Code::Required, line);
            continue;
        }
        counted.taken += 1;
        each(AreaChange { old: cell(old), new: cell(new), how: how.map(cell).filter(|c| !c.is_empty()) });
    }
    Ok((counted, (table.original[old].clone(), table.original[new].clone())))
}

fn code_columns(headings: &[String]) -> Option<(usize, usize)> {
    const PAIRS: &[(&str, &str)] = &[
        ("lsoa11cd", "lsoa21cd"),
        ("ladcd", "ladcdactive"),
        ("old", "new"),
        ("oldcode", "newcode"),
        ("from", "to"),
        ("fromcode", "tocode"),
        ("predecessor", "successor"),
    ];
    let find = |word: &str| headings.iter().position(|h| h == word);
    if let Some(pair) = PAIRS.iter().find_map(|(old, new)| find(old).zip(find(new))) {
        return Some(pair);
    }
    // LSOA01CD with LSOA11CD, and the like: one stem, two years.
    let dated = |h: &String| {
        let stem = h.strip_suffix("cd")?;
        let name = stem.trim_end_matches(|c: char| c.is_ascii_digit());
        Some((name.to_owned(), stem[name.len()..].parse::<u32>().ok()?))
    };
    let all: Vec<(usize, (String, u32))> =
        headings.iter().enumerate().filter_map(|(i, h)| Some((i, dated(h)?))).collect();
    all.iter().find_map(|(i, (name, year))| {
        let (j, (_, other)) = all.iter().find(|(_, (n, y))| n == name && y != year)?;
        Some(if year < other { (*i, *j) } else { (*j, *i) })
    })
}

/// A named place of a gazetteer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GazetteerRow<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The county or unitary authority, to tell two of a name apart.
    pub county: Option<&'a str>,
    /// Where it is.
    pub point: Point,
    /// 1 city, 2 town, 3 village or suburb, 4 hamlet or other.
    pub size: u8,
}

/// Names of cities, towns and villages: `name,county,lat,lon,size`, or OS Open Names.
pub fn gazetteer(path: &Path, each: &mut dyn FnMut(GazetteerRow<'_>)) -> Result<Counted, Problem> {
    let mut table = Table::open(path)?;
    let find = |words: &[&str]| words.iter().find_map(|w| table.headings.iter().position(|h| h == w));
    let name = find(&["name", "name1", "placename"]).ok_or_else(|| missing("name", "name", &table.headings))?;
    let county = find(&["county", "countyunitary", "district", "districtborough"]);
    let size = find(&["size", "localtype", "type"]);
    let sort = if find(&["localtype"]).is_some() { find(&["type"]) } else { None };
    let place = PositionColumns::find(&table.headings);
    if place.degrees.is_none() && place.metres.is_none() {
        return Err(missing("position", "lat and lon, or easting and northing", &table.headings));
    }
    let mut counted = Counted::default();
    while let Some((line, row)) = table.records.next()? {
        counted.rows += 1;
        let cell = |column: Option<usize>| column.and_then(|c| row.get(c)).map(str::trim).filter(|c| !c.is_empty());
        if cell(sort).is_some_and(|s| s != "populatedPlace") {
            counted.passed_over += 1;
            continue;
        }
        match (cell(Some(name)), place.read(row)) {
            (Some(name), Ok(Some(point))) => {
                counted.taken += 1;
                each(GazetteerRow { name, county: cell(county), point, size: size_of(cell(size).unwrap_or("")) });
            }
            (None, _) | (_, Ok(None)) => counted.refuse(Code::Required, line),
            (_, Err(code)) => counted.refuse(code, line),
        }
    }
    Ok(counted)
}

fn size_of(text: &str) -> u8 {
    match text.to_ascii_lowercase().as_str() {
        "1" | "city" => 1,
        "2" | "town" => 2,
        "3" | "village" | "suburban area" | "suburb" => 3,
        _ => 4,
    }
}

/// A table with headings, plain or gzipped.
struct Table {
    records: Records,
    /// Headings as they are compared.
    headings: Vec<String>,
    /// Headings as they stand.
    original: Vec<String>,
}

impl Table {
    fn open(path: &Path) -> Result<Self, Problem> {
        let mut magic = [0; 2];
        let gzipped = bytes::open(path)?.read_exact(&mut magic).is_ok() && magic == [0x1F, 0x8B];
        let encoding = if gzipped { Encoding::Utf8 } else { encoding::sniff(path)? };
        let from = || -> Result<Box<dyn Read>, Problem> {
            let file = bytes::open(path)?;
            // Such tables are ASCII; the decoder only sees to it that a stray byte costs its row and not the file.
            Ok(if gzipped {
                Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, file)))
            } else {
                Box::new(file)
            })
        };
        let delimiter = guess_delimiter_of(from()?, encoding);
        let mut records = Records::new(from()?, encoding, delimiter);
        let Some((_, first)) = records.next()? else { return Err(not_this_format("the file is empty")) };
        let original: Vec<String> = first.iter().map(|h| h.trim().to_owned()).collect();
        let headings = original.iter().map(|h| plain(h)).collect();
        Ok(Self { records, headings, original })
    }
}

fn missing(what: &str, hint: &str, headings: &[String]) -> Problem {
    let message =
        format!("no column for the {what} was recognised: head it {hint}. The columns are {}", headings.join(", "));
    Problem::new("", Code::NotThisFormat, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::shared;

    fn file(text: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn postcodes_are_read_with_grid_degrees_or_no_position() {
        let mut seen = Vec::new();
        let text = b"pcds,e,n,lad,lsoa11cd,doterm\nCA13 9LU,312345,530567,E06000063,E01019078,\nCA139LX,,,,,202001\n\
            nonsense,1,1,,,\nCA13 9LY,1,1,,,\n";
        let counted = postcodes(file(text).path(), &mut |p| {
            seen.push((p.code.as_str().to_owned(), p.point, p.district.map(str::to_owned), p.terminated));
        })
        .unwrap();
        assert_eq!(seen[0].2.as_deref(), Some("E06000063"));
        assert!((seen[0].1.unwrap().lat - 54.6619).abs() < 0.01);
        assert_eq!(seen[1], ("CA13 9LX".to_owned(), None, None, true));
        assert_eq!((counted.rows, counted.taken, counted.without_point), (4, 2, 1));
        let refused: Vec<_> = counted.refused.iter().map(|r| (r.code, r.lines.clone())).collect();
        assert_eq!(refused, [(Code::PostcodeMalformed, vec![4]), (Code::OutsideCountry, vec![5])]);
    }

    #[test]
    fn a_gzip_that_ends_in_the_middle_is_cut_off() {
        use std::io::Write as _;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        (0..50_000).for_each(|i| {
            writeln!(gzip, "{}", if i == 0 { "postcode,e,n" } else { "CA13 9LU,312345,530567" }).unwrap()
        });
        let whole = gzip.finish().unwrap();
        assert_eq!(postcodes(file(&whole).path(), &mut |_| {}).unwrap().taken, 49_999);
        let cut = postcodes(file(&whole[..whole.len() / 2]).path(), &mut |_| {});
        assert_eq!(cut.unwrap_err().code, Code::CutOff);
    }

    #[test]
    fn what_is_no_such_table_is_refused_in_words() {
        for text in [&b"name,lat\nx,1\n"[..], b"PK\x03\x04", b""] {
            assert_eq!(postcodes(file(text).path(), &mut |_| {}).unwrap_err().code, Code::NotThisFormat);
            assert_eq!(area_codes(file(text).path(), &mut |_| {}).unwrap_err().code, Code::NotThisFormat);
            assert_eq!(gazetteer(file(text).path(), &mut |_| {}).unwrap_err().code, Code::NotThisFormat);
        }
    }

    #[test]
    fn successors_and_towns_are_read() {
        let mut changes = Vec::new();
        let text = b"LSOA11CD,LSOA21CD,CHNGIND\nE1,E2,S\nE1,E3,S\nE4,,X\n";
        let (counted, heads) = area_codes(file(text).path(), &mut |c| changes.push(format!("{c:?}"))).unwrap();
        assert_eq!((counted.taken, counted.refused[0].lines.clone()), (2, vec![4]));
        assert_eq!(heads, ("LSOA11CD".to_owned(), "LSOA21CD".to_owned()));
        let mut towns = Vec::new();
        let text = b"name,county,lat,lon,size\nCockermouth,Cumberland,54.66,-3.36,2\n";
        gazetteer(file(text).path(), &mut |t| towns.push((t.name.to_owned(), t.size))).unwrap();
        assert_eq!(towns, [("Cockermouth".to_owned(), 2)]);
    }

    #[test]
    fn the_real_tables_are_read_whole() {
        let whole = |rows: u64, without_point: u64, passed_over: u64| Counted {
            rows,
            taken: rows - passed_over,
            without_point,
            passed_over,
            refused: Vec::new(),
        };
        for (file, old, new, rows) in
            [("lsoa11_lsoa21_lad22", "LSOA11CD", "LSOA21CD", 34_753), ("la_all_codes", "LADCD", "LADCD_ACTIVE", 415)]
        {
            let Some(path) = shared(&format!("data/smallarea/{file}.csv")) else { return };
            let (counted, heads) = area_codes(&path, &mut |_| {}).unwrap();
            assert_eq!((counted, heads), (whole(rows, 0, 0), (old.to_owned(), new.to_owned())));
        }
        for (file, rows, without_point) in [
            ("cumbria_postcodes_2025", 19_998, 0),
            ("rutland_postcodes_2025", 1_273, 0),
            ("cumbria_pcd_lookup_2022_incl_terminated", 24_864, 24_864),
        ] {
            let path = shared(&format!("data/postcodes/{file}.csv")).unwrap();
            assert_eq!(postcodes(&path, &mut |_| {}).unwrap(), whole(rows, without_point, 0));
        }
        for (file, counted, by_size) in [
            ("cumbria", whole(18_169, 0, 17_104), [1, 27, 521, 516]),
            ("places_england", whole(18_433, 0, 0), [11, 478, 9_772, 8_172]),
        ] {
            let path = shared(&format!("data/basemap/os_open_names_{file}.csv")).unwrap();
            let mut sizes = [0; 4];
            assert_eq!(gazetteer(&path, &mut |t| sizes[t.size as usize - 1] += 1).unwrap(), counted);
            assert_eq!(sizes, by_size);
        }
    }

    #[test]
    fn a_grid_position_agrees_with_the_degrees_of_the_same_row() {
        let Some(path) = shared("data/postcodes/cumbria_postcodes_2025.csv") else { return };
        let text = std::fs::read_to_string(path).unwrap();
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let n = |i: usize| cells[i].parse::<f64>().unwrap();
            let apart = grid::to_point(n(2), n(3)).unwrap().distance_m(Point { lon: n(4), lat: n(5) });
            // The publisher turned metres into degrees by a coarser way.
            assert!(apart < 5.0, "{line}: {apart} m");
        }
    }

    #[test]
    fn all_postcodes_of_england_are_read() {
        let Some(path) = shared("data/postcodes/england_postcodes_2025.csv.gz") else { return };
        let mut with_lsoa = 0;
        let counted = postcodes(&path, &mut |p| with_lsoa += u64::from(p.lsoa.is_some())).unwrap();
        assert_eq!((counted.rows, counted.taken, counted.without_point), (1_489_907, 1_489_907, 786));
        assert_eq!(with_lsoa, 1_489_907 - 25_959);
    }
}
