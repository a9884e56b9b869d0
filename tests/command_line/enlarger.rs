//! Enlargers: trained, applied, measured, refused.

use super::*;

#[test]
fn an_enlarger_is_trained_and_pictures_go_through_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let train = ["train", "--data", "creature", "--recipe", "enlarge", "--pictures", "40", "--size", "32"];
    let tiny = [
        "--factor",
        "2",
        "--width",
        "8",
        "--blocks",
        "1",
        "--critic-width",
        "8",
        "--batch",
        "4",
        "--steps",
        "6",
    ];
    succeeds(at, &[&train[..], &tiny, &["--out", "large"]].concat());
    let told = succeeds(at, &["train", "--resume", "--out", "large", "--steps", "8"]);
    assert!(told.contains("8 steps"), "{told}");
    let told = succeeds(at, &["inspect", "large"]);
    assert!(told.contains("SRResNet") && told.contains("factor"), "{told}");

    // Any size, also an odd one.
    Picture::filled(37, 21, [200, 90, 30]).save(at.join("small.png")).unwrap();
    let enlarge =
        |more: &[&'static str]| [&["enlarge", "--model", "large", "--image", "small.png"], more].concat();
    for way in ["nearest", "bicubic", "faithful", "sharp"] {
        succeeds(at, &enlarge(&["--way", way, "--out", "l.png"]));
        let large = Picture::open(at.join("l.png")).unwrap();
        assert_eq!((large.width(), large.height()), (74, 42), "{way}");
    }
    succeeds(at, &["generate", "--count", "4", "--out", "plain.png"]);
    succeeds(at, &["generate", "--count", "4", "--enlarge", "large", "--out", "twice.png"]);
    let [plain, twice] = ["plain.png", "twice.png"].map(|name| Picture::open(at.join(name)).unwrap());
    assert_eq!((plain.width(), twice.width()), (2 * 64 + 2, 2 * 128 + 2));

    let told = succeeds(at, &["evaluate", "large", "--data", "landscape", "--count", "16"]);
    assert!(told.contains("bicubic") && told.contains("SRGAN") && told.contains("PSNR"), "{told}");
}

#[test]
fn what_can_not_be_enlarged_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    Picture::filled(8, 8, [9; 3]).save(at.join("p.png")).unwrap();
    let line = refused(at, &["enlarge", "--model", "landscape", "--image", "p.png", "--out", "o.png"]);
    assert!(line.contains("landscape has no enlarger"), "{line}");
    let line = refused(at, &["generate", "--count", "1", "--enlarge", "landscape", "--out", "o.png"]);
    assert!(line.contains("no enlarger"), "{line}");
    let line =
        refused(at, &["train", "--data", "creature", "--recipe", "enlarge", "--factor", "3", "--out", "x"]);
    assert!(line.contains("2, 4 or 8"), "{line}");
    assert!(!at.join("o.png").exists() && !at.join("x").exists());
}
