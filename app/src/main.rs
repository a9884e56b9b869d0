//! Latent Studio: paint with a generative model.
fn main() {}
