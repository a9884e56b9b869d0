//! What is too much for the window's thread and needs no model: done on a thread of the window's own.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, unbounded};
use latent_engine::Picture;
use latent_engine::edit::Crop;
use latent_engine::search::Candidate;
use latent_engine::search::average_weights;
use latent_engine::service::JobId;

use super::answer::{Answer, Answered};

/// Something to be made.
pub(super) enum Task {
    /// The mean of pictures.
    Mean(Arc<[Candidate]>),
    /// A part of a photo, with so many pixels.
    View { photo: Arc<Picture>, crop: Crop, sides: [usize; 2] },
}

/// The thread that makes means and views of pictures. It ends when this is dropped.
pub(super) struct Local {
    tasks: Sender<(JobId, Task)>,
    answers: Receiver<Answered>,
}

impl Local {
    /// `wake` is called from the thread whenever there is an answer.
    pub(super) fn spawn(wake: Arc<dyn Fn() + Send + Sync>) -> std::io::Result<Self> {
        let (tasks, inbox) = unbounded::<(JobId, Task)>();
        let (outbox, answers) = unbounded();
        std::thread::Builder::new().name("window-means".into()).spawn(move || {
            for (job, task) in inbox {
                if let Some(answer) = done(task)
                    && outbox.send((job, answer)).is_err()
                {
                    return;
                }
                wake();
            }
        })?;
        Ok(Self { tasks, answers })
    }

    pub(super) fn ask(&self, job: JobId, task: Task) {
        // The thread lives as long as this end of the channel.
        self.tasks.send((job, task)).ok();
    }

    pub(super) fn answers(&self) -> impl Iterator<Item = Answered> + '_ {
        self.answers.try_iter()
    }
}

fn done(task: Task) -> Option<Answer> {
    match task {
        // Pictures of several sizes have no mean: the best one stands for it.
        Task::Mean(of) => {
            let mean = mean(&of).map(Arc::new).or_else(|| of.first().map(|best| best.picture.clone()));
            mean.map(Answer::Mean)
        }
        // A part that can't be made is shown as the photo itself.
        Task::View { photo, crop, sides } => {
            let view = crop.sample(&photo, sides).map(Arc::new).unwrap_or(photo);
            Some(Answer::Picture(view))
        }
    }
}

/// The candidates' mean, the cheaper the heavier (iGAN's average); `None` for none, or pictures of several
/// sizes.
fn mean(candidates: &[Candidate]) -> Option<Picture> {
    let pictures: Vec<&Picture> = candidates.iter().map(|c| c.picture.as_ref()).collect();
    let costs: Vec<f32> = candidates.iter().map(|c| c.cost).collect();
    Picture::weighted_mean(&pictures, &average_weights(&costs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(value: f32, cost: f32) -> Candidate {
        Candidate {
            latent: vec![value].into(),
            picture: Arc::new(Picture::filled(2, 2, [(value * 10.0) as u8; 3])),
            cost,
            terms: vec![],
            spread: 1.0,
        }
    }

    #[test]
    fn the_mean_prefers_cheap_pictures() {
        assert!(mean(&[]).is_none());
        let cheap_first = [candidate(0.0, 0.1), candidate(10.0, 0.9)];
        assert!(mean(&cheap_first).unwrap().pixel(0, 0)[0] < 50);
        let alike = [candidate(0.0, 0.0), candidate(10.0, 0.0)];
        assert_eq!(mean(&alike).unwrap().pixel(0, 0)[0], 50, "equal costs weigh the same");
    }
}
