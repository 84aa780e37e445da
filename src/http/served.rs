//! What every handler can reach, and how the instance presents itself.

use std::ops::Deref;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use super::basemap::Basemap;
use super::counts::Counts;
use super::desk::Desk;
use super::gate::Gate;
use super::layers::Layers;
use super::limits::Limits;
use crate::app::App;

/// What every handler can reach: one for all of them. Each layer of the router keeps a copy and makes copies of those
/// within it for every request, so a copy must cost next to nothing.
#[derive(Clone)]
pub struct Served(Arc<Reachable>);

impl Served {
    /// Of these parts.
    pub(super) fn of(reach: Reachable) -> Self {
        Self(Arc::new(reach))
    }
}

impl Deref for Served {
    type Target = Reachable;

    fn deref(&self) -> &Reachable {
        &self.0
    }
}

/// What a handler can reach.
pub struct Reachable {
    /// What you can do.
    pub app: App,
    /// How this instance presents itself.
    pub setup: Setup,
    /// How much may be asked.
    pub(super) gate: Gate,
    /// Where questions are asked.
    pub(super) desk: Desk,
    /// Layers of the map that were asked for lately.
    pub(super) layers: Layers,
    /// How many records lists have in all.
    pub(super) counts: Counts,
    /// What the addresses are, and the digest of that.
    pub(super) description: (&'static str, &'static [u8]),
}

/// How an instance presents itself.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// The name of the place, shown in the header.
    pub name: String,
    /// Licence of contributed data.
    pub licence: String,
    /// The address that people type, when it is not the one they are answered on.
    pub public_url: Option<String>,
    /// The map under the map.
    pub basemap: Basemap,
    /// People reach it over https: cookies are kept to that.
    pub over_tls: bool,
    /// The token that may read `/metrics` and nothing else.
    pub metrics_token: Option<String>,
    /// How much may be asked.
    pub limits: Limits,
    /// Streams end when this is cancelled.
    pub ending: CancellationToken,
}
