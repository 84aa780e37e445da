//! Who is calling.

use uuid::Uuid;

use crate::atlas::{Level, Viewer};
use crate::auth::Role;
use crate::model::Id;

/// The account that the admin link signs in.
pub const ADMIN: Uuid = Uuid::from_u128(0x00000000_0000_7000_8000_000000000001);
/// The account that commands write as.
pub const COMMAND_LINE: Uuid = Uuid::from_u128(0x00000000_0000_7000_8000_000000000002);

/// Who is calling: an account, or nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account; `by` of what it writes.
    pub account: Uuid,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The organisation it belongs to.
    pub organisation: Option<Id>,
}

impl Caller {
    /// What is done from the command line.
    pub fn command_line() -> Self {
        let (account, name) = (COMMAND_LINE, "command-line".to_owned());
        Self { account, name, role: Role::Admin, organisation: None }
    }

    /// Whose eyes.
    pub fn viewer(&self) -> Viewer {
        let level = match self.role {
            Role::Visitor => Level::Public,
            Role::Contributor | Role::Commissioner => Level::Partner,
            Role::Admin => Level::Admin,
        };
        Viewer { level, organisation: self.organisation, exercises: Vec::new() }
    }
}
