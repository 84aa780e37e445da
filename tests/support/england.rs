//! A synthetic England, the same for everyone: a million assets, 36,000 areas. Every value follows from a seed and its
//! index (splitmix64), so the files have known digests; `sha256` in the shared `bench/meta.json` says which.

use std::fmt::Write;

const SEED: u64 = 20_240_607;
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
const STREAM: u64 = 0x632B_E59B_D9B4_E019;
/// Centres of settlement: 40 cities, the rest drawn.
pub const CENTRES: usize = 300;

/// How many assets and areas there are.
pub const ASSETS: usize = 1_000_000;
/// See [`ASSETS`].
pub const AREAS: usize = 36_000;

/// Rough outline of England, lon and lat.
const OUTLINE: [(f64, f64); 58] = [
    (-5.70, 50.05),
    (-5.10, 50.00),
    (-4.75, 50.32),
    (-4.15, 50.32),
    (-3.65, 50.20),
    (-3.42, 50.58),
    (-2.95, 50.70),
    (-2.45, 50.58),
    (-1.95, 50.60),
    (-1.30, 50.74),
    (-0.75, 50.74),
    (0.25, 50.74),
    (0.98, 50.92),
    (1.40, 51.18),
    (1.42, 51.38),
    (0.75, 51.38),
    (0.55, 51.50),
    (0.95, 51.70),
    (1.30, 51.90),
    (1.60, 52.08),
    (1.75, 52.48),
    (1.65, 52.78),
    (1.20, 52.93),
    (0.55, 52.97),
    (0.35, 52.80),
    (0.10, 52.95),
    (0.33, 53.15),
    (0.05, 53.48),
    (-0.20, 53.65),
    (0.12, 53.62),
    (-0.20, 54.05),
    (-0.45, 54.30),
    (-0.80, 54.56),
    (-1.20, 54.66),
    (-1.40, 54.95),
    (-1.55, 55.30),
    (-1.80, 55.65),
    (-2.05, 55.80),
    (-2.35, 55.62),
    (-2.20, 55.42),
    (-2.70, 55.20),
    (-3.05, 54.97),
    (-3.45, 54.85),
    (-3.60, 54.52),
    (-3.20, 54.10),
    (-2.85, 54.15),
    (-2.90, 53.95),
    (-3.04, 53.80),
    (-3.00, 53.55),
    (-3.10, 53.40),
    (-2.95, 53.20),
    (-3.10, 52.95),
    (-3.00, 52.75),
    (-3.10, 52.50),
    (-3.05, 52.10),
    (-2.70, 51.80),
    (-2.65, 51.60),
    (-2.95, 51.35),
];
/// The rest of the outline.
const OUTLINE_END: [(f64, f64); 8] = [
    (-3.05, 51.20),
    (-3.60, 51.22),
    (-4.20, 51.20),
    (-4.30, 51.00),
    (-4.55, 50.90),
    (-4.80, 50.60),
    (-5.15, 50.38),
    (-5.65, 50.18),
];

/// Cities: lon, lat, thousand people.
const CITIES: [(f64, f64, f64); 40] = [
    (-0.12, 51.51, 8800.0),
    (-1.90, 52.48, 1140.0),
    (-1.55, 53.80, 800.0),
    (-1.47, 53.38, 560.0),
    (-2.24, 53.48, 2000.0),
    (-2.98, 53.41, 860.0),
    (-2.59, 51.45, 620.0),
    (-1.61, 54.97, 820.0),
    (-1.15, 52.95, 660.0),
    (-1.13, 52.64, 500.0),
    (-1.51, 52.41, 380.0),
    (-1.75, 53.79, 540.0),
    (-2.18, 53.00, 390.0),
    (-2.13, 52.59, 260.0),
    (-1.48, 52.92, 270.0),
    (-1.40, 50.91, 270.0),
    (-1.09, 50.80, 240.0),
    (-4.14, 50.37, 260.0),
    (-0.34, 53.74, 320.0),
    (-0.14, 50.83, 480.0),
    (-1.88, 50.73, 460.0),
    (-1.23, 54.57, 460.0),
    (-1.38, 54.91, 270.0),
    (0.12, 52.20, 150.0),
    (-1.26, 51.75, 160.0),
    (1.30, 52.63, 200.0),
    (-0.24, 52.57, 200.0),
    (-0.76, 52.04, 260.0),
    (-0.97, 51.45, 320.0),
    (-1.78, 51.56, 230.0),
    (-3.53, 50.72, 130.0),
    (-2.24, 51.86, 150.0),
    (-2.70, 53.76, 330.0),
    (-2.94, 54.89, 75.0),
    (-1.08, 53.96, 150.0),
    (-0.54, 53.23, 105.0),
    (1.08, 51.28, 60.0),
    (1.15, 52.06, 150.0),
    (-2.75, 52.71, 75.0),
    (-5.05, 50.26, 60.0),
];

