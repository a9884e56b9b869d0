//! The camera and the light: the colour of what rays meet.

use super::factors::{Factors, HairStyle};
use super::glasses::Glasses;
use super::head::Measures;
use super::lanes::LANES;
use super::march::{BLOCK, Fields, Form, HALF, MIDDLE, Way};
use super::skin::Skin;
use crate::data::colour::Colour;
use crate::data::curves::{lerp, smooth, wave};

/// Pixels whose neighbours lie this much nearer or farther and differ this much in colour are looked at four times.
const EDGE: f32 = 0.08;
const EDGE_COLOUR: f32 = 0.04;
/// How far beyond the depths of its neighbours something may lie in such a pixel.
const BEYOND: f32 = 0.15;
const BACKGROUND: f32 = -9.0;

/// Everything needed to paint a portrait.
pub(super) struct View<'a> {
    factors: &'a Factors,
    measures: Measures,
    form: Form,
    glasses: Option<Glasses>,
    light: Light,
    wall: Colour,
    cloth: Colour,
    size: usize,
}

/// The key light; everything else is the same from all sides.
struct Light {
    /// Towards the light, and halfway between that and the camera.
    to: [f32; 3],
    half: [f32; 3],
    key: Colour,
    fill: Colour,
}

/// What a ray has met.
#[derive(Clone, Copy)]
struct Sample {
    colour: Colour,
    /// Along the line of sight; `BACKGROUND` for the wall.
    depth: f32,
}

impl<'a> View<'a> {
    pub(super) fn new(factors: &'a Factors, size: usize) -> Self {
        let f = factors;
        let measures = Measures::new(f);
        let form = Form::new(f, &measures, size);
        let tint = |warmth: f32, strength: f32| {
            let t = strength * (2.0 * warmth - 1.0);
            Colour::linear([1.0 + t, 1.0 + 0.1 * t, 1.0 - t])
        };
        let (se, ce) = f.light_elevation.sin_cos();
        let (sa, ca) = f.light_azimuth.sin_cos();
        let to = [sa * ce, se, ca * ce];
        let light = Light {
            to,
            half: unit([to[0], to[1], to[2] + 1.0]),
            key: tint(f.warmth, 0.09) * lerp(0.62, 0.95, f.contrast),
            fill: tint(1.0 - f.warmth, 0.04) * lerp(0.5, 0.2, f.contrast),
        };
        Self {
            glasses: Glasses::new(f, &measures, &form),
            form,
            measures,
            light,
            wall: tint(f.background_warmth, 0.16) * lerp(0.07, 0.62, f.background),
            cloth: Colour::perceptual(lerp(0.22, 0.85, f.cloth), 0.07, f.cloth_hue),
            factors,
            size,
        }
    }

    /// The picture, rows top-down, 3 bytes a pixel.
    pub(super) fn paint(&self) -> Vec<u8> {
        let size = self.size;
        let skin = Skin::new(self.factors, &self.measures, self.form.pixel);
        let ways = self.form.ways();
        let mut samples = vec![Sample { colour: Colour::default(), depth: BACKGROUND }; size * size];
        let blocks = size.div_ceil(BLOCK);
        for (block, way) in ways.iter().enumerate() {
            let pixels: [[usize; 2]; LANES] = std::array::from_fn(|lane| {
                let column = block % blocks * BLOCK + lane % BLOCK;
                let row = block / blocks * BLOCK + lane / BLOCK;
                [column.min(size - 1), row.min(size - 1)]
            });
            let middles = pixels.map(|pixel| pixel.map(|p| p as f32 + 0.5));
            for ([column, row], sample) in pixels.into_iter().zip(self.look(&middles, &[*way; LANES], &skin))
            {
                samples[row * size + column] = sample;
            }
        }
        let edges: Vec<usize> = (0..size * size).filter(|&i| is_edge(&samples, size, i)).collect();
        let mut colours: Vec<Colour> = samples.iter().map(|sample| sample.colour).collect();
        for some in edges.chunks(LANES / 4) {
            let corners = std::array::from_fn(|lane| {
                let i = some[(lane / 4).min(some.len() - 1)];
                let corner = [0.25 + 0.5 * (lane % 2) as f32, 0.25 + 0.5 * (lane / 2 % 2) as f32];
                [(i % size) as f32 + corner[0], (i / size) as f32 + corner[1]]
            });
            let ways = std::array::from_fn(|lane| {
                let i = some[(lane / 4).min(some.len() - 1)];
                let way = ways[i / size / BLOCK * blocks + i % size / BLOCK];
                way_between(way, &samples, size, i)
            });
            let corners = self.look(&corners, &ways, &skin);
            for (k, &i) in some.iter().enumerate() {
                let four = &corners[4 * k..4 * k + 4];
                let sum = four.iter().fold(Colour::default(), |sum, s| sum + s.colour);
                colours[i] = sum * 0.25;
            }
        }
        let mut bytes = vec![0; size * size * 3];
        for (bytes, colour) in bytes.chunks_exact_mut(3).zip(&colours) {
            bytes.copy_from_slice(&colour.bent().bytes());
        }
        bytes
    }

