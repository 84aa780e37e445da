//! Vector tiles of records, and the TileJSON that tells map programs of them.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::about;
use super::answer;
use super::ask::{Ask, Asking, Held};
use super::asker::{Asker, Words};
use super::error::Refusal;
use super::served::Served;
use crate::analysis::{Asked, Ctl, Filter, Halt, words as filter_words};
use crate::atlas::{Entry, View};
use crate::model::{Code, Kind, Problem, Problems};
use crate::tiles::{DEEPEST, FIELDS, Layer, Match, Tile};

/// The layer of what people look for: services and places, unless `kind` says otherwise.
const ASSETS: &str = "assets";
/// A tile with fewer records is answered by looking at these only; one with more, by choosing from all records once.
const FEW: usize = 1_000;

/// What a layer's words ask for.
struct Question {
    name: &'static str,
    kinds: Vec<Kind>,
    filter: Filter,
    /// The words as they stood, without the tile's address.
    made_of: String,
}

/// GET /tiles/{layer}/{z}/{x}/{y}.mvt
pub async fn tile(
    asking: Asking,
    Path((layer, z, x, y)): Path<(String, String, String, String)>,
    Words(asked): Words,
) -> Result<Response, Refusal> {
    let Some(row) = y.strip_suffix(".mvt") else { return Err(no_such_tile()) };
    let names = layer_of(&layer)?;
    let tile = address(&z, &x, row)?;
    let ask = asking.question(format!("tile {layer}/{z}/{x}/{y} {asked:?}"), answer::MVT);
    let question = read(names, asked, &asking.asker)?;
    if let Some(unchanged) = ask.unchanged() {
        return Ok(unchanged);
    }
    let layer = layer_for(&asking, &ask, question, Some(tile)).await?;
    Ok(ask.made(answer::MVT, layer.draw(&asking.asker.view, tile)))
}

/// GET /tiles/{layer}.json: TileJSON 3.0, with the words of its own question in the tiles' addresses.
pub async fn describe(
    asking: Asking,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
    Words(asked): Words,
) -> Result<Response, Refusal> {
    let Asking { served, asker, headers, .. } = &asking;
    let Some(layer) = file.strip_suffix(".json") else { return Err(no_such_tile()) };
    let names = layer_of(layer)?;
    let address = address_of(served, headers);
    let made_of = format!("tilejson {address} {layer} {asked:?}");
    let box_key = format!("{}|box", answer::set_key(asker, &made_of));
    let ask = asking.question(made_of, answer::JSON);
    let question = read(names, asked, asker)?;
    if let Some(unchanged) = ask.unchanged() {
        return Ok(unchanged);
    }
    let drawn = layer_for(&asking, &ask, question, None).await?;
    let fields: Map<String, Value> =
        FIELDS.iter().map(|(name, of, doc)| (name.to_string(), json!(format!("{of}: {doc}")))).collect();
    let mut body = json!({
        "tilejson": "3.0.0",
        "name": layer,
        "description": "Records of this instance; clusters of them far out",
        "attribution": about::attribution(served).join(" "),
        "scheme": "xyz",
        "tiles": [format!("{address}/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt{}", words(query.as_deref()))],
        "minzoom": 0,
        "maxzoom": DEEPEST,
        "vector_layers": [{"id": layer, "fields": fields, "minzoom": 0, "maxzoom": DEEPEST}],
        "count": drawn.count(&asker.view),
        "revision": asker.view.revision(),
    });
    let view = asker.view.clone();
    let bounds = move |held: Held<'_>| {
        held.ctl.tick(drawn.count(&view) / 10)?;
        Ok(drawn.bounds(&view))
    };
    if let Some(bounds) = ask.run(&served.desk.bounds, || box_key, bounds).await? {
        body["bounds"] = json!(bounds);
    }
    Ok(ask.made(answer::JSON, body.to_string()))
}

/// The layer of a question: as it is kept, or made now. For one tile that holds few records, only of these.
async fn layer_for(
    asking: &Asking,
    ask: &Ask<'_>,
    question: Question,
    tile: Option<Tile>,
) -> Result<Arc<Layer>, Refusal> {
    let Asking { served, asker, .. } = asking;
    let key = format!("{}|{}", answer::set_key(asker, &question.made_of), asker.view.base_made_at());
    if let Some(ready) = served.layers.ready(&key) {
        return Ok(ready);
    }
    let view = asker.view.clone();
    let layers = &served.desk.layers;
    if let Some(tile) = tile.filter(|_| !question.filter.is_usual())
        && Layer::candidates_within(&view, &question.kinds, tile) <= FEW
    {
        return ask
            .run(
                layers,
                || format!("{key}|{tile:?}"),
                move |held| Ok(Arc::new(question.within(&view, tile, held.ctl)?)),
            )
            .await;
    }
    let whole = ask.run(
        layers,
        || key.clone(),
        move |held| {
            held.long()?;
            Ok(Arc::new(question.whole(&view, held.ctl)?))
        },
    );
    let whole = whole.await?;
    served.layers.keep(key, whole.clone());
    Ok(whole)
}

