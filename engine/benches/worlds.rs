//! Pictures of the procedural worlds, 64 pixels a side, on all cores; items are pictures.
//!
//!     cargo bench -p latent-engine --bench worlds

use divan::Bencher;
use divan::counter::ItemsCount;
use latent_engine::data::{Creature, Landscape, Portrait, World};

const COUNT: usize = 512;

fn main() {
    divan::main();
}

#[divan::bench(types = [Landscape, Portrait, Creature])]
fn pictures<W: World>(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(COUNT)).bench(|| W::render_many(1, 0, COUNT, 64).len());
}
