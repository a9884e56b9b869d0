//! Strokes as maps, remembering the maps of finished strokes so that a growing one costs only itself.

use std::sync::Arc;

use latent_engine::search::constraint::{Constraints, Stroke};

/// The maps of a list of strokes at one height and width.
#[derive(Debug)]
pub struct StrokeMaps {
    done: Vec<Arc<Stroke>>,
    maps: Constraints,
    /// The strokes that were asked for last, and what came of them.
    newest: Option<(Vec<Arc<Stroke>>, Arc<Constraints>)>,
}

impl Default for StrokeMaps {
    fn default() -> Self {
        Self { done: Vec::new(), maps: Constraints::empty([0; 2]), newest: None }
    }
}

impl StrokeMaps {
    /// The maps of strokes as they are, which costs nothing while they stay so.
    pub fn of(&mut self, strokes: &[Arc<Stroke>], size: [usize; 2]) -> Arc<Constraints> {
        if let Some((of, maps)) = &self.newest
            && maps.size == size
            && of.len() == strokes.len()
            // Strokes that are held here are copied before they grow, so that the same place is the same stroke.
            && of.iter().zip(strokes).all(|(a, b)| Arc::ptr_eq(a, b))
        {
            return maps.clone();
        }
        let maps = Arc::new(self.rasterize(strokes, size));
        self.newest = Some((strokes.to_vec(), maps.clone()));
        maps
    }

    /// The same as [`Constraints::rasterize`] at a height and width; only the last stroke may have changed since the last call.
    pub fn rasterize(&mut self, strokes: &[Arc<Stroke>], size: [usize; 2]) -> Constraints {
        let (growing, finished) = strokes.split_last().map_or((None, strokes), |(g, f)| (Some(g), f));
        let begins_alike = self.done.len() <= finished.len()
            && self.done.iter().zip(finished).all(|(a, b)| Arc::ptr_eq(a, b));
        if !begins_alike || self.maps.size != size {
            self.done.clear();
            self.maps = Constraints::empty(size);
        }
        for stroke in &finished[self.done.len()..] {
            self.maps.add(stroke);
            self.done.push(stroke.clone());
        }
        let mut maps = self.maps.clone();
        if let Some(stroke) = growing {
            maps.add(stroke);
        }
        maps
    }
}

#[cfg(test)]
mod tests {
    use latent_engine::search::constraint::StrokeKind;

    use super::*;

    #[test]
    fn growing_undoing_and_resizing_give_the_maps_of_the_whole() {
        let stroke = |kind, x: f32| {
            Arc::new(Stroke { weight: 1.0, kind, width: 0.1, points: vec![[x, 0.2], [x, 0.8], [0.5, 0.5]] })
        };
        let strokes = [
            stroke(StrokeKind::Colour([9, 200, 30]), 0.2),
            stroke(StrokeKind::Sketch, 0.6),
            stroke(StrokeKind::Erase, 0.5),
            stroke(StrokeKind::Colour([200, 0, 30]), 0.4),
        ];
        let mut maps = StrokeMaps::default();
        for (count, size) in
            [(1, [32, 24]), (2, [32, 24]), (4, [32, 24]), (3, [32; 2]), (0, [32; 2]), (4, [24, 16])]
        {
            let plain: Vec<Stroke> = strokes[..count].iter().map(|s| (**s).clone()).collect();
            assert_eq!(maps.rasterize(&strokes[..count], size), Constraints::rasterize(&plain, size));
            assert_eq!(*maps.of(&strokes[..count], size), Constraints::rasterize(&plain, size));
        }
    }

    #[test]
    fn a_stroke_that_grows_in_its_place_has_new_maps() {
        let mut strokes = vec![Arc::new(Stroke {
            weight: 1.0,
            kind: StrokeKind::Sketch,
            width: 0.1,
            points: vec![[0.2, 0.2]],
        })];
        let mut maps = StrokeMaps::default();
        let first = maps.of(&strokes, [32; 2]);
        assert!(Arc::ptr_eq(&first, &maps.of(&strokes, [32; 2])), "nothing changed");
        Arc::make_mut(&mut strokes[0]).points.push([0.8, 0.8]);
        assert_ne!(first, maps.of(&strokes, [32; 2]));
    }
}