/// An asset.
pub struct Asset {
    pub number: u64,
    pub organisation: u32,
    pub category: usize,
    pub capacity: u32,
    pub lon: f64,
    pub lat: f64,
}

/// An area.
pub struct Area {
    pub number: u64,
    pub people: u32,
    pub need: f64,
    pub older: u32,
    pub lon: f64,
    pub lat: f64,
}

/// Each asset, in order.
pub fn each_asset() -> impl Iterator<Item = Asset> {
    let (world, categories) = (World::new(), categories());
    (0..ASSETS as u64).map(move |i| {
        let (lon, lat) = world.point(10, i, 0.85, 1.0);
        let category = categories.partition_point(|c| *c <= uniform(10, i, 2)).min(59) + 1;
        let capacity = 1 + (uniform(11, i, 0) * 20.0) as u32;
        let organisation = 1 + (uniform(11, i, 1) * (ASSETS / 4) as f64) as u32;
        Asset { number: i + 1, organisation, category, capacity, lon, lat }
    })
}

/// Each area, in order.
pub fn each_area() -> impl Iterator<Item = Area> {
    let world = World::new();
    (0..AREAS as u64).map(move |j| {
        let (lon, lat) = world.point(20, j, 0.80, 1.15);
        let people = 1000 + (uniform(21, j, 0) * 1300.0) as u32;
        let need = (uniform(21, j, 1) * 1e4).round_ties_even() / 1e4;
        let older = (f64::from(people) * (0.08 + 0.22 * uniform(21, j, 2))) as u32;
        Area { number: j + 1, people, need, older, lon, lat }
    })
}

/// The centres of settlement, lon and lat.
pub fn centres() -> Vec<(f64, f64)> {
    let world = World::new();
    world.lon.into_iter().zip(world.lat).collect()
}

/// Assets as lines `id name organisation category capacity lon lat`, tabs between.
pub fn assets() -> String {
    let mut out = String::with_capacity(60 * ASSETS);
    for Asset { number: n, organisation, category, capacity, lon, lat } in each_asset() {
        writeln!(out, "{n}\tAsset {n}\t{organisation}\t{category}\t{capacity}\t{lon:.6}\t{lat:.6}").unwrap();
    }
    out
}

/// Areas as lines `id code population need older lon lat`, tabs between.
pub fn areas() -> String {
    let mut out = String::with_capacity(60 * AREAS);
    for Area { number: n, people, need, older, lon, lat } in each_area() {
        writeln!(out, "{n}\tX{n:08}\t{people}\t{need:.4}\t{older}\t{lon:.6}\t{lat:.6}").unwrap();
    }
    out
}

/// Ten thousand questions as lines `number category lon lat`, tabs between.
pub fn queries() -> String {
    let world = World::new();
    let mut out = String::with_capacity(400_000);
    for q in 0..10_000 {
        let (lon, lat) = world.point(30, q, 0.80, 1.0);
        let category = 1 + (uniform(31, q, 0) * 60.0) as u32;
        writeln!(out, "{}\t{category}\t{lon:.6}\t{lat:.6}", q + 1).unwrap();
    }
    out
}

struct World {
    lon: Vec<f64>,
    lat: Vec<f64>,
    spread: Vec<f64>,
    cumulated: Vec<f64>,
}

impl World {
    fn new() -> Self {
        let mut lon: Vec<f64> = CITIES.iter().map(|c| c.0).collect();
        let mut lat: Vec<f64> = CITIES.iter().map(|c| c.1).collect();
        let mut weight: Vec<f64> = CITIES.iter().map(|c| c.2).collect();
        let mut i = 0;
        while lon.len() < CENTRES {
            let (x, y) = (-5.7 + uniform(1, i, 0) * 7.5, 50.0 + uniform(1, i, 1) * 5.85);
            if inside(x, y) {
                lon.push(x);
                lat.push(y);
                weight.push(15.0 + 185.0 * uniform(1, i, 2).powi(3));
            }
            i += 1;
        }
        let spread = weight.iter().map(|w| (0.15 * w.sqrt() + 0.9).max(1.5)).collect();
        let whole = pairwise_sum(&weight);
        let cumulated = running_sum(&weight).into_iter().map(|w| w / whole).collect();
        Self { lon, lat, spread, cumulated }
    }

