//! The window and the command line of Latent Studio.
