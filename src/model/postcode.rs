//! UK postcodes: form only. Whether one exists, and where, the postcode table says.
//!
//! The shapes are those of the Royal Mail's Programmer's Guide (A9 9AA, A99 9AA, AA9 9AA, AA99 9AA, A9A 9AA,
//! AA9A 9AA and GIR 0AA) with the letters each position allows.

/// A well-formed postcode, upper case, one space: `CA13 9LU`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode {
    text: [u8; 8],
    len: u8,
}

impl Postcode {
    /// Reads any spacing and case; `None` when it cannot be a postcode.
    ///
    /// ```
    /// use commonground::model::Postcode;
    /// assert_eq!(Postcode::parse(" ca139lu ").unwrap().as_str(), "CA13 9LU");
    /// assert!(Postcode::parse("CA13").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let mut packed = [0u8; 7];
        let mut n = 0;
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            if n == 7 || !c.is_ascii_alphanumeric() {
                return None;
            }
            packed[n] = c.to_ascii_uppercase() as u8;
            n += 1;
        }
        if n < 5 {
            return None;
        }
        let (outward, inward) = packed[..n].split_at(n - 3);
        // GIR 0AA was a bank's; the ONS writes ZZ99 for people without an address.
        let special = &packed[..n] == b"GIR0AA" || (outward == b"ZZ99" && inward_fits(inward));
        let usual = inward_fits(inward) && outward_fits(outward);
        if !special && !usual {
            return None;
        }
        let mut out = [0u8; 8];
        out[..n - 3].copy_from_slice(outward);
        out[n - 3] = b' ';
        out[n - 2..=n].copy_from_slice(inward);
        Some(Self { text: out, len: n as u8 + 1 })
    }

    /// `CA13 9LU`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..self.len as usize]).expect("only ASCII is ever stored")
    }

    /// The sector, `CA13 9`: what a shared address may carry of a person's postcode.
    pub fn sector(&self) -> &str {
        &self.as_str()[..self.len as usize - 2]
    }

    /// Letters and digits packed into a number that sorts like the text without its space.
    pub fn packed(&self) -> u64 {
        pack(self.as_str())
    }
}

/// Reads a sector such as `CA13 9`; answers its canonical form.
pub fn parse_sector(text: &str) -> Option<String> {
    let full = Postcode::parse(&format!("{}AA", text.trim()))?;
    (full.as_str() != "GIR 0AA").then(|| full.sector().to_owned())
}

/// Reads an outward code such as `CA13`; without a space it is this rather than the sector `CA1 3`.
pub fn parse_outward(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    outward_fits(code.as_bytes()).then_some(code)
}

/// Letters and digits of `text` as a base-37 number, left aligned to seven places.
pub fn pack(text: &str) -> u64 {
    let digits = text.bytes().filter(|b| *b != b' ').take(7).map(|b| match b {
        b'0'..=b'9' => u64::from(b - b'0') + 1,
        _ => u64::from(b - b'A') + 11,
    });
    let mut n = 0;
    let mut out = 0;
    for digit in digits {
        out = out * 37 + digit;
        n += 1;
    }
    out * 37u64.pow(7 - n)
}

fn inward_fits(inward: &[u8]) -> bool {
    let letter = |b: u8| b.is_ascii_uppercase() && !b"CIKMOV".contains(&b);
    inward[0].is_ascii_digit() && letter(inward[1]) && letter(inward[2])
}

fn outward_fits(outward: &[u8]) -> bool {
    let first = |b: u8| b.is_ascii_uppercase() && !b"QVX".contains(&b);
    let second = |b: u8| b.is_ascii_uppercase() && !b"IJZ".contains(&b);
    let digit = |b: u8| b.is_ascii_digit();
    match *outward {
        [a, b] => first(a) && digit(b),
        [a, b, c] => {
            first(a) && ((digit(b) && (digit(c) || b"ABCDEFGHJKPSTUW".contains(&c))) || (second(b) && digit(c)))
        }
        [a, b, c, d] => first(a) && second(b) && digit(c) && (digit(d) || b"ABEHMNPRVWXY".contains(&d)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outward_codes_and_sectors_are_told_apart() {
        assert_eq!(parse_outward("ca13").as_deref(), Some("CA13"));
        assert_eq!(parse_outward("CA1 3"), None);
        assert_eq!(parse_outward("Rome"), None);
        assert_eq!(parse_sector("ca139").as_deref(), Some("CA13 9"));
        assert_eq!(parse_sector("CA13 9").as_deref(), Some("CA13 9"));
        assert_eq!(parse_sector("CA13 9LU"), None);
    }

    #[test]
    fn packing_keeps_the_order_of_the_text() {
        let mut codes = ["CA13 9LU", "CA1 1AA", "CA13 9LX", "W1A 0AX", "M1 1AE"].map(|t| Postcode::parse(t).unwrap());
        codes.sort_by_key(Postcode::packed);
        assert_eq!(codes.map(|c| c.as_str().to_owned()), ["CA1 1AA", "CA13 9LU", "CA13 9LX", "M1 1AE", "W1A 0AX"]);
    }
}
