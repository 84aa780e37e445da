//! Common Ground: a map of what a place has, who it reaches, what is missing, and who together could fill it.
pub mod analysis;
pub mod app;
pub mod atlas;
pub mod auth;
pub mod change;
pub mod cli;
pub mod clock;
pub mod config;
pub mod exchange;
pub mod http;
pub mod model;
pub mod store;
