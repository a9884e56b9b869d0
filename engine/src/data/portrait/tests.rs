//! The factors of the portrait world mean what they say, and act smoothly.

use super::*;
use crate::data::Scene;
use crate::data::tests::{Factor, check_smooth, difference, mean};

/// The factors that are numbers.
const FACTORS: [Factor<Factors>; 41] = [
    ("yaw", |f| &mut f.yaw, -0.6, 0.6),
    ("pitch", |f| &mut f.pitch, -0.2, 0.2),
    ("roll", |f| &mut f.roll, -0.15, 0.15),
    ("face width", |f| &mut f.face_width, 0.0, 1.0),
    ("jaw", |f| &mut f.jaw, 0.0, 1.0),
    ("chin", |f| &mut f.chin, 0.0, 1.0),
    ("cheeks", |f| &mut f.cheeks, 0.0, 1.0),
    ("skin", |f| &mut f.skin, 0.0, 1.0),
    ("flush", |f| &mut f.flush, 0.0, 1.0),
    ("hair volume", |f| &mut f.hair_volume, 0.0, 1.0),
    ("curl", |f| &mut f.curl, 0.0, 1.0),
    ("fringe", |f| &mut f.fringe, 0.0, 1.0),
    ("parting", |f| &mut f.parting, -1.0, 1.0),
    ("hair tone", |f| &mut f.hair_tone, 0.0, 1.0),
    ("hair red", |f| &mut f.hair_red, 0.0, 1.0),
    ("grey", |f| &mut f.grey, 0.0, 1.0),
    ("brow height", |f| &mut f.brow_height, 0.0, 1.0),
    ("brow slant", |f| &mut f.brow_slant, -1.0, 1.0),
    ("brow thickness", |f| &mut f.brow_thickness, 0.0, 1.0),
    ("eye size", |f| &mut f.eye_size, 0.0, 1.0),
    ("eye spacing", |f| &mut f.eye_spacing, 0.0, 1.0),
    ("eye open", |f| &mut f.eye_open, 0.0, 1.0),
    ("gaze", |f| &mut f.gaze, -1.0, 1.0),
    ("eye colour", |f| &mut f.eye_colour, 0.0, 1.0),
    ("nose length", |f| &mut f.nose_length, 0.0, 1.0),
    ("nose width", |f| &mut f.nose_width, 0.0, 1.0),
    ("mouth width", |f| &mut f.mouth_width, 0.0, 1.0),
    ("lips", |f| &mut f.lips, 0.0, 1.0),
    ("smile", |f| &mut f.smile, -1.0, 1.0),
    ("mouth open", |f| &mut f.mouth_open, 0.0, 1.0),
    ("lipstick", |f| &mut f.lipstick, 0.0, 1.0),
    ("beard", |f| &mut f.beard, 0.0, 1.0),
    ("moustache", |f| &mut f.moustache, 0.0, 1.0),
    ("light azimuth", |f| &mut f.light_azimuth, -1.1, 1.1),
    ("light elevation", |f| &mut f.light_elevation, 0.1, 0.9),
    ("contrast", |f| &mut f.contrast, 0.0, 1.0),
    ("warmth", |f| &mut f.warmth, 0.0, 1.0),
    ("background", |f| &mut f.background, 0.0, 1.0),
    ("background warmth", |f| &mut f.background_warmth, 0.0, 1.0),
    ("cloth hue", |f| &mut f.cloth_hue, 0.0, 1.0),
    ("cloth", |f| &mut f.cloth, 0.0, 1.0),
];

/// A head with nothing extreme about it, seen from the front.
fn plain(factors: &mut Factors) {
    for (_, place, low, high) in FACTORS {
        *place(factors) = 0.5 * (low + high);
    }
    (factors.hair_style, factors.glasses) = (HairStyle::Short, None);
    (factors.beard, factors.moustache, factors.fringe, factors.grey) = (0.0, 0.0, 0.1, 0.0);
}

fn plain_but(change: impl FnOnce(&mut Factors)) -> Scene<Factors> {
    Portrait::render_changed(0, 0, 64, |factors| {
        plain(factors);
        change(factors);
    })
}

