//! The canvas: shows the picture, the strokes and the brush, and turns events into commands.

mod frame;
mod outline;
mod overlay;

use egui::{
    Align2, CursorIcon, Event, FontId, Key, MouseWheelUnit, PointerButton, Popup, Pos2, Rect, Response, Role,
    Sense, Shadow, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
};

use self::outline::Outline;
use self::overlay::Overlay;
use crate::desk::Desk;
use crate::kit::look::{Look, image_from_screen};
use crate::kit::picker;
use crate::kit::text;
use crate::kit::texture::PictureTexture;
use crate::kit::theme;
use crate::rooms::paint::Paint;
use crate::rooms::paint::command::Command;
use crate::rooms::paint::shown::Showing;
use crate::rooms::paint::tools::{Pointer, ToolKind};

/// Larger by one notch of the wheel.
const ZOOM_NOTCH: f32 = 1.15;

/// Points that a touchpad moves for one notch.
const NOTCH: f32 = 40.0;

/// What the canvas keeps between frames.
#[derive(Default)]
pub struct Canvas {
    picture: PictureTexture,
    before: PictureTexture,
    /// The line between before and after is held.
    splitting: bool,
    overlay: Overlay,
    outline: Outline,
    /// The button went down on the canvas and is still down.
    painting: bool,
    /// Where the pointer was when the picture was last moved.
    panning: Option<Pos2>,
    /// Parts of a notch.
    wheel: f32,
    /// Pixels that the longer side of the picture takes on the screen when the whole of it is shown.
    shown_side: usize,
}

impl Canvas {
    /// Pixels that the longer side of the picture takes on the screen when the whole of it is shown.
    pub fn shown_side(&self) -> usize {
        self.shown_side
    }

