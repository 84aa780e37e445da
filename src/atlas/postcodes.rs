//! The postcode table in memory: sorted columns, about 24 bytes a postcode, loaded and stored as one run of bytes.

use crate::model::{Point, Postcode, postcode};

/// What the table says of one postcode.
#[derive(Debug, Clone, PartialEq)]
pub struct PostcodeFacts<'a> {
    /// Its centre; some postcodes have none.
    pub point: Option<Point>,
    /// Code of its district, where known.
    pub district: Option<&'a str>,
    /// Code of its small area (LSOA 2011 in the open tables), where known.
    pub small_area: Option<&'a str>,
}

/// All postcodes, sorted.
#[derive(Debug, Default)]
pub struct Postcodes {
    keys: Vec<u64>,
    lon: Vec<i32>,
    lat: Vec<i32>,
    district: Vec<u32>,
    small_area: Vec<u32>,
    /// Codes that the columns above point into; 0 is "not known".
    codes: Vec<String>,
}

/// Collects rows in any order.
#[derive(Default)]
pub struct PostcodesBuilder {
    rows: Vec<(u64, i32, i32, u32, u32)>,
    codes: Vec<String>,
    numbers: std::collections::HashMap<String, u32>,
}

/// No position.
const NOWHERE: i32 = i32::MIN;
/// Degrees are kept in ten-millionths: 11 mm.
const SCALE: f64 = 1e7;

impl PostcodesBuilder {
    /// Adds a row; of equal postcodes the last counts.
    pub fn add(&mut self, code: &Postcode, point: Option<Point>, district: Option<&str>, small_area: Option<&str>) {
        let fixed = |degrees: f64| (degrees * SCALE).round() as i32;
        let (lon, lat) = point.map_or((NOWHERE, NOWHERE), |p| (fixed(p.lon), fixed(p.lat)));
        let (district, small_area) = (self.number(district), self.number(small_area));
        self.rows.push((code.packed(), lon, lat, district, small_area));
    }

    /// The table.
    pub fn build(mut self) -> Postcodes {
        self.rows.sort_by_key(|row| row.0);
        let mut table = Postcodes { codes: self.codes, ..Postcodes::default() };
        for (i, row) in self.rows.iter().enumerate() {
            if self.rows.get(i + 1).is_some_and(|next| next.0 == row.0) {
                continue;
            }
            table.keys.push(row.0);
            table.lon.push(row.1);
            table.lat.push(row.2);
            table.district.push(row.3);
            table.small_area.push(row.4);
        }
        table
    }

    fn number(&mut self, code: Option<&str>) -> u32 {
        let Some(code) = code.filter(|c| !c.is_empty()) else { return 0 };
        if let Some(number) = self.numbers.get(code) {
            return *number;
        }
        self.codes.push(code.to_owned());
        let number = self.codes.len() as u32;
        self.numbers.insert(code.to_owned(), number);
        number
    }
}

