//! What the shell asks of a room. Whatever a room does not say, it does not do.

use std::any::Any;
use std::path::Path;
use std::sync::Arc;

use egui::{Rect, Ui};
use latent_engine::Picture;
use latent_engine::model::{Decisions, ModelSource};

use crate::desk::Desk;
use crate::desk::action::Press;
use crate::link::jobs::News;
use crate::link::models::{ModelKey, OpenModel};
use crate::link::request::{Topic, Want};
use crate::platform::files::PathPurpose;

/// What closing the window would end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtStake {
    /// What is asked.
    pub question: &'static str,
    /// What becomes of it; empty where the question says it.
    pub remark: &'static str,
    /// It is a picture that [`Room::save`] saves.
    pub savable: bool,
}

/// What happens to a file that hovers over the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropHint {
    /// In a line.
    pub title: String,
    /// More of it.
    pub about: &'static str,
}

/// Something that the window is used for. It owns its state; what a person does in it, it remembers while it is laid
/// out and carries out afterwards.
pub trait Room: Any {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// What it is for, in a sentence.
    fn about(&self) -> &'static str;

    /// Lays it out over its part of the window.
    fn show(&mut self, ui: &mut Ui, place: Rect, desk: &Desk);

    /// Carries out what a person did there since the last call. False where that was nothing.
    fn carry_out(&mut self, desk: &mut Desk) -> bool;

    /// Lays out what it has in the bar at the top, from left to right, up to `end` points before the bar's right end.
    fn top(&mut self, _ui: &mut Ui, _end: f32, _desk: &Desk) {}

    /// Lays out what it has in the bar at the bottom.
    fn status(&mut self, _ui: &mut Ui, _desk: &Desk) {}

    /// Lays out what it has at the right end of the bar at the bottom.
    fn status_end(&mut self, _ui: &mut Ui, _desk: &Desk) {}

    /// How it stands while the engine rests, in a word or two, and whether that is bad news.
    fn standing(&self) -> Option<(&'static str, bool)> {
        None
    }

    /// What it does while another room is shown.
    fn background(&self) -> Option<String> {
        None
    }

    /// A key was pressed; false where it is none of its own.
    fn press(&mut self, _press: &Press) -> bool {
        false
    }

    /// True in the middle of a stroke.
    fn is_drawing(&self) -> bool {
        false
    }

    /// It is going to be shown.
    fn enter(&mut self, _desk: &Desk) {}

    /// It is not shown any more.
    fn leave(&mut self) {}

    /// Brings what moves by itself up to the clock; says in how many seconds that is to be done again.
    fn tick(&mut self, _now: f64) -> Option<f64> {
        None
    }

    /// What becomes of files that hover over it: how many they are, and what to call the first.
    fn drop_hint(&self, count: usize, name: &str, desk: &Desk) -> DropHint;

    /// A file or folder was dropped on it.
    fn dropped(&mut self, path: &Path, desk: &mut Desk);

    /// A path was chosen. True where it was the room that wanted it.
    fn chosen(&mut self, _purpose: PathPurpose, _path: &Path, _desk: &mut Desk) -> bool {
        false
    }

    /// A photo was opened. True where the room works with it.
    fn photo(&mut self, _name: &str, _picture: &Arc<Picture>) -> bool {
        false
    }

    /// What it asks of the engine is about these topics, which are no other room's.
    fn topics(&self) -> &'static [Topic] {
        &[]
    }

    /// Everything that should be answered now. It follows from its state alone.
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    /// Takes what the engine says about its topics.
    fn take(&mut self, _news: News, _desk: &mut Desk) {}

    /// Takes what its own threads say; never waits.
    fn hear(&mut self, _shown: bool, _desk: &mut Desk) {}

    /// The model that it works with.
    fn model(&self) -> Option<&Arc<OpenModel>> {
        None
    }

    /// Opens a model to work with; false where it works with none.
    fn open(&mut self, _source: &ModelSource, _decisions: Option<&Decisions>) -> bool {
        false
    }

    /// Shows what there is to know of its model.
    fn show_model(&mut self) {}

    /// The models that it does not need any more; each is said once.
    fn superfluous(&mut self) -> Vec<ModelKey> {
        Vec::new()
    }

    /// True when [`Self::stop`] would do something.
    fn can_stop(&self, _desk: &Desk) -> bool {
        false
    }

    /// Ends what is under way and nobody waits for.
    fn stop(&mut self, _desk: &mut Desk) {}

    /// What closing the window would end.
    fn at_stake(&self, _desk: &Desk) -> Option<AtStake> {
        None
    }

    /// Asks where its picture shall be saved.
    fn save(&mut self, _desk: &mut Desk) {}

    /// Tells what runs to end, for the window closes.
    fn end(&mut self) {}

    /// True while something runs that the window has to wait for before it closes.
    fn is_running(&self) -> bool {
        false
    }
}
