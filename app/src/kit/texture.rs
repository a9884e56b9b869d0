//! Pictures as textures: one upload per new picture, none for one that is there already.

use std::sync::Arc;

use egui::{ColorImage, Context, Rect, TextureHandle, TextureId, TextureOptions, pos2, vec2};
use latent_engine::Picture;

use crate::kit::look::ratio;
use crate::kit::scale;

/// Small pictures are enlarged to this side before they become smooth textures: straight lines between
/// the pixels of a 64-pixel picture would show as diamonds.
const SMOOTH_SIDE: usize = 256;

/// The longer side of a tile of a sheet.
const TILE: usize = 128;

/// The texture of one picture.
#[derive(Default)]
pub struct PictureTexture {
    handle: Option<TextureHandle>,
    shown: Option<(Arc<Picture>, bool)>,
}

impl PictureTexture {
    /// The texture, uploaded if the picture is new; with `pixels` as squares, else smooth.
    pub fn get(&mut self, ctx: &Context, picture: &Arc<Picture>, pixels: bool) -> TextureId {
        let same = |(old, p): &(Arc<Picture>, bool)| Arc::ptr_eq(old, picture) && *p == pixels;
        match (&mut self.handle, self.shown.as_ref().is_some_and(same)) {
            (Some(handle), true) => handle.id(),
            (handle, _) => {
                self.shown = Some((picture.clone(), pixels));
                let (image, options) = if pixels {
                    (colour_image(picture), TextureOptions::NEAREST)
                } else {
                    (smooth_image(picture), TextureOptions::LINEAR)
                };
                upload(ctx, handle, "picture", image, options)
            }
        }
    }
}

/// Many pictures of one size in one texture.
#[derive(Default)]
pub struct Sheet {
    handle: Option<TextureHandle>,
    shown: Vec<Arc<Picture>>,
    columns: usize,
    /// Width and height of a tile in pixels.
    tile: [usize; 2],
}

impl Sheet {
    /// Makes these pictures the sheet's; uploads only when one of them is new.
    pub fn set<'a>(&mut self, ctx: &Context, pictures: impl Iterator<Item = &'a Arc<Picture>> + Clone) {
        let count = pictures.clone().count();
        let same =
            count == self.shown.len() && pictures.clone().zip(&self.shown).all(|(a, b)| Arc::ptr_eq(a, b));
        if same || count == 0 {
            return;
        }
        self.shown = pictures.cloned().collect();
        self.columns = (count as f32).sqrt().ceil() as usize;
        self.tile = tile_of(&self.shown[0]);
        let [width, height] = self.tile;
        let tiles: Vec<Picture> = self.shown.iter().map(|p| scale::smooth(p, width, height)).collect();
        if let Ok(sheet) = Picture::grid(&tiles, self.columns, 0) {
            upload(ctx, &mut self.handle, "sheet", colour_image(&sheet), TextureOptions::LINEAR);
        }
    }

    /// Width by height of its pictures.
    pub fn ratio(&self) -> f32 {
        self.shown.first().map_or(1.0, |picture| ratio(picture))
    }

    /// The texture and the part of it that shows a picture.
    pub fn tile(&self, i: usize) -> Option<(TextureId, Rect)> {
        let handle = self.handle.as_ref().filter(|_| i < self.shown.len())?;
        let tile = vec2(self.tile[0] as f32, self.tile[1] as f32);
        let corner = pos2((i % self.columns) as f32 * tile.x, (i / self.columns) as f32 * tile.y);
        // Half a pixel less on each side: the neighbours must not shine in.
        let part = Rect::from_min_size(corner, tile).shrink(0.5);
        let size = handle.size_vec2();
        let share = |p: egui::Pos2| (p.to_vec2() / size).to_pos2();
        Some((handle.id(), Rect::from_min_max(share(part.min), share(part.max))))
    }
}

/// The sides of the tile for a picture: its longer one is [`TILE`].
fn tile_of(picture: &Picture) -> [usize; 2] {
    let longer = picture.width().max(picture.height()).max(1);
    [picture.width(), picture.height()].map(|side| (side * TILE).div_ceil(longer).max(2))
}

/// Uploads into the handle, making it if there is none.
pub fn upload(
    ctx: &Context,
    handle: &mut Option<TextureHandle>,
    name: &str,
    image: ColorImage,
    options: TextureOptions,
) -> TextureId {
    match handle {
        Some(handle) => {
            handle.set(image, options);
            handle.id()
        }
        None => handle.insert(ctx.load_texture(name, image, options)).id(),
    }
}

fn colour_image(picture: &Picture) -> ColorImage {
    ColorImage::from_rgb([picture.width(), picture.height()], picture.rgb())
}

fn smooth_image(picture: &Picture) -> ColorImage {
    match SMOOTH_SIDE / picture.width().max(picture.height()).max(1) {
        0 | 1 => colour_image(picture),
        times => colour_image(&scale::smooth(picture, picture.width() * times, picture.height() * times)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_uploaded_once() {
        let ctx = Context::default();
        let mut texture = PictureTexture::default();
        let picture = Arc::new(Picture::filled(8, 8, [1, 2, 3]));
        texture.get(&ctx, &picture, false);
        let uploads = || {
            let mut delta = ctx.tex_manager().write().take_delta();
            let count = delta.set.len();
            // Nobody paints here.
            delta.clear();
            count
        };
        assert!(uploads() > 0);
        texture.get(&ctx, &picture, false);
        assert_eq!(uploads(), 0);
        texture.get(&ctx, &picture, true);
        assert_eq!(uploads(), 1);
    }

    #[test]
    fn tiles_lie_inside_the_sheet_and_do_not_touch() {
        let ctx = Context::default();
        let pictures: Vec<_> = (0..5).map(|i| Arc::new(Picture::filled(8, 8, [i; 3]))).collect();
        let mut sheet = Sheet::default();
        assert!(sheet.tile(0).is_none());
        sheet.set(&ctx, pictures.iter());
        let tiles: Vec<Rect> = (0..5).map(|i| sheet.tile(i).unwrap().1).collect();
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        assert!(tiles.iter().all(|t| whole.contains_rect(*t)));
        assert!(!tiles[0].intersects(tiles[1]) && sheet.tile(5).is_none());
    }

    #[test]
    fn tiles_are_smooth_and_keep_the_ratio_of_their_pictures() {
        let ctx = Context::default();
        let mut wide = Picture::filled(512, 256, [0; 3]);
        for (i, pixel) in wide.rgb_mut().chunks_exact_mut(3).enumerate() {
            pixel.fill(if i % 2 == 0 { 255 } else { 0 });
        }
        let mut sheet = Sheet::default();
        sheet.set(&ctx, [Arc::new(wide)].iter());
        assert_eq!((sheet.tile, sheet.ratio()), ([128, 64], 2.0));
        let mut delta = ctx.tex_manager().write().take_delta();
        let uploaded = &delta.set[&sheet.tile(0).unwrap().0][0];
        let egui::ImageData::Color(image) = &uploaded.image;
        assert_eq!(image.size, [128, 64]);
        assert!(image.pixels.iter().all(|p| (100..156).contains(&p.r())), "columns one pixel wide are grey");
        delta.clear();
    }
}
