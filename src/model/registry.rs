//! Each kind with its facts, and what is asked of all of them.

use super::kind::{Kind, kinds};
use super::shape::Shape;
use super::spec::{Link, Spec};

macro_rules! specs {
    ($($(#[$when:meta])* $name:ident = $module:ident),* $(,)?) => {
        impl Kind {
            /// What it is made of.
            pub const fn spec(self) -> &'static Spec {
                match self { $($(#[$when])* Kind::$name => &super::$module::SPEC),* }
            }
        }
    };
}

kinds!(specs);

impl Kind {
    /// The kind of that name (`service`).
    pub fn by_name(name: &str) -> Option<Kind> {
        Self::ALL.iter().copied().find(|k| k.spec().name == name)
    }

    /// The kind with that word in addresses (`services`).
    pub fn by_plural(plural: &str) -> Option<Kind> {
        Self::ALL.iter().copied().find(|k| k.spec().plural == plural)
    }

    /// `service`.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The link of that name.
    pub fn link(self, name: &str) -> Option<&'static Link> {
        self.spec().links.iter().find(|r| r.name == name)
    }

    /// The word of that text, of those that a field of the kind may hold.
    pub fn word(self, field: &str, text: &str) -> Option<&'static &'static str> {
        let field = self.spec().fields.iter().find(|f| f.name == field)?;
        match field.shape {
            Shape::Word(words) => words.iter().find(|word| **word == text),
            _ => None,
        }
    }

    /// The words that a field of any kind may hold, each once.
    pub fn words(field: &str) -> Vec<&'static str> {
        let mut all: Vec<&'static str> = Vec::new();
        for field in Self::ALL.iter().flat_map(|k| k.spec().fields).filter(|f| f.name == field) {
            if let Shape::Word(words) = field.shape {
                all.extend(words.iter().filter(|word| !all.contains(word)).copied().collect::<Vec<_>>());
            }
        }
        all
    }

    /// Whether its records have this field of their own.
    pub fn has(self, field: &str) -> bool {
        self.spec().fields.iter().any(|f| f.name == field)
    }

    /// What people look for when they do not say what.
    pub fn sought() -> Vec<Kind> {
        Self::ALL.iter().copied().filter(|kind| kind.spec().sought).collect()
    }

    /// Whether records of some kind stand where its records are.
    pub fn gives_positions(self) -> bool {
        let by = |kind: &Kind| kind.spec().givers.iter().any(|role| kind.link(role).is_some_and(|r| r.target == self));
        Self::ALL.iter().any(by)
    }

    /// Where in the kind's list of links it stands; what the atlas stores instead of the name.
    pub fn link_index(self, name: &str) -> Option<u8> {
        self.spec().links.iter().position(|r| r.name == name).map(|i| i as u8)
    }
}
