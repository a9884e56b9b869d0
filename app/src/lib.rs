//! The window and the command line of Latent Studio.

pub mod cli;
pub mod shell;

pub mod desk;
pub mod link;
pub mod rooms;

mod kit;
mod platform;
