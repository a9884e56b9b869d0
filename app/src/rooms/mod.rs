//! What the window is used for, a folder each.

pub(crate) mod materials;
pub mod paint;
pub(crate) mod train;

use crate::desk::Desk;
use crate::desk::room::Room;

/// What makes a room.
type Maker = fn(&Desk) -> Box<dyn Room>;

/// The rooms, in the order of their names in the bar; the window begins in the first. Another one is a folder and a line.
pub(crate) const ROOMS: &[Maker] = &[
    |desk| Box::new(paint::PaintRoom::new(desk)),
    |desk| Box::new(materials::MaterialsRoom::new(desk)),
    |desk| Box::new(train::TrainRoom::new(desk)),
];