    /// Lays the canvas out over all that is left. What the pointer does goes into `moves`, each with the place of its
    /// event among all of the frame.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        paint: &Paint,
        desk: &Desk,
        moves: &mut Vec<(usize, Command)>,
        out: &mut Vec<Command>,
    ) {
        let rect = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Canvas"));
        let ratio = paint.ratio();
        let look = self.walk_events(ui, &response, paint, moves);
        if look != paint.look {
            out.push(Command::SetLook(look));
        }
        let place = look.place(rect, ratio);
        let whole = Look::default().place(rect, ratio).size() * ui.pixels_per_point();
        self.shown_side = whole.max_elem().round() as usize;
        self.paint(ui, rect, place, paint, desk);
        paint_cursor(ui, &response, place, paint, self.panning.is_some());
        Popup::context_menu(&response)
            .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| out.extend(picker::show(ui, paint.tools.colour.colour).map(Command::SetColour)));
    }

    /// Walks the events in order: a slow frame brings a whole stroke at once, and none of it may be lost.
    fn walk_events(
        &mut self,
        ui: &Ui,
        response: &Response,
        paint: &Paint,
        moves: &mut Vec<(usize, Command)>,
    ) -> Look {
        let (rect, ratio) = (response.rect, paint.ratio());
        let mut look = paint.look;
        let popup = Popup::is_any_open(ui.ctx());
        let on_top =
            |pos: Pos2| rect.contains(pos) && !popup && ui.ctx().layer_id_at(pos) == Some(ui.layer_id());
        let has_model = paint.document.model.is_some();
        let (events, space) = ui.input(|i| (i.events.clone(), i.key_down(Key::Space)));
        for (i, event) in events.into_iter().enumerate() {
            match event {
                Event::PointerButton { pos, button, pressed: true, .. } if on_top(pos) => match button {
                    PointerButton::Middle => self.panning = Some(pos),
                    PointerButton::Primary if space => self.panning = Some(pos),
                    PointerButton::Primary
                        if paint.split.is_some_and(|at| is_on_line(look.place(rect, ratio), at, pos)) =>
                    {
                        self.splitting = true;
                    }
                    PointerButton::Primary if has_model => {
                        self.painting = true;
                        let at = image_from_screen(look.place(rect, ratio), pos);
                        moves.push((i, Command::Pointer(Pointer::Down(at))));
                    }
                    _ => {}
                },
                Event::PointerButton { button, pressed: false, .. } => {
                    if matches!(button, PointerButton::Middle | PointerButton::Primary) {
                        (self.panning, self.splitting) = (None, false);
                    }
                    if button == PointerButton::Primary && std::mem::take(&mut self.painting) {
                        moves.push((i, Command::Pointer(Pointer::Up)));
                    }
                }
                Event::PointerMoved(pos) => {
                    if let Some(last) = &mut self.panning {
                        look = look.panned(rect, ratio, pos - std::mem::replace(last, pos));
                    } else if self.splitting {
                        let [at, _] = image_from_screen(look.place(rect, ratio), pos);
                        moves.push((i, Command::SetSplit(at)));
                    } else if self.painting {
                        let at = image_from_screen(look.place(rect, ratio), pos);
                        moves.push((i, Command::Pointer(Pointer::Move(at))));
                    }
                }
                Event::WindowFocused(false) if std::mem::take(&mut self.painting) => {
                    moves.push((i, Command::Pointer(Pointer::Up)));
                }
                Event::MouseWheel { unit, delta, modifiers, .. } if response.contains_pointer() => {
                    let notches = match unit {
                        MouseWheelUnit::Point => delta.y / NOTCH,
                        MouseWheelUnit::Line | MouseWheelUnit::Page => delta.y,
                    };
                    if modifiers.command || modifiers.ctrl {
                        let at = response.hover_pos().unwrap_or(rect.center());
                        look = look.zoomed_at(rect, ratio, at, ZOOM_NOTCH.powf(notches));
                    } else {
                        self.wheel += notches;
                        let whole = self.wheel.trunc();
                        self.wheel -= whole;
                        if whole != 0.0 {
                            moves.push((i, Command::StepWidth(whole)));
                        }
                    }
                }
                Event::Zoom(factor) if response.contains_pointer() => {
                    let at = response.hover_pos().unwrap_or(rect.center());
                    look = look.zoomed_at(rect, ratio, at, factor);
                }
                _ => {}
            }
        }
        look
    }

    fn paint(&mut self, ui: &Ui, rect: Rect, picture_rect: Rect, paint: &Paint, desk: &Desk) {
        let painter = ui.painter_at(rect);
        let palette = theme::palette(ui.visuals());
        let Some(picture) = paint.canvas_picture() else {
            painter.rect_filled(rect, 0.0, palette.canvas);
            paint_empty(ui, rect, paint, desk);
            return;
        };
        let shadow = Shadow { offset: [0, 4], blur: 24, spread: 0, color: palette.shadow };
        // Only around the picture: without a GPU every pixel under it would be drawn three times.
        for strip in around(rect, picture_rect) {
            let strip = painter.with_clip_rect(strip);
            strip.rect_filled(rect, 0.0, palette.canvas);
            strip.add(shadow.as_shape(picture_rect, 0.0));
        }
        let small = paint.shown_picture().filter(|_| desk.view.pixels && !paint.is_framing());
        let picture = small.unwrap_or(picture);
        let texture = self.picture.get(ui.ctx(), &picture, desk.view.pixels);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture, picture_rect, whole, theme::UNTINTED);
        if paint.is_framing() {
            frame::paint(&painter, picture_rect, paint);
            return;
        }
        self.paint_before(ui, &painter, picture_rect, paint);
        if paint.edits {
            let strokes = painter.with_clip_rect(picture_rect.intersect(rect));
            self.overlay.paint(&strokes, picture_rect, &paint.document.shown_strokes());
        }
        let selected = paint.selected_stroke().map(|(_, drawn)| &drawn.stroke);
        self.outline.paint(&painter.with_clip_rect(picture_rect.intersect(rect)), picture_rect, selected);
        self.caption(ui, rect, paint);
    }

    /// The picture as it was, left of the line.
    fn paint_before(&mut self, ui: &Ui, painter: &egui::Painter, picture_rect: Rect, paint: &Paint) {
        let (Some(at), Some(original)) = (paint.split, paint.original()) else { return };
        let texture = self.before.get(ui.ctx(), &original, false);
        let part = Rect::from_min_max(pos2(0.0, 0.0), pos2(at, 1.0));
        let x = picture_rect.left() + at * picture_rect.width();
        let place = Rect::from_min_max(picture_rect.min, pos2(x, picture_rect.bottom()));
        painter.image(texture, place, part, theme::UNTINTED);
        let [light, dark] = theme::CURSOR;
        painter.vline(x, picture_rect.y_range(), Stroke::new(3.0, dark));
        painter.vline(x, picture_rect.y_range(), Stroke::new(1.5, light));
        let label = |text: &str, x: f32, align: Align2| {
            let at = pos2(x, picture_rect.top() + 6.0);
            let font = FontId::proportional(11.0);
            let back = painter.layout_no_wrap(text.into(), font, light);
            let rect = align.anchor_size(at, back.size());
            painter.rect_filled(rect.expand(3.0), 3.0, dark);
            painter.galley(rect.min, back, light);
        };
        label("Before", x - 8.0, Align2::RIGHT_TOP);
        label("After", x + 8.0, Align2::LEFT_TOP);
    }

    /// A line in the margin: what is shown instead of the newest picture, or how to begin.
    fn caption(&self, ui: &Ui, rect: Rect, paint: &Paint) {
        let text = match () {
            () if paint.position().is_some() => "On the way from the old picture to the new one",
            () if paint.is_framing() => "Drag the frame to the part that you want to paint on",
            () if paint.showing == Showing::Mean => "The mean of all candidates",
            () if paint.document.strokes.is_empty() => {
                "Paint on the picture: wheel for the width, right click for the colour"
            }
            () => return,
        };
        let colour = theme::palette(ui.visuals()).weak;
        let at = rect.center_bottom() - egui::vec2(0.0, 5.0);
        ui.painter_at(rect).text(at, Align2::CENTER_BOTTOM, text, FontId::proportional(12.0), colour);
    }
}

