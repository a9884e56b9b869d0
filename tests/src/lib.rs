//! User stories live in this package's `tests` folder.
