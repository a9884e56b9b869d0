//! The only file with colours: the window's palette for dark and light, and the first paints.

use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Theme, Vec2};

/// The first colour of the brush: one that landscapes have. iGAN begins with pure green, of which no model here makes
/// a picture that anybody wants.
pub const FIRST_PAINT: [u8; 3] = [96, 140, 58];

/// Paints that are always at hand: sky, sea, meadow, forest, sand, rock, dusk, snow.
pub const PAINTS: [(&str, [u8; 3]); 12] = [
    ("Meadow", FIRST_PAINT),
    ("Spring meadow", [142, 178, 72]),
    ("Forest", [38, 74, 40]),
    ("Sand", [222, 196, 142]),
    ("Rock", [120, 110, 102]),
    ("Earth", [104, 74, 48]),
    ("Sky", [112, 172, 232]),
    ("Deep sky", [44, 96, 184]),
    ("Sea", [30, 74, 112]),
    ("Dusk", [240, 150, 96]),
    ("Cloud", [214, 218, 224]),
    ("Snow", [255, 255, 255]),
];

/// The unit of all distances.
pub const SPACE: f32 = 8.0;

/// The rounding of buttons and tiles.
pub const ROUND: u8 = 6;

/// The colours of a theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// Behind the picture.
    pub canvas: Color32,
    /// Behind the panels.
    pub panel: Color32,
    /// Behind fields and empty tiles.
    pub well: Color32,
    /// Behind buttons at rest.
    pub button: Color32,
    /// Behind buttons under the pointer.
    pub button_hover: Color32,
    /// Behind pressed buttons.
    pub button_active: Color32,
    /// Between panels.
    pub line: Color32,
    /// Text and icons.
    pub text: Color32,
    /// Text of less weight.
    pub weak: Color32,
    /// The handle of a slider at rest.
    pub handle: Color32,
    /// What is switched on.
    pub accent: Color32,
    /// Text on it.
    pub on_accent: Color32,
    /// Behind what is switched on.
    pub accent_soft: Color32,
    /// Around the chosen candidate (iGAN's green frame).
    pub chosen: Color32,
    /// Bad news.
    pub error: Color32,
    /// Behind bad news.
    pub error_soft: Color32,
    /// Over the window while a file hovers there.
    pub veil: Color32,
    /// The drop shadow of the picture.
    pub shadow: Color32,
    /// Curves of a plot, and parts of a cost.
    pub terms: [Color32; 6],
}

/// The terms of a cost whose colours are known, in the order of [`Palette::terms`].
const TERMS: [&str; 4] = ["colour", "edges", "prior", "smoothness"];

impl Palette {
    /// The colour of a term, by its name: it is the same whichever terms stand beside it.
    pub fn term(&self, name: &str) -> Color32 {
        // A new term takes a colour that no known one has.
        let by_letters =
            || TERMS.len() + name.bytes().map(usize::from).sum::<usize>() % (self.terms.len() - TERMS.len());
        self.terms[TERMS.iter().position(|known| *known == name).unwrap_or_else(by_letters)]
    }
}

const DARK: Palette = Palette {
    canvas: Color32::from_rgb(24, 25, 27),
    panel: Color32::from_rgb(36, 37, 40),
    well: Color32::from_rgb(27, 28, 31),
    button: Color32::from_rgb(50, 52, 56),
    button_hover: Color32::from_rgb(62, 64, 70),
    button_active: Color32::from_rgb(74, 77, 84),
    line: Color32::from_rgb(20, 21, 23),
    text: Color32::from_rgb(226, 228, 232),
    weak: Color32::from_rgb(156, 160, 168),
    handle: Color32::from_rgb(170, 174, 182),
    accent: Color32::from_rgb(92, 160, 255),
    on_accent: Color32::from_rgb(12, 22, 38),
    accent_soft: Color32::from_rgb(38, 62, 98),
    chosen: Color32::from_rgb(64, 214, 110),
    error: Color32::from_rgb(255, 138, 122),
    error_soft: Color32::from_rgb(78, 38, 36),
    veil: Color32::from_rgba_premultiplied(16, 20, 28, 226),
    shadow: Color32::from_black_alpha(140),
    terms: [
        Color32::from_rgb(92, 160, 255),
        Color32::from_rgb(240, 176, 80),
        Color32::from_rgb(176, 132, 236),
        Color32::from_rgb(96, 200, 170),
        Color32::from_rgb(232, 120, 160),
        Color32::from_rgb(170, 174, 182),
    ],
};

const LIGHT: Palette = Palette {
    canvas: Color32::from_rgb(206, 208, 212),
    panel: Color32::from_rgb(240, 241, 243),
    well: Color32::from_rgb(253, 253, 254),
    button: Color32::from_rgb(224, 226, 230),
    button_hover: Color32::from_rgb(212, 215, 220),
    button_active: Color32::from_rgb(198, 202, 208),
    line: Color32::from_rgb(208, 210, 214),
    text: Color32::from_rgb(34, 36, 40),
    weak: Color32::from_rgb(92, 96, 104),
    handle: Color32::from_rgb(92, 96, 104),
    accent: Color32::from_rgb(24, 100, 214),
    on_accent: Color32::from_rgb(255, 255, 255),
    accent_soft: Color32::from_rgb(206, 224, 250),
    chosen: Color32::from_rgb(16, 160, 66),
    error: Color32::from_rgb(176, 32, 22),
    error_soft: Color32::from_rgb(252, 222, 218),
    veil: Color32::from_rgba_premultiplied(214, 220, 228, 232),
    shadow: Color32::from_black_alpha(60),
    terms: [
        Color32::from_rgb(24, 100, 214),
        Color32::from_rgb(214, 132, 16),
        Color32::from_rgb(130, 76, 204),
        Color32::from_rgb(20, 148, 116),
        Color32::from_rgb(204, 66, 118),
        Color32::from_rgb(120, 124, 132),
    ],
};

