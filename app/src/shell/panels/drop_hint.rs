//! What happens to a file that hovers over the window, before it is let go.

use egui::{Id, LayerId, Order, Role, Stroke, StrokeKind, Ui, WidgetInfo};

use crate::kit::text;
use crate::kit::theme;
use crate::shell::session::Session;
use crate::shell::view::{Room, path_name};

/// Covers the window while a file hovers over it.
pub fn show(ui: &Ui, session: &Session) {
    let (count, name) = ui.input(|i| {
        let files = &i.raw.hovered_files;
        (files.len(), files.first().and_then(|file| file.path.as_deref()).map(path_name))
    });
    if count == 0 {
        return;
    }
    let palette = theme::palette(ui.visuals());
    let rect = ui.ctx().content_rect();
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Foreground, Id::unique("drop hint")));
    painter.rect_filled(rect, 0.0, palette.veil);
    let stroke = Stroke::new(2.0, palette.accent);
    painter.rect_stroke(rect.shrink(16.0), 12.0, stroke, StrokeKind::Inside);
    let name = name.map_or_else(|| "the file".to_owned(), |name| format!("\u{201c}{name}\u{201d}"));
    let learns = session.view.room == Room::Train;
    let title = match (learns, count) {
        (true, _) => format!("Drop to learn from the pictures in {name}"),
        (false, 1) => format!("Drop to open {name} as a model"),
        (false, _) => format!("Drop to open the first of {count} files as a model"),
    };
    let about = if learns {
        "A folder of PNG, JPEG or WebP pictures, or one of the pictures in it."
    } else if session.paint.document.model.is_some() {
        "The model in use stays until the new one works. Your strokes are searched anew; Undo brings everything back."
    } else {
        "A checkpoint file or a model folder. It is read, never executed."
    };
    let lines = [(title.as_str(), 22.0, palette.text), (about, 14.0, palette.text)];
    text::block(&painter, rect.center(), rect.width() - 96.0, theme::SPACE, &lines);
    let response = ui.interact(rect, Id::unique("drop hint"), egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &title));
}
