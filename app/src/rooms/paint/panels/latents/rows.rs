//! Which rows the list of latents has: filters, folded groups.

use std::collections::BTreeSet;

use latent_engine::model::{GroupKind, Latent, LatentSpec, Prior};

use super::LatentsView;
use crate::rooms::paint::latents::places;

/// More numbers than this begin with all groups but the first folded.
const MANY: usize = 1024;

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Row {
    /// The heading of a group.
    Heading(usize),
    /// A number.
    Number { index: usize, prior: Prior },
    /// The class of a group.
    Class(usize),
}

/// The rows that are listed now.
pub fn rows(spec: &LatentSpec, view: &LatentsView, now: &Latent, began: &Latent) -> Vec<Row> {
    let mut rows = Vec::new();
    let filter = view.filter.trim().to_lowercase();
    let numbers = filter.split_once('-').and_then(|(a, b)| {
        let (first, last) = (a.trim().parse::<usize>().ok()?, b.trim().parse::<usize>().ok()?);
        Some(first..=last)
    });
    let folded = folded(spec, view);
    let places: Vec<_> = places(spec).collect();
    for g in order(spec) {
        let (group, place) = (&spec.groups[g], places[g].clone());
        let fits = |i: usize| {
            let index = place.start + i;
            let bits = |latent: &Latent| latent.values().get(index).map(|v| v.to_bits());
            (!view.changed || bits(now) != bits(began))
                && (filter.is_empty()
                    || numbers.as_ref().map_or_else(
                        || group.name_of(i).to_lowercase().contains(&filter),
                        |numbers| numbers.contains(&i),
                    ))
        };
        let mut members: Vec<Row> = match group.kind {
            GroupKind::Continuous { dimensions, prior } => (0..dimensions)
                .filter(|&i| fits(i))
                .map(|i| Row::Number { index: place.start + i, prior })
                .collect(),
            GroupKind::Categorical { .. } => {
                (0..group.len()).find(|&i| fits(i)).map(|_| Row::Class(g)).into_iter().collect()
            }
        };
        let has_heading = spec.groups.len() > 1 && matches!(group.kind, GroupKind::Continuous { .. });
        if has_heading && !members.is_empty() {
            rows.push(Row::Heading(g));
            if folded.contains(&g) {
                members.clear();
            }
        }
        rows.append(&mut members);
    }
    rows
}

/// The groups as they are listed: pickers first, then few numbers before many, for they say more each and would be far
/// below a list of a hundred.
fn order(spec: &LatentSpec) -> Vec<usize> {
    let mut order: Vec<usize> = (0..spec.groups.len()).collect();
    // Of as many as begin folded, headings are all that is seen.
    if spec.len() <= MANY {
        order.sort_by_key(|&g| match spec.groups[g].kind {
            GroupKind::Categorical { .. } => 0,
            GroupKind::Continuous { dimensions, .. } => dimensions,
        });
    }
    order
}

/// The groups that are folded.
pub fn folded(spec: &LatentSpec, view: &LatentsView) -> BTreeSet<usize> {
    let begins_folded = |group: usize| group != 0 && spec.len() > MANY;
    (0..spec.groups.len()).filter(|&g| begins_folded(g) != view.flipped.contains(&g)).collect()
}

#[cfg(test)]
mod tests {
    use latent_engine::model::LatentGroup;

    use super::*;

    fn spec(groups: usize, each: usize) -> LatentSpec {
        let kind = GroupKind::Continuous { dimensions: each, prior: Prior::Normal };
        let group = |i| LatentGroup::new(format!("w{i}"), kind.clone());
        LatentSpec { groups: (0..groups).map(group).collect() }
    }

    #[test]
    fn filters_and_folds_choose_the_rows() {
        let (spec, now) = (spec(2, 20), Latent::from(vec![0.0; 40]));
        let listed = |view: &LatentsView| rows(&spec, view, &now, &now).len();
        let view = LatentsView::default();
        assert_eq!(listed(&view), 42);
        assert_eq!(listed(&LatentsView { flipped: [1].into(), ..view.clone() }), 22);
        assert_eq!(listed(&LatentsView { filter: "w1 1".into(), ..view.clone() }), 12);
        assert_eq!(listed(&LatentsView { filter: "3-5".into(), ..view.clone() }), 8);
        assert_eq!(listed(&LatentsView { changed: true, ..view.clone() }), 0);
        let mut moved = vec![0.0; 40];
        moved[7] = 1.0;
        let changed = LatentsView { changed: true, ..view };
        assert_eq!(
            rows(&spec, &changed, &moved.into(), &now),
            [Row::Heading(0), Row::Number { index: 7, prior: Prior::Normal }]
        );
    }

    #[test]
    fn pickers_and_short_groups_stand_above_long_ones() {
        let spec = LatentSpec::continuous(5, Prior::Normal).and_classes("class", 3).and_continuous(
            "code",
            2,
            Prior::Uniform,
        );
        let now = Latent::from(vec![0.0; 10]);
        let listed = rows(&spec, &LatentsView::default(), &now, &now);
        let code = |index| Row::Number { index, prior: Prior::Uniform };
        assert_eq!(listed[..5], [Row::Class(1), Row::Heading(2), code(8), code(9), Row::Heading(0)]);
    }

    #[test]
    fn a_filter_finds_numbers_by_their_own_names() {
        let spec =
            LatentSpec::continuous(3, Prior::Normal).named(&["Hue", "Size", "Lean"].map(Into::into)).unwrap();
        let now = Latent::from(vec![0.0; 3]);
        let listed = |filter: &str| {
            let view = LatentsView { filter: filter.into(), ..LatentsView::default() };
            rows(&spec, &view, &now, &now)
        };
        assert_eq!(listed("size"), [Row::Number { index: 1, prior: Prior::Normal }]);
        assert_eq!((listed("e").len(), listed("0-1").len(), listed("z").len()), (3, 2, 1));
    }

    #[test]
    fn of_very_many_only_the_first_group_is_unfolded() {
        let (spec, now) = (spec(18, 512), Latent::from(vec![0.0; 18 * 512]));
        assert_eq!(rows(&spec, &LatentsView::default(), &now, &now).len(), 18 + 512);
        let view = LatentsView { flipped: [0, 3].into(), ..LatentsView::default() };
        assert_eq!(rows(&spec, &view, &now, &now).len(), 18 + 512, "the fourth in place of the first");
    }
}
