use super::*;
use crate::rng::Rng;

fn noise(width: usize, height: usize) -> Picture {
    let mut rng = Rng::new(7);
    Picture::new(width, height, (0..3 * width * height).map(|_| rng.below(200) as u8).collect()).unwrap()
}

fn whole() -> Crop {
    Crop { centre: [0.5; 2], side: 1.0, angle: 0.0, mirrored: false }
}

#[test]
fn no_change_strength_0_and_an_empty_mask_leave_the_photo_bit_for_bit() {
    let (small, photo) = (noise(8, 8), noise(40, 40));
    let [same, other] = [&small, &Picture::filled(8, 8, [90; 3])]
        .map(|after| Transfer::between(&small, after, None).unwrap());
    let (all, none) = (Mask::everywhere([8, 8]), Mask::new([8, 8], vec![0.0; 64]).unwrap());
    assert_eq!(same.apply(&photo, &whole(), &all, 1.0).unwrap(), photo);
    assert_eq!(other.apply(&photo, &whole(), &all, 0.0).unwrap(), photo);
    assert_eq!(other.apply(&photo, &whole(), &none, 1.0).unwrap(), photo);
    assert_ne!(other.apply(&photo, &whole(), &all, 1.0).unwrap(), photo);
}

#[test]
fn what_lies_outside_of_a_turned_frame_stays_bit_for_bit() {
    let (before, after) = (Picture::filled(8, 8, [50; 3]), Picture::filled(8, 8, [90; 3]));
    let photo = noise(60, 40);
    let crop = Crop { centre: [0.4, 0.5], side: 0.5, angle: 30.0, mirrored: true };
    let transfer = Transfer::between(&before, &after, None).unwrap();
    let made = transfer.apply(&photo, &crop, &Mask::everywhere([8, 8]), 0.5).unwrap();
    let place = crop.on(&photo, [8, 8]);
    let mut inside = 0;
    for (i, (was, is)) in photo.rgb().chunks(3).zip(made.rgb().chunks(3)).enumerate() {
        let at = place.in_crop([(i % 60) as f64 + 0.5, (i / 60) as f64 + 0.5]);
        if at.iter().all(|share| (0.0..=1.0).contains(share)) {
            inside += 1;
        } else {
            assert_eq!(is, was);
        }
    }
    assert!((350..450).contains(&inside), "{inside} pixels of 20 x 20");
}

#[test]
fn pictures_of_two_sizes_and_wild_numbers_are_refused() {
    let small = noise(8, 8);
    assert!(Transfer::between(&small, &noise(8, 9), None).is_err());
    let transfer = Transfer::between(&small, &noise(8, 8), None).unwrap();
    let all = Mask::everywhere([8, 8]);
    assert!(transfer.apply(&small, &whole(), &all, f32::NAN).is_err());
    let wild = Crop { angle: f32::INFINITY, ..whole() };
    assert!(transfer.apply(&small, &wild, &all, 1.0).is_err());
}
