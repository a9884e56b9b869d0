//! Translators: trained from pairs, used on maps and pictures.

use super::*;

#[test]
fn a_translator_is_trained_from_two_folders_and_translates_pictures_of_any_size() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    for (folder, world) in [("a", "creature"), ("b", "portrait")] {
        succeeds(at, &["render", world, "--count", "16", "--size", "16", "--out", folder]);
    }
    std::fs::remove_file(at.join("a/000003.png")).unwrap();
    let train = ["train", "--data", "a", "--to", "b", "--recipe", "pix2pix", "--size", "16", "--width", "4"];
    let output = studio(at, &[&train[..], &["--batch", "4", "--steps", "6", "--out", "mine"]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("000003.png") && said.contains("no picture of this name"), "{said}");
    succeeds(at, &["render", "creature", "--count", "1", "--size", "50", "--out", "large"]);
    let translate = ["translate", "--model", "mine", "--image", "large/000000.png", "--out", "made.png"];
    succeeds(at, &translate);
    let made = Picture::open(at.join("made.png")).unwrap();
    assert_eq!((made.width(), made.height()), (50, 50));
    let line = refused(at, &[&translate[..], &["--style", "haze=1"]].concat());
    assert!(line.contains("takes no style"), "{line}");
    let line = refused(at, &["train", "--data", "a", "--recipe", "pix2pix", "--out", "other"]);
    assert!(line.contains("--to names the folder"), "{line}");
    let line = refused(at, &["train", "--data", "a", "--to", "b", "--out", "other"]);
    assert!(line.contains("for the recipe pix2pix"), "{line}");
}

#[test]
fn the_bundled_translator_takes_maps_and_says_what_it_does_not_know() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    succeeds(at, &["render", "landscape", "--count", "1", "--size", "64", "--maps", "--out", "maps"]);
    let map = ["--image", "maps/000000.labels.png", "--out"];
    let translate = |more: &[&'static str]| [&["translate", "--model", "materials"], &map[..], more].concat();
    succeeds(at, &translate(&["clear.png"]));
    succeeds(at, &translate(&["misty.png", "--style", "haze=0.95"]));
    assert_ne!(std::fs::read(at.join("clear.png")).unwrap(), std::fs::read(at.join("misty.png")).unwrap());
    let line = refused(at, &translate(&["x.png", "--style", "fog=1"]));
    assert!(line.contains("no factor \"fog\"") && line.contains("haze"), "{line}");
    let line = refused(at, &translate(&["x.png", "--style", "haze=7"]));
    assert!(line.contains("haze is a number from"), "{line}");
    let line = refused(at, &["translate", "--model", "landscape", "--image", "clear.png", "--out", "x.png"]);
    assert!(line.contains("translator"), "{line}");
    // A picture is no map: its colours count as the nearest labels, and that is said.
    let output = studio(at, &["translate", "--model", "materials", "--image", "clear.png", "--out", "y.png"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("stand for no label"));
}
