//! The factors of the creature world mean what they say, and act smoothly.

use super::*;
use crate::data::Scene;
use crate::data::tests::{Factor, check_smooth, mean};

const FACTORS: [Factor<Factors>; 20] = [
    ("hue", |f| &mut f.hue, 0.0, 1.0),
    ("lightness", |f| &mut f.lightness, 0.0, 1.0),
    ("accent", |f| &mut f.accent, 0.0, 1.0),
    ("backdrop", |f| &mut f.backdrop, 0.0, 1.0),
    ("size", |f| &mut f.size, 0.0, 1.0),
    ("stoutness", |f| &mut f.stoutness, 0.0, 1.0),
    ("head", |f| &mut f.head, 0.0, 1.0),
    ("limbs", |f| &mut f.limbs, 0.0, 1.0),
    ("pose", |f| &mut f.pose, 0.0, 1.0),
    ("lean", |f| &mut f.lean, -1.0, 1.0),
    ("ears", |f| &mut f.ears, 0.0, 1.0),
    ("ear roundness", |f| &mut f.ear_roundness, 0.0, 1.0),
    ("eyes", |f| &mut f.eyes, 0.0, 1.0),
    ("mood", |f| &mut f.mood, 0.0, 1.0),
    ("belly", |f| &mut f.belly, 0.0, 1.0),
    ("pattern", |f| &mut f.pattern, 0.0, 1.0),
    ("stripes", |f| &mut f.stripes, 0.0, 1.0),
    ("tail", |f| &mut f.tail, 0.0, 1.0),
    ("wings", |f| &mut f.wings, 0.0, 1.0),
    ("horns", |f| &mut f.horns, 0.0, 1.0),
];

/// A creature with nothing extreme about it.
fn plain(factors: &mut Factors) {
    for (_, place, low, high) in FACTORS {
        *place(factors) = 0.5 * (low + high);
    }
}

fn plain_but(size: usize, change: impl FnOnce(&mut Factors)) -> Scene<Factors> {
    Creature::render_changed(0, 0, size, |factors| {
        plain(factors);
        change(factors);
    })
}

/// Pixels that differ between two pictures.
fn changed(a: &Scene<Factors>, b: &Scene<Factors>) -> usize {
    a.rgb.chunks_exact(3).zip(b.rgb.chunks_exact(3)).filter(|(a, b)| a != b).count()
}

#[test]
fn every_factor_changes_the_picture_without_jumps() {
    check_smooth::<Creature>(&FACTORS, plain, 0.25);
}

#[test]
fn parts_at_nothing_are_not_there() {
    // Their other factors then change no pixel.
    let without = |change: fn(&mut Factors)| {
        plain_but(64, |f| {
            (f.ears, f.pattern) = (0.0, 0.0);
            change(f);
        })
    };
    assert_eq!(changed(&without(|f| f.ear_roundness = 0.3), &without(|f| f.ear_roundness = 0.6)), 0);
    assert_eq!(changed(&without(|f| f.stripes = 0.0), &without(|f| f.stripes = 1.0)), 0);
}

#[test]
fn factors_mean_what_they_say() {
    let wall = |backdrop| mean(&plain_but(32, |f| f.backdrop = backdrop).rgb, |x, y| x < 0.1 && y < 0.3);
    assert!((0..3).all(|c| wall(1.0)[c] > wall(0.0)[c] + 40.0));

    let skin = |hue| {
        mean(&plain_but(32, |f| (f.hue, f.belly) = (hue, 0.0)).rgb, |x, y| {
            (0.4..0.6).contains(&x) && (0.65..0.8).contains(&y)
        })
    };
    let (red, green, blue) = (skin(0.0), skin(0.57), skin(1.0));
    assert!(red[0] > red[1] + 20.0 && red[0] > red[2] + 20.0, "{red:?}");
    assert!(green[1] > green[0] + 20.0 && green[1] > green[2] + 20.0, "{green:?}");
    assert!(blue[2] > blue[0] + 20.0 && blue[2] > blue[1], "{blue:?}");

    // Against the same room, what a creature covers is what differs from a creature elsewhere.
    let covered = |change: fn(&mut Factors)| {
        let bright = plain_but(64, |f| (change(f), f.hue = 0.0).0);
        let dark = plain_but(64, |f| (change(f), f.hue = 0.0, f.lightness = 0.0).0);
        changed(&bright, &dark)
    };
    assert!(covered(|f| f.size = 1.0) > covered(|f| f.size = 0.0) + 200);
    assert!(covered(|f| f.wings = 0.0) < covered(|f| f.wings = 1.0));

    // Red skin at the sides of the trunk: arms, above or below the shoulders.
    let arms = |pose, from: usize, to: usize| {
        let scene = plain_but(64, |f| {
            (f.pose, f.hue, f.limbs, f.wings, f.tail, f.ears) = (pose, 0.0, 1.0, 0.0, 0.0, 0.0);
        });
        let rows = scene.rgb.chunks_exact(64 * 3).skip(from).take(to - from);
        let sides = rows.flat_map(|row| row[..20 * 3].chunks_exact(3));
        sides.filter(|pixel| pixel[0] > pixel[1].saturating_add(40)).count()
    };
    assert!(arms(1.0, 12, 34) > arms(0.0, 12, 34) + 10);
    assert!(arms(1.0, 38, 50) + 10 < arms(0.0, 38, 50));
}

#[test]
fn factors_stay_in_their_ranges() {
    let mut horned = 0;
    for i in 0..2000 {
        let mut factors = Creature::draw(&mut Rng::stream(11, i));
        for (name, place, low, high) in FACTORS {
            let value = *place(&mut factors);
            assert!((low..=high).contains(&value), "{name} {value}");
        }
        horned += usize::from(factors.horns > 0.0);
    }
    assert!((700..900).contains(&horned), "two in five have horns: {horned}");
}
