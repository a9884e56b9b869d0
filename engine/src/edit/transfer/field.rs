//! Numbers at each place of a small picture.

use crate::{Picture, Result};

/// Deviations of a Gaussian beyond which its weights count no more.
const REACH: f32 = 2.5;

/// `N` numbers at each place, rows from the top.
#[derive(Clone, Debug)]
pub(super) struct Field<const N: usize> {
    /// Height and width.
    pub size: [usize; 2],
    pub values: Vec<[f32; N]>,
}

impl Field<3> {
    /// The colours of a picture, 0 to 255.
    pub(super) fn of(picture: &Picture) -> Self {
        let values = picture.rgb().chunks_exact(3).map(|p| [p[0], p[1], p[2]].map(f32::from)).collect();
        Self { size: [picture.height(), picture.width()], values }
    }

    /// The picture of colours.
    pub(super) fn picture(&self) -> Result<Picture> {
        let rgb = self.values.iter().flatten().map(|v| v.round().clamp(0.0, 255.0) as u8).collect();
        Picture::new(self.size[1], self.size[0], rgb)
    }
}

impl<const N: usize> Field<N> {
    /// The same numbers at every place.
    pub(super) fn filled(size: [usize; 2], value: [f32; N]) -> Self {
        Self { size, values: vec![value; size[0] * size[1]] }
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        self.with(other, |a, b| std::array::from_fn(|i| a[i] - b[i]))
    }

    /// Numbers made of those of two fields of one size.
    pub(super) fn with<const M: usize, const K: usize>(
        &self,
        other: &Field<M>,
        make: impl Fn(&[f32; N], &[f32; M]) -> [f32; K],
    ) -> Field<K> {
        let values = self.values.iter().zip(&other.values).map(|(a, b)| make(a, b)).collect();
        Field { size: self.size, values }
    }

    /// The numbers at a place, 0 to 1 from left to right and from top to bottom, bilinear.
    #[inline]
    pub(super) fn at(&self, [u, v]: [f32; 2]) -> [f32; N] {
        self.at_pixel([u * self.size[1] as f32 - 0.5, v * self.size[0] as f32 - 0.5])
    }

    /// The same at a place in pixels, whose middles lie at whole numbers.
    #[inline]
    pub(super) fn at_pixel(&self, [x, y]: [f32; 2]) -> [f32; N] {
        let [height, width] = self.size;
        let place = |at: f32, count: usize| {
            let at = at.clamp(0.0, (count - 1) as f32);
            let first = at as usize;
            (first, (first + 1).min(count - 1), at - first as f32)
        };
        let ((left, right, fx), (top, below, fy)) = (place(x, width), place(y, height));
        let [a, b, c, d] = [(top, left), (top, right), (below, left), (below, right)]
            .map(|(row, column)| &self.values[row * width + column]);
        std::array::from_fn(|i| {
            let (upper, lower) = (a[i] + fx * (b[i] - a[i]), c[i] + fx * (d[i] - c[i]));
            upper + fy * (lower - upper)
        })
    }

    /// At another size, by the cubic of Catmull and Rom.
    pub(super) fn cubic(&self, size: [usize; 2]) -> Self {
        let [height, width] = self.size;
        let middle = |i: usize, from: usize, to: usize| (i as f32 + 0.5) * from as f32 / to as f32 - 0.5;
        let make = |i: usize| {
            let (x, y) = (middle(i % size[1], width, size[1]), middle(i / size[1], height, size[0]));
            let mut sum = [0.0; N];
            for row in y.floor() as isize - 1..=y.floor() as isize + 2 {
                for column in x.floor() as isize - 1..=x.floor() as isize + 2 {
                    let weight = catmull_rom(x - column as f32) * catmull_rom(y - row as f32);
                    let inside = |at: isize, count: usize| at.clamp(0, count as isize - 1) as usize;
                    let value = &self.values[inside(row, height) * width + inside(column, width)];
                    sum.iter_mut().zip(value).for_each(|(sum, value)| *sum += weight * value);
                }
            }
            sum
        };
        Self { size, values: (0..size[0] * size[1]).map(make).collect() }
    }

    /// Means with Gaussian weights of a deviation in pixels; at the borders over what there is.
    pub(super) fn smoothed(&self, deviation: f32) -> Self {
        let [height, width] = self.size;
        let rows = along(&self.values, deviation, [width, 1], [height, width]);
        Self { size: self.size, values: along(&rows, deviation, [height, width], [width, 1]) }
    }
}

/// Smooths along lines: `[count, step]` of the places in a line and of the lines.
fn along<const N: usize>(
    from: &[[f32; N]],
    deviation: f32,
    [count, step]: [usize; 2],
    [lines, line_step]: [usize; 2],
) -> Vec<[f32; N]> {
    let reach = (REACH * deviation).ceil() as usize;
    let weight = |distance: usize| (-0.5 * (distance as f32 / deviation).powi(2)).exp();
    let weights: Vec<f32> = (0..=reach).map(weight).collect();
    let mut to = vec![[0.0; N]; from.len()];
    for line in 0..lines {
        for i in 0..count {
            let (mut sum, mut total) = ([0.0; N], 0.0);
            for j in i.saturating_sub(reach)..=(i + reach).min(count - 1) {
                let weight = weights[i.abs_diff(j)];
                total += weight;
                let value = &from[line * line_step + j * step];
                sum.iter_mut().zip(value).for_each(|(sum, value)| *sum += weight * value);
            }
            to[line * line_step + i * step] = sum.map(|sum| sum / total);
        }
    }
    to
}

fn catmull_rom(distance: f32) -> f32 {
    let t = distance.abs();
    match t {
        _ if t < 1.0 => (1.5 * t - 2.5) * t * t + 1.0,
        _ if t < 2.0 => ((2.5 - 0.5 * t) * t - 4.0) * t + 2.0,
        _ => 0.0,
    }
}
