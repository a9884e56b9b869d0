//! The photo as the canvas shows it: the part inside the frame, or all of it, with as many pixels as the screen has.

use std::cell::RefCell;
use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::edit::Crop;
use latent_engine::service::Retouching;

use super::Paint;
use super::base::Photo;
use super::document::Document;
use super::tools::ToolKind;
use crate::link::request::Request;

/// Sides are whole multiples of this, so that a window that is dragged larger does not ask for each of its sizes.
const STEP: usize = 64;
/// The most pixels of the longer side.
const MOST: usize = 2048;

/// All of a photo.
pub const WHOLE: Crop = Crop { centre: [0.5; 2], side: 1.0, angle: 0.0, mirrored: false };

/// What a view is of.
#[derive(Clone, Debug)]
struct Of {
    photo: Arc<Picture>,
    crop: Crop,
    sides: [usize; 2],
}

impl Of {
    fn is(&self, other: &Self) -> bool {
        self.crop == other.crop && self.sides == other.sides && Arc::ptr_eq(&self.photo, &other.photo)
    }
}

/// The newest views.
#[derive(Default)]
pub struct Views {
    /// Pixels of the longer side of the canvas's picture.
    side: usize,
    /// The part inside the frame, and all of the photo.
    made: [Option<(Of, Arc<Picture>)>; 2],
    /// The newest change that was made in a view.
    retouched: Option<(Box<Retouching>, Arc<Picture>)>,
    /// A view with the small change laid over it, and the pictures that it was made of.
    over: RefCell<Option<[Arc<Picture>; 4]>>,
}

impl Views {
    /// The canvas's picture has so many pixels on its longer side.
    pub(super) fn set_side(&mut self, side: usize) {
        self.side = side.next_multiple_of(STEP).clamp(STEP, MOST);
    }

    /// The part inside the frame of a document's photo, as it was before anything was painted.
    #[must_use]
    pub fn of(&self, document: &Document) -> Option<Arc<Picture>> {
        let photo = document.base.as_ref()?.photo()?;
        let sides = document.model.as_ref()?.sides;
        self.find(photo, photo.frame(sides), sides)
    }

    /// All of the photo.
    fn whole(&self, photo: &Photo) -> Option<Arc<Picture>> {
        self.find(photo, WHOLE, [photo.picture.height(), photo.picture.width()])
    }

    /// The view of this part with this ratio of height to width: of a square photo both views may be the same.
    fn find(&self, photo: &Photo, crop: Crop, shape: [usize; 2]) -> Option<Arc<Picture>> {
        let alike = |sides: [usize; 2]| {
            let off = (sides[0] * shape[1]).abs_diff(sides[1] * shape[0]);
            off <= shape[0].max(shape[1])
        };
        let is = |of: &Of| of.crop == crop && alike(of.sides) && Arc::ptr_eq(&of.photo, &photo.picture);
        self.made.iter().flatten().find(|(of, _)| is(of)).map(|(_, view)| view.clone())
    }

    /// A view came.
    pub(super) fn take(&mut self, photo: Arc<Picture>, crop: Crop, sides: [usize; 2], view: Arc<Picture>) {
        let place = usize::from(crop == WHOLE && sides == self.whole_sides(&photo));
        self.made[place] = Some((Of { photo, crop, sides }, view));
    }

    /// A change was made in a view, or can't be.
    pub(super) fn take_retouched(&mut self, asked: Box<Retouching>, made: Arc<Picture>) {
        self.retouched = Some((asked, made));
    }

    fn whole_sides(&self, photo: &Picture) -> [usize; 2] {
        let longer = photo.width().max(photo.height());
        let side = |side: usize| (side * self.side.min(longer)).div_ceil(longer).max(1);
        [side(photo.height()), side(photo.width())]
    }
}

impl Paint {
    /// The photo, where one is held.
    #[must_use]
    pub fn photo(&self) -> Option<&Photo> {
        self.document.base.as_ref()?.photo()
    }

    /// True while all of the photo is shown with the frame on it.
    #[must_use]
    pub fn is_framing(&self) -> bool {
        self.tools.active == ToolKind::Frame && self.photo().is_some() && self.document.model.is_some()
    }

    pub(super) fn view_wanted(&self) -> Option<Request> {
        let photo = self.photo()?;
        let sides = self.document.model.as_ref()?.sides;
        let picture = &photo.picture;
        let of = if self.is_framing() {
            Of { photo: picture.clone(), crop: WHOLE, sides: self.views.whole_sides(picture) }
        } else {
            let crop = photo.frame(sides);
            // Larger than the photo is, there is nothing more to see.
            let shorter = (crop.side * picture.width().min(picture.height()) as f32) as usize;
            let least = sides[0].min(sides[1]);
            let longer = sides[0].max(sides[1]);
            let own = (shorter.max(least) * longer).div_ceil(least);
            let side = self.views.side.min(own.next_multiple_of(STEP)).max(longer);
            Of { photo: picture.clone(), crop, sides: sides.map(|s| (s * side).div_ceil(longer)) }
        };
        let there = self.views.made.iter().flatten().any(|(made, _)| made.is(&of));
        let wanted = self.views.side > 0 && !there;
        wanted.then_some(Request::View { photo: of.photo, crop: of.crop, sides: of.sides })
    }

