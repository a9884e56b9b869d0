//! What happens to a file that hovers over the window, before it is let go.

use egui::{Id, LayerId, Order, Role, Stroke, StrokeKind, Ui, WidgetInfo};

use crate::desk::Desk;
use crate::desk::room::DropHint;
use crate::kit::text;
use crate::kit::theme;
use crate::kit::words::path_name;
use crate::shell::house::House;

/// The width of what is said, in wide windows.
const WIDTH: f32 = 560.0;

/// Covers the window while a file hovers over it.
pub fn show(ui: &Ui, house: &House, desk: &Desk) {
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
    let DropHint { title, about } = house.shown().drop_hint(count, &name, desk);
    let lines = [(title.as_str(), 22.0, palette.text), (about, 14.0, palette.text)];
    text::block(&painter, rect.center(), (rect.width() - 96.0).min(WIDTH), theme::SPACE, &lines);
    let response = ui.interact(rect, Id::unique("drop hint"), egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &title));
}
