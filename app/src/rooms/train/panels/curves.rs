//! What a training measures, as curves: values that belong together share a plot.

use std::ops::RangeInclusive;

use egui::{Align, Label, Layout, RichText, Role, Ui, WidgetInfo};
use egui_plot::{Line, Plot, PlotPoints, uniform_grid_spacer};
use latent_engine::train::Curve;

use crate::kit::theme;
use crate::kit::words::capital;

/// What is known of a value, in the order of the plots: its name in a report, the plot that it belongs to, what to call it
/// there.
const KNOWN: [(&str, &str, &str); 16] = [
    ("loss", "Loss", "all of it"),
    ("reconstruction", "Loss", "of the pictures"),
    ("latents", "Difference of latents", "latents"),
    ("pixels", "Difference from the picture", "pixels"),
    ("divergence", "What the sliders tell, in nats", "divergence"),
    ("active", "Sliders in use", "sliders"),
    ("features", "Difference of features", "features"),
    ("loss_d", "Losses of the two networks", "critic"),
    ("loss_g", "Losses of the two networks", "generator"),
    ("real_logit", "What the critic says", "of your pictures"),
    ("fake_logit", "What the critic says", "of the model's"),
    ("told_apart", "How well the critic tells", "pictures"),
    ("diversity", "Variety of the pictures", "variety"),
    ("class_loss", "How hard classes are to tell, in nats", "classes"),
    ("code_error", "Error of the codes that are told", "codes"),
    ("penalty", "Slope of the critic", "penalty"),
];

/// What a plot is for, by its title.
const ABOUT: [(&str, &str); 13] = [
    ("Losses of the two networks", "The two networks compete: neither loss goes to zero, and steady is good"),
    (
        "What the critic says",
        "Above 0 it takes pictures for real, below for made up; the nearer the two lines, the better the model",
    ),
    (
        "How well the critic tells",
        "The share of pairs in which it knows the real picture: 0.5 when it can't tell, 1 when it always can",
    ),
    ("Variety of the pictures", "As a part of what real ones have; near 0 the model makes one picture only"),
    (
        "How hard classes are to tell, in nats",
        "Lower is better: pictures of a class look like it. In nats: 0.7 is no better than to guess between two classes, 2.3 between ten",
    ),
    (
        "Error of the codes that are told",
        "0.58 when nothing can be told; lower is better: codes show in pictures",
    ),
    ("Loss", "Lower is better; it falls fast at first and slowly later"),
    (
        "What the sliders tell, in nats",
        "How much the sliders know of a picture: 1 nat tells about 3 kinds of pictures apart, 2 nats 7, 3 nats 20",
    ),
    ("Sliders in use", "How many sliders change the picture"),
    (
        "Difference from the picture",
        "How far pictures are from what the model makes of them: lower is better",
    ),
    (
        "Difference of features",
        "How far pictures are from what the model makes of them, as the critic sees them: lower is better",
    ),
    ("Slope of the critic", "What is added for a critic that is too steep: small and steady is good"),
    ("Difference of latents", "How far the encoder is from the right latents: lower is better"),
];

/// The plots of what is counted: their axes have no marks between whole numbers.
const COUNTS: [&str; 1] = ["Sliders in use"];

/// Points that a mean is taken over, as a share of all.
const WINDOW: f32 = 0.05;
/// The share of a training at its beginning whose values may lie outside a plot: the first ones are far off, and the
/// rest would be a flat line beside them.
const BEGINNING: f32 = 0.05;
const LEAST_HEIGHT: f32 = 96.0;
/// The height of a title.
const TITLE: f32 = 18.0;

/// Curves that share a plot.
struct Group<'a> {
    title: String,
    curves: Vec<(&'a str, &'a Curve)>,
}

/// Lays the plots out over the room that there is.
pub fn show(ui: &mut Ui, curves: &[Curve]) {
    let groups = groups(curves);
    if groups.is_empty() {
        ui.centered_and_justified(|ui| {
            ui.label(RichText::new("Curves appear here after the first steps").weak())
        });
        return;
    }
    let title = TITLE + ui.spacing().item_spacing.y;
    let height = (ui.available_height() / groups.len() as f32 - title - 2.0 * ui.spacing().item_spacing.y)
        .clamp(LEAST_HEIGHT, 340.0);
    egui::ScrollArea::vertical().id_salt("curves").show(ui, |ui| {
        for (i, group) in groups.iter().enumerate() {
            plot(ui, group, height, i + 1 == groups.len());
        }
    });
}