    /// A point near a centre with probability `clustered`, else anywhere in the outline.
    fn point(&self, stream: u64, i: u64, clustered: f64, spread: f64) -> (f64, f64) {
        let near = uniform(stream, i, 0) < clustered;
        let c = self.cumulated.partition_point(|w| *w <= uniform(stream, i, 1)).min(CENTRES - 1);
        for attempt in 0..12 {
            let k = 4 + 4 * attempt;
            let (x, y) = if near {
                let (gx, gy) = normals(stream, i, k);
                let lat = self.lat[c] + gy * self.spread[c] * spread / 111.2;
                let lon = self.lon[c] + gx * self.spread[c] * spread / (111.2 * radians(self.lat[c]).cos());
                (lon, lat)
            } else {
                (-5.7 + uniform(stream, i, k + 2) * 7.5, 50.0 + uniform(stream, i, k + 3) * 5.85)
            };
            if inside(x, y) {
                return (six_digits(x), six_digits(y));
            }
        }
        (six_digits(self.lon[c]), six_digits(self.lat[c]))
    }
}

fn hash(stream: u64, i: u64, k: u64) -> u64 {
    let mut z = SEED
        .wrapping_add(stream.wrapping_mul(STREAM))
        .wrapping_add(i.wrapping_mul(64).wrapping_add(k).wrapping_mul(GOLDEN));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number from 0 to 1, the same for the same three.
pub fn uniform(stream: u64, i: u64, k: u64) -> f64 {
    (hash(stream, i, k) >> 11) as f64 * 2f64.powi(-53)
}

/// Two normal values (Box and Muller 1958).
fn normals(stream: u64, i: u64, k: u64) -> (f64, f64) {
    let (a, b) = (uniform(stream, i, k), uniform(stream, i, k + 1));
    let r = (-2.0 * (1.0 - a).ln()).sqrt();
    let angle = 2.0 * std::f64::consts::PI * b;
    (r * angle.cos(), r * angle.sin())
}

/// Even-odd rule.
fn inside(x: f64, y: f64) -> bool {
    let outline: Vec<(f64, f64)> = OUTLINE.iter().chain(&OUTLINE_END).copied().collect();
    let mut inside = false;
    let mut j = outline.len() - 1;
    for (i, (xi, yi)) in outline.iter().enumerate() {
        let (xj, yj) = outline[j];
        if (*yi > y) != (yj > y) && x < (xj - xi) * (y - yi) / (yj - yi) + xi {
            inside = !inside;
        }
        j = i;
    }
    inside
}

/// Cumulated shares of the 60 categories; the last three are rare.
fn categories() -> Vec<f64> {
    let mut weights: Vec<f64> = (1..58).map(|c| 1.0 / f64::from(c + 5)).collect();
    let scale = (1.0 - 0.0014) / pairwise_sum(&weights);
    weights.iter_mut().for_each(|w| *w *= scale);
    weights.extend([0.001, 0.0003, 0.0001]);
    running_sum(&weights)
}

fn running_sum(values: &[f64]) -> Vec<f64> {
    values
        .iter()
        .scan(0.0, |sum, v| {
            *sum += v;
            Some(*sum)
        })
        .collect()
}

/// Sums in pairs, as numerical libraries do, so that the last digit is theirs.
fn pairwise_sum(values: &[f64]) -> f64 {
    let n = values.len();
    if n < 8 {
        return values.iter().fold(0.0, |sum, v| sum + v);
    }
    if n <= 128 {
        let mut r: [f64; 8] = std::array::from_fn(|i| values[i]);
        let whole = n - n % 8;
        for chunk in values[8..whole].chunks(8) {
            r.iter_mut().zip(chunk).for_each(|(r, v)| *r += v);
        }
        let sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
        return values[whole..].iter().fold(sum, |sum, v| sum + v);
    }
    let half = n / 2 - (n / 2) % 8;
    pairwise_sum(&values[..half]) + pairwise_sum(&values[half..])
}

fn radians(degrees: f64) -> f64 {
    degrees * (std::f64::consts::PI / 180.0)
}

fn six_digits(x: f64) -> f64 {
    (x * 1e6).round_ties_even() / 1e6
}
