//! The kinds of records. A further kind costs its own file and one line here.

/// Every kind with the module that holds its facts, for a macro that makes something of all of them.
macro_rules! kinds {
    ($make:ident) => {
        $make! {
            Category = category,
            Area = area,
            Organisation = organisation,
            Place = place,
            Service = service,
            Resource = resource,
            Gap = gap,
            #[cfg(test)]
            Beacon = beacon,
        }
    };
}

macro_rules! names {
    ($($(#[$when:meta])* $name:ident = $module:ident),* $(,)?) => {
        /// A kind of record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind { $($(#[$when])* #[doc = concat!("See `model/", stringify!($module), ".rs`.")] $name),* }

        impl Kind {
            /// Every kind, in the order in which linked records are best brought in.
            pub const ALL: &[Kind] = &[$($(#[$when])* Kind::$name),*];
        }
    };
}

kinds!(names);

pub(super) use kinds;
