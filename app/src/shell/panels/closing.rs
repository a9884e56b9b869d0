//! What is asked before the window closes, and what is said while it does.

use egui::{Button, Frame, Id, Modal, RichText, Ui};

use crate::desk::Desk;
use crate::desk::room::AtStake;
use crate::shell::closing::{Closing, QuitAnswer};
use crate::shell::command::Command;
use crate::shell::house::House;

/// Covers the window while it is about to close.
pub fn show(ui: &Ui, house: &House, desk: &Desk, out: &mut Vec<Command>) {
    let frame = Frame::popup(ui.style()).inner_margin(20);
    let modal = Modal::new(Id::unique("closing")).frame(frame);
    match house.closing {
        Closing::Asks => {
            let asked = modal.show(ui.ctx(), |ui| ask(ui, &house.at_stake(desk), out));
            if asked.should_close() {
                out.push(Command::AnswerQuit(QuitAnswer::Cancel));
            }
        }
        Closing::Writes => {
            modal.show(ui.ctx(), |ui| {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.label("Saving the training…");
                });
                ui.label(RichText::new("The window closes as soon as it is written.").small().weak());
            });
        }
        Closing::No | Closing::Saves | Closing::Now => {}
    }
}

fn ask(ui: &mut Ui, at_stake: &[AtStake], out: &mut Vec<Command>) {
    ui.set_width(380.0);
    let savable = at_stake.first().is_some_and(|first| first.savable);
    ui.heading(at_stake.first().map_or("Quit?", |first| first.question));
    for remark in at_stake.iter().map(|at_stake| at_stake.remark).filter(|remark| !remark.is_empty()) {
        ui.label(remark);
    }
    ui.add_space(8.0);
    let mut answer = |answer| out.push(Command::AnswerQuit(answer));
    ui.horizontal(|ui| {
        let first = if savable {
            let save = ui.button("Save the picture…");
            if save.clicked() {
                answer(QuitAnswer::Save);
            }
            if ui.add(Button::new("Quit without saving")).clicked() {
                answer(QuitAnswer::Discard);
            }
            save
        } else {
            let quit = ui.button("Quit");
            if quit.clicked() {
                answer(QuitAnswer::Discard);
            }
            quit
        };
        if ui.button("Cancel").on_hover_text("Esc").clicked() {
            answer(QuitAnswer::Cancel);
        }
        // Enter does the first, Tab goes on to the others.
        if ui.memory(|memory| memory.focused().is_none()) {
            first.request_focus();
        }
    });
}
