//! Water: what it mirrors, its own colour, waves, the path of light below the sun, and foam along the shore.

use super::view::{View, Water, through};
use super::walk::HALF;
use crate::data::colour::Colour;
use crate::data::curves::{decay, smooth};

impl View {
    /// Colour of the water in a pixel of `column`, where the dry part of the `picture` is finished.
    pub(super) fn water(&self, column: usize, here: &Water, picture: &[Colour], water: &[Water]) -> Colour {
        let (distance, size) = (here.distance, self.size);
        let (bearing, tangent) = (&self.bearings[column], self.walk.tangent(column as f32 + 0.5));
        let rise = (self.walk.camera - self.land.sea) / distance.max(1.0);
        let spacing = self.walk.spacing(distance);
        let fine = spacing / (rise / (1.0 + rise * rise).sqrt()).max(0.02).sqrt();
        let (x, y) = (distance * tangent, distance);
        let waves = self.waves(x, y, fine);
        // Waves tilt the mirror: close to the camera they can be seen to do so.
        let tilt = waves * (0.25 + 0.75 * self.swell) * (0.3 + rise).min(1.0);
        let pixel = 2.0 * HALF / size as f32;
        let sky = || {
            let altitude = self.sky.altitude((rise + 0.07 * tilt).abs(), 3.0 * pixel);
            let glitter = self.sky.glitter(tangent, rise) * (1.0 + self.sparks(x, y, fine));
            self.sky.at(bearing, &altitude, false) + glitter
        };
        let image = self.walk.mirrored(column, distance).map_or_else(sky, |from| {
            let row = (from + 0.014 * tilt * size as f32).max(0.0) as usize;
            let aside = (column as f32 + 0.004 * tilt * size as f32 + 0.5).clamp(0.0, size as f32 - 1.0);
            let mut i = row.min(size - 1) * size + aside as usize;
            // What the ray met may be hidden from the camera: the land above the shore stands in for it.
            while water[i].share > 0.3 && i >= size {
                i -= size;
            }
            picture[i]
        });
        let bright = self.light.ambient.brightness();
        let deep = Colour::display(38.0, 68.0, 80.0) * (bright * 3.2);
        // Through shallow water the ground is seen.
        let shallow = 0.7 * decay(3.0 * here.depth) * smooth(0.02, 0.3, rise);
        let light = self.light.sun * 0.4 + self.light.ambient;
        let ground = self.land.ground.shore * Colour::linear([0.5, 0.68, 0.66]) * light;
        let own = deep.mix(ground, shallow);
        let mirror = (0.22 + 0.6 * decay(3.0 * rise)) * (1.0 - 0.4 * shallow);
        let ripple = 1.0 + 0.05 * self.land.ripple(x, y, spacing) + 0.05 * tilt;
        let mut colour = own.mix(image, mirror) * ripple;
        let foam = self.foam(x, y, fine, here.depth);
        if foam > 0.0 {
            colour = colour.mix(Colour::linear([0.86, 0.88, 0.88]) * light, foam);
        }
        // Only half of the air: the mirror image has its own already.
        let through = through(0.5 * distance, self.clarity);
        bearing.air + (colour + bearing.air * -1.0) * through
    }

    /// Height of the small waves at a place of the water, of deviation 1 where all of them can be seen.
    fn waves(&self, x: f32, y: f32, fine: f32) -> f32 {
        let (mut sum, mut zoom, mut share) = (0.0, 0.22, 0.8);
        while zoom < 4.0 {
            let seen = self.land.grit.seen(zoom * fine, 2.0);
            if seen == 0.0 {
                break;
            }
            // Crests lie across the wind, which comes from ahead.
            sum += seen * share * self.land.grit.lens(zoom * fine).at(0.3 * zoom * x, zoom * y);
            zoom *= 3.4;
            share *= 0.6;
        }
        sum
    }

    /// How much brighter or darker than on average single facets of the waves glitter.
    fn sparks(&self, x: f32, y: f32, fine: f32) -> f32 {
        let seen = self.land.grit.seen(fine, 2.0);
        if seen == 0.0 {
            return 0.0;
        }
        let facet = self.land.grit.lens(fine).at(0.45 * x + 37.0, y);
        seen * (1.9 * smooth(0.3, 1.5, facet) - 0.42)
    }

    /// Share of foam where the water is `depth` deep.
    fn foam(&self, x: f32, y: f32, fine: f32, depth: f32) -> f32 {
        const REACH: f32 = 0.3;
        if depth > REACH || self.swell < 0.25 {
            return 0.0;
        }
        let edge = self.land.detail.lens(fine).at(0.6 * x, 0.6 * y);
        let line = (depth + 0.035 * edge) * (1.0 / REACH);
        let lace =
            self.land.grit.lens(1.5 * fine).at(1.5 * x, 1.5 * y) * self.land.grit.seen(1.5 * fine, 2.0);
        // A closed line along the shore, and torn ones behind it.
        let first = smooth(0.32, 0.1, line);
        let second =
            0.7 * smooth(0.5, 0.62, line) * smooth(0.9, 0.68, line) * smooth(-0.3, 1.0, lace + 0.4 * edge);
        (self.swell - 0.25) * (first * (0.85 + 0.35 * lace).clamp(0.0, 1.0) + second).min(1.0)
    }
}
