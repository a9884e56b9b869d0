//! What the pictures of a training are to be made of.

use latent_engine::data::WorldName;

use super::setup::DataKind;

/// What pictures are to be made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MadeOf {
    /// Maps of labels: the landscape world knows them.
    #[default]
    Maps,
    /// Their outlines.
    Outlines,
    /// Themselves in grey.
    Grey,
    /// The left halves of their files.
    Halves,
    /// Pictures of the same names in another folder.
    Folder,
}

impl MadeOf {
    /// What there is to choose from for some data, the usual one first.
    pub fn of(data: DataKind) -> &'static [Self] {
        match data {
            DataKind::World(WorldName::Landscape) => &[Self::Maps, Self::Outlines, Self::Grey],
            DataKind::World(_) => &[Self::Outlines, Self::Grey],
            DataKind::Folder => &[Self::Folder, Self::Halves, Self::Outlines, Self::Grey],
        }
    }
}
