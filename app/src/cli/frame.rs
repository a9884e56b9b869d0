//! Places on photos, as arguments.

use std::str::FromStr;

use latent_engine::Picture;
use latent_engine::edit::Crop;

use super::CliError;

/// The part of a photo that a model sees: `X,Y,SIDE[,ANGLE]`, its middle and its shorter side in pixels of the photo, and
/// how far it is turned, degrees clockwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    middle: [f32; 2],
    side: f32,
    angle: f32,
}

impl FromStr for Frame {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match *numbers(text).as_deref().unwrap_or_default() {
            [x, y, side] if side > 0.0 => Ok(Self { middle: [x, y], side, angle: 0.0 }),
            [x, y, side, angle] if side > 0.0 => Ok(Self { middle: [x, y], side, angle }),
            _ => Err("it has a middle and a side in pixels, and maybe an angle, as in 640,360,400 or 640,360,400,-8".into()),
        }
    }
}

impl Frame {
    /// As a crop of a photo, for pictures of a height and width.
    pub(super) fn on(self, photo: &Picture, sides: [usize; 2]) -> Result<Crop, CliError> {
        let [wide, tall] = [photo.width() as f32, photo.height() as f32];
        let crop = Crop {
            centre: [self.middle[0] / wide, self.middle[1] / tall],
            side: self.side / wide.min(tall),
            angle: self.angle,
            mirrored: false,
        };
        if crop.is_inside(photo, sides) {
            return Ok(crop);
        }
        let [x, y, side, angle] = Self::of(&crop.clamped(photo, sides), photo).numbers();
        Err(CliError::Arguments(format!(
            "--frame reaches beyond the photo of {wide} x {tall} pixels: {x:.0},{y:.0},{:.0},{angle} lies in it",
            side.floor()
        )))
    }

    /// The frame of a crop.
    pub(super) fn of(crop: &Crop, photo: &Picture) -> Self {
        let [wide, tall] = [photo.width() as f32, photo.height() as f32];
        let middle = [crop.centre[0] * wide, crop.centre[1] * tall];
        Self { middle, side: crop.side * wide.min(tall), angle: crop.angle }
    }

    /// Middle, side and angle.
    pub(super) fn numbers(self) -> [f32; 4] {
        [self.middle[0], self.middle[1], self.side, self.angle]
    }
}

/// A patch that is moved: `X0,Y0,R:X1,Y1`, shares of the frame, the radius a share of its shorter side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Warp {
    /// The patch's middle.
    pub(super) from: [f32; 2],
    /// Its radius.
    pub(super) radius: f32,
    /// Where its middle shall be.
    pub(super) to: [f32; 2],
}

impl FromStr for Warp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').and_then(|(from, to)| Some((numbers(from)?, numbers(to)?)));
        let Some(([x, y, radius], [to_x, to_y])) = parts.as_ref().and_then(|(from, to)| {
            Some((<[f32; 3]>::try_from(from.as_slice()).ok()?, <[f32; 2]>::try_from(to.as_slice()).ok()?))
        }) else {
            return Err("it has a place, a radius and another place, as in 0.4,0.6,0.15:0.5,0.6".into());
        };
        let within = [x, y, to_x, to_y].iter().all(|v| (0.0..=1.0).contains(v));
        if !within || !(0.0..=1.0).contains(&radius) || radius == 0.0 {
            return Err("places and radius are shares of the frame, 0 to 1".into());
        }
        Ok(Self { from: [x, y], radius, to: [to_x, to_y] })
    }
}

/// Finite numbers between commas.
fn numbers(text: &str) -> Option<Vec<f32>> {
    let number = |part: &str| part.trim().parse::<f32>().ok().filter(|number| number.is_finite());
    text.split(',').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_lie_in_the_photo_or_one_that_does_is_named() {
        let photo = Picture::filled(400, 200, [0; 3]);
        let crop = "100,100,100".parse::<Frame>().unwrap().on(&photo, [64, 64]).unwrap();
        assert_eq!((crop.centre, crop.side, crop.angle), ([0.25, 0.5], 0.5, 0.0));
        assert_eq!(Frame::of(&crop, &photo).numbers(), [100.0, 100.0, 100.0, 0.0]);
        let said = "10,10,300".parse::<Frame>().unwrap().on(&photo, [64, 64]).unwrap_err().to_string();
        assert!(said.contains("400 x 200") && said.contains("100,100,200"), "{said}");
        assert_eq!("1,2,3,-4.5".parse::<Frame>().unwrap().angle, -4.5);
        for nonsense in ["", "1,2", "1,2,0", "1,2,-3", "1,2,nan", "1,2,3,4,5", "a,b,c", "1;2;3"] {
            assert!(nonsense.parse::<Frame>().is_err(), "{nonsense}");
        }
    }

    #[test]
    fn warps_are_shares_of_the_frame() {
        let warp: Warp = "0.25,0.5,0.1:0.75,0.5".parse().unwrap();
        assert_eq!((warp.from, warp.radius, warp.to), ([0.25, 0.5], 0.1, [0.75, 0.5]));
        for nonsense in
            ["", "1,2", "0.1,0.1,0.1", "0.1,0.1:0.1,0.1", "0.1,0.1,0:0.2,0.2", "2,0,0.1:0,0", "0,0,0.1:0,inf"]
        {
            assert!(nonsense.parse::<Warp>().is_err(), "{nonsense}");
        }
    }
}
