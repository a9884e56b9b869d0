//! `edit`: a photo changes where strokes say so, and nowhere else.

use serde_json::Value;

use super::*;

/// A photo of 300 x 200 pixels whose middle a model has made, and strokes over it in the frame.
fn photo() -> tempfile::TempDir {
    let folder = strokes();
    let at = |name: &str| folder.path().join(name);
    succeeds(folder.path(), &["generate", "--count", "1", "--seed", "3", "--out", "one.png"]);
    let large = Picture::open(at("one.png")).unwrap().resized_bicubic(200, 200);
    let mut photo = Picture::filled(300, 200, [90, 90, 90]);
    for y in 0..200 {
        photo.rgb_mut()[3 * (300 * y + 50)..][..600].copy_from_slice(&large.rgb()[600 * y..][..600]);
    }
    photo.save(at("photo.png")).unwrap();
    let stroke = Stroke::new(StrokeKind::Colour([200, 190, 180]), 0.15, vec![[0.3, 0.75], [0.7, 0.75]]);
    let (colour, mask, _) = Constraints::rasterize(&[stroke], [64; 2]).to_pictures();
    colour.save(at("c.png")).unwrap();
    mask.save(at("m.png")).unwrap();
    let mut left = Picture::filled(64, 64, [0; 3]);
    for row in left.rgb_mut().chunks_exact_mut(192) {
        row[..96].fill(255);
    }
    left.save(at("left.png")).unwrap();
    folder
}

const EDIT: [&str; 11] = [
    "edit",
    "--photo",
    "photo.png",
    "--frame",
    "150,100,200",
    "--color",
    "c.png",
    "--color-mask",
    "m.png",
    "--reach",
    "0",
];

#[test]
fn a_photo_changes_under_the_stroke_and_nowhere_else() {
    let folder = photo();
    let at = |name: &str| folder.path().join(name);
    let whole =
        [&EDIT[..], &["--out", "new.png", "--small", "small.png", "--latents", "z.npy", "--json"]].concat();
    let said: Value = serde_json::from_str(&succeeds(folder.path(), &whole)).unwrap();
    let number = |name: &str| said[name].as_f64().unwrap();
    assert_eq!((&said["method"], &said["like_noise"]), (&Value::from("hybrid"), &Value::from(false)));
    assert!(number("off_colour") < 0.5 * number("off_colour_before"), "{said}");
    assert!(number("inside") > 10.0 && number("outside") == 0.0, "{said}");
    assert!(number("error") < 0.1 && number("explained") > 0.5, "{said}");
    for part in ["read", "place", "projection", "search", "transfer", "write"] {
        assert!(said["seconds"][part].is_number(), "{said}");
    }
    let [old, new] = ["photo.png", "new.png"].map(|name| Picture::open(at(name)).unwrap());
    assert_eq!((new.width(), new.height()), (300, 200));
    let changed = |x: usize, y: usize| old.pixel(x, y) != new.pixel(x, y);
    assert!(changed(150, 150));
    assert!(!(0..300).any(|x| changed(x, 40)) && !(0..200).any(|y| changed(20, y) || changed(270, y)));
    assert_eq!(Picture::open(at("small.png")).unwrap().width(), 64);

    // The same again is the same; what must stay stays, and turned round it alone may change.
    succeeds(folder.path(), &[&EDIT[..], &["--out", "again.png"]].concat());
    assert_eq!(Picture::open(at("again.png")).unwrap(), new);
    succeeds(folder.path(), &[&EDIT[..], &["--keep", "left.png", "--out", "kept.png"]].concat());
    let kept = Picture::open(at("kept.png")).unwrap();
    assert!(
        (50..140).all(|x| kept.pixel(x, 150) == old.pixel(x, 150))
            && kept.pixel(180, 150) != old.pixel(180, 150)
    );
    // A patch moves, for a model without an encoder, too, which is said.
    let warp =
        ["edit", "--photo", "photo.png", "--warp", "0.3,0.5,0.15:0.6,0.5", "--iters", "20", "--out", "w.png"];
    succeeds(folder.path(), &warp);
    assert_ne!(Picture::open(at("w.png")).unwrap(), old);
}

#[test]
fn an_edit_that_makes_no_sense_is_refused() {
    let folder = photo();
    let with = |more: &[&str]| refused(folder.path(), &[&EDIT[..9], more, &["--out", "o.png"]].concat());
    assert!(with(&["--strength", "-1"]).contains("--strength is 0 to 4"));
    assert!(with(&["--reach", "1.5"]).contains("--reach is 0 to 1"));
    assert!(with(&["--iters", "0"]).contains("--iters must be 1"));
    let frame = |numbers: &str| {
        let all = ["edit", "--photo", "photo.png", "--edge", "m.png", "--frame", numbers, "--out", "o.png"];
        refused(folder.path(), &all)
    };
    assert!(frame("10,10,200").contains("beyond the photo of 300 x 200"));
    let nothing = refused(folder.path(), &["edit", "--photo", "photo.png", "--out", "o.png"]);
    assert!(nothing.contains("give strokes"), "{nothing}");
    Picture::filled(64, 64, [0; 3]).save(folder.path().join("black.png")).unwrap();
    let empty = ["edit", "--photo", "photo.png", "--edge", "black.png", "--out", "o.png"];
    assert!(refused(folder.path(), &empty).contains("empty"));
    // One pixel is a photo, too.
    Picture::filled(1, 1, [9, 80, 200]).save(folder.path().join("dot.png")).unwrap();
    let dot = ["edit", "--photo", "dot.png", "--edge", "m.png", "--iters", "2", "--out", "dot_new.png"];
    succeeds(folder.path(), &dot);
    assert!(!folder.path().join("o.png").exists());
}
