//! A tile of a layer: clusters far out, records close in, as protobuf by `fast-mvt`.

use fast_mvt::{MvtCoord, MvtGeomType, MvtLayerBuilder, MvtResult, MvtValueRef};
use std::collections::HashSet;
use std::ops::Range;

use super::address::{DEEPEST, Tile, steps_within};
use super::layer::{Layer, Match};
use crate::atlas::marks::{Marks, Square};
use crate::atlas::{Entry, View};
use crate::model::{Id, Kind};

/// Steps of a tile's side.
pub const EXTENT: u32 = 1 << BITS;
const BITS: u8 = 12;

/// From this zoom on, records are drawn one by one.
pub const SINGLES_FROM: u8 = 14;

/// A tile with more positions than this is clustered close in, too: one by one they would weigh too much.
const MOST_SINGLES: usize = 256;

/// Cells of a tile's side, as a power of two: of 64 pixels where a tile has 512, and of 32 in crowded ones close in.
const CELLS: u8 = 3;
const CROWDED: u8 = 4;

/// Longer names are cut: the card has the whole of them.
const LONGEST_NAME: usize = 80;

/// What a feature says: name, type by TileJSON's word, what it is.
pub const FIELDS: [(&str, &str, &str); 8] = [
    ("count", "Number", "how many positions a cluster stands for; a single record has none"),
    ("possible", "Number", "how many of a cluster do not say that they fit; none where all do"),
    ("match", "String", "sure, or possible where it does not say; of a cluster the better one"),
    ("id", "String", "the record; of several at one place, the first of them"),
    ("kind", "String", "its kind"),
    ("name", "String", "its name"),
    ("type", "String", "its type, where it says"),
    ("approximate", "Boolean", "true where the position is only the middle of its grid cell"),
];

/// A run of each of a layer's marks.
#[derive(Clone)]
struct Share {
    based: [Range<usize>; BASED],
    own: Range<usize>,
    gone: Range<usize>,
}

/// A run for each kind there may be.
const BASED: usize = Kind::ALL.len();

/// Marks of a layer side by side.
struct Drawn<'a> {
    layer: &'a Layer,
    view: &'a View,
    based: Vec<&'a Marks>,
}

impl Layer {
    /// The tile, as Mapbox Vector Tile; empty where there is nothing.
    pub fn draw(&self, view: &View, tile: Tile) -> Vec<u8> {
        let drawn = Drawn { layer: self, view, based: self.based(view).collect() };
        let share = drawn.share(&drawn.whole(), tile.keys());
        let count = drawn.count(&share);
        if count == 0 {
            return Vec::new();
        }
        // The protobuf writer refuses only more than fits in 32 bits.
        drawn.encode(tile, &share, count).unwrap_or_default()
    }
}

impl<'a> Drawn<'a> {
    fn encode(&self, tile: Tile, share: &Share, count: usize) -> MvtResult<Vec<u8>> {
        let mut layer = MvtLayerBuilder::new(self.layer.name)?;
        if tile.zoom() >= SINGLES_FROM && count <= MOST_SINGLES {
            // What no eye could tell apart in this tile stands together: members come in order of their places.
            let members = self.members(share);
            let step = !steps_within(tile.zoom() + BITS);
            for stack in members.chunk_by(|a, b| a.key & step == b.key & step) {
                layer = self.write_stack(layer, tile, stack)?;
            }
            return Ok(layer.encode());
        }
        let depth = if tile.zoom() >= SINGLES_FROM { CROWDED } else { CELLS };
        let mut cells = Vec::with_capacity(1 << (2 * CELLS));
        self.split(share, *tile.keys().start(), tile.zoom(), tile.zoom() + depth, &mut cells);
        for cell in cells {
            layer = self.write_cell(layer, tile, &cell)?;
        }
        Ok(layer.encode())
    }

    /// The cells of a zoom that hold anything, in order; what stands alone is not divided further.
    fn split(&self, share: &Share, first: u64, zoom: u8, until: u8, cells: &mut Vec<Share>) {
        match self.count(share) {
            0 => return,
            1 => return cells.push(share.clone()),
            _ if zoom == until => return cells.push(share.clone()),
            _ => {}
        }
        let within = steps_within(zoom + 1);
        for quarter in 0..4u64 {
            let from = first | (quarter * (within.wrapping_add(1)));
            self.split(&self.share(share, from..=from | within), from, zoom + 1, until, cells);
        }
    }

    fn write_cell(&self, layer: MvtLayerBuilder, tile: Tile, cell: &Share) -> MvtResult<MvtLayerBuilder> {
        let count = self.count(cell);
        // Closer in than the last tile nobody can look: there the cluster names a record to begin with.
        if count == 1 || tile.zoom() >= DEEPEST {
            return self.write_stack(layer, tile, &self.members(cell));
        }
        let mut sum = self.layer.own.sum(cell.own.clone());
        for (marks, run) in self.based.iter().zip(&cell.based) {
            let part = marks.sum(run.clone());
            sum = [sum[0] + part[0], sum[1] + part[1]];
        }
        let gone = self.layer.gone.sum(cell.gone.clone());
        let mean = |axis: usize| ((sum[axis] - gone[axis]) / count as u64) as u32;
        let possible = self.layer.possible(cell.own.clone());
        let mut feature = point(layer, tile, Square { x: mean(0), y: mean(1) })?;
        feature.tag_ref("count", MvtValueRef::UInt(count as u64))?;
        if possible > 0 {
            feature.tag_ref("possible", MvtValueRef::UInt(possible as u64))?;
        }
        feature.tag_ref(
            "match",
            MvtValueRef::String(word(if possible < count { Match::Sure } else { Match::Possible })),
        )?;
        Ok(feature.end())
    }

