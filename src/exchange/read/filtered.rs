//! A text that is mended byte by byte on its way to a reader that is stricter than the people who write.

use std::io::{self, Read};

use super::text::Text;

/// What becomes of each byte, in the light of those before it.
pub(crate) trait Mend {
    /// Takes one byte in, and writes what stands for it, now or later.
    fn take(&mut self, byte: u8, out: &mut Vec<u8>);
}

/// A text read through a mender.
pub(crate) struct Filtered<M> {
    text: Text,
    mend: M,
    chunk: Vec<u8>,
    out: Vec<u8>,
    at: usize,
}

impl<M: Mend> Filtered<M> {
    pub(crate) fn new(text: Text, mend: M) -> Self {
        Self { text, mend, chunk: vec![0; 32 * 1024], out: Vec::new(), at: 0 }
    }
}

impl<M: Mend> Read for Filtered<M> {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() {
            self.out.clear();
            self.at = 0;
            let got = self.text.read(&mut self.chunk)?;
            if got == 0 {
                return Ok(0);
            }
            for byte in &self.chunk[..got] {
                self.mend.take(*byte, &mut self.out);
            }
        }
        let n = into.len().min(self.out.len() - self.at);
        into[..n].copy_from_slice(&self.out[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
