//! The recipes: a folder for each way to train, and the registry.

pub(crate) mod encoder;
pub(crate) mod enlarge;
pub(crate) mod gan;
pub(crate) mod ian;
pub(crate) mod pix2pix;
mod plan;
pub(crate) mod recipe;
#[cfg(test)]
mod tests;
pub(crate) mod vae;

pub use plan::Plan;
pub use recipe::{About, Need, Recipe};

/// Every recipe, the usual one first.
pub static RECIPES: &[&dyn Recipe] = &[
    &gan::recipe::GAN,
    &gan::recipe::CGAN,
    &gan::recipe::ACGAN,
    &gan::recipe::INFOGAN,
    &vae::recipe::VAE,
    &ian::recipe::IAN,
    &encoder::recipe::ENCODER,
    &enlarge::recipe::ENLARGE,
    &pix2pix::recipe::PIX2PIX,
];

/// The recipe of a key.
///
/// # Errors
/// [`crate::Error::Invalid`] with those that there are.
pub fn recipe(key: &str) -> crate::Result<&'static dyn Recipe> {
    RECIPES.iter().copied().find(|recipe| recipe.about().key == key).ok_or_else(|| {
        let known: Vec<&str> = RECIPES.iter().map(|recipe| recipe.about().key).collect();
        crate::Error::Invalid(format!("there is no recipe \"{key}\"; there are {}", known.join(", ")))
    })
}
