//! The window: drains what the engine says, lays the rooms and the bars out, has carried out what was done in them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::{Margin, Theme, ViewportCommand};
use etcetera::BaseStrategy as _;
use latent_engine::model::ModelSource;
use latent_engine::search::{SolveSettings, SolverKind};
use latent_engine::service::Engine;

use crate::desk::Desk;
use crate::desk::notices::Notices;
use crate::desk::room::Room;
use crate::desk::view::View;
use crate::kit::theme;
use crate::kit::{area, focus};
use crate::link::jobs::Jobs;
use crate::link::port::{NoEngine, Port};
use crate::platform::files::Files;
use crate::platform::library::Library;
use crate::platform::preferences::{Keeper, Preferences};
use crate::platform::threads;
use crate::shell::actions::Action;
use crate::shell::closing::Closing;
use crate::shell::command::Command;
use crate::shell::house::House;
use crate::shell::{keys, panels};

/// The heights of the bars.
const TOP_BAR: f32 = 44.0;
const STATUS_BAR: f32 = 28.0;

/// The least room that the window can be laid out in, in points.
const LEAST_ROOM: egui::Vec2 = egui::vec2(640.0, 400.0);
/// Text is not made smaller than that, in however small a window.
const LEAST_SCALE: f32 = 0.75;

/// How the window starts.
#[derive(Clone, Debug, PartialEq)]
pub struct StudioOptions {
    /// The model to open.
    pub model: ModelSource,
    /// The photo to open.
    pub photo: Option<PathBuf>,
    /// The document's seed.
    pub seed: u64,
    /// How to search.
    pub solver: SolverKind,
    /// Use the system's file dialogs; without them paths are typed.
    pub dialogs: bool,
    /// Start in the dark theme, unless another one was chosen before.
    pub dark: bool,
    /// The folder that new models go to; without one, `models` below the folder that the program was started in.
    pub models: Option<PathBuf>,
    /// The folder that keeps the lists of recent models and of model folders, and how the window looks; without one
    /// they last as long as the window.
    pub config: Option<PathBuf>,
}

impl Default for StudioOptions {
    fn default() -> Self {
        Self {
            model: ModelSource::Bundled("landscape".into()),
            photo: None,
            seed: 0,
            solver: SolverKind::default(),
            dialogs: true,
            dark: true,
            models: None,
            config: None,
        }
    }
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// There is no display, or none that can be used.
    #[error(
        "no window can be opened here ({0}); without one, use the subcommands: \
         draw, generate, train, render, bench"
    )]
    NoDisplay(String),
    /// The window was there and failed.
    #[error("the window failed: {0}")]
    Failed(eframe::Error),
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// [`WindowError`] when there is no display to open it on.
pub fn run_window(mut options: StudioOptions) -> Result<(), WindowError> {
    options.config = options.config.or_else(config_folder);
    options.models = options.models.or_else(models_folder);
    threads::start_pool();
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Latent Studio")
        .with_app_id("latent-studio")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([800.0, 560.0]);
    match eframe::icon_data::from_png_bytes(include_bytes!("../../../assets/icon.png")) {
        Ok(icon) => viewport = viewport.with_icon(icon),
        Err(error) => tracing::warn!(%error, "the window has no icon"),
    }
    let native = eframe::NativeOptions {
        viewport,
        // Said here because a build with another renderer would otherwise change it silently.
        renderer: eframe::Renderer::Glow,
        persist_window: false,
        ..Default::default()
    };
    let create: eframe::AppCreator<'_> =
        Box::new(move |creation| Ok(Box::new(Studio::new(&creation.egui_ctx, options))));
    eframe::run_native("Latent Studio", native, create).map_err(|error| match error {
        eframe::Error::AppCreation(_) => WindowError::Failed(error),
        // What stands before the last colon is where in a library it happened.
        error => {
            let text = error.to_string();
            WindowError::NoDisplay(text.rsplit(": ").next().unwrap_or(&text).trim_end_matches('.').into())
        }
    })
}

/// Where programs of this user keep such things.
fn config_folder() -> Option<PathBuf> {
    match etcetera::choose_base_strategy() {
        Ok(strategy) => Some(strategy.config_dir().join("latent-studio")),
        Err(error) => {
            tracing::warn!(%error, "recent models are not kept");
            None
        }
    }
}

/// Where new models of this user go.
fn models_folder() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.data_dir().join("latent-studio").join("models"))
}

/// The application.
pub struct Studio {
    pub(super) house: House,
    pub(super) desk: Desk,
    keeper: Keeper,
    /// What was done in the bars in this frame.
    commands: Vec<Command>,
    /// Something was typed when the last frame ended.
    typing: bool,
}

impl Studio {
    /// A studio with an engine of its own.
    #[must_use]
    pub fn new(ctx: &egui::Context, options: StudioOptions) -> Self {
        let wake = waker(ctx);
        let engine = threads::giving_way(|| Engine::spawn(wake));
        match engine {
            Ok(engine) => Self::with_port(ctx, Box::new(engine), options),
            Err(error) => {
                let mut studio = Self::with_port(ctx, Box::new(NoEngine), options);
                studio.desk.warn(&error.to_string());
                studio
            }
        }
    }