fn groups(curves: &[Curve]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut curves: Vec<&Curve> = curves.iter().filter(|curve| !curve.points.is_empty()).collect();
    // A training that goes on knows the values in another order than one that begins: places and colours stay.
    curves
        .sort_by_key(|curve| KNOWN.iter().position(|(name, ..)| *name == curve.name).unwrap_or(KNOWN.len()));
    for curve in curves {
        let known = KNOWN.iter().find(|(name, ..)| *name == curve.name);
        // A recipe that is new here gets a plot for each of its values.
        let (title, label) = known.map_or_else(
            || (capital(&curve.name.replace('_', " ")), curve.name.as_str()),
            |(_, title, label)| ((*title).to_owned(), *label),
        );
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.curves.push((label, curve)),
            None => groups.push(Group { title, curves: vec![(label, curve)] }),
        }
    }
    groups
}

fn plot(ui: &mut Ui, group: &Group<'_>, height: f32, is_last: bool) {
    let palette = theme::palette(ui.visuals());
    let about = ABOUT.iter().find(|(title, _)| *title == group.title).map_or("", |(_, about)| *about);
    let row = egui::vec2(ui.available_width(), TITLE);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        // Not in the plot, where it would hide what is newest.
        ui.spacing_mut().interact_size.y = TITLE;
        if group.curves.len() > 1 {
            for ((label, _), colour) in group.curves.iter().zip(palette.terms).rev() {
                ui.label(RichText::new(*label).small().color(colour));
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let title = ui.add(Label::new(RichText::new(&group.title).strong()).truncate());
            if !about.is_empty() {
                title.on_hover_text(about);
            }
        });
    });
    let points = || group.curves.iter().map(|(_, curve)| curve.points.as_slice());
    let last = points().filter_map(<[_]>::last).map(|point| point[0]).fold(1.0, f64::max);
    let range = range(points());
    let counts = COUNTS.contains(&group.title.as_str());
    let range = if counts { whole(&range) } else { range };
    let plot = Plot::new(&group.title)
        .height(height)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .show_crosshair(false)
        .grid_color(palette.weak.gamma_multiply(0.3))
        .grid_spacing(egui::Rangef::new(24.0, 160.0))
        .y_axis_min_width(40.0)
        .show_axes([is_last, true])
        .x_axis_formatter(|mark, _| steps(mark.value))
        // The numbers of steps are wider than high.
        .x_grid_spacer(uniform_grid_spacer(|input| marks(3.5 * input.base_step_size, true)))
        .y_grid_spacer(uniform_grid_spacer(|input| marks(input.base_step_size, counts)))
        .y_axis_formatter(|mark, _| number(mark.value, mark.step_size))
        .label_formatter(|hover| {
            let egui_plot::HoverPosition::NearDataPoint { plot_name, position, .. } = hover else {
                return None;
            };
            Some(format!("{plot_name}\n{:.3} at step {:.0}", position.y, position.x))
        });
    let response = plot.show(ui, |plot| {
        plot.set_plot_bounds_x(0.0..=last);
        plot.set_plot_bounds_y(range);
        for ((label, curve), colour) in group.curves.iter().zip(palette.terms) {
            let line = |points: Vec<[f64; 2]>| Line::new(*label, PlotPoints::from(points));
            let faint = colour.gamma_multiply(0.25);
            plot.line(line(curve.points.clone()).color(faint).width(1.0).allow_hover(false));
            plot.line(line(smooth(&curve.points)).color(colour).width(1.8));
        }
    });
    response.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &group.title));
}

/// A range of counts with room for the mark below and the mark above, which at the very rim would be hidden.
fn whole(range: &RangeInclusive<f64>) -> RangeInclusive<f64> {
    const RIM: f64 = 0.2;
    range.start().floor() - RIM..=range.end().ceil() + RIM
}

/// Distances of the marks of an axis, the finest first: 1, 2 or 5 times a power of ten, so that there are marks in any
/// range. `least` is where marks begin to be seen.
fn marks(least: f64, counts: bool) -> [f64; 3] {
    let least = if counts { least.max(1.0) } else { least.max(f64::MIN_POSITIVE) };
    let power = 10.0_f64.powf(least.log10().floor());
    let nice = [1.0, 2.0, 5.0, 10.0].map(|times| times * power);
    // A bound above that rounding has moved by a little still counts.
    let finest = nice.into_iter().find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(nice[3]);
    [finest, 10.0 * finest, 100.0 * finest]
}

/// A mark's number with as many decimals as tell it from its neighbours.
fn number(value: f64, step: f64) -> String {
    let decimals = (-step.log10() - 1e-9).ceil().clamp(0.0, 9.0) as usize;
    // What rounding leaves of 0 may be below it.
    let value = if value.abs() < step / 2.0 { 0.0 } else { value };
    format!("{value:.decimals$}")
}

fn steps(value: f64) -> String {
    match value {
        value if value >= 10_000.0 => format!("{:.0} k", value / 1e3),
        value if value >= 1_000.0 => format!("{:.1} k", value / 1e3),
        value => format!("{value:.0}"),
    }
}

