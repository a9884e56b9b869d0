//! Sentences that a screen reader says as soon as they are there.

use egui::Response;
use egui::accesskit::{Live, Role};

/// Makes a label one of them: bad news at once, good ones when there is nothing else to say.
pub fn announce(label: &Response, text: &str, bad_news: bool) {
    label.ctx.accesskit_node_builder(label.id, |node| {
        node.set_role(if bad_news { Role::Alert } else { Role::Status });
        node.set_live(if bad_news { Live::Assertive } else { Live::Polite });
        // Only plain labels take their name from their text.
        node.set_label(text);
    });
}