/// The palette that the window wears now.
pub fn palette(visuals: &egui::Visuals) -> &'static Palette {
    if visuals.dark_mode { &DARK } else { &LIGHT }
}

/// A paint as the window's colour.
pub fn paint([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// A paint that lets the picture shine through.
pub fn glaze([r, g, b]: [u8; 3], alpha: f32) -> Color32 {
    Color32::from_rgba_unmultiplied(r, g, b, (alpha.clamp(0.0, 1.0) * 255.0) as u8)
}

/// The inner and the outer ring of the brush's cursor: one of them is seen on any picture.
pub const CURSOR: [Color32; 2] = [Color32::WHITE, Color32::from_black_alpha(160)];

/// Over what lies beside the frame.
pub const DIMMED: Color32 = Color32::from_black_alpha(130);

/// A sketched line over the picture, and what sets it off.
pub const SKETCH: [Color32; 2] = [Color32::from_rgb(236, 236, 236), Color32::from_black_alpha(150)];

/// How strongly a stroke covers the picture, and how strongly its outline does.
pub const STROKE_ALPHA: [f32; 2] = [0.38, 0.9];

/// The outline of a stroke: lighter or darker than its paint, for a picture that agrees with the stroke has
/// the paint's very colour.
pub fn outline(paint: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = paint.map(f32::from);
    let towards = if 0.299 * r + 0.587 * g + 0.114 * b > 160.0 { 0.0 } else { 255.0 };
    paint.map(|channel| (f32::from(channel) * 0.5 + towards * 0.5) as u8)
}

/// The picture as it is.
pub const UNTINTED: Color32 = Color32::WHITE;

/// A picture that is no longer true.
pub const FADED: Color32 = Color32::from_rgba_premultiplied(120, 120, 120, 120);

/// Dresses the window.
pub fn install(ctx: &egui::Context) {
    for (theme, palette) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        ctx.style_mut_of(theme, |style| dress(style, palette));
    }
}

fn dress(style: &mut egui::Style, palette: &Palette) {
    style.text_styles = [
        (TextStyle::Small, 11.0, FontFamily::Proportional),
        (TextStyle::Body, 13.0, FontFamily::Proportional),
        (TextStyle::Button, 13.0, FontFamily::Proportional),
        (TextStyle::Heading, 15.0, FontFamily::Proportional),
        (TextStyle::Monospace, 12.0, FontFamily::Monospace),
    ]
    .map(|(text_style, size, family)| (text_style, FontId::new(size, family)))
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::splat(SPACE);
    spacing.button_padding = Vec2::new(10.0, 4.0);
    spacing.interact_size = Vec2::new(32.0, 28.0);
    spacing.menu_margin = Margin::same(8);
    spacing.window_margin = Margin::same(16);
    spacing.slider_rail_height = 4.0;
    spacing.icon_width = 16.0;
    spacing.tooltip_width = 320.0;
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = false;

    let visuals = &mut style.visuals;
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.panel;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    let shadow = Shadow { offset: [0, 6], blur: 20, spread: 0, color: palette.shadow };
    (visuals.window_shadow, visuals.popup_shadow) = (shadow, shadow);
    visuals.extreme_bg_color = palette.well;
    visuals.faint_bg_color = palette.well;
    visuals.weak_text_color = Some(palette.weak);
    visuals.hyperlink_color = palette.accent;
    visuals.error_fg_color = palette.error;
    visuals.selection.bg_fill = palette.accent_soft;
    visuals.selection.stroke = Stroke::new(1.5, palette.accent);
    visuals.slider_trailing_fill = true;
    visuals.striped = false;
    visuals.indent_has_left_vline = false;
    visuals.disabled_alpha = 0.4;
    let widgets = &mut visuals.widgets;
    for (widget, fill) in [
        (&mut widgets.noninteractive, palette.panel),
        (&mut widgets.inactive, palette.button),
        (&mut widgets.hovered, palette.button_hover),
        (&mut widgets.active, palette.button_active),
        (&mut widgets.open, palette.button_hover),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::NONE;
        widget.fg_stroke = Stroke::new(1.5, palette.text);
        widget.corner_radius = CornerRadius::same(ROUND);
        widget.expansion = 0.0;
    }
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, palette.line);
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, palette.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_has_one_colour() {
        let colours = TERMS.map(|name| DARK.term(name));
        for (i, colour) in colours.iter().enumerate() {
            assert!(!colours[..i].contains(colour), "{}", TERMS[i]);
        }
        assert!(!colours.contains(&DARK.term("realism")));
        assert_eq!(DARK.term("realism"), DARK.term("realism"));
    }
}
