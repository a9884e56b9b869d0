//! A reader of pickles that executes nothing: it builds a graph of inert values, and stops early at anything
//! that no model needs.

mod cursor;
mod escape;
mod machine;
mod object;
mod opcode;

pub(super) use machine::{Limits, read};
pub(super) use object::{Call, Graph, Id, Object};
