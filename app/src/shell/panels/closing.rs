//! What is asked before the window closes, and what is said while it does.

use egui::{Button, Frame, Id, Modal, RichText, Ui};

use crate::shell::closing::{AtStake, Closing, QuitAnswer};
use crate::shell::command::Command;
use crate::shell::session::Session;

/// Covers the window while it is about to close.
pub fn show(ui: &Ui, session: &Session, out: &mut Vec<Command>) {
    let frame = Frame::popup(ui.style()).inner_margin(20);
    let modal = Modal::new(Id::unique("closing")).frame(frame);
    match session.closing {
        Closing::Asks => {
            let asked = modal.show(ui.ctx(), |ui| ask(ui, session.at_stake(), out));
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

fn ask(ui: &mut Ui, at_stake: AtStake, out: &mut Vec<Command>) {
    ui.set_width(380.0);
    ui.heading(if at_stake.picture {
        "Save the picture before you quit?"
    } else {
        "Quit during the training?"
    });
    match at_stake.training {
        Some(true) => {
            ui.label("The training stops. What it learned is saved, and it can be resumed later.");
        }
        Some(false) => {
            ui.label("The training has not begun to learn yet: nothing of it would be kept.");
        }
        None => {}
    }
    ui.add_space(8.0);
    let mut answer = |answer| out.push(Command::AnswerQuit(answer));
    ui.horizontal(|ui| {
        let first = if at_stake.picture {
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