    /// Members at one place: the record itself, or the first of several with their number.
    fn write_stack(&self, layer: MvtLayerBuilder, tile: Tile, stack: &[Member<'a>]) -> MvtResult<MvtLayerBuilder> {
        let Some(first) = stack.first() else { return Ok(layer) };
        let mut feature = point(layer, tile, first.place())?;
        let possible = stack.iter().filter(|m| m.fit == Match::Possible).count();
        if stack.len() > 1 {
            feature.tag_ref("count", MvtValueRef::UInt(stack.len() as u64))?;
            if possible > 0 {
                feature.tag_ref("possible", MvtValueRef::UInt(possible as u64))?;
            }
        }
        let fit = if possible < stack.len() { Match::Sure } else { Match::Possible };
        feature.tag_ref("match", MvtValueRef::String(word(fit)))?;
        let mut text = uuid::Uuid::encode_buffer();
        feature.tag_ref("id", MvtValueRef::String(first.id.hyphenated().encode_lower(&mut text)))?;
        feature.tag_ref("kind", MvtValueRef::String(first.kind.name()))?;
        feature.tag_ref("name", MvtValueRef::String(first.name))?;
        if let Some(said) = first.r#type {
            feature.tag_ref("type", MvtValueRef::String(said))?;
        }
        if first.approximate {
            feature.tag_ref("approximate", MvtValueRef::Bool(true))?;
        }
        Ok(feature.end())
    }

    fn whole(&self) -> Share {
        let mut based = [const { 0..0 }; BASED];
        for (run, marks) in based.iter_mut().zip(&self.based) {
            *run = marks.all();
        }
        Share { based, own: self.layer.own.all(), gone: self.layer.gone.all() }
    }

    fn share(&self, of: &Share, keys: std::ops::RangeInclusive<u64>) -> Share {
        let mut based = [const { 0..0 }; BASED];
        for ((run, marks), old) in based.iter_mut().zip(&self.based).zip(&of.based) {
            *run = marks.run(old.clone(), keys.clone());
        }
        let own = self.layer.own.run(of.own.clone(), keys.clone());
        Share { based, own, gone: self.layer.gone.run(of.gone.clone(), keys) }
    }

    fn count(&self, share: &Share) -> usize {
        share.based.iter().map(ExactSizeIterator::len).sum::<usize>() + share.own.len() - share.gone.len()
    }

    /// The records of a share, in order of their places. All that is said of them is read here, in one loop: records
    /// lie far apart in memory, and so the waits for one overlap with those for the next.
    fn members(&self, share: &Share) -> Vec<Member<'a>> {
        let gone: HashSet<u32> = self.layer.gone.refs(share.gone.clone()).iter().copied().collect();
        let mut all: Vec<Member<'a>> = Vec::with_capacity(self.count(share));
        for (marks, run) in self.based.iter().zip(&share.based) {
            let marked = marks.keys(run.clone()).iter().zip(marks.refs(run.clone()));
            let held = marked.filter(|(_, slot)| gone.is_empty() || !gone.contains(slot));
            all.extend(held.filter_map(|(key, slot)| {
                let entry = self.view.at_slot(*slot)?;
                Some(Member::new(*key, entry, Match::Sure))
            }));
        }
        let own = &self.layer.own;
        all.extend(own.keys(share.own.clone()).iter().zip(own.refs(share.own.clone())).filter_map(|(key, number)| {
            let (entry, fit) = self.layer.own_record(self.view, *number)?;
            Some(Member::new(*key, entry, fit))
        }));
        if !all.is_sorted_by_key(Member::order) {
            all.sort_unstable_by_key(Member::order);
        }
        all
    }
}

/// A record at one of its places, with what is said of it.
struct Member<'a> {
    key: u64,
    id: Id,
    kind: Kind,
    fit: Match,
    approximate: bool,
    name: &'a str,
    r#type: Option<&'a str>,
}

impl<'a> Member<'a> {
    fn new(key: u64, entry: &'a Entry, fit: Match) -> Self {
        // The name's letters lie elsewhere still: asked for now, they are there when they are written.
        std::hint::black_box(entry.name().as_bytes().first().copied());
        let (name, r#type) = (beginning(entry.name()), entry.r#type.copied());
        Self { key, id: entry.id, kind: entry.kind, fit, approximate: entry.withheld, name, r#type }
    }

    fn order(&self) -> (u64, Kind, Id) {
        (self.key, self.kind, self.id)
    }

    fn place(&self) -> Square {
        Square::of(self.key)
    }
}

fn point(layer: MvtLayerBuilder, tile: Tile, place: Square) -> MvtResult<fast_mvt::MvtFeatureBuilder> {
    let (x, y) = tile.pixel(place, BITS);
    let mut feature = layer.feature_of(MvtGeomType::Point);
    feature.points([MvtCoord { x, y }])?;
    Ok(feature)
}

fn beginning(name: &str) -> &str {
    if name.len() <= LONGEST_NAME {
        return name;
    }
    name.char_indices().nth(LONGEST_NAME).map_or(name, |(end, _)| &name[..end])
}

fn word(fit: Match) -> &'static str {
    match fit {
        Match::Sure => "sure",
        Match::Possible => "possible",
    }
}
