//! Secrets: 256 random bits shown once as text; only their digest is kept. So long a secret needs no slow hash.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A new secret, 64 hexadecimal digits. Random bytes are passed in.
pub fn text(random: [u8; 32]) -> String {
    random.iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

/// What is kept of a secret.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.trim().as_bytes()).to_vec()
}
