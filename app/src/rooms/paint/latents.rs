//! Latents set by hand: what a slider, a picker or a button does to the numbers of a latent.

use std::ops::Range;

use latent_engine::model::{GroupKind, Latent, LatentSpec, Prior};
use latent_engine::rng::Rng;

use super::Paint;
use super::document::Edit;
use super::shown::{Showing, Shown};

/// Sets its random numbers apart from those of the first pictures.
const STREAM: u64 = 0x6c61_7465_6e74_0000;

/// Numbers of a latent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// One number, by its place in the latent.
    One(usize),
    /// A group, by its place in the model's latents.
    Group(usize),
    /// Every number.
    All,
}

/// What shall happen to a latent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// A number gets this value, as one of many while it slides.
    Set(usize, f32),
    /// The group gets this class.
    Class {
        /// The group, by its place in the model's latents.
        group: usize,
        /// The class, by its place in the group.
        class: usize,
    },
    /// To 0, the middle of every prior. Classes stay.
    Zero(Part),
    /// To the values of the picture that the sliders began with.
    Reset(Part),
    /// To values drawn from the prior.
    Randomize(Part),
}

/// Where the numbers of each group lie in a latent.
pub fn places(spec: &LatentSpec) -> impl Iterator<Item = Range<usize>> + '_ {
    spec.groups.iter().scan(0, |start, group| {
        let place = *start..*start + group.len();
        *start = place.end;
        Some(place)
    })
}

/// Where a part lies in a latent; empty for one that is not there.
fn place(spec: &LatentSpec, part: Part) -> Range<usize> {
    match part {
        Part::One(index) if index < spec.len() => index..index + 1,
        Part::Group(group) => places(spec).nth(group).unwrap_or(0..0),
        Part::All => 0..spec.len(),
        Part::One(_) => 0..0,
    }
}

/// The group that a number belongs to and its place there.
fn group_of(spec: &LatentSpec, index: usize) -> Option<(usize, usize)> {
    places(spec)
        .enumerate()
        .find(|(_, place)| place.contains(&index))
        .map(|(g, place)| (g, index - place.start))
}

/// What to call a number: its own name, or its group and its place there.
#[must_use]
pub fn name(spec: &LatentSpec, index: usize) -> String {
    let named = group_of(spec, index).and_then(|(group, i)| Some(spec.groups.get(group)?.name_of(i)));
    named.unwrap_or_default()
}

/// How far the slider of a number goes: nearly all that the prior draws. Values beyond can be typed.
#[must_use]
pub fn reach(prior: Prior) -> f32 {
    match prior {
        Prior::Normal => 3.0,
        Prior::Uniform => 1.0,
    }
}

/// The class that a group's numbers mean: the one with the largest.
#[must_use]
pub fn class_of(values: &[f32]) -> usize {
    let by_value = |a: &(usize, &f32), b: &(usize, &f32)| a.1.total_cmp(b.1).then(b.0.cmp(&a.0));
    values.iter().enumerate().max_by(by_value).map_or(0, |(i, _)| i)
}

/// A latent with a change; `from` is the one that the sliders began with, `fresh` one from the prior.
fn changed(spec: &LatentSpec, change: Change, now: &Latent, from: &Latent, fresh: &Latent) -> Latent {
    let mut values = now.values().to_vec();
    let mut copy = |place: Range<usize>, other: &Latent| {
        if let (Some(values), Some(other)) = (values.get_mut(place.clone()), other.values().get(place)) {
            values.copy_from_slice(other);
        }
    };
    match change {
        Change::Set(index, value) => {
            if let Some(old) = values.get_mut(index) {
                *old = value;
            }
        }
        Change::Class { group, class } => {
            if let Some(values) = values.get_mut(place(spec, Part::Group(group))) {
                values.fill(0.0);
                if let Some(chosen) = values.get_mut(class) {
                    *chosen = 1.0;
                }
            }
        }
        Change::Zero(part) => {
            let zeroed = place(spec, part);
            for (group, place) in spec.groups.iter().zip(places(spec)) {
                let part = place.start.max(zeroed.start)..place.end.min(zeroed.end);
                if let (GroupKind::Continuous { .. }, Some(values)) = (&group.kind, values.get_mut(part)) {
                    values.fill(0.0);
                }
            }
        }
        Change::Reset(part) => copy(place(spec, part), from),
        Change::Randomize(part) => copy(place(spec, part), fresh),
    }
    values.into()
}