    /// What rays meet that go through places of the picture, in pixels from its left upper corner.
    fn look(&self, places: &[[f32; 2]; LANES], ways: &[Way; LANES], skin: &Skin<'_>) -> [Sample; LANES] {
        let ends = self.form.send(places, ways);
        std::array::from_fn(|lane| {
            let met = ends.facing(lane).map(|facing| self.shade(&ends.fields, lane, unit(facing), skin));
            self.seen(ends.place(lane), met)
        })
    }

    /// What is seen along a ray that ended at `place`, with the colour of what it met there.
    fn seen(&self, place: [f32; 3], met: Option<Colour>) -> Sample {
        let mut sample = match met {
            Some(colour) => Sample { colour, depth: place[2] },
            None => Sample { colour: self.background(place[0], place[1]), depth: BACKGROUND },
        };
        if let Some(glasses) = &self.glasses {
            sample.colour = glasses.before(&self.form, sample.colour, sample.depth, place, self.light.key);
        }
        sample
    }

    /// The wall, brightest behind the shaded side of the head.
    fn background(&self, x: f32, y: f32) -> Colour {
        let (x, y) = (x / HALF, (y - MIDDLE) / HALF);
        self.wall * (1.0 - 0.22 * (x * x + y * y) - 0.16 * self.light.to[0] * x + 0.10 * y)
    }

    fn shade(&self, fields: &Fields, lane: usize, facing: [f32; 3], skin: &Skin<'_>) -> Colour {
        let place = fields.head.at(lane);
        let [face, neck, bare, hair, cloth] =
            [&fields.face, &fields.neck, &fields.skin, &fields.hair, &fields.cloth]
                .map(|field| field.0[lane]);
        let light = &self.light;
        let toward = dot(facing, light.to);
        // The sky's half of the room is brighter than the floor's.
        let around = light.fill * (0.8 + 0.25 * facing[1]);
        if cloth < bare.min(hair) {
            let open = lerp(0.35, 1.0, smooth(0.0, 0.35, face.min(neck)));
            return self.cloth * (light.key * ((toward + 0.1) / 1.1).max(0.0) + around) * open;
        }
        // Hair grows out of the skin over a short way.
        let strands = self.strands(place);
        let hairy = smooth(-0.022, 0.022, bare - hair + 0.016 * strands);
        let mut colour = Colour::default();
        if hairy < 1.0 {
            let surface = skin.at(place, smooth(0.12, 0.0, face));
            let under_hair = lerp(0.5, 1.0, smooth(-0.02, 0.15, hair));
            // The neck, and the jaw where it turns into the neck.
            let chin = smooth(-0.08, 0.04, face - neck);
            let under_chin = 1.0 - 0.68 * chin * smooth(0.34, 0.0, face);
            let open = surface.open * under_hair * under_chin;
            // Light that enters skin comes out again farther on, above all the red.
            let through = [0.42, 0.25, 0.18].map(|wrap| ((toward + wrap) / (1.0 + wrap)).max(0.0));
            let lit = light.key * Colour::linear(through) * open;
            let shine = dot(facing, light.half).max(0.0).powi(16) * surface.gloss * open;
            // At grazing angles skin is paler.
            let rim = 0.05 * (1.0 - facing[2].max(0.0)).powi(3) * smooth(0.0, 0.5, toward);
            colour = surface.colour * (lit + around * (0.5 + 0.5 * open)) + light.key * (shine + rim * open);
        }
        if hairy > 0.0 {
            colour = colour.mix(self.hair_colour(skin.hair, facing, toward, strands), hairy);
        }
        colour
    }

