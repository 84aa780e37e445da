//! Views for whoever asks the database directly (QGIS, ogr2ogr, a report): one per kind, typed columns, geometry where
//! PostGIS is. `cg_public` shows what the public sees and is there to be granted; `cg_full` shows everything.
//!
//! They are made from the same tables of fields that records are checked by, and made anew when those change.

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::cells::cell_of;
use super::own;
use crate::model::Link;
use crate::model::shape::{Field, SeenBy, Shape};
use crate::model::withheld::{self, link_stays};
use crate::model::{Id, Kind, Point, record::fields_of};

/// Makes the views, unless they are there as they should be.
pub async fn bring(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let postgis: bool = sqlx::query_scalar(own::HAS_POSTGIS).fetch_one(&mut *connection).await?;
    let views: Vec<(String, String)> = [true, false]
        .into_iter()
        .flat_map(|public| Kind::ALL.iter().map(move |kind| (name(*kind, public), select(*kind, public, postgis))))
        .collect();
    let digest = format!("views {:x}", Sha256::digest(format!("{BARRIER}{views:?}").as_bytes()));
    let made: Option<String> = sqlx::query_scalar(own::VIEWS_MADE).fetch_one(&mut *connection).await?;
    if made.as_deref() == Some(&digest) {
        return Ok(());
    }
    let mut tx = connection.begin().await?;
    // Two instances that start at once make them one after the other.
    tx.execute("lock table head in share row exclusive mode").await?;
    tx.execute("create schema if not exists cg_public").await?;
    tx.execute("create schema if not exists cg_full").await?;
    for (name, select) in views {
        // Replacing keeps what was granted; a view whose columns changed has to go first.
        let mut trial = tx.begin().await?;
        let replaced =
            trial.execute(AssertSqlSafe(format!("create or replace view {name} {BARRIER} as {select}"))).await;
        if replaced.is_ok() {
            trial.commit().await?;
            continue;
        }
        trial.rollback().await?;
        // What stands upon it goes too: better that than the old view, which may show what is hidden now.
        tx.execute(AssertSqlSafe(format!("drop view if exists {name} cascade"))).await?;
        tx.execute(AssertSqlSafe(format!("create view {name} {BARRIER} as {select}"))).await?;
    }
    bring_cells(&mut tx).await?;
    tx.execute(AssertSqlSafe(format!("comment on schema cg_public is '{digest}'"))).await?;
    tx.commit().await
}

/// Cells of records that an earlier release kept none of.
async fn bring_cells(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let roles: Vec<&str> = Kind::ALL.iter().flat_map(|kind| kind.spec().givers).copied().collect();
    let rows: Vec<(String, Id, String)> =
        sqlx::query_as(own::CELLS_MISSING).bind(roles).fetch_all(&mut *connection).await?;
    let found = rows.iter().filter_map(|(kind, id, body)| Some((*id, cell_of(Kind::by_name(kind)?, body)?)));
    let (ids, points): (Vec<Id>, Vec<Point>) = found.unzip();
    let (lons, lats): (Vec<f64>, Vec<f64>) = points.iter().map(|point| (point.lon, point.lat)).unzip();
    sqlx::query(own::PUT_CELLS).bind(ids).bind(lons).bind(lats).execute(connection).await?;
    Ok(())
}

/// Nobody's own function is run on a row before the view has decided that the row may be seen.
const BARRIER: &str = "with (security_barrier)";

fn name(kind: Kind, public: bool) -> String {
    format!("{}.{}", if public { "cg_public" } else { "cg_full" }, kind.spec().plural)
}

