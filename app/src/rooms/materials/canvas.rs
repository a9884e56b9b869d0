//! The map and the picture that is made of it, side by side; both are painted on.

use egui::{
    Align2, CursorIcon, Event, FontId, PointerButton, Popup, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2,
    WidgetInfo, pos2,
};

use super::{Command, Materials, Tool};
use crate::desk::Desk;
use crate::kit::look::{fit, image_from_screen, ratio};
use crate::kit::text;
use crate::kit::texture::PictureTexture;
use crate::kit::theme;

/// Around the pictures, and between them.
const MARGIN: f32 = 24.0;
/// The room for the name of a picture above it.
const NAME: f32 = 20.0;

/// What the canvas keeps between frames.
#[derive(Default)]
pub(super) struct Canvas {
    map: PictureTexture,
    picture: PictureTexture,
    /// The picture that a stroke began on, as the pointer is still down.
    on: Option<usize>,
    /// Pixels that a picture takes on the screen.
    pub shown_side: usize,
}

impl Canvas {
    /// Lays it out; what the pointer does goes into `moves`, each with the place of its event among all of the frame.
    pub fn show(&mut self, ui: &mut Ui, room: &Materials, desk: &Desk, moves: &mut Vec<(usize, Command)>) {
        let rect = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Map and picture"));
        ui.painter_at(rect).rect_filled(rect, 0.0, theme::palette(ui.visuals()).canvas);
        if room.model.is_none() {
            empty(ui, rect, room, desk);
            return;
        }
        let places = places(rect, ratio(&room.document.map));
        self.shown_side = (places[1].size() * ui.pixels_per_point()).max_elem().round() as usize;
        let on_top = response.contains_pointer() && !Popup::is_any_open(ui.ctx());
        self.walk_events(ui, places, on_top, moves);
        let painter = ui.painter_at(rect);
        let palette = theme::palette(ui.visuals());
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        let map = self.map.get(ui.ctx(), &room.document.map, true);
        painter.image(map, places[0], whole, theme::UNTINTED);
        match room.picture() {
            Some(picture) => {
                let texture = self.picture.get(ui.ctx(), picture, desk.view.pixels);
                painter.image(texture, places[1], whole, theme::UNTINTED);
            }
            None => {
                painter.rect_filled(places[1], 0.0, palette.well);
            }
        }
        for (place, name) in places.into_iter().zip(["Materials", "Picture"]) {
            let at = place.left_top() - Vec2::new(0.0, 4.0);
            painter.text(at, Align2::LEFT_BOTTOM, name, FontId::proportional(12.0), palette.weak);
        }
        let hint = "Paint on either side; [ and ] change the width";
        let at = rect.center_bottom() - Vec2::new(0.0, 5.0);
        painter.text(at, Align2::CENTER_BOTTOM, hint, FontId::proportional(12.0), palette.weak);
        cursor(ui, &response, places, room);
    }

    fn walk_events(&mut self, ui: &Ui, places: [Rect; 2], on_top: bool, moves: &mut Vec<(usize, Command)>) {
        let events = ui.input(|i| i.events.clone());
        for (i, event) in events.into_iter().enumerate() {
            match event {
                Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. } if on_top => {
                    self.on = places.iter().position(|place| place.contains(pos));
                    moves.extend(self.at(places, pos).map(|at| (i, Command::Down(at))));
                }
                Event::PointerMoved(pos) => {
                    moves.extend(self.at(places, pos).map(|at| (i, Command::Move(at))));
                }
                Event::PointerButton { button: PointerButton::Primary, pressed: false, .. }
                | Event::WindowFocused(false) => {
                    if self.on.take().is_some() {
                        moves.push((i, Command::Up));
                    }
                }
                _ => {}
            }
        }
    }

    /// The place of the pointer on the picture that the stroke began on.
    fn at(&self, places: [Rect; 2], pos: Pos2) -> Option<[f32; 2]> {
        self.on.map(|on| image_from_screen(places[on], pos))
    }
}

/// Where map and picture lie: beside each other, or one above the other where the room is high.
fn places(rect: Rect, ratio: f32) -> [Rect; 2] {
    let beside = rect.width() > rect.height();
    let half = if beside {
        Vec2::new((rect.width() - 3.0 * MARGIN) / 2.0, rect.height() - 2.0 * MARGIN - NAME)
    } else {
        Vec2::new(rect.width() - 2.0 * MARGIN, (rect.height() - 3.0 * MARGIN - 2.0 * NAME) / 2.0)
    };
    let size = fit(half.max(Vec2::splat(16.0)), ratio);
    let apart = if beside { Vec2::new(size.x + MARGIN, 0.0) } else { Vec2::new(0.0, size.y + MARGIN + NAME) };
    let middle = rect.center() + Vec2::new(0.0, NAME / 2.0);
    [middle - apart / 2.0, middle + apart / 2.0].map(|centre| Rect::from_center_size(centre, size))
}

/// The brush where it would paint, on both sides.
fn cursor(ui: &Ui, response: &egui::Response, places: [Rect; 2], room: &Materials) {
    let Some(pos) = response.hover_pos() else { return };
    let Some(over) = places.iter().find(|place| place.contains(pos)) else { return };
    if room.tool != Tool::Brush {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        return;
    }
    ui.ctx().set_cursor_icon(CursorIcon::None);
    let at = image_from_screen(*over, pos);
    let [inner, outer] = theme::CURSOR;
    for place in places {
        let centre = place.min + Vec2::new(at[0], at[1]) * place.size();
        let radius = (0.5 * room.width * place.size().min_elem()).max(2.0);
        let painter = ui.painter_at(place);
        painter.circle_stroke(centre, radius + 1.0, Stroke::new(1.0, outer));
        painter.circle_stroke(centre, radius, Stroke::new(1.0, inner));
    }
}

fn empty(ui: &Ui, rect: Rect, room: &Materials, desk: &Desk) {
    let palette = theme::palette(ui.visuals());
    let (title, about) = if desk.link.is_dead() {
        ("The engine has stopped", "Start the program again to go on.")
    } else if room.failed {
        ("No model is open", "Drop a translator here: a model folder or a checkpoint of pix2pix or CycleGAN.")
    } else {
        ("One moment", "The model is being opened.")
    };
    let lines = [(title, 20.0, palette.text), (about, 13.0, palette.weak)];
    text::block(&ui.painter_at(rect), rect.center(), rect.width() - 48.0, theme::SPACE, &lines);
}