impl Change {
    /// What to call it in the list of steps.
    fn step_name(self, spec: &LatentSpec) -> String {
        let named = |part| match part {
            Part::One(index) => name(spec, index),
            Part::Group(group) => spec.groups.get(group).map_or_else(String::new, |g| g.name.clone()),
            Part::All => "all latents".into(),
        };
        match self {
            Self::Set(index, _) => named(Part::One(index)),
            Self::Class { group, .. } => named(Part::Group(group)),
            Self::Zero(part) => format!("{} to 0", named(part)),
            Self::Reset(part) => format!("reset {}", named(part)),
            Self::Randomize(part) => format!("random {}", named(part)),
        }
    }
}

impl Paint {
    /// Changes the latent of the shown picture; what is searched comes to its end.
    pub(crate) fn change_latent(&mut self, change: Change) {
        let Some(model) = self.document.model.clone() else { return };
        let Some(shown) = self.shown_candidate() else { return };
        let begun = match self.shown() {
            Shown::Frame(_) => None,
            _ => self.document.edit.clone(),
        };
        let mut edit = begun.unwrap_or_else(|| Edit::of(shown));
        if self.is_drawing() || edit.latent.values().len() != model.latents.len() {
            return;
        }
        let spec = &model.latents;
        let mut rng = Rng::stream(self.document.settings.seed ^ STREAM, self.document.draws);
        let latent = changed(spec, change, &edit.latent, &edit.from.latent, &spec.draw(&mut rng));
        if latent == edit.latent {
            return;
        }
        let name = change.step_name(spec);
        match change {
            Change::Set(..) => self.history.record_sliding(name, self.document.clone()),
            _ => self.history.record(name, self.document.clone()),
        }
        if matches!(change, Change::Randomize(_)) {
            self.document.draws += 1;
        }
        if self.document.before.is_none() {
            self.document.before = Some(edit.from.clone());
        }
        edit.set(latent);
        self.set_by_hand(edit);
    }

    /// A latent that was set by hand is what counts now: nothing else is shown, and nothing is searched.
    pub(super) fn set_by_hand(&mut self, edit: Edit) {
        self.document.edit = Some(edit);
        self.showing = Showing::Newest;
    }
}

#[cfg(test)]
mod tests {
    use latent_engine::model::LatentGroup;

    use super::*;

    fn spec() -> LatentSpec {
        let mut spec = LatentSpec::continuous(2, Prior::Normal);
        let classes = ["cat", "dog", "owl"].map(str::to_owned).to_vec();
        spec.groups.push(LatentGroup::new("class", GroupKind::Categorical { classes }));
        let kind = GroupKind::Continuous { dimensions: 1, prior: Prior::Uniform };
        spec.groups.push(LatentGroup::new("code", kind));
        spec
    }

    fn change(change: Change) -> Vec<f32> {
        let [now, from, fresh] = [
            vec![1.0, 2.0, 0.0, 1.0, 0.0, 0.5],
            vec![-1.0, 2.0, 1.0, 0.0, 0.0, 0.25],
            vec![7.0, 8.0, 0.0, 0.0, 1.0, 9.0],
        ]
        .map(Latent::from);
        changed(&spec(), change, &now, &from, &fresh).values().to_vec()
    }

    #[test]
    fn a_change_touches_its_part_only() {
        assert_eq!(change(Change::Set(1, 5.5)), [1.0, 5.5, 0.0, 1.0, 0.0, 0.5]);
        assert_eq!(change(Change::Class { group: 1, class: 2 }), [1.0, 2.0, 0.0, 0.0, 1.0, 0.5]);
        assert_eq!(change(Change::Zero(Part::All)), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        assert_eq!(change(Change::Zero(Part::One(0))), [0.0, 2.0, 0.0, 1.0, 0.0, 0.5]);
        assert_eq!(change(Change::Reset(Part::Group(1))), [1.0, 2.0, 1.0, 0.0, 0.0, 0.5]);
        assert_eq!(change(Change::Reset(Part::All)), [-1.0, 2.0, 1.0, 0.0, 0.0, 0.25]);
        assert_eq!(change(Change::Randomize(Part::Group(2))), [1.0, 2.0, 0.0, 1.0, 0.0, 9.0]);
        assert_eq!(change(Change::Set(99, 1.0)), change(Change::Reset(Part::One(99))));
    }

    #[test]
    fn numbers_are_called_by_their_group() {
        assert_eq!([0, 1, 5].map(|i| name(&spec(), i)), ["z 0", "z 1", "code 0"]);
        assert_eq!(class_of(&[0.1, 0.7, 0.7]), 1);
    }
}