/// The records of a kind as a table. `hidden` in it: the public sees the position approximately only.
fn select(kind: Kind, public: bool, postgis: bool) -> String {
    let spec = kind.spec();
    let mut columns = vec!["r.id".to_owned(), "r.version".to_owned()];
    if !public {
        columns.push("(j.b->>'owner')::uuid as owner".to_owned());
    }
    for field in fields_of(kind) {
        if !(public && matches!(field.seen_by, SeenBy::Partners | SeenBy::Importer)) {
            field_columns(&field, &[], public.then_some(kind), &mut columns);
        }
    }
    columns.extend(spec.links.iter().map(|link| link_column(link, public)));
    columns.push("(j.b->>'created_at')::timestamptz as created_at".to_owned());
    columns.push("(j.b->>'updated_at')::timestamptz as updated_at".to_owned());
    for axis in ["lon", "lat"] {
        let own = format!("coalesce((j.b->'point'->>'{axis}')::float8, g.{axis})");
        columns.push(match public {
            true => format!("case when h.hidden then coalesce(c.{axis}, g.cell_{axis}) else {own} end as {axis}"),
            false => format!("{own} as {axis}"),
        });
    }
    let seen = if public { "and j.b->>'visibility' = 'public'" } else { "" };
    let table = format!(
        "select {} from record r cross join lateral (select r.body::jsonb as b offset 0) j left join cell c \
         on c.record = r.id {} cross join lateral (select {} as hidden offset 0) h \
         where r.kind = '{}' and r.body is not null {seen}",
        columns.join(", "),
        giver(kind, public),
        hidden(kind),
        spec.name,
    );
    let outline = spec.fields.iter().any(|f| matches!(f.shape, Shape::Boundary));
    match (postgis, outline) {
        (false, _) => table,
        (true, false) => format!("select t.*, {POINT} from ({table}) t"),
        (true, true) => format!("select t.*, {POINT}, {OUTLINE} from ({table}) t"),
    }
}

const POINT: &str = "st_setsrid(st_makepoint(t.lon, t.lat), 4326)::geometry(Point, 4326) as geom";
const OUTLINE: &str = "st_multi(st_setsrid(st_geomfromgeojson(t.boundary::text), 4326))\
                       ::geometry(MultiPolygon, 4326) as outline";

/// Roles whose targets tell where a record is (the same as `Entry::position_givers`).
fn givers(kind: Kind) -> String {
    let roles: Vec<String> = kind.spec().givers.iter().map(|role| format!("'{role}'")).collect();
    if roles.is_empty() { "('')".to_owned() } else { format!("({})", roles.join(", ")) }
}

/// The first place (else area) that tells the position, as `g`; for the public, one that is shown approximately before
/// all others.
fn giver(kind: Kind, public: bool) -> String {
    let seen = if public { "and q.b->>'visibility' = 'public'" } else { "" };
    let first = if public { "(q.b->>'precision' = 'approximate') desc, " } else { "" };
    format!(
        "left join lateral (select (q.b->'point'->>'lon')::float8 as lon, (q.b->'point'->>'lat')::float8 as lat, \
         k.lon as cell_lon, k.lat as cell_lat from link l join record p on p.id = l.target left join cell k \
         on k.record = p.id cross join lateral (select p.body::jsonb as b offset 0) q where l.source = r.id \
         and l.role in {} and p.body is not null {seen} order by {first}l.role desc, l.target limit 1) g on true",
        givers(kind),
    )
}

/// Whether the public may not know where the record is (the same as `atlas::face::withholds`).
fn hidden(kind: Kind) -> String {
    if kind.spec().ground {
        return "false".to_owned();
    }
    let ground: Vec<String> =
        Kind::ALL.iter().filter(|k| k.spec().ground).map(|kind| format!("'{}'", kind.name())).collect();
    format!(
        "(j.b->>'precision' = 'approximate' or exists (select from link l join record p on p.id = l.target \
         where l.source = r.id and l.role in {} and p.kind not in ({}) and p.body::jsonb->>'precision' = 'approximate'))",
        givers(kind),
        ground.join(", "),
    )
}

/// Whether the record is held somewhere, but nowhere that the public sees.
fn held_on_request(kind: Kind) -> String {
    let held = format!(
        "select from link l join record t on t.id = l.target where l.source = r.id and l.role in {}",
        givers(kind)
    );
    format!("exists ({held}) and (h.hidden or not exists ({held} and t.body::jsonb->>'visibility' = 'public'))")
}

