//! The window: drains what the engine says, carries commands out, lays the panels out.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Margin, Rect, Theme, ViewportCommand};
use etcetera::BaseStrategy as _;
use latent_engine::Picture;
use latent_engine::model::ModelSource;
use latent_engine::search::{SolveSettings, SolverKind};
use latent_engine::service::Engine;

use crate::kit::canvas::{Canvas, Sheet};
use crate::kit::theme;
use crate::kit::{area, focus};
use crate::link::jobs::Jobs;
use crate::link::port::{NoEngine, Port};
use crate::platform::files::Files;
use crate::platform::library::Library;
use crate::platform::preferences::{Keeper, Preferences};
use crate::platform::threads;
use crate::rooms::paint::Paint;
use crate::rooms::paint::document::Document;
use crate::rooms::paint::tools::Toolbox;
use crate::rooms::train::Workshop;
use crate::rooms::{paint, train};
use crate::shell::closing::Closing;
use crate::shell::command::Command;
use crate::shell::session::Session;
use crate::shell::view::{Room, View};
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
    pub(super) session: Session,
    keeper: Keeper,
    canvas: Canvas,
    candidates: Sheet,
    samples: Sheet,
    morph: Sheet,
    training: train::panels::Textures,
    /// The commands of this frame, in order.
    commands: Vec<Command>,
    /// Something was typed when the last frame ended.
    typing: bool,
    /// When the studio was made; `None` once the time to the first picture has been logged.
    born: Option<Instant>,
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
                studio.session.warn(&error.to_string());
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
        let settings =
            SolveSettings { seed: options.seed, solver: options.solver, ..SolveSettings::default() };
        let document = Document { settings, ..Document::default() };
        let usual = Preferences { dark: options.dark, ..Preferences::default() };
        // Before there is a frame that could wait for the disk.
        let preferences = Preferences::load(options.config.as_deref(), usual);
        let keeper = Keeper::new(options.config.clone(), preferences);
        let view = View::new(options.model.clone(), preferences.dark, preferences.scale);
        let files = Files::new(waker(ctx), options.dialogs);
        let link = Jobs::new(port, waker(ctx));
        let library = Library::new(waker(ctx), options.config);
        let paint = Paint::new(document, Toolbox::new(theme::FIRST_PAINT));
        let workshop = Workshop::new(waker(ctx), options.models);
        let mut session = Session::new(paint, view, link, files, library, workshop);
        session.open(options.model, None);
        Self {
            session,
            keeper,
            canvas: Canvas::default(),
            candidates: Sheet::default(),
            samples: Sheet::default(),
            morph: Sheet::default(),
            training: train::panels::Textures::default(),
            commands: Vec::new(),
            typing: false,
            born: Some(Instant::now()),
        }
    }

    /// The document as it is now.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.session.paint.document
    }

    /// Everything that the window knows.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The picture on the canvas.
    #[must_use]
    pub fn shown_picture(&self) -> Option<Arc<Picture>> {
        self.session.paint.shown_picture()
    }

    /// For measurements: the time to the first picture, and that between frames.
    fn log_times(&mut self, ctx: &egui::Context) {
        if self.session.paint.document.candidate().is_some()
            && let Some(born) = self.born.take()
        {
            tracing::debug!(ms = born.elapsed().as_millis(), "first picture");
        }
        let searching = self.session.link.is_searching();
        tracing::trace!(ms = 1e3 * ctx.input(|i| i.unstable_dt), searching, "frame");
    }

    /// Nothing is lost when the window closes: it asks first, and lets a training write what it learned.
    fn close_in_time(&mut self, ctx: &egui::Context) {
        let session = &mut self.session;
        if ctx.input(|i| i.viewport().close_requested()) {
            session.ask_to_quit();
            if session.closing != Closing::Now {
                ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            }
        }
        if session.closing == Closing::Writes && !session.workshop.is_running() {
            session.closing = Closing::Now;
        }
        if session.closing == Closing::Now {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Lays the window out in the order in which it is read, which is that of the keyboard.
    fn lay_out(&mut self, ui: &mut egui::Ui) {
        let palette = theme::palette(ui.visuals());
        let whole = ui.available_rect_before_wrap();
        let (top, body) = area::cut_top(whole, TOP_BAR);
        let (body, status) = area::cut_bottom(body, STATUS_BAR);
        let Self { session, commands, .. } = self;
        let margin = Margin::symmetric(12, 0);
        area::show(ui, "top", top, palette.panel, margin, |ui| panels::top::show(ui, session, commands));
        area::line_between(ui, top, body);
        match self.session.view.room {
            Room::Paint => self.painter(ui, body),
            Room::Train => {
                let Self { session, training, commands, .. } = self;
                train::panels::show(ui, body, session, training, commands);
            }
        }
        let Self { session, canvas, commands, .. } = self;
        area::show(ui, "status", status, palette.panel, margin, |ui| {
            panels::status::show(ui, session, commands);
        });
        area::line_between(ui, body, status);
        panels::path_field::show(ui, session, canvas.shown_side(), commands);
        panels::drop_hint::show(ui, session);
        panels::closing::show(ui, session, commands);
        focus::show(ui.ctx());
    }

    fn painter(&mut self, ui: &mut egui::Ui, body: Rect) {
        let Self { session, canvas, candidates, samples, morph, commands, .. } = self;
        let palette = theme::palette(ui.visuals());
        let (tools, rest) = area::cut_left(body, paint::panels::tools::WIDTH + 16.0);
        let side = paint::panels::candidates::width(ui.ctx().content_rect().width()) + 32.0;
        let (middle, pictures) = area::cut_right(rest, side);
        area::show(ui, "tools", tools, palette.panel, Margin::same(8), |ui| {
            paint::panels::tools::show(ui, session, commands);
        });
        area::show(ui, "middle", middle, palette.canvas, Margin::ZERO, |ui| {
            panels::notice::show(ui, session, commands);
            let height = paint::panels::morph::HEIGHT + 8.0;
            let (picture, strip) = area::cut_bottom(ui.available_rect_before_wrap(), height);
            area::show(ui, "canvas", picture, palette.canvas, Margin::ZERO, |ui| {
                canvas.show(ui, session, commands);
            });
            area::show(ui, "morph", strip, palette.panel, Margin::symmetric(12, 4), |ui| {
                paint::panels::morph::show(ui, session, morph, commands);
            });
            area::line_between(ui, picture, strip);
        });
        area::show(ui, "pictures", pictures, palette.panel, Margin::symmetric(0, 4), |ui| {
            paint::panels::side::show(ui, session, candidates, samples, commands);
        });
        area::line_between(ui, tools, middle);
        area::line_between(ui, middle, pictures);
    }

    /// Text and buttons as large as they shall be, and no larger than the window can hold.
    fn scale(&self, ctx: &egui::Context) {
        let room = ctx.content_rect().size() * ctx.zoom_factor();
        let most = (room / LEAST_ROOM).min_elem().max(LEAST_SCALE);
        ctx.set_zoom_factor(self.session.view.scale.min(most));
    }
}

impl eframe::App for Studio {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.session.now = ctx.input(|i| i.time);
        self.session.hear();
        self.session.ask();
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        self.log_times(&ctx);
        ctx.set_theme(if self.session.view.dark { Theme::Dark } else { Theme::Light });
        let mut ordered = keys::commands(&ctx, &self.session, self.typing);
        dropped_files(&ctx, self.session.view.room, &mut self.commands);
        self.scale(&ctx);
        self.lay_out(ui);
        self.typing = ctx.text_edit_focused();
        ordered.append(&mut self.canvas.moves);
        ordered.sort_by_key(|(i, _)| *i);
        let commands = std::mem::take(&mut self.commands);
        let changed = !ordered.is_empty() || !commands.is_empty();
        for command in ordered.into_iter().map(|(_, command)| command).chain(commands) {
            self.session.apply(command);
        }
        self.close_in_time(&ctx);
        let session = &mut self.session;
        self.keeper.keep(Preferences { dark: session.view.dark, scale: session.view.scale });
        let again = [session.paint.tick(session.now), session.notices.tick(session.now)];
        session.ask();
        if changed {
            // The panels were laid out before the commands were carried out.
            ctx.request_repaint();
        }
        for secs in again.into_iter().flatten() {
            ctx.request_repaint_after(Duration::from_secs_f64(secs.max(0.001)));
        }
    }
}

/// A file that is dropped on the window is a model to open, a folder in the training's room one to learn from.
fn dropped_files(ctx: &egui::Context, room: Room, out: &mut Vec<Command>) {
    let path = ctx.input(|i| i.raw.dropped_files.first().map(|file| file.path().to_owned()));
    out.extend(path.map(|path| match room {
        Room::Paint => Command::OpenModel(ModelSource::Path(path)),
        Room::Train => Command::LearnFrom(path),
    }));
}

/// What the engine and the files call when there is news. Asking for a frame "now" paints two; a frame
/// in a nanosecond is one.
fn waker(ctx: &egui::Context) -> Arc<dyn Fn() + Send + Sync> {
    let ctx = ctx.clone();
    Arc::new(move || ctx.request_repaint_after(Duration::from_nanos(1)))
}
