//! The colour picker: a square of saturation and value, a strip of hues, the three numbers.

use egui::ecolor::Hsva;
use egui::epaint::Mesh;
use egui::{DragValue, Id, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, lerp, pos2, vec2};

use crate::kit::theme;
use crate::shell::command::Command;
use crate::shell::session::Session;

const WIDTH: f32 = 224.0;

/// Steps of the colour ramps; between them the colours are blended.
const STEPS: usize = 24;

/// Lets the user choose any colour.
pub fn show(ui: &mut Ui, session: &Session, out: &mut Vec<Command>) {
    let before = session.paint.tools.colour.colour;
    // A grey has no hue and black no saturation: the last ones are kept, so that handles don't jump.
    let memory = Id::unique("picked colour");
    let mut hsva = Hsva::from_srgb(before);
    if let Some(last) = ui.data(|data| data.get_temp::<Hsva>(memory)).filter(|last| last.to_srgb() == before)
    {
        hsva = last;
    }
    ui.set_width(WIDTH);
    square(ui, &mut hsva);
    strip(ui, &mut hsva);
    let mut rgb = hsva.to_srgb();
    let picked = rgb;
    ui.horizontal(|ui| {
        for (channel, name) in rgb.iter_mut().zip(["Red", "Green", "Blue"]) {
            let label = ui.label(name);
            ui.add(DragValue::new(channel).speed(1.0)).labelled_by(label.id);
        }
    });
    if rgb != picked {
        hsva = Hsva::from_srgb(rgb);
    }
    ui.data_mut(|data| data.insert_temp(memory, hsva));
    if rgb != before {
        out.push(Command::SetColour(rgb));
    }
}

fn square(ui: &mut Ui, hsva: &mut Hsva) {
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, 160.0), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::ColorWell, true, "Saturation and brightness"));
    if let Some([x, y]) = share(rect, &response) {
        (hsva.s, hsva.v) = (x, 1.0 - y);
    }
    let hue = hsva.h;
    ui.painter().add(ramp(rect, STEPS, STEPS, |x, y| Hsva::new(hue, x, 1.0 - y, 1.0)));
    let at = pos2(lerp(rect.x_range(), hsva.s), lerp(rect.y_range(), 1.0 - hsva.v));
    handle(ui, at, 7.0, *hsva);
}

fn strip(ui: &mut Ui, hsva: &mut Hsva) {
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, 16.0), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::ColorWell, true, "Hue"));
    if let Some([x, _]) = share(rect, &response) {
        hsva.h = x.min(0.999);
    }
    ui.painter().add(ramp(rect, 2 * STEPS, 1, |x, _| Hsva::new(x, 1.0, 1.0, 1.0)));
    handle(ui, pos2(lerp(rect.x_range(), hsva.h), rect.center().y), 8.0, Hsva::new(hsva.h, 1.0, 1.0, 1.0));
}

/// Where the pointer drags, as shares of the rectangle.
fn share(rect: Rect, response: &Response) -> Option<[f32; 2]> {
    let at = (response.interact_pointer_pos()? - rect.min) / rect.size();
    Some([at.x.clamp(0.0, 1.0), at.y.clamp(0.0, 1.0)])
}

fn ramp(rect: Rect, columns: usize, rows: usize, colour: impl Fn(f32, f32) -> Hsva) -> Mesh {
    let mut mesh = Mesh::default();
    for j in 0..=rows {
        for i in 0..=columns {
            let (x, y) = (i as f32 / columns as f32, j as f32 / rows as f32);
            mesh.colored_vertex(rect.lerp_inside(vec2(x, y)), colour(x, y).into());
        }
    }
    let corner = |i: usize, j: usize| (j * (columns + 1) + i) as u32;
    for j in 0..rows {
        for i in 0..columns {
            mesh.add_triangle(corner(i, j), corner(i + 1, j), corner(i, j + 1));
            mesh.add_triangle(corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1));
        }
    }
    mesh
}

fn handle(ui: &Ui, at: egui::Pos2, radius: f32, colour: Hsva) {
    let [inner, outer] = theme::CURSOR;
    ui.painter().circle(at, radius, egui::Color32::from(colour), Stroke::new(2.0, inner));
    ui.painter().circle_stroke(at, radius + 1.5, Stroke::new(1.0, outer));
}