/// Mean brightness of a part of the picture; its sides as shares of the picture.
fn brightness(scene: &Scene<Factors>, [left, top, right, bottom]: [f32; 4]) -> f32 {
    let within = |x: f32, y: f32| (left..right).contains(&x) && (top..bottom).contains(&y);
    mean(&scene.rgb, within).iter().sum::<f32>() / 3.0
}

const FOREHEAD: [f32; 4] = [0.42, 0.33, 0.58, 0.38];
const CHIN: [f32; 4] = [0.43, 0.79, 0.57, 0.84];
const CORNER: [f32; 4] = [0.0, 0.0, 0.12, 0.12];

#[test]
fn every_factor_changes_the_picture_without_jumps() {
    // An iris is a few pixels.
    check_smooth::<Portrait>(&FACTORS, plain, 0.05);
}

#[test]
fn skin_beard_and_background_change_their_places() {
    let (pale, dark) = (plain_but(|f| f.skin = 0.0), plain_but(|f| f.skin = 1.0));
    assert!(brightness(&pale, FOREHEAD) > brightness(&dark, FOREHEAD) + 60.0);
    assert!((brightness(&pale, CORNER) - brightness(&dark, CORNER)).abs() < 0.5);

    let (shaved, bearded) =
        (plain_but(|f| f.hair_tone = 0.0), plain_but(|f| (f.hair_tone, f.beard) = (0.0, 1.0)));
    assert!(brightness(&shaved, CHIN) > brightness(&bearded, CHIN) + 20.0);
    assert!((brightness(&shaved, FOREHEAD) - brightness(&bearded, FOREHEAD)).abs() < 0.5);

    let wall = |background| brightness(&plain_but(|f| f.background = background), CORNER);
    assert!(wall(1.0) > wall(0.0) + 60.0);
}

#[test]
fn a_picture_is_the_same_at_sizes_that_no_block_divides() {
    for index in 0..4 {
        let at = |size| mean(&Portrait::render(2, index, size).rgb, |_, _| true);
        for size in [17, 30, 63] {
            for (a, b) in at(size).into_iter().zip(at(64)) {
                assert!((a - b).abs() < 3.0, "{size}: {a} {b}");
            }
        }
    }
}

#[test]
fn light_comes_from_its_side() {
    let sides = |azimuth| {
        let scene = plain_but(|f| (f.light_azimuth, f.contrast, f.skin) = (azimuth, 1.0, 0.2));
        (brightness(&scene, [0.28, 0.5, 0.38, 0.65]), brightness(&scene, [0.62, 0.5, 0.72, 0.65]))
    };
    let (left, right) = (sides(-1.0), sides(1.0));
    assert!(left.0 > left.1 + 20.0 && right.1 > right.0 + 20.0, "{left:?} {right:?}");
}

#[test]
fn hair_styles_cover_what_they_say() {
    let styled = |style| plain_but(|f| (f.hair_style, f.hair_tone, f.background) = (style, 0.0, 1.0));
    let bald = styled(HairStyle::Bald);
    let top = [0.4, 0.12, 0.6, 0.18];
    assert!(brightness(&bald, top) > brightness(&styled(HairStyle::Short), top) + 40.0);
    // Beside the jaw there is only long hair.
    let jaw = [0.16, 0.72, 0.22, 0.8];
    assert!(brightness(&styled(HairStyle::Short), jaw) > brightness(&styled(HairStyle::Long), jaw) + 60.0);
    assert!(difference(&styled(HairStyle::Bun).rgb, &bald.rgb) > 1.0);
}

#[test]
fn glasses_are_around_the_eyes_only() {
    let (without, with) = (plain_but(|_| ()), plain_but(|f| f.glasses = Some(0.5)));
    for (i, (a, b)) in without.rgb.chunks_exact(3).zip(with.rgb.chunks_exact(3)).enumerate() {
        assert!(a == b || (22..40).contains(&(i / 64)), "row {}", i / 64);
    }
    assert!(difference(&without.rgb, &with.rgb) > 1.0);
}

#[test]
fn factors_stay_in_their_ranges() {
    for i in 0..2000 {
        let mut factors = Portrait::draw(&mut Rng::stream(11, i));
        for (name, place, low, high) in FACTORS {
            let value = *place(&mut factors);
            assert!((low..=high).contains(&value), "{name} {value}");
        }
        assert!(factors.glasses.is_none_or(|size| (0.0..=1.0).contains(&size)));
    }
}