impl Question {
    fn whole(&self, view: &View, ctl: &Ctl) -> Result<Layer, Halt> {
        self.filter.look_up(view, ctl)?;
        let fits = |entry: &Entry| self.fit(entry, view, ctl);
        if self.filter.is_usual() {
            return made(Layer::usual(view, self.name, &self.kinds, &fits), ctl);
        }
        let candidates = self
            .kinds
            .iter()
            .flat_map(|kind| view.among(&self.filter.among(*kind, view)).into_iter().filter(move |e| e.kind == *kind));
        made(Layer::chosen(view, self.name, candidates.collect(), &fits), ctl)
    }

    fn within(&self, view: &View, tile: Tile, ctl: &Ctl) -> Result<Layer, Halt> {
        self.filter.look_up(view, ctl)?;
        made(Layer::within(view, self.name, &self.kinds, tile, &|entry| self.fit(entry, view, ctl)), ctl)
    }

    /// Nothing fits any more once the work is halted: what is left of it costs nothing.
    fn fit(&self, entry: &Entry, view: &View, ctl: &Ctl) -> Option<Match> {
        ctl.tick(self.filter.cost(entry)).ok()?;
        let fit = self.filter.fit(entry, view)?;
        match (fit.is_sure(), self.filter.only()) {
            (true, None | Some("sure")) => Some(Match::Sure),
            (false, None | Some("possible")) => Some(Match::Possible),
            _ => None,
        }
    }
}

/// The layer, unless the work was halted in the midst of it.
fn made(layer: Layer, ctl: &Ctl) -> Result<Layer, Halt> {
    ctl.tick(0).map(|()| layer)
}

fn read((name, only): (&'static str, Option<Kind>), mut asked: Asked, asker: &Asker) -> Result<Question, Refusal> {
    let made_of = format!("layer {name} {asked:?}");
    let mut problems = Problems::new();
    let usual = only.map_or(Kind::sought(), |kind| vec![kind]);
    let filter = filter_words::read(&mut asked, &asker.view, &asker.local, &usual, &mut problems);
    asked.finish(&mut problems);
    problems.or(()).map_err(Refusal::problems)?;
    let kinds = filter.kinds.iter().copied().filter(|kind| only.is_none_or(|only| only == *kind)).collect();
    Ok(Question { name, kinds, filter, made_of })
}

/// A layer's name, and its kind where it has but one.
fn layer_of(name: &str) -> Result<(&'static str, Option<Kind>), Refusal> {
    if name == ASSETS {
        return Ok((ASSETS, None));
    }
    Kind::by_plural(name).map(|kind| (kind.spec().plural, Some(kind))).ok_or_else(no_such_tile)
}

/// Not a number is unreadable; a number that no tile has is wrong.
pub fn address(z: &str, x: &str, y: &str) -> Result<Tile, Refusal> {
    let mut problems = Vec::new();
    let mut number = |field: &'static str, text: &str| {
        let number = text.parse::<u32>().ok();
        if number.is_none() {
            problems.push(Problem::new(field, Code::WrongType, "must be a whole number"));
        }
        number.unwrap_or_default()
    };
    let (z, x, y) = (number("z", z), number("x", x), number("y", y));
    if !problems.is_empty() {
        return Err(Refusal::unreadable(problems));
    }
    let zoom = u8::try_from(z).ok().filter(|z| *z <= Tile::DEEPEST_ANSWERED);
    let Some(zoom) = zoom else {
        let say = format!("must lie between 0 and {}", Tile::DEEPEST_ANSWERED);
        return Err(Refusal::problems(vec![Problem::new("z", Code::OutOfRange, say)]));
    };
    Tile::new(zoom, x, y).ok_or_else(|| {
        let most = (1u32 << zoom) - 1;
        let beyond = [("x", x), ("y", y)].into_iter().filter(|(_, n)| *n > most);
        let say = format!("must lie between 0 and {most} at zoom {zoom}");
        Refusal::problems(beyond.map(|(field, _)| Problem::new(field, Code::OutOfRange, say.clone())).collect())
    })
}

fn no_such_tile() -> Refusal {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.spec().plural).collect();
    let say = format!("tiles are at /tiles/{{layer}}/{{z}}/{{x}}/{{y}}.mvt; layers are {ASSETS}, {}", kinds.join(", "));
    Refusal::new(StatusCode::NOT_FOUND, "Not found", "", Code::NotFound, &say)
}

/// The address people type, or the one this request came to.
pub fn address_of(served: &Served, headers: &HeaderMap) -> String {
    if let Some(address) = &served.setup.public_url {
        return address.trim_end_matches('/').to_owned();
    }
    let sound = |host: &&str| host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]_".contains(c));
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).filter(sound).unwrap_or("localhost");
    format!("http://{host}")
}

/// The words of a question, written anew: braces among them would be taken for a part of the template.
fn words(query: Option<&str>) -> String {
    let pairs: Vec<(String, String)> = query.and_then(|q| serde_urlencoded::from_str(q).ok()).unwrap_or_default();
    match serde_urlencoded::to_string(pairs) {
        Ok(text) if !text.is_empty() => format!("?{text}"),
        _ => String::new(),
    }
}