/// The columns of a field; `public` names its kind where they are for the public.
fn field_columns(field: &Field, path: &[&str], public: Option<Kind>, columns: &mut Vec<String>) {
    let path: Vec<&str> = path.iter().copied().chain([field.name]).collect();
    let keys = path.join(",");
    let (text, json) = (format!("j.b#>>'{{{keys}}}'"), format!("j.b#>'{{{keys}}}'"));
    let typed = match field.shape {
        Shape::Point => return,
        Shape::Group(fields) => {
            for part in fields {
                let stays = field.stays || part.stays;
                let seen_by = field.seen_by;
                field_columns(&Field { stays, seen_by, ..*part }, &path, public, columns);
            }
            return;
        }
        Shape::Flag => format!("({text})::boolean"),
        Shape::Whole(..) => format!("({text})::numeric::bigint"),
        Shape::Number(..) => format!("({text})::float8"),
        Shape::Date => format!("({text})::date"),
        Shape::List(Shape::Line(_) | Shape::Code(_) | Shape::Word(_)) => {
            format!("(select array_agg(v) from jsonb_array_elements_text({json}) v)")
        }
        Shape::List(Shape::Group(parts)) if parts.iter().any(|part| matches!(part.shape, Shape::Linked(_))) => {
            linked_items(&json, parts, public.is_some())
        }
        Shape::List(_)
        | Shape::Schedule
        | Shape::Boundary
        | Shape::Numbers
        | Shape::Lines
        | Shape::Further
        | Shape::Object => json.clone(),
        _ if field.redactable() => format!("nullif({text}, '{{\"redacted\": true}}')"),
        _ => format!("({text})"),
    };
    let shown = match public {
        None => typed,
        Some(kind) if field.name == withheld::ON_REQUEST => {
            format!("case when {} then true else {typed} end", held_on_request(kind))
        }
        Some(_) if field.name == "precision" => format!("case when h.hidden then 'approximate' else {typed} end"),
        Some(kind) if field.name == "unclear" => {
            let (stays, gone) = withheld::unclear(kind);
            format!("case when h.hidden then {} else {typed} end", names(&json, &stays, &gone))
        }
        Some(kind) if field.name == "illustrative" => {
            format!("case when h.hidden then {} else {typed} end", names(&json, &withheld::illustrative(kind), &[]))
        }
        Some(_) if field.seen_by == SeenBy::ItsView => {
            let view = format!("j.b#>>'{{{},view}}'", path[0]);
            format!("case when {view} = 'public' and not h.hidden then {typed} end")
        }
        Some(_) if field.stays => typed,
        Some(_) => format!("case when h.hidden then null else {typed} end"),
    };
    columns.push(format!("{shown} as \"{}\"", path.join("_")));
}

/// Items about links; for the public, about those that it sees.
fn linked_items(json: &str, parts: &[Field], public: bool) -> String {
    let by = parts.iter().find(|part| matches!(part.shape, Shape::Linked(_))).map_or("", |part| part.name);
    match public {
        false => json.to_owned(),
        true => format!(
            "(select jsonb_agg(v) from jsonb_array_elements({json}) v join record t on t.id = (v->>'{by}')::uuid \
             where t.body::jsonb->>'visibility' = 'public')"
        ),
    }
}

/// Those of a list's names that are among `stay`, and `also` these; null when there are none.
fn names(json: &str, stay: &[String], also: &[String]) -> String {
    let texts = |list: &[String]| list.iter().map(|text| format!("'{text}'")).collect::<Vec<_>>().join(", ");
    format!(
        "nullif(array(select v from jsonb_array_elements_text(coalesce({json}, '[]')) v where v = any(array[{}]::text[])) \
         || array[{}]::text[], array[]::text[])",
        texts(stay),
        texts(also),
    )
}

/// The ids a role points to; in the public view only what the public sees, and nothing that tells a hidden position.
fn link_column(link: &Link, public: bool) -> String {
    let seen = match (public, link_stays(link)) {
        (false, _) => "",
        (true, true) => "and t.body::jsonb->>'visibility' = 'public'",
        (true, false) => "and t.body::jsonb->>'visibility' = 'public' and not h.hidden",
    };
    format!(
        "(select array_agg(l.target order by l.target) from link l join record t on t.id = l.target \
         where l.source = r.id and l.role = '{}' and t.body is not null {seen}) as \"{}_ids\"",
        link.name, link.name
    )
}
