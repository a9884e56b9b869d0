use super::*;

fn ramp(width: usize, height: usize) -> Picture {
    Picture::new(width, height, (0..3 * width * height).map(|i| (i * 7 % 256) as u8).collect()).unwrap()
}

#[test]
fn a_picture_survives_the_way_through_a_tensor() {
    for range in [ValueRange::SignedUnit, ValueRange::Unit, ValueRange::UnitInverted] {
        let picture = ramp(5, 3);
        let tensor = picture.to_tensor(range, &Device::Cpu).unwrap();
        assert_eq!(Picture::from_tensor(&tensor, range).unwrap(), vec![picture]);
    }
}

#[test]
fn resizing_to_the_same_size_changes_nothing() {
    let picture = ramp(7, 4);
    assert_eq!(picture.resized_nearest(7, 4), picture);
    assert_eq!(picture.resized_nearest(14, 8).pixel(13, 7), picture.pixel(6, 3));
}

#[test]
fn a_square_is_cut_from_the_middle() {
    let mut wide = Picture::filled(6, 2, [0; 3]);
    for (i, pixel) in wide.rgb_mut().chunks_exact_mut(3).enumerate() {
        pixel.fill(if (2..4).contains(&(i % 6)) { 255 } else { 0 });
    }
    assert_eq!(wide.square(2), Picture::filled(2, 2, [255; 3]));
    assert_eq!(wide.square(5), Picture::filled(5, 5, [255; 3]));
    assert_eq!(ramp(4, 4).square(4), ramp(4, 4));
}

#[test]
fn a_mean_weighs_its_pictures() {
    let (black, white) = (Picture::filled(1, 1, [0; 3]), Picture::filled(1, 1, [200; 3]));
    let mean = Picture::weighted_mean(&[&black, &white], &[1.0, 3.0]).unwrap();
    assert_eq!(mean.pixel(0, 0), [150; 3]);
    assert!(Picture::weighted_mean(&[&black], &[0.0]).is_none());
}
