//! What should be answered, as it follows from the room's state, and what the answers change.

use std::sync::Arc;

use latent_engine::search::constraint::Constraints;

use super::Paint;
use super::base::Base;
use super::document::{Progress, Standing};
use super::morph::FRAMES;
use super::panels::Side;
use super::shown::Showing;
use crate::link::answer::{Answer, Pictures};
use crate::link::request::{Question, Request, Topic, Want};

impl Paint {
    /// Everything that should be answered. It follows from the state alone.
    pub(crate) fn wants(&self) -> Vec<Want> {
        let in_motion = self.is_drawing() || self.history.is_sliding();
        let projection = self.projection_wanted();
        let pictures = self.pictures_wanted();
        let edit = self.edit_wanted();
        // The way to a picture that is about to change would be made in vain, and what nobody waits for comes last.
        let at_rest = pictures.is_none() && edit.is_none() && projection.is_none() && !in_motion;
        let wants = [
            self.model_wanted().map(|request| Want::new(Topic::Model, request)),
            pictures.map(|request| Want { topic: Topic::Pictures, request, in_motion }),
            edit.map(|request| Want { topic: Topic::Edit, request, in_motion }),
            self.morph_wanted(at_rest).map(|request| Want::new(Topic::Morph, request)),
            self.mean_wanted().map(|request| Want::new(Topic::Mean, request)),
            self.samples_wanted().filter(|_| at_rest).map(|request| Want::new(Topic::Samples, request)),
            self.enlarger_wanted().map(|request| Want::new(Topic::Enlarger, request)),
            projection.map(|request| Want::new(Topic::Projection, request)),
            self.view_wanted().map(|request| Want { topic: Topic::View, request, in_motion }),
            self.original_wanted(at_rest).map(|request| Want::new(Topic::Original, request)),
        ];
        // What another model than an open one shall make waits until that is open.
        let possible =
            |want: &Want| want.request.model().is_none_or(|model| self.open_models.contains(&model));
        let large = self
            .large_wanted(at_rest)
            .or_else(|| self.retouch_wanted(at_rest))
            .map(|request| Want::new(Topic::Large, request));
        wants.into_iter().flatten().filter(possible).chain(large).collect()
    }

    /// What the strokes ask for; `None` where they leave everything as it is.
    pub(crate) fn question(&self) -> Option<(Question, Arc<Constraints>)> {
        let document = &self.document;
        let model = document.model.as_ref()?;
        let strokes = document.shown_strokes();
        let constraints = self.maps.borrow_mut().of(&strokes, model.sides);
        let base = document.base.as_ref();
        if base.is_some_and(|base| base.is_unknown() || base.held().is_none()) {
            // There is nothing to paint over yet.
            return None;
        }
        let (settings, free) = (document.settings, document.anchor.is_none() && base.is_none());
        let question = match () {
            () if !constraints.is_empty() => {
                let (anchor, base) = (document.anchor.clone(), base.and_then(Base::of_search));
                Question::Strokes { model: model.key, strokes, anchor, base, settings }
            }
            // Strokes that were erased altogether leave the pictures as they are, unless other ones are asked for.
            () if document.candidates.is_empty() && base.is_none()
                || free && (document.strokes.is_empty() || document.asked.is_none()) =>
            {
                Question::Random { model: model.key, count: settings.top_k.max(1), seed: settings.seed }
            }
            () => return None,
        };
        Some((question, constraints))
    }

