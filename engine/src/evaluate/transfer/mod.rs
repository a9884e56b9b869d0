//! How well a change between two small pictures is made in a large one, where the truth is known.

mod changes;

use serde::Serialize;

pub use changes::{CHANGES, Change, Kind};

use crate::data::WorldName;
use crate::edit::{Crop, Enlarge, Mask, Transfer};
use crate::{Picture, Result};

/// Differences of so many levels are seen, and looked at for sharpness.
const SEEN: u8 = 4;

/// How well a change was transferred, over all pairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transferred {
    /// The change.
    pub change: &'static str,
    /// What it does to a picture.
    pub kind: Kind,
    /// Mean difference of the truth from the photo, of levels from 0 to 255: how much there was to do.
    pub change_levels: f64,
    /// Mean difference from the truth when the enlarged difference of the small pictures is added to the photo.
    pub added_levels: f64,
    /// Mean difference from the truth after the transfer.
    pub levels: f64,
    /// The latter as a part of the former.
    pub ratio: f64,
    /// Gradient energy after the transfer as a part of the truth's, where the change is seen.
    pub sharpness: f64,
    /// The same when the enlarged difference is added.
    pub added_sharpness: f64,
}

/// The changes of a world's pictures that can be measured.
pub fn changes(world: WorldName) -> impl Iterator<Item = &'static Change> {
    CHANGES.iter().filter(move |change| change.world() == world)
}

/// Draws pairs `0..count` of a change, `large` pixels a side, makes them `small` (the mean over what each pixel covers, which
/// is what a model sees of a photo), and transfers the change between the small ones to the large picture before it.
///
/// # Errors
/// As [`Change::pair`] and [`Transfer::between`].
pub fn transferred(
    change: &Change,
    seed: u64,
    count: usize,
    [small, large]: [usize; 2],
    enlarge: &mut Enlarge<'_>,
) -> Result<Transferred> {
    let (mut levels, mut energies) = ([0.0; 3], [0.0; 3]);
    let all = Mask::everywhere([small; 2]);
    for index in 0..count {
        let [photo, truth] = change.pair(seed, index as u64, large)?;
        let crop = Crop::middle(&photo, [small; 2]);
        let [before, after] = [crop.sample(&photo, [small; 2])?, crop.sample(&truth, [small; 2])?];
        let transfer = Transfer::between(&before, &after, Some(&mut *enlarge))?;
        let made = transfer.apply(&photo, &crop, &all, 1.0)?;
        let added = Transfer::of_difference(&before, &after)?.apply(&photo, &crop, &all, 1.0)?;
        let seen: Vec<bool> = (photo.rgb().chunks_exact(3).zip(truth.rgb().chunks_exact(3)))
            .map(|(a, b)| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > SEEN))
            .collect();
        for (i, picture) in [&photo, &added, &made].into_iter().enumerate() {
            levels[i] += difference(picture, &truth) / count as f64;
        }
        for (i, picture) in [&truth, &added, &made].into_iter().enumerate() {
            energies[i] += energy(picture, &seen);
        }
    }
    Ok(Transferred {
        change: change.name,
        kind: change.kind,
        change_levels: levels[0],
        added_levels: levels[1],
        levels: levels[2],
        ratio: levels[2] / levels[1].max(1e-9),
        sharpness: energies[2] / energies[0].max(1e-9),
        added_sharpness: energies[1] / energies[0].max(1e-9),
    })
}

/// The mean difference of all values, in levels.
fn difference(a: &Picture, b: &Picture) -> f64 {
    let sum: u64 = a.rgb().iter().zip(b.rgb()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.rgb().len() as f64
}

/// The sum of squared differences of neighbours, where it is looked.
fn energy(picture: &Picture, seen: &[bool]) -> f64 {
    let (width, height) = (picture.width(), picture.height());
    let mut sum = 0;
    for y in 0..height - 1 {
        for x in (0..width - 1).filter(|x| seen[y * width + x]) {
            let here = picture.pixel(x, y);
            for other in [picture.pixel(x + 1, y), picture.pixel(x, y + 1)] {
                sum += here.iter().zip(other).map(|(a, b)| u64::from(a.abs_diff(b)).pow(2)).sum::<u64>();
            }
        }
    }
    sum as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_changes_its_world_and_goes_back_in_odd_pairs() {
        for change in CHANGES {
            let [before, after] = change.pair(3, 0, 32).unwrap();
            assert_ne!(before, after, "{}", change.name);
            assert_eq!((before.width(), before.height()), (32, 32));
        }
        let [portrait, landscape, creature] =
            [WorldName::Portrait, WorldName::Landscape, WorldName::Creature].map(|w| changes(w).count());
        assert!(portrait >= 8 && landscape >= 4 && creature == 0);
        assert_eq!(portrait + landscape, CHANGES.len());
    }

    #[test]
    fn hair_of_another_colour_is_nearer_to_the_truth_than_an_added_difference() {
        let hair = changes(WorldName::Portrait).find(|change| change.name == "hair").unwrap();
        let mut cubic =
            |picture: &Picture| Ok(picture.resized_bicubic(4 * picture.width(), 4 * picture.height()));
        let told = transferred(hair, 5, 2, [32, 96], &mut cubic).unwrap();
        assert!(told.change_levels > told.added_levels && told.ratio < 0.7, "{told:?}");
        assert!((told.ratio - told.levels / told.added_levels).abs() < 1e-9);
        assert!(told.sharpness > 0.7, "{told:?}");
    }
}
