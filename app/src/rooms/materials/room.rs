//! The room of materials as the shell knows it.

use std::path::Path;

use egui::{Margin, Rect, Ui};
use latent_engine::model::ModelSource;

use super::actions::{Action, REDO, SAVE, UNDO};
use super::canvas::Canvas;
use super::{Command, Materials, panel};
use crate::desk::Desk;
use crate::desk::action::Press;
use crate::desk::room::{AtStake, DropHint, Room};
use crate::kit::{area, theme};
use crate::link::jobs::News;
use crate::link::models::ModelKey;
use crate::link::request::{Request, Topic, Want};

/// The side of a button in the bar.
const BUTTON: f32 = 30.0;

/// The room of materials, with what it keeps from one frame to the next.
pub(crate) struct MaterialsRoom {
    pub materials: Materials,
    canvas: Canvas,
    /// What the pointer and keys did in this frame, each with the place of its event among all of the frame.
    ordered: Vec<(usize, Command)>,
    /// What was done in the panels in this frame.
    commands: Vec<Command>,
}

impl MaterialsRoom {
    /// Nothing is drawn yet.
    pub(crate) fn new(_: &Desk) -> Self {
        Self {
            materials: Materials::new(),
            canvas: Canvas::default(),
            ordered: Vec::new(),
            commands: Vec::new(),
        }
    }
}

impl Room for MaterialsRoom {
    fn name(&self) -> &'static str {
        "Materials"
    }

    fn about(&self) -> &'static str {
        "Draw with materials: snow, water, forest become a picture"
    }

    fn show(&mut self, ui: &mut Ui, place: Rect, desk: &Desk) {
        let palette = theme::palette(ui.visuals());
        let (left, rest) = area::cut_left(place, panel::WIDTH + 32.0);
        area::show(ui, "materials", left, palette.panel, Margin::same(12), |ui| {
            panel::show(ui, &self.materials, desk, &mut self.commands);
        });
        area::show(ui, "map and picture", rest, palette.canvas, Margin::ZERO, |ui| {
            self.canvas.show(ui, &self.materials, desk, &mut self.ordered);
        });
        area::line_between(ui, left, rest);
    }

    fn carry_out(&mut self, desk: &mut Desk) -> bool {
        desk.files.shown = self.canvas.shown_side;
        self.ordered.sort_by_key(|(at, _)| *at);
        let ordered = std::mem::take(&mut self.ordered).into_iter().map(|(_, command)| command);
        let commands: Vec<Command> = ordered.chain(self.commands.drain(..)).collect();
        let changed = !commands.is_empty();
        for command in commands {
            self.materials.apply(command, desk);
        }
        changed
    }

    fn top(&mut self, ui: &mut Ui, _end: f32, desk: &Desk) {
        for action in [&UNDO, &REDO, &SAVE] {
            action.button(ui, &self.materials, desk, BUTTON, &mut self.commands);
        }
    }

    fn press(&mut self, press: &Press) -> bool {
        let action = Action::of(press);
        self.ordered.extend(action.map(|action| (press.at, Command::Act(action))));
        action.is_some()
    }

    fn is_drawing(&self) -> bool {
        self.materials.is_drawing()
    }

    fn enter(&mut self, _desk: &Desk) {
        self.materials.entered = true;
    }

    fn leave(&mut self) {
        self.materials.history.close();
    }

    fn drop_hint(&self, _count: usize, name: &str, _desk: &Desk) -> DropHint {
        DropHint {
            title: format!("Drop to open {name} as a translator"),
            about: "A model folder or a checkpoint of pix2pix or CycleGAN. It is read, never executed.",
        }
    }

    fn dropped(&mut self, path: &Path, _desk: &mut Desk) {
        self.materials.open(ModelSource::Path(path.to_owned()));
    }

    fn topics(&self) -> &'static [Topic] {
        &[Topic::Translator, Topic::Translated]
    }

    fn wants(&self) -> Vec<Want> {
        self.materials.wants()
    }

    fn take(&mut self, news: News, desk: &mut Desk) {
        match news {
            News::Answered(_, request, answer) => self.materials.take(request, answer),
            News::Opened(_, key, info, Request::Open { source, .. }) => {
                self.materials.opened(key, info, source, desk);
            }
            News::Failed(Topic::Translator, ..) => self.materials.not_opened(),
            News::Failed(..) => self.materials.refused(),
            News::Opened(..) | News::Remark(_) | News::Died => {}
        }
    }

    fn superfluous(&mut self) -> Vec<ModelKey> {
        self.materials.superfluous()
    }

    fn at_stake(&self, desk: &Desk) -> Option<AtStake> {
        let picture = self.materials.picture()?;
        let saved = desk.saved.as_ref().is_some_and(|saved| std::sync::Arc::ptr_eq(saved, picture));
        let unsaved = self.materials.undo_name().is_some() && !saved;
        let question = "Save the picture of your map before you quit?";
        unsaved.then_some(AtStake { question, remark: "", savable: true })
    }

    fn save(&mut self, desk: &mut Desk) {
        self.materials.save(desk);
    }
}
