//! The sky: gradient from horizon to zenith, glow and disc of the sun, clouds on a high plane.

use super::factors::{CloudKind, Factors};
use super::noise::{Lens, Patch, tiles};
use super::palette::Light;
use crate::data::colour::Colour;
use crate::data::curves::{decay, smooth};
use crate::rng::Rng;

/// The sky of a picture.
pub(super) struct Sky {
    light: Light,
    sun: [f32; 3],
    /// Strength of everything that comes straight from the sun, 0..1.
    clear: f32,
    low_sun: f32,
    clouds: Patch,
    wisps: Patch,
    kind: CloudKind,
    /// How much sunny and shaded sides differ, per deviation of the noise.
    relief: f32,
    /// How dark thick cloud is below, per deviation of the noise.
    weight: f32,
    /// Noise above which there is cloud.
    threshold: f32,
    /// Deviation of the finer noise on edges and sides, and width of an edge as a share of that without it.
    puff: f32,
    crisp: f32,
}

/// What a direction has in common with all others to the same side.
pub(super) struct Bearing {
    /// Tangent, positive right.
    x: f32,
    /// Colour of the air at the horizon.
    pub air: Colour,
    /// Part of the sun's direction along (x, 1, 0), and square of the length of that.
    along: f32,
    square: f32,
}

/// What a direction has in common with all others at the same height.
pub(super) struct Altitude<'a> {
    /// Tangent, 0 or more.
    rise: f32,
    /// Share of the horizon's colour in the clear sky, and of the air's in a cloud.
    low: f32,
    air: f32,
    /// Distance of the clouds in their own heights, their noise as fine as it can be seen, and their opacity.
    far: f32,
    spacing: f32,
    clouds: &'a Lens<'static>,
    wisps: &'a Lens<'static>,
    opacity: f32,
}

impl Sky {
    pub(super) fn new(factors: &Factors, light: Light, rng: &mut Rng) -> Self {
        let (sin, cos) = factors.sun_azimuth.sin_cos();
        let (up, along) = factors.sun_elevation.sin_cos();
        let cover = factors.cloud_cover.max(0.8 * factors.overcast);
        let heaps = factors.cloud_kind == CloudKind::Cumulus;
        let noise = if heaps { &tiles().heaps } else { &tiles().clouds };
        let clouds = Patch::draw(noise, if heaps { 0.07 } else { 0.05 }, rng);
        Self {
            light,
            sun: [sin * along, cos * along, up],
            clear: (1.0 - factors.overcast).powi(2),
            low_sun: 1.0 - smooth(0.1, 0.6, factors.sun_elevation),
            clouds,
            wisps: Patch::draw(&tiles().clouds, 0.011, rng),
            kind: factors.cloud_kind,
            relief: 0.38 + 0.5 * factors.overcast,
            weight: 0.22 + 0.2 * factors.overcast,
            threshold: if cover < 0.01 { 9.0 } else { 1.9 - 2.6 * cover },
            puff: if heaps { 0.3 } else { 0.16 },
            crisp: if heaps { 0.62 } else { 1.0 },
        }
    }

    /// Direction to the sun: right, ahead, up.
    pub(super) fn sun(&self) -> [f32; 3] {
        self.sun
    }

    /// The directions at `x` (tangent, positive right).
    pub(super) fn bearing(&self, x: f32) -> Bearing {
        let (along, square) = (x * self.sun[0] + self.sun[1], 1.0 + x * x);
        let glow = self.clear * smooth(0.0, 1.0, along / square.sqrt()) * self.low_sun;
        Bearing { x, air: self.light.horizon.mix(self.light.glow, glow), along, square }
    }