    /// The change between the held picture and the shown one, to be made in a picture of which the model saw this part;
    /// `None` where nothing is changed.
    pub(super) fn retouching(&self, photo: Arc<Picture>, crop: Crop) -> Option<Retouching> {
        let base = self.document.base.as_ref()?;
        let (before, seen) = base.held().map(|held| (held.before.clone(), held.seen.clone()))?;
        let after = self.shown().picture()?.clone();
        if *self.seen(&after) == *seen {
            return None;
        }
        let (mask, strength) = (self.mask_of(&after)?, base.strength);
        Some(Retouching { photo, crop, before, after, mask, strength, enlarger: self.open_enlarger() })
    }

    /// The change in the view that the canvas shows.
    fn retouching_of_view(&self) -> Option<Retouching> {
        self.photo()?;
        self.retouching(self.views.of(&self.document)?, WHOLE)
    }

    /// The change should be made in the view, once it is no more about to become another one.
    pub(super) fn retouch_wanted(&self, at_rest: bool) -> Option<Request> {
        if !at_rest || self.is_playing() || self.plain || self.is_framing() {
            return None;
        }
        let asked = self.retouching_of_view()?;
        let there = self.views.retouched.as_ref().is_some_and(|(made, _)| **made == asked);
        (!there).then(|| Request::Retouch(Box::new(asked)))
    }

    /// What the canvas shows.
    #[must_use]
    pub fn canvas_picture(&self) -> Option<Arc<Picture>> {
        let Some(photo) = self.photo() else { return self.developed_picture() };
        if self.is_framing() {
            return self.views.whole(photo);
        }
        let Some(view) = self.views.of(&self.document).filter(|_| !self.plain) else {
            return self.developed_picture();
        };
        let Some(asked) = self.retouching_of_view() else { return Some(view) };
        if let Some((_, made)) = self.views.retouched.as_ref().filter(|(made, _)| **made == asked) {
            return Some(made.clone());
        }
        let small = self.seen(&asked.after);
        let seen = self.document.base.as_ref()?.held()?.seen.clone();
        let mut over = self.views.over.borrow_mut();
        let of = [&view, &seen, &small];
        if let Some([a, b, c, made]) = &*over
            && [a, b, c].into_iter().zip(of).all(|(a, b)| Arc::ptr_eq(a, b))
        {
            return Some(made.clone());
        }
        let made = Arc::new(laid_over(&view, &seen, &small));
        *over = Some([view, seen, small, made.clone()]);
        Some(made)
    }
}

/// A picture with the difference between two smaller ones added, bilinear between their pixels.
fn laid_over(view: &Picture, before: &Picture, after: &Picture) -> Picture {
    let mut made = view.clone();
    let (width, height) = (made.width(), made.height());
    let (wide, high) = (before.width(), before.height());
    let pairs = after.rgb().iter().zip(before.rgb());
    let change: Vec<i32> = pairs.map(|(a, b)| i32::from(*a) - i32::from(*b)).collect();
    // Places in 256ths of a small pixel.
    let places = |count: usize, small: usize| -> Vec<(usize, usize, i32)> {
        let place = |i: usize| {
            let at = ((2 * i + 1) * small * 128 / count).saturating_sub(128).min((small - 1) * 256);
            (at / 256, (at / 256 + 1).min(small - 1), (at % 256) as i32)
        };
        (0..count).map(place).collect()
    };
    let (columns, rows) = (places(width, wide), places(height, high));
    for (row, (top, below, down)) in made.rgb_mut().chunks_exact_mut(3 * width).zip(rows) {
        for (pixel, (left, right, along)) in row.chunks_exact_mut(3).zip(&columns) {
            for (c, byte) in pixel.iter_mut().enumerate() {
                let at = |y: usize, x: usize| change[3 * (y * wide + x) + c];
                let upper = at(top, *left) * (256 - along) + at(top, *right) * along;
                let lower = at(below, *left) * (256 - along) + at(below, *right) * along;
                let change = (upper * (256 - down) + lower * down + (1 << 15)) >> 16;
                *byte = (i32::from(*byte) + change).clamp(0, 255) as u8;
            }
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_change_is_added_where_it_is_and_nowhere_else() {
        let view = Picture::filled(32, 32, [100; 3]);
        let before = Picture::filled(8, 8, [50; 3]);
        let mut after = before.clone();
        for y in 0..8 {
            after.rgb_mut()[24 * y..][..12].fill(90);
        }
        let made = laid_over(&view, &before, &after);
        assert_eq!((made.pixel(2, 9), made.pixel(30, 9)), ([140; 3], [100; 3]));
        assert!((101..140).contains(&made.pixel(15, 9)[0]), "{:?}", made.pixel(15, 9));
        assert_eq!(laid_over(&view, &before, &before), view);
    }
}
