//! Sources of pictures.

use super::*;

const ON: ControlFlow<()> = ControlFlow::Continue(());

fn creatures(count: usize) -> PictureSource {
    let world = WorldName::Creature;
    PictureSource::World { world, count, seed: 1, vary: None, classes: None }
}

fn folder_of(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..count {
        let colour = [i as u8, 0, 200];
        Picture::filled(20, 12, colour).save(folder.path().join(format!("{i:03}.png"))).unwrap();
    }
    folder
}

#[test]
fn a_folder_is_previewed_and_read() {
    let folder = folder_of(40);
    std::fs::write(folder.path().join("000.jpg"), "no picture").unwrap();
    let source =
        PictureSource::Folder { folder: folder.path().to_owned(), framing: Framing::Crop, classes: false };
    let preview = source.preview(10, 8, &mut || ON).unwrap();
    assert_eq!((preview.count, preview.pictures.len(), preview.skipped.len()), (41, 9, 1));
    let last = preview.pictures[8].pixel(0, 0)[0];
    assert!(last > 30, "they come from all over the folder: {last}");
    let mut heard = Vec::new();
    let all = source
        .load(8, &mut |done, of| {
            heard.push((done, of));
            ON
        })
        .unwrap();
    assert_eq!((all.set.len(), all.skipped.len(), heard.last()), (40, 1, Some(&(41, 41))));
    let stopped = source.load(8, &mut |_, _| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(Error::Cancelled)));
}

#[test]
fn a_world_draws_as_many_as_it_is_asked_for() {
    let source = creatures(20);
    assert_eq!(source.preview(6, 32, &mut || ON).unwrap().pictures.len(), 6);
    let all = source.load(16, &mut |_, _| ON).unwrap();
    assert_eq!((all.set.len(), all.set.size()), (20, 16));
    assert!(source.load(8, &mut |_, _| ON).is_err());
}

#[test]
fn classes_are_seen_before_all_pictures_are_read_and_are_those_that_come() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["cat", "dog"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        for i in 0..10 {
            let path = folder.path().join(name).join(format!("{i}.png"));
            Picture::filled(8, 8, [20 * i, 0, 0]).save(path).unwrap();
        }
    }
    let animals =
        PictureSource::Folder { folder: folder.path().to_owned(), framing: Framing::Crop, classes: true };
    let landscapes = |vary: Option<&[&str]>, factor: &str| PictureSource::World {
        world: WorldName::Landscape,
        count: 300,
        seed: 1,
        vary: vary.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        classes: Some(factor.to_owned()),
    };
    for source in [animals, landscapes(None, "biome"), landscapes(Some(&["sea_level", "haze"]), "sea_level")]
    {
        let seen = source.preview(4, 16, &mut || ON).unwrap();
        let read = source.load(16, &mut |_, _| ON).unwrap();
        assert!(seen.classes.len() > 1 && seen.classes == read.set.classes(), "{:?}", seen.classes);
    }
    for (source, words) in [
        (landscapes(Some(&["haze"]), "biome"), "biome meadow"),
        (landscapes(None, "haze"), "biome or cloud_kind"),
        (landscapes(Some(&["beard"]), "biome"), "\"beard\""),
        (landscapes(Some(&[]), "biome"), "at least one"),
    ] {
        let both = [
            source.preview(20, 16, &mut || ON).unwrap_err().to_string(),
            source.load(16, &mut |_, _| ON).unwrap_err().to_string(),
        ];
        assert!(both[0] == both[1] && both[0].contains(words), "{both:?}");
    }
}

#[test]
fn what_can_not_be_learned_from_is_refused_in_a_sentence() {
    let refusal = |folder: &Path| {
        let source =
            PictureSource::Folder { folder: folder.to_owned(), framing: Framing::Fit, classes: false };
        let both = [
            source.preview(10, 8, &mut || ON).unwrap_err().to_string(),
            source.load(8, &mut |_, _| ON).unwrap_err().to_string(),
        ];
        assert_eq!(both[0], both[1]);
        let [said, _] = both;
        assert!(said.contains(folder.to_str().unwrap()), "{said}");
        said
    };
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(folder.path()).contains("is empty"));
    assert!(refusal(&folder.path().join("none")).contains("is not there"));
    std::fs::write(folder.path().join("a.txt"), "text").unwrap();
    assert!(refusal(folder.path()).contains("other kinds"));
    assert!(refusal(&folder.path().join("a.txt")).contains("is a file"));
    std::fs::write(folder.path().join("a.png"), "text").unwrap();
    assert!(refusal(folder.path()).contains("1 could not be read"));
    assert!(refusal(folder_of(3).path()).contains("too few"));
    let source = creatures(usize::MAX / 2);
    assert!(source.load(64, &mut |_, _| ON).unwrap_err().to_string().contains("GB"));
}
