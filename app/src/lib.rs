//! The window and the command line of Latent Studio.

pub mod cli;
pub mod studio;

pub mod action;
pub mod command;
pub mod document;
pub mod engine_link;
pub mod history;
pub mod latents;
pub mod port;
pub mod session;
pub mod tools;
pub mod view;

mod apply;
mod canvas;
mod files;
mod hear;
mod icons;
mod library;
mod morph;
mod panels;
mod samples;
mod stroke_maps;
mod theme;
mod threads;
mod training;
