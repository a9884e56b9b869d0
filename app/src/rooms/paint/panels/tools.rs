//! The column at the left: tools, colour, width, paints.

use egui::{Popup, Role, ScrollArea, Sense, Slider, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use super::colours;
use crate::desk::Desk;
use crate::kit::picker;
use crate::kit::theme;
use crate::rooms::paint::Paint;
use crate::rooms::paint::actions;
use crate::rooms::paint::command::Command;
use crate::rooms::paint::tools::{Brush, ToolKind, WIDTHS};

/// The width of the column's content.
pub const WIDTH: f32 = 64.0;
/// Between two things.
const GAP: f32 = 4.0;
/// Tools in a row.
const ABREAST: usize = 2;
/// The side of the current colour.
const COLOUR: f32 = 36.0;
/// The height of the width's number.
const NUMBER: f32 = 14.0;

/// Lays the column out.
pub fn show(ui: &mut Ui, paint: &Paint, desk: &Desk, out: &mut Vec<Command>) {
    let sizes = Sizes::fitting(ui.available_height(), colours::rows(paint));
    ScrollArea::vertical().show(ui, |ui| column(ui, paint, desk, sizes, out));
}

fn column(ui: &mut Ui, paint: &Paint, desk: &Desk, sizes: Sizes, out: &mut Vec<Command>) {
    ui.vertical_centered(|ui| {
        ui.spacing_mut().item_spacing.y = GAP;
        for row in ToolKind::ALL.chunks(ABREAST) {
            // Centred by hand: a row inside a centred column begins at its left.
            let (place, _) = ui.allocate_exact_size(vec2(WIDTH, sizes.tool), Sense::hover());
            let free = (WIDTH - ABREAST as f32 * sizes.tool - GAP) / 2.0;
            let layout = egui::Layout::left_to_right(egui::Align::Center);
            let builder = egui::UiBuilder::new().max_rect(place.shrink2(vec2(free, 0.0))).layout(layout);
            let mut ui = ui.new_child(builder);
            ui.spacing_mut().item_spacing.x = GAP;
            for kind in row {
                actions::of_tool(*kind).button(&mut ui, paint, desk, sizes.tool, out);
            }
        }
        ui.add_space(sizes.between);
        current_colour(ui, paint, out);
        ui.add_space(sizes.between);
        width(ui, paint, sizes.slider, out);
        ui.add_space(sizes.between);
        colours::swatches(ui, paint, out);
    });
}

/// Sizes at which the column is not higher than the window: in a low one its parts draw together.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sizes {
    /// The side of a tool's button.
    tool: f32,
    /// The length of the width's slider.
    slider: f32,
    /// Between the parts.
    between: f32,
}

impl Sizes {
    const LARGE: Self = Self { tool: 30.0, slider: 104.0, between: 8.0 };
    const SMALL: Self = Self { tool: 26.0, slider: 40.0, between: 2.0 };

    /// The largest that fit, with so many rows of swatches.
    fn fitting(room: f32, rows: usize) -> Self {
        let (large, small) = (Self::LARGE.height(rows), Self::SMALL.height(rows));
        let share = ((room - small) / (large - small)).clamp(0.0, 1.0);
        let between = |small: f32, large: f32| (small + share * (large - small)).floor();
        Self {
            tool: between(Self::SMALL.tool, Self::LARGE.tool),
            slider: between(Self::SMALL.slider, Self::LARGE.slider),
            between: between(Self::SMALL.between, Self::LARGE.between),
        }
    }

    fn height(self, rows: usize) -> f32 {
        let tools = ToolKind::ALL.len().div_ceil(ABREAST) as f32 * (self.tool + GAP);
        let colour = COLOUR + GAP;
        let slider = self.slider + GAP + NUMBER + GAP;
        tools + colour + slider + 3.0 * self.between + rows as f32 * colours::ROW + GAP
    }
}

fn current_colour(ui: &mut Ui, paint: &Paint, out: &mut Vec<Command>) {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(COLOUR), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Colour"));
    let palette = theme::palette(ui.visuals());
    let colour = paint.tools.colour.colour;
    let ring = Stroke::new(2.0, if response.hovered() { palette.text } else { palette.weak });
    ui.painter().rect(rect.shrink(2.0), 18.0, theme::paint(colour), ring, StrokeKind::Outside);
    Popup::menu(&response)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .align(egui::RectAlign::RIGHT_START)
        .show(|ui| out.extend(picker::show(ui, colour).map(Command::SetColour)));
    response.on_hover_text("Change the colour (or right click on the canvas)");
}

fn width(ui: &mut Ui, paint: &Paint, length: f32, out: &mut Vec<Command>) {
    let brush = paint.tools.brush();
    let mut width = brush.map_or(*WIDTHS.start(), Brush::width);
    let before = width;
    ui.add_enabled_ui(brush.is_some(), |ui| {
        ui.spacing_mut().slider_width = length;
        let slider = Slider::new(&mut width, WIDTHS).vertical().logarithmic(true).show_value(false);
        let response = ui.horizontal(|ui| {
            ui.add_space(WIDTH / 2.0 - ui.spacing().interact_size.y / 2.0);
            ui.add(slider)
        });
        let response = response.inner;
        response.widget_info(|| WidgetInfo::slider(brush.is_some(), f64::from(width), "Brush width"));
        response.on_hover_text("Brush width ([ and ], or the wheel on the canvas)");
        let text = brush.map_or_else(|| "–".to_owned(), |brush| format!("{:.0}", brush.width()));
        ui.add_sized(vec2(WIDTH, NUMBER), egui::Label::new(egui::RichText::new(text).small().weak()));
    });
    if width != before {
        out.push(Command::SetWidth(width.round()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_is_no_higher_than_its_room() {
        // Of the smallest window, with as many remembered colours as there can be; and of larger ones.
        for (room, rows) in [(472.0, 10), (472.0, 6), (600.0, 8), (712.0, 10)] {
            let sizes = Sizes::fitting(room, rows);
            assert!(sizes.height(rows) <= room, "{room} {rows}: {sizes:?} is {}", sizes.height(rows));
        }
        assert_eq!(Sizes::fitting(712.0, 10), Sizes::LARGE);
    }
}