impl Postcodes {
    /// How many postcodes.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What is known of a postcode; `None` when it never was in the table.
    pub fn get(&self, code: &Postcode) -> Option<PostcodeFacts<'_>> {
        let row = self.keys.binary_search(&code.packed()).ok()?;
        Some(PostcodeFacts {
            point: self.point(row),
            district: self.code(self.district[row]),
            small_area: self.code(self.small_area[row]),
        })
    }

    /// The middle of the postcodes of a sector (`CA13 9`) or an outward code (`CA13`); `None` when there are none.
    pub fn middle_of(&self, part: &str) -> Option<Point> {
        let from = postcode::pack(part);
        let places = part.bytes().filter(|b| *b != b' ').count() as u32;
        // `CA1 3` begins as `CA13` does: only the length of the whole tells CA1 3AB from CA13 9LU.
        let whole = places + if part.contains(' ') { 2 } else { 3 };
        let unit = 37u64.pow(7u32.checked_sub(whole)?);
        let so_long = |key: u64| key.is_multiple_of(unit) && !key.is_multiple_of(unit * 37);
        let to = from + 37u64.pow(7 - places);
        let rows = self.keys.partition_point(|k| *k < from)..self.keys.partition_point(|k| *k < to);
        let rows = rows.filter(|row| so_long(self.keys[*row]));
        let points: Vec<Point> = rows.filter_map(|row| self.point(row)).collect();
        let mean = |get: fn(&Point) -> f64| points.iter().map(get).sum::<f64>() / points.len() as f64;
        (!points.is_empty()).then(|| Point { lon: mean(|p| p.lon), lat: mean(|p| p.lat) })
    }

    /// The table as bytes, to be stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        let codes = self.codes.join("\n");
        let mut bytes = Vec::with_capacity(16 + codes.len() + self.len() * 24);
        bytes.extend((self.len() as u64).to_le_bytes());
        bytes.extend((codes.len() as u64).to_le_bytes());
        bytes.extend(codes.as_bytes());
        bytes.extend(self.keys.iter().flat_map(|v| v.to_le_bytes()));
        for column in [&self.lon, &self.lat] {
            bytes.extend(column.iter().flat_map(|v| v.to_le_bytes()));
        }
        for column in [&self.district, &self.small_area] {
            bytes.extend(column.iter().flat_map(|v| v.to_le_bytes()));
        }
        bytes
    }

    /// Reads what [`Postcodes::to_bytes`] wrote; `None` when the bytes are not of that form.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (rows, bytes) = bytes.split_first_chunk::<8>()?;
        let (codes_len, bytes) = bytes.split_first_chunk::<8>()?;
        let rows = usize::try_from(u64::from_le_bytes(*rows)).ok()?;
        let (codes, bytes) = bytes.split_at_checked(usize::try_from(u64::from_le_bytes(*codes_len)).ok()?)?;
        let codes = std::str::from_utf8(codes).ok()?;
        let (keys, bytes) = bytes.split_at_checked(rows.checked_mul(8)?)?;
        let mut columns = bytes.chunks_exact((rows * 4).max(1));
        let mut next = || columns.next().or((rows == 0).then_some(&[][..]));
        Some(Self {
            keys: keys.as_chunks::<8>().0.iter().map(|b| u64::from_le_bytes(*b)).collect(),
            lon: next()?.as_chunks::<4>().0.iter().map(|b| i32::from_le_bytes(*b)).collect(),
            lat: next()?.as_chunks::<4>().0.iter().map(|b| i32::from_le_bytes(*b)).collect(),
            district: next()?.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect(),
            small_area: next()?.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect(),
            codes: codes.split('\n').filter(|c| !c.is_empty()).map(str::to_owned).collect(),
        })
    }

    fn point(&self, row: usize) -> Option<Point> {
        let degrees = |fixed: i32| f64::from(fixed) / SCALE;
        (self.lon[row] != NOWHERE).then(|| Point { lon: degrees(self.lon[row]), lat: degrees(self.lat[row]) })
    }

    fn code(&self, number: u32) -> Option<&str> {
        self.codes.get((number as usize).checked_sub(1)?).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Postcodes {
        let mut builder = PostcodesBuilder::default();
        let point = |lon, lat| Some(Point { lon, lat });
        let code = |text| Postcode::parse(text).unwrap();
        builder.add(&code("CA13 9LX"), point(-3.36, 54.66), Some("E06000063"), Some("E01019100"));
        builder.add(&code("CA13 9LU"), point(-3.37, 54.67), Some("E06000063"), None);
        builder.add(&code("CA1 1AA"), None, Some("E06000063"), None);
        builder.build()
    }

    #[test]
    fn what_is_stored_comes_back() {
        let again = Postcodes::from_bytes(&table().to_bytes()).unwrap();
        let facts = again.get(&Postcode::parse("ca13 9lx").unwrap()).unwrap();
        assert_eq!(facts.point, Some(Point { lon: -3.36, lat: 54.66 }));
        assert_eq!((facts.district, facts.small_area), (Some("E06000063"), Some("E01019100")));
        assert_eq!(again.get(&Postcode::parse("CA1 1AA").unwrap()).unwrap().point, None);
        assert_eq!(again.get(&Postcode::parse("CA1 1AB").unwrap()), None);
    }

    #[test]
    fn a_sector_or_an_outward_code_is_the_middle_of_its_postcodes() {
        let middle = table().middle_of("CA13 9").unwrap();
        assert_eq!(table().middle_of("CA13"), Some(middle));
        assert_eq!(table().middle_of("CA1 3"), None, "CA13 9LU is not in CA1 3");
        assert!((middle.lon + 3.365).abs() < 1e-6 && (middle.lat - 54.665).abs() < 1e-6);
        assert_eq!(table().middle_of("CA13 8"), None);
        assert_eq!(table().middle_of("CA1 1"), None, "its only postcode has no position");
    }

    #[test]
    fn an_empty_table_can_be_kept_too() {
        assert!(Postcodes::from_bytes(&Postcodes::default().to_bytes()).unwrap().is_empty());
        assert!(Postcodes::from_bytes(b"nonsense").is_none());
    }
}