    /// The directions at `rise` (tangent, positive up); `pixel`: size of a pixel as a tangent.
    pub(super) fn altitude(&self, rise: f32, pixel: f32) -> Altitude<'_> {
        let rise = rise.max(0.0);
        // The plane of the clouds curves down with the earth, so they stay finite at the horizon.
        let far = 1.0 / (rise + if self.kind == CloudKind::Cumulus { 0.2 } else { 0.14 });
        let spacing = pixel * far * far * 0.8;
        let opacity = match self.kind {
            CloudKind::Cumulus => 0.95,
            CloudKind::Stratus => 0.85,
            CloudKind::Cirrus => 0.6,
        };
        Altitude {
            rise,
            low: decay(3.6 * rise),
            air: decay(9.0 * rise),
            far,
            spacing,
            clouds: self.clouds.lens(spacing),
            wisps: self.wisps.lens(spacing),
            opacity: opacity * smooth(0.0, 0.06, rise),
        }
    }

    /// Colour in a direction. With `disc` the sun itself is there; water does not mirror it as a disc.
    pub(super) fn at(&self, bearing: &Bearing, altitude: &Altitude<'_>, disc: bool) -> Colour {
        let rise = altitude.rise;
        let near = (bearing.along + rise * self.sun[2]) / (bearing.square + rise * rise).sqrt();
        let mut colour = self.light.zenith.mix(bearing.air, altitude.low);
        // Halo: half of it falls off within 10 degrees, half within 25; nothing is left of it at 70.
        let away = (1.0 - near).max(0.0);
        if away < 0.7 {
            let halo = 0.4 * decay(away * (1.0 / 0.012)) + 0.35 * decay(away * (1.0 / 0.09));
            colour = colour.mix(self.light.glow, self.clear * halo);
            if disc {
                let inside = smooth(0.99905, 0.99955, near) * self.clear;
                colour = colour + self.light.glow * (1.4 * inside);
            }
        }
        let (amount, lit) = self.cloud(bearing.x, altitude);
        if amount > 0.0 {
            let side = (lit + 0.5 * decay(away * (1.0 / 0.15)) * self.clear).clamp(0.0, 1.0);
            let cloud = self.light.cloud[1].mix(self.light.cloud[0], side);
            // Far clouds take the colour of the air.
            colour = colour.mix(cloud.mix(bearing.air, altitude.air), amount);
        }
        colour
    }

    /// Opacity of the clouds in a direction, 0..1.
    pub(super) fn covered(&self, bearing: &Bearing, altitude: &Altitude<'_>) -> f32 {
        self.cloud(bearing.x, altitude).0
    }

    /// The path of light below a low sun on water that is seen `fall` below the horizon.
    pub(super) fn glitter(&self, x: f32, fall: f32) -> Colour {
        let ahead = self.sun[1].max(0.05);
        let (aside, higher) = (x - self.sun[0] / ahead, fall - self.sun[2] / ahead);
        let width = 0.035 + 0.1 * fall;
        let path = decay((aside / width).powi(2) + (higher / 0.45).powi(2));
        self.light.glow
            * (0.9 * path * self.clear * smooth(-0.06, 0.02, self.sun[2]) * smooth(0.0, 0.3, self.sun[1]))
    }

    /// Opacity of the clouds and how much light they return, both 0..1.
    fn cloud(&self, x: f32, altitude: &Altitude<'_>) -> (f32, f32) {
        if self.threshold > 5.0 || altitude.rise < 0.004 {
            return (0.0, 0.0);
        }
        let far = altitude.far;
        let (u, v, softness) = match self.kind {
            CloudKind::Cumulus => (x * far, 0.9 * far, 1.0),
            CloudKind::Stratus => (0.45 * x * far, 2.4 * far, 1.1),
            CloudKind::Cirrus => (0.5 * x * far, 2.0 * far + 0.5 * x * far, 1.8),
        };
        let rough = altitude.clouds.at(u, v) + 0.16 * altitude.wisps.at(u, v);
        let soft = self.softness(softness);
        if rough - self.threshold < -0.9 {
            return (0.0, 0.0);
        }
        // Light comes from the side of the sun, so thinner cloud over there means a bright side.
        let (su, sv) = (self.sun[0] * 0.35, 0.25 + self.sun[1].max(0.0) * 0.1);
        let (puffs, bright) = self.puffs(u, v, [su, sv], altitude.spacing);
        let density = rough + puffs;
        // The edge is as wide as the puffs leave it.
        let thick = density - self.threshold;
        let amount = smooth(0.5 * soft * (1.0 - self.crisp), 0.5 * soft * (1.0 + self.crisp), thick);
        if amount <= 0.0 {
            return (0.0, 0.0);
        }
        let beyond = altitude.clouds.at(u + su, v - sv);
        let lit = 0.62 + self.relief * (rough - beyond + bright) - self.weight * (thick - 0.6).max(0.0);
        (altitude.opacity * amount, lit.clamp(0.0, 1.0))
    }

    /// What finer noise adds to the density of a cloud, and to its light when that comes from `toward`.
    fn puffs(&self, u: f32, v: f32, toward: [f32; 2], spacing: f32) -> (f32, f32) {
        let (mut density, mut bright) = (0.0, 0.0);
        let (mut zoom, mut strength) = (3.7, self.puff);
        for turned in [true, false] {
            let seen = self.clouds.seen(zoom * spacing, 2.5);
            if seen == 0.0 {
                break;
            }
            let lens = self.clouds.lens(zoom * spacing);
            let at = |u: f32, v: f32| {
                if turned { lens.at(-zoom * v, zoom * u) } else { lens.at(zoom * u, zoom * v) }
            };
            let here = at(u, v);
            density += seen * strength * here;
            let step = 0.9 / zoom;
            bright += 1.7 * seen * strength * (here - at(u + step * toward[0], v - step * toward[1]));
            (zoom, strength) = (zoom * 3.9, 0.4 * strength);
        }
        (density, bright)
    }

    /// Width of the edge of a cloud, in deviations of the noise: under a veil nothing is sharp.
    fn softness(&self, base: f32) -> f32 {
        base * (1.0 + 0.5 * (1.0 - self.clear))
    }
}