    /// A studio on any engine.
    #[must_use]
    pub fn with_port(ctx: &egui::Context, port: Box<dyn Port>, options: StudioOptions) -> Self {
        theme::install(ctx);
        // Ctrl and plus shall enlarge the picture, not the buttons.
        ctx.options_mut(|o| o.zoom_with_keyboard = false);
        let usual = Preferences { dark: options.dark, ..Preferences::default() };
        // Before there is a frame that could wait for the disk.
        let preferences = Preferences::load(options.config.as_deref(), usual);
        let keeper = Keeper::new(options.config.clone(), preferences);
        let view = View {
            pixels: false,
            dark: preferences.dark,
            scale: preferences.scale,
            wanted_model: options.model.clone(),
        };
        let settings =
            SolveSettings { seed: options.seed, solver: options.solver, ..SolveSettings::default() };
        let mut desk = Desk {
            view,
            link: Jobs::new(port, waker(ctx)),
            notices: Notices::default(),
            model: None,
            errands: Vec::new(),
            files: Files::new(waker(ctx), options.dialogs),
            library: Library::new(waker(ctx), options.config),
            saved: None,
            now: 0.0,
            settings,
            models: options.models,
            wake: waker(ctx),
        };
        let mut house = House::new(&desk);
        desk.open(options.model, None);
        if let Some(photo) = options.photo {
            desk.files.read_photo(photo);
        }
        house.run_errands(&mut desk);
        Self { house, desk, keeper, commands: Vec::new(), typing: false }
    }

    /// The room of a kind.
    #[must_use]
    pub fn room<R: Room>(&self) -> Option<&R> {
        self.house.room()
    }

    /// What every room has at hand.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// For measurements: the time between frames.
    fn log_times(&self, ctx: &egui::Context) {
        let searching = self.desk.link.is_searching();
        tracing::trace!(ms = 1e3 * ctx.input(|i| i.unstable_dt), searching, "frame");
    }

    /// Nothing is lost when the window closes: it asks first, and lets a training write what it learned.
    fn close_in_time(&mut self, ctx: &egui::Context) {
        let Self { house, desk, .. } = self;
        if ctx.input(|i| i.viewport().close_requested()) {
            house.ask_to_quit(desk);
            if house.closing != Closing::Now {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            }
        }
        house.close_when_written();
        if house.closing == Closing::Now {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Lays the window out in the order in which it is read, which is that of the keyboard.
    fn lay_out(&mut self, ui: &mut egui::Ui) {
        let Self { house, desk, commands, .. } = self;
        let palette = theme::palette(ui.visuals());
        let whole = ui.available_rect_before_wrap();
        let (top, body) = area::cut_top(whole, TOP_BAR);
        let (body, status) = area::cut_bottom(body, STATUS_BAR);
        let margin = Margin::symmetric(12, 0);
        area::show(ui, "top", top, palette.panel, margin, |ui| panels::top::show(ui, house, desk, commands));
        area::line_between(ui, top, body);
        let body = panels::notice::show(ui, body, &desk.notices, commands);
        house.shown_mut().show(ui, body, desk);
        area::show(ui, "status", status, palette.panel, margin, |ui| {
            panels::status::show(ui, house, desk, commands);
        });
        area::line_between(ui, body, status);
        panels::path_field::show(ui, &desk.files, commands);
        panels::drop_hint::show(ui, house, desk);
        panels::closing::show(ui, house, desk, commands);
        focus::show(ui.ctx());
    }

    /// Keys are for the shown room first.
    fn press_keys(&mut self, ctx: &egui::Context) {
        for press in keys::presses(ctx, &self.desk, self.house.closing, self.typing) {
            if !self.house.shown_mut().press(&press) {
                self.commands.extend(Action::of(&press).map(Command::Act));
            }
        }
    }

    /// Carries out what was done in this frame. False where that was nothing.
    fn carry_out(&mut self, ctx: &egui::Context) -> bool {
        let Self { house, desk, .. } = self;
        let mut changed = house.shown_mut().carry_out(desk);
        let dropped = ctx.input(|i| i.raw.dropped_files.first().map(|file| file.path().to_owned()));
        if let Some(path) = dropped {
            house.shown_mut().dropped(&path, desk);
            changed = true;
        }
        let commands = std::mem::take(&mut self.commands);
        changed |= !commands.is_empty();
        for command in commands {
            house.apply(command, desk);
        }
        house.run_errands(desk);
        changed
    }

    /// Text and buttons as large as they shall be, and no larger than the window can hold.
    fn scale(&self, ctx: &egui::Context) {
        let room = ctx.content_rect().size() * ctx.zoom_factor();
        let most = (room / LEAST_ROOM).min_elem().max(LEAST_SCALE);
        ctx.set_zoom_factor(self.desk.view.scale.min(most));
    }
}

impl eframe::App for Studio {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.desk.now = ctx.input(|i| i.time);
        self.house.hear(&mut self.desk);
        self.house.ask(&mut self.desk);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.log_times(&ctx);
        ctx.set_theme(if self.desk.view.dark { Theme::Dark } else { Theme::Light });
        self.press_keys(&ctx);
        self.scale(&ctx);
        self.lay_out(ui);
        self.typing = ctx.text_edit_focused();
        let changed = self.carry_out(&ctx);
        self.close_in_time(&ctx);
        let Self { house, desk, keeper, .. } = self;
        keeper.keep(Preferences { dark: desk.view.dark, scale: desk.view.scale });
        let now = desk.now;
        let again = house.rooms_mut().filter_map(|room| room.tick(now)).chain(desk.notices.tick(now));
        let again = again.min_by(f64::total_cmp);
        house.ask(desk);
        if changed {
            // The panels were laid out before the commands were carried out.
            ctx.request_repaint();
        }
        if let Some(secs) = again {
            ctx.request_repaint_after(Duration::from_secs_f64(secs.max(0.001)));
        }
    }
}

/// What the engine and the files call when there is news. Asking for a frame "now" paints two; a frame
/// in a nanosecond is one.
fn waker(ctx: &egui::Context) -> Arc<dyn Fn() + Send + Sync> {
    let ctx = ctx.clone();
    Arc::new(move || ctx.request_repaint_after(Duration::from_nanos(1)))
}
