//! The real window on a virtual display, driven by a real pointer: a stroke shows, the picture changes.
//!
//! Needs Xvfb, xdotool and ImageMagick's import, and software GL. Where they are missing the test says so and
//! passes, unless LATENT_STUDIO_REQUIRE_WINDOW is set, as it is in CI.

// Helpers of tests fail as loudly as the tests themselves.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use latent_engine::Picture;

const PATIENCE: Duration = Duration::from_secs(180);

/// Ends its process with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

struct Screen {
    _server: Process,
    display: String,
}

impl Screen {
    fn open() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { _server: Process(server), display: format!(":{}", number.trim()) }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY").env("LIBGL_ALWAYS_SOFTWARE", "1");
        command
    }

    fn xdotool(&self, arguments: &[&str]) {
        let status = self.command("xdotool").args(arguments).status().unwrap();
        assert!(status.success(), "xdotool {arguments:?}");
    }

    fn shot(&self) -> Picture {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shot.png");
        let status = self.command("import").args(["-window", "root"]).arg(&path).status().unwrap();
        assert!(status.success());
        Picture::open(&path).unwrap()
    }

    fn wait(&self, what: &str, wanted: impl Fn(&Picture) -> bool) -> Picture {
        let end = Instant::now() + PATIENCE;
        loop {
            let shot = self.shot();
            if wanted(&shot) {
                return shot;
            }
            assert!(Instant::now() < end, "{what} never came");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Middle of the canvas in a window of 1280 x 800, and a part of it that no stroke touches here.
const MIDDLE: (usize, usize) = (515, 380);
const SKY: (std::ops::Range<usize>, std::ops::Range<usize>) = (300..730, 100..300);
/// The row of the stroke.
const ROW: usize = 560;

fn variety(shot: &Picture) -> usize {
    let mut colours: Vec<[u8; 3]> = SKY.0.step_by(7).map(|x| shot.pixel(x, MIDDLE.1)).collect();
    colours.sort_unstable();
    colours.dedup();
    colours.len()
}

fn difference(a: &Picture, b: &Picture) -> f32 {
    let mut sum = 0.0;
    let mut count = 0.0;
    for y in SKY.1.step_by(5) {
        for x in SKY.0.step_by(5) {
            for (p, q) in a.pixel(x, y).into_iter().zip(b.pixel(x, y)) {
                sum += f32::from(p.abs_diff(q));
                count += 1.0;
            }
        }
    }
    sum / count
}

#[test]
fn a_stroke_on_the_real_window_shows_and_changes_the_picture() {
    let there = |tool: &str| Command::new(tool).arg("-help").output().is_ok();
    if let Some(missing) = ["Xvfb", "xdotool", "import"].into_iter().find(|tool| !there(tool)) {
        assert!(std::env::var_os("LATENT_STUDIO_REQUIRE_WINDOW").is_none(), "{missing} is missing");
        eprintln!("skipped: {missing} is missing");
        return;
    }
    let screen = Screen::open();
    let config = tempfile::tempdir().unwrap();
    let mut studio = screen.command(env!("CARGO_BIN_EXE_latent-studio"));
    let mut studio = Process(studio.env("XDG_CONFIG_HOME", config.path()).spawn().unwrap());
    let before = screen.wait("the first picture", |shot| variety(shot) > 8);

    let row = ROW.to_string();
    screen.xdotool(&["mousemove", "300", &row, "mousedown", "1"]);
    for x in (320..=720).step_by(20) {
        screen.xdotool(&["mousemove", &x.to_string(), &row]);
    }
    screen.xdotool(&["mouseup", "1", "mousemove", "515", "700"]);
    let is_green = |[r, g, b]: [u8; 3]| g > 90 && g > r.saturating_add(30) && g > b.saturating_add(30);
    let after = screen.wait("the stroke and another picture", |shot| {
        (340..700).step_by(20).all(|x| is_green(shot.pixel(x, ROW))) && difference(shot, &before) > 2.0
    });
    assert!(variety(&after) > 4, "there is still a picture");

    let window = screen.command("xdotool").args(["search", "--name", "Latent Studio"]).output().unwrap();
    let window = String::from_utf8(window.stdout).unwrap();
    screen.xdotool(&["windowfocus", window.lines().next().unwrap(), "key", "q"]);
    // A picture that was painted is at stake, so the window asks first, over everything else.
    screen.wait("the question", |shot| difference(shot, &after) > 10.0);
    screen.xdotool(&["key", "Tab"]);
    std::thread::sleep(Duration::from_millis(300));
    screen.xdotool(&["key", "Return"]);
    let end = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = studio.0.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < end, "Q did not close the window");
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(status.success());
}
