//! Parts of stored bodies as far as they are what they should be: older releases took more, and a field may be redacted.
//! What is of another type counts as not said.

use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use crate::model::Id;

/// A text, a number, true or false; or something else.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Scalar<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// Another number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// Null, a list, an object.
    #[default]
    Other,
}

impl Scalar<'_> {
    /// The text.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number.
    pub fn whole(&self) -> Option<i64> {
        if let Self::Whole(number) = self { Some(*number) } else { None }
    }

    /// The number, whole or not.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether it is true.
    pub fn flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }
}

/// The texts of a list; none where it is no list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Texts<'a>(pub Option<Vec<Cow<'a, str>>>);

impl Texts<'_> {
    /// The texts; none where it is no list or nothing is in it.
    pub fn given(&self) -> Option<impl Iterator<Item = &str>> {
        self.0.as_ref().filter(|list| !list.is_empty()).map(|list| list.iter().map(AsRef::as_ref))
    }
}

/// The references of a record: role, target.
#[derive(Debug, Default)]
pub struct References<'a>(pub Vec<(Scalar<'a>, Id)>);

impl References<'_> {
    /// The targets of a role.
    pub fn of<'b>(&'b self, role: &'b str) -> impl Iterator<Item = Id> + 'b {
        self.0.iter().filter(move |(of, _)| of.text() == Some(role)).map(|(_, target)| *target)
    }
}

/// An object with parts; all of them unsaid where it is no object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group<T>(pub T);

struct ScalarVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for ScalarVisitor<'a> {
    type Value = Scalar<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Whole(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar<'a>, E> {
        Ok(i64::try_from(number).map_or(Scalar::Number(number as f64), Scalar::Whole))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_unit<E>(self) -> Result<Scalar<'a>, E> {
        Ok(Scalar::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar<'a>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Scalar<'a>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor(PhantomData))
    }
}

struct TextsVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for TextsVisitor<'a> {
    type Value = Texts<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, _: &str) -> Result<Texts<'a>, E> {
        Ok(Texts(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Texts<'a>, E> {
        Ok(Texts(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Texts<'a>, E> {
        Ok(Texts(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Texts<'a>, E> {
        Ok(Texts(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Texts<'a>, E> {
        Ok(Texts(None))
    }

    fn visit_unit<E>(self) -> Result<Texts<'a>, E> {
        Ok(Texts(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts<'a>, A::Error> {
        let mut texts = Vec::new();
        while let Some(item) = list.next_element::<Scalar<'a>>()? {
            if let Scalar::Text(text) = item {
                texts.push(text);
            }
        }
        Ok(Texts(Some(texts)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Texts<'a>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Texts(None))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Texts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsVisitor(PhantomData))
    }
}

struct ReferencesVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for ReferencesVisitor<'a> {
    type Value = References<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lists of ids by role")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut roles: A) -> Result<References<'a>, A::Error> {
        let mut links = Vec::new();
        while let Some((role, targets)) = roles.next_entry::<Scalar<'a>, Vec<Id>>()? {
            links.extend(targets.into_iter().map(|target| (role.clone(), target)));
        }
        Ok(References(links))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for References<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ReferencesVisitor(PhantomData))
    }
}

struct GroupVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for GroupVisitor<T> {
    type Value = Group<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, _: &str) -> Result<Group<T>, E> {
        Ok(Group::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Group<T>, E> {
        Ok(Group::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Group<T>, E> {
        Ok(Group::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Group<T>, E> {
        Ok(Group::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Group<T>, E> {
        Ok(Group::default())
    }

    fn visit_unit<E>(self) -> Result<Group<T>, E> {
        Ok(Group::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Group<T>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Group::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Group<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(Group)
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Group<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GroupVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Parts<'a> {
        #[serde(borrow, default)]
        a: Scalar<'a>,
        #[serde(borrow, default)]
        list: Texts<'a>,
    }

    #[test]
    fn what_is_of_another_type_counts_as_not_said() {
        for odd in
            ["null", "1", "-1", "1.5", "18446744073709551615", "true", "\"x\\n\"", "[]", "[[1]]", "{\"redacted\":true}"]
        {
            let scalar: Scalar<'_> = serde_json::from_str(odd).unwrap();
            let texts: Texts<'_> = serde_json::from_str(odd).unwrap();
            let group: Group<Parts<'_>> = serde_json::from_str(odd).unwrap();
            let value: serde_json::Value = serde_json::from_str(odd).unwrap();
            assert_eq!(scalar.text(), value.as_str(), "{odd}");
            assert_eq!(scalar.whole(), value.as_i64(), "{odd}");
            assert_eq!(scalar.number(), value.as_f64(), "{odd}");
            assert_eq!(scalar.flag(), value.as_bool(), "{odd}");
            assert_eq!(texts.0.is_some(), value.is_array(), "{odd}");
            assert_eq!(group.0, Parts::default(), "{odd}");
        }
        let parts: Parts<'_> = serde_json::from_str(r#"{"a":"é","list":["x",1,null,"y"],"b":{}}"#).unwrap();
        assert_eq!(parts.a.text(), Some("é"));
        assert_eq!(parts.list.given().unwrap().collect::<Vec<_>>(), ["x", "y"]);
    }
}
