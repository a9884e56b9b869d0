//! The factors of the landscape world mean what they say.

use super::*;
use crate::data::{Scene, Vary};

/// Mean of the three channels over the rows `from..to` (shares of the height).
fn brightness(picture: &Scene<Factors>, from: f32, to: f32) -> f32 {
    let bytes = picture.rgb.len() as f32;
    let rows = &picture.rgb[(from * bytes) as usize..(to * bytes) as usize];
    rows.iter().map(|&b| f32::from(b)).sum::<f32>() / rows.len() as f32
}

fn sunny(factors: &mut Factors) {
    factors.sun_elevation = 0.9;
    factors.sun_azimuth = 2.0;
    factors.overcast = 0.0;
    factors.cloud_cover = 0.0;
    factors.haze = 0.05;
}

#[test]
fn a_higher_sun_makes_a_brighter_picture() {
    for i in 0..16 {
        let noon = Landscape::render_changed(2, i, 32, sunny);
        let dusk = Landscape::render_changed(2, i, 32, |factors| {
            sunny(factors);
            factors.sun_elevation = -0.12;
        });
        let (noon, dusk) = (brightness(&noon, 0.0, 0.3), brightness(&dusk, 0.0, 0.3));
        assert!(noon > dusk + 20.0, "picture {i}: {noon} and {dusk}");
    }
}

#[test]
fn overcast_takes_the_colour_out_of_the_sky() {
    let blueness = |overcast: f32| {
        let rgb = Landscape::render_changed(2, 0, 32, |factors| {
            sunny(factors);
            factors.overcast = overcast;
        })
        .rgb;
        i32::from(rgb[2]) - i32::from(rgb[0])
    };
    assert!(blueness(0.0) > 50 && blueness(1.0) < 25, "{} {}", blueness(0.0), blueness(1.0));
}

#[test]
fn a_sea_level_puts_water_into_the_picture() {
    let blue = |level: Option<f32>| {
        let count = |i| {
            let picture = Landscape::render_changed(4, i, 32, |factors| {
                sunny(factors);
                (factors.biome, factors.woods, factors.snow_line) = (Biome::Desert, 0.0, 120.0);
                factors.mountains = 0.0;
                factors.horizon = 0.4;
                factors.sea_level = level;
            });
            let below = &picture.rgb[32 * 3 * 16..];
            below.chunks_exact(3).filter(|pixel| pixel[2] > pixel[0]).count() as f32 / (16.0 * 32.0)
        };
        (0..16).map(count).sum::<f32>() / 16.0
    };
    let (dry, lakes, sea) = (blue(None), blue(Some(-0.2)), blue(Some(1.4)));
    assert!(dry < 0.02 && lakes > 0.1 && sea > lakes + 0.15, "{dry} {lakes} {sea}");
}

#[test]
fn mountains_hide_sky_and_snow_is_bright() {
    let mean = |change: fn(&mut Factors), from, to| {
        let one = |i| brightness(&Landscape::render_changed(8, i, 32, change), from, to);
        (0..12).map(one).sum::<f32>() / 12.0
    };
    let plain = |factors: &mut Factors| {
        sunny(factors);
        (factors.biome, factors.horizon, factors.snow_line) = (Biome::Forest, 0.5, 120.0);
        (factors.sea_level, factors.mountains) = (None, 0.0);
    };
    let above_horizon = mean(plain, 0.3, 0.45);
    let high = |factors: &mut Factors| {
        sunny(factors);
        (factors.biome, factors.horizon, factors.snow_line) = (Biome::Forest, 0.5, 120.0);
        (factors.sea_level, factors.mountains) = (None, 1.0);
    };
    assert!(above_horizon > mean(high, 0.3, 0.45) + 20.0);
    let snow = |factors: &mut Factors| {
        sunny(factors);
        (factors.biome, factors.horizon, factors.snow_line) = (Biome::Snow, 0.5, -1000.0);
        (factors.sea_level, factors.mountains) = (None, 0.0);
    };
    assert!(mean(snow, 0.6, 1.0) > mean(plain, 0.6, 1.0) + 60.0);
}

#[test]
fn factors_stay_in_their_ranges() {
    for i in 0..2000 {
        let f = Factors::draw(&mut Rng::stream(11, i));
        let shares = [f.overcast, f.cloud_cover, f.season, f.woods, f.mountains, f.haze];
        assert!(shares.iter().all(|x| (0.0..=1.0).contains(x)), "{f:?}");
        assert!((-0.15..=1.1).contains(&f.sun_elevation) && f.sun_azimuth.abs() <= 3.15, "{f:?}");
        assert!((0.34..=0.66).contains(&f.horizon) && (1.6..=9.0).contains(&f.camera_height), "{f:?}");
        assert!(f.sea_level.is_none_or(|level| (-0.9..=1.4).contains(&level)), "{f:?}");
    }
}