/// The mean of each point and its neighbours: noise goes, the trend stays. At the beginning, where values change fast, it
/// is taken over fewer; at the end over those before alone, so that the newest point does not jump about.
fn smooth(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let half = (points.len() as f32 * WINDOW / 2.0).ceil() as usize;
    let mut sums = vec![0.0];
    sums.extend(points.iter().scan(0.0, |sum, point| {
        *sum += point[1];
        Some(*sum)
    }));
    (0..points.len())
        .map(|i| {
            let before = half.min(i);
            let after = before.min(points.len() - 1 - i);
            let mean = (sums[i + after + 1] - sums[i - before]) / (before + after + 1) as f64;
            [points[i][0], mean]
        })
        .collect()
}

/// The values that a plot shows.
fn range<'a>(curves: impl Iterator<Item = &'a [[f64; 2]]>) -> RangeInclusive<f64> {
    let mut all: Vec<f64> = Vec::new();
    for points in curves {
        let first = (points.len() as f32 * BEGINNING) as usize;
        all.extend(points[first..].iter().map(|point| point[1]));
    }
    all.sort_by(f64::total_cmp);
    // One measurement in a hundred may stick out.
    let at = |share: f64| all.get(((all.len().max(1) - 1) as f64 * share).round() as usize).copied();
    let (low, high) = (at(0.005).unwrap_or(0.0), at(0.995).unwrap_or(1.0));
    let margin = (0.08 * (high - low)).max(1e-3 * high.abs()).max(1e-6);
    low - margin..=high + margin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(name: &str) -> Curve {
        Curve { name: name.into(), points: vec![[1.0, 2.0]] }
    }

    #[test]
    fn values_that_belong_together_share_a_plot_and_new_ones_get_their_own() {
        let curves = ["hinge_gap", "loss_g", "real_logit", "loss_d"].map(curve);
        let groups = groups(&curves);
        let titles: Vec<(&str, usize)> = groups.iter().map(|g| (g.title.as_str(), g.curves.len())).collect();
        assert_eq!(
            titles,
            [("Losses of the two networks", 2), ("What the critic says", 1), ("Hinge gap", 1)]
        );
        assert_eq!(groups[0].curves[0].0, "critic");
    }

    #[test]
    fn smoothing_keeps_a_line_and_takes_noise_away() {
        let line: Vec<[f64; 2]> = (0..200).map(|i| [f64::from(i), 3.0 * f64::from(i)]).collect();
        for (a, b) in smooth(&line).iter().zip(&line) {
            let late = b[0] > 190.0;
            assert!((a[1] - b[1]).abs() < if late { 10.0 } else { 1e-9 });
        }
        let noise: Vec<[f64; 2]> = (0..200).map(|i| [f64::from(i), f64::from(i % 2)]).collect();
        assert!(smooth(&noise)[50..150].iter().all(|p| (p[1] - 0.5).abs() < 0.1));
        assert!(smooth(&[]).is_empty());
    }

    #[test]
    fn a_plot_is_not_flattened_by_its_beginning() {
        let points: Vec<[f64; 2]> =
            (0..200).map(|i| [f64::from(i), if i < 5 { 1e6 } else { f64::from(i) }]).collect();
        let shown = range([points.as_slice()].into_iter());
        assert!(*shown.end() < 300.0 && *shown.start() > -20.0, "{shown:?}");
    }

    #[test]
    fn counts_have_whole_marks_alone() {
        let always_ten: Vec<[f64; 2]> = (0..200).map(|i| [f64::from(i), 10.0]).collect();
        let shown = whole(&range([always_ten.as_slice()].into_iter()));
        assert_eq!(
            [8.0, 9.0, 10.0, 11.0, 12.0].map(|mark| shown.contains(&mark)),
            [false, true, true, true, false]
        );
        assert_eq!([0.01, 1.0, 1.5, 12.0].map(|least| marks(least, true)[0]), [1.0, 1.0, 2.0, 20.0]);
    }

    #[test]
    fn marks_are_round_numbers_with_the_decimals_that_they_need() {
        let finest = [0.011, 0.2, 0.3, 0.99, 3.0, 70.0].map(|least| marks(least, false)[0]);
        for (finest, expected) in finest.into_iter().zip([0.02, 0.2, 0.5, 1.0, 5.0, 100.0]) {
            assert!((finest - expected).abs() < 1e-9 * expected, "{finest} {expected}");
        }
        let texts = [(0.15, 0.05), (0.5, 0.5), (3.0, 1.0), (-1e-17, 0.2), (20.0, 20.0), (0.002, 0.002)];
        let texts = texts.map(|(value, step)| number(value, step));
        assert_eq!(texts, ["0.15", "0.5", "3", "0.0", "20", "0.002"]);
    }
}
