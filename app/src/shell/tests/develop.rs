//! Pictures that become large and sharp once the pointer rests.

use latent_engine::model::ModelInfo;

use super::*;

/// A model whose folder names an enlarger; its first pictures are there, and the enlarger is open.
fn developing() -> Window {
    let enlarger = Some(ModelSource::Bundled("sharp".into()));
    let info = Arc::new(ModelInfo { enlarger: enlarger.clone(), ..(*scripted::model()).clone() });
    let mut window = Window::opening();
    window.script.say(Said::Opened { job: JobId(1), model: ModelHandle(1), info });
    window.step();
    window.answer(&[5.0, 6.0]);
    let opens = |sent: Vec<Asked>| {
        let open = |asked| match asked {
            Asked::Open { job, source, .. } => Some((job, source)),
            _ => None,
        };
        sent.into_iter().filter_map(open).last()
    };
    let (job, source) = opens(window.script.sent()).unwrap();
    assert_eq!(Some(source), enlarger);
    let info = ModelInfo { name: "sharp".into(), sides: [0, 0], ..(*scripted::model()).clone() };
    window.script.say(Said::Opened { job, model: ModelHandle(9), info: Arc::new(info) });
    window.step();
    window
}

/// The newest picture that is to be enlarged.
fn enlarged(window: &Window) -> Option<(JobId, Arc<Picture>)> {
    let of = |asked| match asked {
        Asked::Enlarge { job, model: ModelHandle(9), picture, .. } => Some((job, picture)),
        _ => None,
    };
    window.script.sent().into_iter().filter_map(of).last()
}

fn put_large(window: &mut Window, job: JobId) -> Arc<Picture> {
    let large = Arc::new(Picture::filled(128, 128, [1, 2, 3]));
    let mut frame = scripted::frame(job.0, &[1.0], true);
    frame.content = Content::Picture(large.clone());
    window.script.put_frame(frame);
    window.step();
    large
}

#[test]
fn the_picture_is_shown_small_and_then_large_and_so_it_is_saved() {
    let mut window = developing();
    let (job, small) = enlarged(&window).unwrap();
    assert!(Arc::ptr_eq(&small, &window.paint().shown_picture().unwrap()));
    assert!(Arc::ptr_eq(&small, &window.paint().developed_picture().unwrap()));
    let large = put_large(&mut window, job);
    assert!(Arc::ptr_eq(&large, &window.paint().developed_picture().unwrap()));
    // It is not asked for twice.
    window.step();
    assert!(enlarged(&window).is_none());
    window.click("Sharp");
    assert!(Arc::ptr_eq(&small, &window.paint().developed_picture().unwrap()));
    window.click("Sharp");
    assert!(Arc::ptr_eq(&large, &window.paint().developed_picture().unwrap()));
}

#[test]
fn nothing_is_enlarged_while_the_pointer_draws_and_the_search_goes_on() {
    let mut window = developing();
    let (job, _) = enlarged(&window).unwrap();
    put_large(&mut window, job);
    let at = window.on_picture(0.3, 0.3);
    window.harness.input_mut().events.extend([Event::PointerMoved(at), button(at, true)]);
    window.step();
    let newest = window.newest();
    window.script.put_frame(scripted::frame(newest, &[7.0], false));
    window.step();
    assert!(window.paint().is_drawing() && enlarged(&window).is_none());
    window.harness.input_mut().events.push(button(at, false));
    window.step();
    // The search goes on; its last picture is worth enlarging.
    assert!(enlarged(&window).is_none());
    let newest = window.newest();
    window.script.put_frame(scripted::frame(newest, &[8.0], true));
    window.step();
    window.step();
    assert!(enlarged(&window).is_some());
}
