//! The colour picker: a square of saturation and brightness, a strip of hues, the numbers, the code of a web page.

use egui::accesskit::{Action, ActionData};
use egui::ecolor::Hsva;
use egui::epaint::Mesh;
use egui::{
    Align2, DragValue, EventFilter, Id, Key, Rect, Response, Role, Sense, Stroke, TextEdit, Ui, WidgetInfo,
    lerp, pos2, vec2,
};

use crate::kit::theme;

const WIDTH: f32 = 224.0;

/// Steps of the colour ramps; between them the colours are blended.
const STEPS: usize = 24;

/// An arrow key moves a handle by this share of its area, with Shift by this many of those.
const STEP: f32 = 0.01;
const LEAP: f32 = 10.0;

/// Lets the user choose any colour; the new one, where it is another.
pub fn show(ui: &mut Ui, before: [u8; 3]) -> Option<[u8; 3]> {
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
    hex(ui, &mut rgb);
    if rgb != picked {
        hsva = Hsva::from_srgb(rgb);
    }
    ui.data_mut(|data| data.insert_temp(memory, hsva));
    (rgb != before).then_some(rgb)
}

fn square(ui: &mut Ui, hsva: &mut Hsva) {
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, 160.0), Sense::click_and_drag());
    let (saturation, brightness) = (percent(hsva.s), percent(hsva.v));
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(format!("saturation {saturation} %, brightness {brightness} %")),
        ..WidgetInfo::labeled(Role::ColorWell, true, "Saturation and brightness")
    });
    if let Some([x, y]) = share(rect, &response) {
        (hsva.s, hsva.v) = (x, 1.0 - y);
    }
    let [x, y] = arrows(ui, &response, true);
    hsva.s = (hsva.s + x).clamp(0.0, 1.0);
    hsva.v = (hsva.v + y).clamp(0.0, 1.0);
    let hue = hsva.h;
    ui.painter().add(ramp(rect, STEPS, STEPS, |x, y| Hsva::new(hue, x, 1.0 - y, 1.0)));
    let at = pos2(lerp(rect.x_range(), hsva.s), lerp(rect.y_range(), 1.0 - hsva.v));
    handle(ui, at, 7.0, *hsva);
    response.on_hover_text("Saturation from left to right, brightness upwards; arrow keys move it, too");
}

fn percent(share: f32) -> u8 {
    (100.0 * share).round() as u8
}

fn strip(ui: &mut Ui, hsva: &mut Hsva) {
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, 16.0), Sense::click_and_drag());
    let degrees = f64::from((360.0 * hsva.h).round());
    response.widget_info(|| WidgetInfo::slider(true, degrees, "Hue"));
    if let Some([x, _]) = share(rect, &response) {
        hsva.h = x;
    }
    hsva.h += arrows(ui, &response, false)[0];
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(360.0);
        node.set_numeric_value_step(f64::from(360.0 * STEP));
        node.add_action(Action::SetValue);
    });
    ui.input(|i| {
        for request in i.accesskit_action_requests(response.id, Action::SetValue) {
            if let Some(ActionData::NumericValue(degrees)) = request.data {
                hsva.h = degrees as f32 / 360.0;
            }
        }
    });
    // The right end is red again, like the left one.
    hsva.h = hsva.h.clamp(0.0, 0.999);
    ui.painter().add(ramp(rect, 2 * STEPS, 1, |x, _| Hsva::new(x, 1.0, 1.0, 1.0)));
    handle(ui, pos2(lerp(rect.x_range(), hsva.h), rect.center().y), 8.0, Hsva::new(hsva.h, 1.0, 1.0, 1.0));
    response.on_hover_text("The hue; arrow keys move it, too");
}

/// Where the pointer drags, as shares of the rectangle.
fn share(rect: Rect, response: &Response) -> Option<[f32; 2]> {
    let at = (response.interact_pointer_pos()? - rect.min) / rect.size();
    Some([at.x.clamp(0.0, 1.0), at.y.clamp(0.0, 1.0)])
}

/// How far the arrow keys move a handle to the right and, where there is a way, upwards.
fn arrows(ui: &Ui, response: &Response, upwards: bool) -> [f32; 2] {
    if !response.has_focus() {
        return [0.0; 2];
    }
    ui.memory_mut(|memory| {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: upwards, ..Default::default() };
        memory.set_focus_lock_filter(response.id, filter);
    });
    ui.input(|i| {
        let step = if i.modifiers.shift { LEAP * STEP } else { STEP };
        let along = |more: Key, less: Key| (i.num_presses(more) as f32 - i.num_presses(less) as f32) * step;
        let up = if upwards { along(Key::ArrowUp, Key::ArrowDown) } else { 0.0 };
        [along(Key::ArrowRight, Key::ArrowLeft), up]
    })
}

/// The colour as web pages write it.
fn hex(ui: &mut Ui, rgb: &mut [u8; 3]) {
    let id = Id::unique("colour code");
    // While it is typed it is no colour yet.
    let typed =
        ui.data(|data| data.get_temp::<String>(id)).filter(|_| ui.memory(|memory| memory.has_focus(id)));
    let mut text = typed.unwrap_or_else(|| code(*rgb));
    ui.horizontal(|ui| {
        let label = ui.label("Code");
        let edit = TextEdit::singleline(&mut text)
            .id(id)
            .align(Align2::LEFT_CENTER)
            .desired_width(72.0)
            .char_limit(7);
        let response = ui.add(edit).labelled_by(label.id);
        if response.changed() {
            *rgb = colour(&text).unwrap_or(*rgb);
        }
        response.on_hover_text("The colour as web pages write it: #4080ff, or #48f for short");
    });
    ui.data_mut(|data| data.insert_temp(id, text));
}

fn code([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// The colour of a code with three or six digits.
fn colour(code: &str) -> Option<[u8; 3]> {
    let code = code.trim();
    let digits = code.strip_prefix('#').unwrap_or(code);
    let value = |digits: &str| u8::from_str_radix(digits, 16).ok();
    match (digits.len(), digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        (6, true) => Some([value(&digits[..2])?, value(&digits[2..4])?, value(&digits[4..])?]),
        (3, true) => {
            let [r, g, b] = [0, 1, 2].map(|i| value(&digits[i..=i]).map(|digit| 17 * digit));
            Some([r?, g?, b?])
        }
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_web_pages_are_colours() {
        assert_eq!(code([64, 128, 255]), "#4080ff");
        for (text, expected) in [
            ("#4080ff", Some([64, 128, 255])),
            (" 4080FF ", Some([64, 128, 255])),
            ("#48f", Some([68, 136, 255])),
            ("#4080f", None),
            ("+40+80", None),
            ("red", None),
            ("\u{e9}\u{e9}\u{e9}", None),
        ] {
            assert_eq!(colour(text), expected, "{text}");
        }
    }
}