#[test]
fn maps_show_what_the_picture_shows() {
    let (size, count) = (48, 12);
    let pictures = Landscape::render_many(6, 0, count, size);
    let maps = Landscape::maps(&Vary::all(), 6, 0, count, size).unwrap();
    for (picture, maps) in pictures.iter().zip(&maps) {
        assert!([maps.labels.len(), maps.plan.len(), maps.heights.len()].iter().all(|&n| n == size * size));
        let aloft = [Label::Sky, Label::Cloud, Label::Tree];
        assert!(aloft.iter().all(|label| !maps.plan.contains(label)), "there is no sky below");
        // The upper edge is sky where no mountain reaches it, the lower edge never is.
        assert!(maps.labels[size * (size - 1)..].iter().all(|label| !aloft[..2].contains(label)));
        let water = maps.plan.contains(&Label::Water);
        assert!(picture.factors.sea_level.is_some() || !water, "water without a sea level");
        if picture.factors.biome == Biome::Snow {
            assert!(maps.plan.contains(&Label::Snow));
        }
    }
    let all = |label| maps.iter().any(|maps| maps.labels.contains(&label));
    assert!([Label::Sky, Label::Cloud, Label::Water, Label::Trees, Label::Rock].into_iter().all(all));
    // Where the map says sky or cloud, the picture with another ground looks the same.
    let changed = Landscape::render_changed(6, 3, size, |factors| {
        factors.season = 1.0 - factors.season;
    });
    let aloft = |label: &Label| matches!(label, Label::Sky | Label::Cloud);
    for (i, label) in maps[3].labels.iter().enumerate() {
        let pixel = |scene: &Scene<Factors>| scene.rgb[3 * i..3 * i + 3].to_vec();
        if aloft(label) && (i < size || maps[3].labels.get(i + size).is_some_and(aloft)) {
            let (a, b) = (pixel(&pictures[3]), pixel(&changed));
            assert!(a.iter().zip(&b).all(|(a, b)| a.abs_diff(*b) < 40), "pixel {i}: {a:?} {b:?}");
        }
    }
}

#[test]
fn maps_follow_what_is_drawn() {
    let (size, count) = (128, 24);
    // All under the same clear sky with some clouds.
    let held = ["sun_azimuth", "sun_elevation", "overcast", "cloud_kind", "cloud_cover", "haze", "mountains"];
    let names = crate::data::vary::fields(&Landscape::typical()).unwrap();
    let names: Vec<&String> = names.keys().filter(|name| !held.contains(&name.as_str())).collect();
    let vary = Vary::only::<Landscape>(&names).unwrap();
    let pictures = vary.render_many::<Landscape>(9, 0, count, size).unwrap();
    let maps = Landscape::maps(&vary, 9, 0, count, size).unwrap();
    let mean = |label: Label| {
        let (mut sum, mut pixels) = ([0.0; 3], 0.0);
        for (picture, maps) in pictures.iter().zip(&maps) {
            for (rgb, here) in picture.rgb.chunks_exact(3).zip(&maps.labels) {
                if *here == label {
                    (0..3).for_each(|c| sum[c] += f32::from(rgb[c]));
                    pixels += 1.0;
                }
            }
        }
        assert!(pixels > 300.0, "{label:?} {pixels}");
        sum.map(|x| x / pixels)
    };
    let (sky, cloud, snow, trees, sand) =
        (mean(Label::Sky), mean(Label::Cloud), mean(Label::Snow), mean(Label::Trees), mean(Label::Sand));
    assert!(sky[2] > sky[0] + 30.0, "a clear sky is blue: {sky:?}");
    assert!(cloud[0] > sky[0] + 30.0 && cloud[2] < cloud[0] + 25.0, "clouds are white: {cloud:?}");
    assert!(snow[1] > trees[1] + 60.0, "snow is bright: {snow:?} {trees:?}");
    assert!(sand[0] > sand[2] + 15.0, "sand is yellow: {sand:?}");
    assert!(mean(Label::Tree)[1] < sky[1] - 30.0);
}

#[test]
fn threads_change_no_map() {
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Landscape::maps(&Vary::all(), 2, 4, 5, 24).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn a_small_picture_is_the_large_one_from_afar() {
    const TIMES: usize = 8;
    let mut differences = Vec::new();
    for i in 0..16 {
        let (small, large) = (Landscape::render(1, i, 64), Landscape::render(1, i, 64 * TIMES));
        let channel = |pixel: usize, channel: usize| {
            let (row, column) = (pixel / 64 * TIMES, pixel % 64 * TIMES);
            let at = |k: usize| ((row + k / TIMES) * 64 * TIMES + column + k % TIMES) * 3 + channel;
            (0..TIMES * TIMES).map(|k| f32::from(large.rgb[at(k)])).sum::<f32>() / (TIMES * TIMES) as f32
        };
        let pixels = (0..small.rgb.len()).map(|k| (channel(k / 3, k % 3) - f32::from(small.rgb[k])).abs());
        differences.push(pixels.sum::<f32>() / small.rgb.len() as f32);
    }
    let mean = differences.iter().sum::<f32>() / differences.len() as f32;
    let worst = differences.iter().copied().fold(0.0, f32::max);
    assert!(mean < 3.5 && worst < 9.0, "mean {mean}, worst {worst}");
}
