//! What the system gives: files and dialogs, lists that are kept, threads.

pub mod files;
pub mod library;
pub mod threads;
