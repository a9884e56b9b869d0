//! How much of a photo a model has learned to show.

use crate::Picture;

/// A photo of which a model explains less than this is, to the model, like noise.
pub const LIKE_NOISE: f32 = 0.25;

/// Light below which a photo has nothing to explain: what the eye takes for one colour.
const PLAIN: f32 = 4.0 / 255.0;

/// The share of a photo that a model's picture of it explains: `1 - E^2 / P^2`, where E is the root mean squared
/// difference between both and P that between the photo and the nearest picture that is one even slope of colour from
/// side to side and from top to bottom. 1: it is the photo. 0, or less: a slope of colour would do as well, so the model
/// has learned nothing like this photo; noise of any kind ends here. Pictures of one size.
#[must_use]
pub fn explained(photo: &Picture, picture: &Picture) -> f32 {
    let error = difference(photo, picture);
    let plain = slope_error(photo).max(PLAIN);
    1.0 - (error / plain).powi(2)
}

/// Root mean squared difference of two pictures of one size, in light from 0 to 1.
pub(super) fn difference(a: &Picture, b: &Picture) -> f32 {
    let squares = a.rgb().iter().zip(b.rgb()).map(|(a, b)| (f32::from(*a) - f32::from(*b)).powi(2));
    (squares.sum::<f32>() / a.rgb().len().max(1) as f32).sqrt() / 255.0
}

/// Root mean squared difference between a picture and the nearest one that is an even slope in each channel.
fn slope_error(photo: &Picture) -> f32 {
    let (width, height) = (photo.width(), photo.height());
    // Coordinates around 0: the three parts of a slope are orthogonal on a grid, so each is fitted alone.
    let across = |x: usize| x as f64 - (width as f64 - 1.0) / 2.0;
    let down = |y: usize| y as f64 - (height as f64 - 1.0) / 2.0;
    let mut left = 0.0;
    for channel in 0..3 {
        let values = || {
            let light = photo.rgb().chunks_exact(3).map(move |pixel| f64::from(pixel[channel]) / 255.0);
            light.enumerate().map(move |(i, v)| (across(i % width), down(i / width), v))
        };
        let along = |part: fn(f64, f64) -> f64| {
            let (dot, square) = values().fold((0.0, 0.0), |(dot, square), (x, y, v)| {
                (dot + part(x, y) * v, square + part(x, y).powi(2))
            });
            if square > 0.0 { dot * dot / square } else { 0.0 }
        };
        let all: f64 = values().map(|(_, _, v)| v * v).sum();
        left += all - along(|_, _| 1.0) - along(|x, _| x) - along(|_, y| y);
    }
    (left.max(0.0) / (3 * width * height) as f64).sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    #[test]
    fn slopes_explain_themselves_and_nothing_else() {
        let rgb = (0..20 * 30).flat_map(|i| {
            let (x, y) = (i % 30, i / 30);
            [(2 * x + 3 * y) as u8, 200 - (5 * y) as u8, 90]
        });
        let slope = Picture::new(30, 20, rgb.collect()).unwrap();
        assert!(slope_error(&slope) < 1e-4, "{}", slope_error(&slope));
        let mut rng = Rng::new(3);
        let noise = (0..20 * 30 * 3).map(|_| (127.0 + 60.0 * rng.uniform(-1.0, 1.0)) as u8).collect();
        let noise = Picture::new(30, 20, noise).unwrap();
        // The deviation of a uniform distribution is its half width over the root of 3.
        assert!((slope_error(&noise) - 60.0 / 255.0 / 3f32.sqrt()).abs() < 0.01);
        assert_eq!(explained(&noise, &noise), 1.0);
        assert!(explained(&noise, &Picture::filled(30, 20, [127; 3])).abs() < 0.02);
        assert!(explained(&noise, &Picture::filled(30, 20, [0; 3])) < -1.0);
        // What is one colour has nothing to explain: it counts how near the picture is.
        let plain = Picture::filled(30, 20, [80; 3]);
        assert!(explained(&plain, &Picture::filled(30, 20, [81; 3])) > 0.9);
    }
}