    fn hair_colour(&self, base: Colour, facing: [f32; 3], toward: f32, strands: f32) -> Colour {
        let light = &self.light;
        // Highlights of threads form a band across them; the threads hang down over the surface.
        let down = unit([facing[0] * facing[1], facing[1] * facing[1] - 1.0, facing[2] * facing[1]]);
        let across = dot(down, light.half);
        let band = (1.0 - across * across).max(0.0).powi(12) * smooth(-0.2, 0.5, toward);
        let curls = 1.0 - 0.6 * self.factors.curl;
        let lit = light.key * ((toward + 0.3) / 1.3).max(0.0) + light.fill * (0.85 + 0.25 * facing[1]);
        let gloss = 0.16 * band * curls * (0.7 + 0.3 * strands);
        base * lit * (1.0 + 0.17 * strands) + light.key * (base + Colour::linear([0.16; 3])) * gloss
    }

    /// Light and dark threads of the hair: about -1..1.
    fn strands(&self, [x, y, z]: [f32; 3]) -> f32 {
        let f = self.factors;
        let tied = f.hair_style == HairStyle::Bun;
        // Threads run down from the parting; tied ones run back.
        let around =
            if tied { 1.4 * y + 0.4 * z } else { (x - 0.35 * f.parting) / (0.55 + 0.5 * (z + 0.9).max(0.0)) };
        let bend = 0.1 * wave(0.8 * y + 0.3 * z) + 0.25 * f.curl * wave(1.7 * y + 0.9 * z);
        // What is finer than two pixels would only flicker.
        let fine = smooth(24.0, 64.0, self.size as f32);
        0.5 * wave(4.3 * around + bend + f.parting) + 0.5 * fine * wave(11.3 * around + 2.0 * bend + 0.3)
    }
}

/// The way of rays within a pixel, whose neighbours' depths are known: whatever they meet lies about there.
fn way_between(way: Way, samples: &[Sample], size: usize, i: usize) -> Way {
    let (row, column) = (i / size, i % size);
    let around = |place: usize| place.saturating_sub(1)..(place + 2).min(size);
    let (mut near, mut far, mut open) = (f32::MIN, f32::MAX, false);
    for row in around(row) {
        for sample in &samples[row * size..][around(column)] {
            if sample.depth > BACKGROUND {
                (near, far) = (near.max(sample.depth), far.min(sample.depth));
            } else {
                open = true;
            }
        }
    }
    // Inside of the head a ray goes on until it meets something: the wall must not be seen through it.
    let to = if open { way.to.max(far - BEYOND) } else { way.to };
    Way { from: way.from.min(near + BEYOND), to }
}

/// Whether a pixel borders on something much nearer or farther of another colour.
fn is_edge(samples: &[Sample], size: usize, i: usize) -> bool {
    let (row, column, here) = (i / size, i % size, samples[i]);
    let far = |j: usize| {
        let there = samples[j];
        (there.depth - here.depth).abs() > EDGE && there.colour.distance(here.colour) > EDGE_COLOUR
    };
    (column > 0 && far(i - 1))
        || (column + 1 < size && far(i + 1))
        || (row > 0 && far(i - size))
        || (row + 1 < size && far(i + size))
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn unit(a: [f32; 3]) -> [f32; 3] {
    let scale = 1.0 / dot(a, a).sqrt().max(1e-9);
    a.map(|x| x * scale)
}
