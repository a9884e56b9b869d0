//! The column at the left: tools, colour, width, paints.

use egui::{Popup, Role, Sense, Slider, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use super::colours;
use crate::kit::controls::icon_button;
use crate::kit::picker;
use crate::kit::theme;
use crate::rooms::paint::tools::{Brush, ToolKind, WIDTHS};
use crate::shell::command::{Action, Command};
use crate::shell::session::Session;

/// The width of the column's content.
pub const WIDTH: f32 = 48.0;

/// Lays the column out.
pub fn show(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        for kind in ToolKind::ALL {
            icon_button(ui, session, Action::of_tool(kind), 40.0, out);
        }
        ui.add_space(theme::SPACE);
        current_colour(ui, session, out);
        ui.add_space(theme::SPACE);
        width(ui, session, out);
        ui.add_space(theme::SPACE);
        colours::swatches(ui, session, out);
    });
}

fn current_colour(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(36.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Colour"));
    let palette = theme::palette(ui.visuals());
    let paint = theme::paint(session.paint.tools.colour.colour);
    let ring = Stroke::new(2.0, if response.hovered() { palette.text } else { palette.weak });
    ui.painter().rect(rect.shrink(2.0), 18.0, paint, ring, StrokeKind::Outside);
    Popup::menu(&response)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .align(egui::RectAlign::RIGHT_START)
        .show(|ui| picker::show(ui, session, out));
    response.on_hover_text("Change the colour (or right click on the canvas)");
}

fn width(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let brush = session.paint.tools.brush();
    let mut width = brush.map_or(*WIDTHS.start(), Brush::width);
    let before = width;
    ui.add_enabled_ui(brush.is_some(), |ui| {
        ui.spacing_mut().slider_width = 104.0;
        let slider = Slider::new(&mut width, WIDTHS).vertical().logarithmic(true).show_value(false);
        let response = ui.horizontal(|ui| {
            ui.add_space(WIDTH / 2.0 - ui.spacing().interact_size.y / 2.0);
            ui.add(slider)
        });
        let response = response.inner;
        response.widget_info(|| WidgetInfo::slider(brush.is_some(), f64::from(width), "Brush width"));
        response.on_hover_text("Brush width ([ and ], or the wheel on the canvas)");
        let text = brush.map_or_else(|| "–".to_owned(), |brush| format!("{:.0}", brush.width()));
        ui.add_sized(vec2(WIDTH, 14.0), egui::Label::new(egui::RichText::new(text).small().weak()));
    });
    if width != before {
        out.push(Command::SetWidth(width.round()));
    }
}
