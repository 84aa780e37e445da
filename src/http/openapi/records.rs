//! Records as they are answered and as they are sent, from the tables that check them.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema};

use super::schema::{
    self, Form, any, anything, between, either, flag, formed, list, named, nullable, number, numbers, object,
    reference, short, text, whole, words,
};
use crate::model::common::SERVERS_OWN;
use crate::model::record::fields_of;
use crate::model::shape::{Field, Shape};
use crate::model::{Kind, Link, Origin};

/// What the schemas of a kind are called after.
pub fn name_of(kind: Kind) -> String {
    let name = kind.name();
    name[..1].to_uppercase() + &name[1..]
}

/// A record as answered, with what stands `beside` its own fields.
pub fn answered(kind: Kind, beside: &[(&str, Form)]) -> Form {
    let about = ObjectBuilder::new().description(Some(kind.spec().doc));
    let links: Vec<(&str, Form)> = kind.spec().links.iter().map(|link| (link.name, ids(link, 0))).collect();
    let source = object(&[("list", text())], &[("key", text())]);
    let always = [
        ("id", formed("uuid")),
        ("kind", words(&[kind.name()])),
        ("version", whole()),
        ("links", object(&[], &links)),
        ("sources", list(source)),
        ("created_at", formed("date-time")),
        ("updated_at", formed("date-time")),
    ];
    let origins: Vec<&str> = Origin::ALL.iter().map(|origin| origin.as_str()).collect();
    let at_times =
        [("owner", nullable(formed("uuid"))), ("origins", named(words(&origins))), ("card", reference("Card"))];
    let own = fields_of(kind).iter().fold(about, |object, field| object.property(field.name, held(field)));
    let own = ["name", "visibility", "precision"].iter().fold(own, |object, name| object.required(*name));
    RefOr::T(Schema::Object(schema::fields(schema::fields(own, &always, &at_times), beside, &[]).build()))
}

/// A record as sent. What the server owns may be sent back as it was read, and is left as it is.
pub fn sent(kind: Kind) -> Form {
    let spec = kind.spec();
    let mut object = SERVERS_OWN.iter().fold(ObjectBuilder::new(), |object, name| object.property(*name, any()));
    object = object.property("id", formed("uuid"));
    for field in fields_of(kind) {
        object = object.property(field.name, if field.required { form(&field.shape, true) } else { may_be(&field) });
        if field.required {
            object = object.required(field.name);
        }
    }
    let mut links = Vec::new();
    for link in spec.links {
        // Where it is needed, it may stand here or under `links`.
        let least = usize::from(link.required);
        let short = if link.many { either([formed("uuid"), ids(link, least)]) } else { formed("uuid") };
        object = object.property(link.name, if link.required { short } else { nullable(short) });
        links.push((link.name, ids(link, least)));
    }
    object = object.property("links", schema::object(&[], &links));
    RefOr::T(Schema::Object(schema::fields(object, &[], &[]).build()))
}

/// A field of a record as it is answered: old ones may hold what is no longer taken.
pub fn held(field: &Field) -> Form {
    nullable(form(&field.shape, false))
}

fn may_be(field: &Field) -> Form {
    nullable(form(&field.shape, true))
}

/// What a field holds; what is `sent` keeps to its bounds.
fn form(of: &Shape, sent: bool) -> Form {
    match of {
        Shape::Word(allowed) => words(allowed),
        Shape::Flag => flag(),
        Shape::Whole(low, high) if sent => between(*low, *high),
        Shape::Whole(..) => whole(),
        Shape::Number(low, high) if sent => numbers(*low, *high),
        Shape::Number(..) => number(),
        Shape::List(inner) => list(form(inner, sent)),
        Shape::Group(fields) => {
            let inner = |field: &Field| {
                let own = form(&field.shape, sent);
                (field.name, if field.required { own } else { nullable(own) })
            };
            let (always, at_times): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.required);
            let forms = |fields: Vec<&Field>| fields.into_iter().map(inner).collect::<Vec<_>>();
            object(&forms(always), &forms(at_times))
        }
        Shape::Point => reference("Point"),
        Shape::Schedule => either([text(), object(&[("rrule", text()), ("start", text()), ("minutes", whole())], &[])]),
        Shape::Boundary => reference("Geometry"),
        Shape::Numbers => named(number()),
        Shape::Lines | Shape::Further => named(text()),
        Shape::Object => anything(),
        Shape::Line(most) | Shape::Code(most) | Shape::Prose(most) if sent => short(*most),
        Shape::Date => formed("date"),
        Shape::Linked(_) => formed("uuid"),
        Shape::Url | Shape::Email | Shape::Phone | Shape::Hours if sent => short(500),
        Shape::Line(_) | Shape::Code(_) | Shape::Prose(_) | Shape::Moment | Shape::Postcode => text(),
        Shape::Url | Shape::Email | Shape::Phone | Shape::Hours => text(),
    }
}

fn ids(link: &Link, least: usize) -> Form {
    let list = ArrayBuilder::new().items(formed("uuid")).description(Some(link.doc));
    let list = if least > 0 { list.min_items(Some(least)) } else { list };
    RefOr::T(Schema::Array(list.build()))
}
