//! What every handler can reach, and how the instance presents itself.

use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use super::basemap::Basemap;
use super::desk::Desk;
use super::gate::Gate;
use super::layers::Layers;
use super::limits::Limits;
use crate::app::App;

/// What every handler can reach.
#[derive(Clone)]
pub struct Served {
    /// What you can do.
    pub app: App,
    /// How this instance presents itself.
    pub setup: Arc<Setup>,
    /// How much may be asked.
    pub(super) gate: Arc<Gate>,
    /// Where questions are asked.
    pub(super) desk: Arc<Desk>,
    /// Layers of the map that were asked for lately.
    pub(super) layers: Arc<Layers>,
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
