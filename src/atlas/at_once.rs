//! Work on many things at once, on all processors; on few things where it is asked, so that a small segment never waits
//! behind somebody's long analysis.

use rayon::prelude::*;

/// With fewer things than this, the work is done where it is asked.
pub const FEW: usize = 4_096;

/// All that comes of the numbers below one, in their order.
pub fn all<R: Send, I: IntoIterator<Item = R>>(below: usize, work: impl Fn(u32) -> I + Sync + Send) -> Vec<R>
where
    I::IntoIter: Send,
{
    if below < FEW {
        (0..below as u32).flat_map(work).collect()
    } else {
        (0..below as u32).into_par_iter().flat_map_iter(work).collect()
    }
}

/// Sorts.
pub fn sort<T: Ord + Send>(things: &mut [T]) {
    if things.len() < FEW { things.sort_unstable() } else { things.par_sort_unstable() }
}