/// True where the pointer is at the line between before and after.
fn is_on_line(picture: Rect, at: f32, pos: Pos2) -> bool {
    (picture.left() + at * picture.width() - pos.x).abs() < 7.0 && picture.y_range().contains(pos.y)
}

/// A cursor of the brush's true size.
fn paint_cursor(ui: &Ui, response: &Response, picture: Rect, paint: &Paint, panning: bool) {
    let Some(pos) = response.hover_pos().filter(|_| response.contains_pointer() || paint.is_drawing()) else {
        return;
    };
    if panning || ui.input(|i| i.key_down(Key::Space)) {
        let icon = if panning { CursorIcon::Grabbing } else { CursorIcon::Grab };
        ui.ctx().set_cursor_icon(icon);
        return;
    }
    if Popup::is_any_open(ui.ctx()) {
        return;
    }
    let painter = ui.painter_at(response.rect);
    let [inner, outer] = theme::CURSOR;
    let colour = paint.tools.colour.colour;
    if paint.split.is_some_and(|at| is_on_line(picture, at, pos)) {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        return;
    }
    if matches!(paint.tools.active, ToolKind::Select | ToolKind::Frame) {
        return;
    }
    let Some(brush) = paint.tools.brush() else {
        // The eyedropper shows what it would pick.
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        if paint.shown_picture().is_some() {
            let swatch = Rect::from_min_size(pos + egui::vec2(14.0, -30.0), egui::Vec2::splat(18.0));
            painter.rect(swatch, 9.0, theme::paint(colour), Stroke::new(1.5, inner), StrokeKind::Outside);
        }
        return;
    };
    ui.ctx().set_cursor_icon(CursorIcon::None);
    let radius = (brush.diameter() * picture.size().min_elem() / 2.0).max(2.0);
    if paint.tools.active == ToolKind::Colour {
        painter.circle_filled(pos, radius, theme::glaze(colour, 0.25));
    }
    painter.circle_stroke(pos, radius + 1.0, Stroke::new(1.0, outer));
    painter.circle_stroke(pos, radius, Stroke::new(1.0, inner));
    if radius < 5.0 {
        // So small a ring is lost on a busy picture.
        painter.circle_stroke(pos, 8.0, Stroke::new(1.0, outer));
    }
}

/// What is left of a rectangle around another one: above, below, left, right.
fn around(rect: Rect, inner: Rect) -> impl Iterator<Item = Rect> {
    let inner = inner.intersect(rect);
    // One pixel under the picture's rim, so that no line is left out.
    let (top, bottom) = (inner.top().floor() + 1.0, inner.bottom().ceil() - 1.0);
    let (left, right) = (inner.left().floor() + 1.0, inner.right().ceil() - 1.0);
    let strips = [
        Rect::from_min_max(rect.min, pos2(rect.right(), top)),
        Rect::from_min_max(pos2(rect.left(), bottom), rect.max),
        Rect::from_min_max(pos2(rect.left(), top), pos2(left, bottom)),
        Rect::from_min_max(pos2(right, top), pos2(rect.right(), bottom)),
    ];
    strips.into_iter().filter(Rect::is_positive)
}

fn paint_empty(ui: &Ui, rect: Rect, paint: &Paint, desk: &Desk) {
    let palette = theme::palette(ui.visuals());
    let name = desk.view.wanted_model_name();
    let (title, about) = if desk.link.is_dead() {
        ("The engine has stopped", "Start the program again to go on.".to_owned())
    } else if desk.link.opening().is_some() {
        ("One moment", format!("Opening {name}"))
    } else if paint.photo().is_some() && paint.document.model.is_some() {
        ("One moment", "The photo is on its way.".to_owned())
    } else if paint.document.model.is_none() {
        ("No model is open", "Choose one from the menu at the top left, or open a checkpoint.".to_owned())
    } else {
        ("One moment", "The first pictures are on their way.".to_owned())
    };
    let lines = [(title, 20.0, palette.text), (about.as_str(), 13.0, palette.weak)];
    text::block(&ui.painter_at(rect), rect.center(), rect.width() - 48.0, theme::SPACE, &lines);
}
