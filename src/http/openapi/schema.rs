//! The few forms that schemas are put together from.

use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Ref, Schema, SchemaFormat, SchemaType,
    Type,
};

/// A schema, here or by name.
pub type Form = RefOr<Schema>;

/// An object with exactly these fields: some are always there, others may be.
pub fn object(always: &[(&str, Form)], at_times: &[(&str, Form)]) -> Form {
    RefOr::T(Schema::Object(fields(ObjectBuilder::new(), always, at_times).build()))
}

/// More fields of an object that has no others.
pub fn fields(object: ObjectBuilder, always: &[(&str, Form)], at_times: &[(&str, Form)]) -> ObjectBuilder {
    let closed = object.additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    let all = always.iter().chain(at_times).fold(closed, |o, (name, form)| o.property(*name, form.clone()));
    always.iter().fold(all, |o, (name, _)| o.required(*name))
}

/// An object whose names are anybody's, and whose values are of this form.
pub fn named(values: Form) -> Form {
    let object = ObjectBuilder::new().additional_properties(Some(AdditionalProperties::RefOr(values)));
    RefOr::T(Schema::Object(object.build()))
}

/// A list of these.
pub fn list(items: Form) -> Form {
    RefOr::T(Schema::Array(ArrayBuilder::new().items(items).build()))
}

/// One of these.
pub fn either(forms: impl IntoIterator<Item = Form>) -> Form {
    RefOr::T(Schema::OneOf(forms.into_iter().fold(OneOfBuilder::new(), OneOfBuilder::item).build()))
}

/// This, or null.
pub fn nullable(form: Form) -> Form {
    either([form, typed(Type::Null)])
}

/// The schema of that name.
pub fn reference(name: &str) -> Form {
    RefOr::Ref(Ref::from_schema_name(name))
}

/// One of these words.
pub fn words(allowed: &[&str]) -> Form {
    let values: Vec<Value> = allowed.iter().map(|word| json!(word)).collect();
    let object = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(values));
    RefOr::T(Schema::Object(object.build()))
}

/// Text.
pub fn text() -> Form {
    typed(Type::String)
}

/// A whole number.
pub fn whole() -> Form {
    typed(Type::Integer)
}

/// A number.
pub fn number() -> Form {
    typed(Type::Number)
}

/// true or false.
pub fn flag() -> Form {
    typed(Type::Boolean)
}

/// A whole number between these, both taken in.
pub fn between(low: i64, high: i64) -> Form {
    let object = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer)).minimum(Some(low));
    // The largest of all is no bound that anybody needs to hear.
    let bounded = if high == i64::MAX { object } else { object.maximum(Some(high)) };
    RefOr::T(Schema::Object(bounded.build()))
}

/// A number between these, both taken in.
pub fn numbers(low: f64, high: f64) -> Form {
    let object = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Number));
    RefOr::T(Schema::Object(object.minimum(Some(low)).maximum(Some(high)).build()))
}

/// Text of a known form: uuid, date, date-time.
pub fn formed(format: &str) -> Form {
    let object = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    RefOr::T(Schema::Object(object.format(Some(SchemaFormat::Custom(format.to_owned()))).build()))
}

/// Text that fits a regular expression.
pub fn patterned(pattern: &str) -> Form {
    let object = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    RefOr::T(Schema::Object(object.pattern(Some(pattern)).build()))
}

/// Text of at most so many characters.
pub fn short(most: usize) -> Form {
    let object = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    RefOr::T(Schema::Object(object.max_length(Some(most)).build()))
}

/// A list of at least so many of these.
pub fn listed(items: Form, least: usize) -> Form {
    RefOr::T(Schema::Array(ArrayBuilder::new().items(items).min_items(Some(least)).build()))
}

/// Whatever it is.
pub fn any() -> Form {
    RefOr::T(Schema::Object(Object::with_type(SchemaType::AnyValue)))
}

/// An object of which nothing more is said.
pub fn anything() -> Form {
    named(any())
}

fn typed(of: Type) -> Form {
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(SchemaType::Type(of)).build()))
}