    /// What became of what the strokes ask for now.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let asked = self.question().filter(|_| self.document.edit.is_none());
        asked.map_or(Standing::Settled, |(question, _)| self.document.standing(&question))
    }

    fn pictures_wanted(&self) -> Option<Request> {
        // A latent that is set by hand is what counts; its next stroke asks again.
        if self.document.edit.is_some() {
            return None;
        }
        let (question, constraints) = self.question()?;
        let start = self.document.starts();
        let open = self.document.standing(&question) == Standing::Open;
        open.then_some(Request::Pictures { question, constraints, start })
    }

    fn edit_wanted(&self) -> Option<Request> {
        let edit = self.document.edit.as_ref().filter(|edit| !edit.is_shown())?;
        let model = self.document.model.as_ref()?.key;
        Some(Request::Render { model, latents: vec![edit.latent.clone()] })
    }

    fn morph_wanted(&self, at_rest: bool) -> Option<Request> {
        let now = || self.morph.ends(&self.document);
        let ends = match self.showing {
            _ if at_rest => now(),
            Showing::Way { .. } => self.morph.held().cloned(),
            Showing::Newest | Showing::Mean => None,
        };
        let ends = ends.filter(|ends| !self.morph.is_made_for(ends))?;
        Some(Request::Morph { model: self.document.model.as_ref()?.key, ends, frames: FRAMES })
    }

    fn mean_wanted(&self) -> Option<Request> {
        let candidates = &self.document.candidates;
        let there = self.mean.as_ref().is_some_and(|(of, _)| Arc::ptr_eq(of, candidates));
        let wanted = self.showing == Showing::Mean && !candidates.is_empty() && !there;
        wanted.then(|| Request::Mean(candidates.clone()))
    }

    fn samples_wanted(&self) -> Option<Request> {
        let model = self.document.model.as_ref().filter(|_| self.side == Side::Model)?;
        let latents = self.samples.missing(model, self.document.settings.seed)?;
        Some(Request::Render { model: model.key, latents })
    }

    /// Takes an answer.
    pub(crate) fn take(&mut self, topic: Topic, request: Request, answer: Answer) {
        match (request, answer) {
            (Request::Pictures { question, .. }, Answer::Pictures(pictures)) => {
                self.take_pictures(question, pictures);
            }
            (request @ Request::Render { model, .. }, Answer::Pictures(pictures))
                if topic == Topic::Samples =>
            {
                // Others may be wanted meanwhile.
                let wanted = self.samples_wanted().is_some_and(|wanted| wanted.asks_the_same_as(&request));
                if wanted && pictures.settled {
                    self.samples.take(model, pictures.candidates);
                }
            }
            (Request::Render { .. }, Answer::Pictures(pictures)) => {
                if let (Some(edit), Some(picture)) =
                    (&mut self.document.edit, pictures.candidates.into_iter().next())
                {
                    edit.shown = picture;
                }
            }
            (Request::Morph { ends, .. }, Answer::Pictures(pictures)) => {
                // Half a way leads nowhere.
                if pictures.settled {
                    self.morph.take(ends, pictures.candidates);
                }
            }
            (Request::Project { photo, .. }, Answer::Projection(projection)) => {
                self.take_projection(&photo, projection);
            }
            (Request::View { photo, crop, sides }, Answer::Picture(view)) => {
                self.views.take(photo, crop, sides, view);
            }
            (Request::Retouch(asked), Answer::Picture(made)) => self.views.take_retouched(asked, made),
            (Request::Mean(of), Answer::Mean(mean)) => self.mean = Some((of, mean)),
            (Request::Enlarge { picture, .. }, Answer::Picture(large)) => {
                self.development.take(picture, large);
            }
            // No request has an answer of another kind.
            (request, answer) => tracing::error!(?topic, ?request, ?answer, "an answer to something else"),
        }
    }

    fn take_pictures(&mut self, question: Question, found: Pictures) {
        if found.candidates.is_empty() {
            return;
        }
        let document = &mut self.document;
        document.searched = matches!(question, Question::Strokes { .. });
        document.progress = Progress {
            iteration: found.iteration,
            iterations: if document.searched { found.iterations } else { 0 },
            per_second: found.per_second,
        };
        document.asked = Some((question, if found.settled { Standing::Settled } else { Standing::Open }));
        document.follow(found.candidates);
    }

    /// Takes notice that there is no answer. What was there before stays.
    pub(crate) fn take_failure(&mut self, topic: Topic, request: Request) {
        match request {
            Request::Open { source, .. } if topic == Topic::Enlarger => self.development.not_opened(source),
            Request::Open { .. } => self.not_opened(),
            Request::Enlarge { picture, .. } => self.development.take_failure(picture),
            Request::Pictures { question, .. } => self.document.asked = Some((question, Standing::Failed)),
            Request::Render { model, .. } if topic == Topic::Samples => self.samples.take(model, Vec::new()),
            Request::Render { .. } => {
                if let Some(edit) = &mut self.document.edit {
                    // The last good picture stays, with its own latent.
                    edit.latent = edit.shown.latent.clone();
                }
            }
            Request::Morph { ends, .. } => self.morph.take(ends, Vec::new()),
            Request::Mean(_) => self.showing = Showing::Newest,
            Request::Project { .. } => self.projection_failed(),
            Request::Retouch(_) if topic == Topic::Original => self.finishing = None,
            // What can't be made is not asked for again: the small change stays over the view.
            Request::Retouch(asked) => {
                if let Some(made) = self.canvas_picture() {
                    self.views.take_retouched(asked, made);
                }
            }
            Request::View { photo, crop, sides } => self.views.take(photo.clone(), crop, sides, photo),
            // Another room's.
            Request::Translate { .. } => {}
        }
    }

    /// Ends the search; its pictures stay.
    pub(crate) fn stop_search(&mut self) {
        self.end_projection(Standing::Stopped);
        if let Some(Request::Pictures { question, .. }) = self.pictures_wanted() {
            self.document.asked = Some((question, Standing::Stopped));
        }
    }

    /// Goes on with a search that was stopped, or failed.
    pub(crate) fn go_on(&mut self) {
        if matches!(self.standing(), Standing::Stopped | Standing::Failed) {
            self.document.asked = None;
        }
    }
}
