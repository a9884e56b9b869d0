//! The engine's threads give way to the window's: on a small machine both want every core, and a canvas that
//! stutters is felt more than a search that takes a little longer.

/// How much the engine's threads give way, in steps of Unix niceness.
const NICENESS: i32 = 10;
/// How much those of a training do. Against the painter's 10 they get about a quarter of a core that both want, and all of
/// one that nobody else wants: a stroke is answered nearly as if nothing else ran. At 19 that would be an eighth, but a
/// program at work beside the studio would bring a training to a halt, and with it the end of the step that a pause, a
/// stop and the closing of the window wait for.
const TRAINING_NICENESS: i32 = 15;

/// Starts the pool that the engine computes on. Without effect when the pool runs already.
pub(crate) fn start_pool() {
    let pool = rayon::ThreadPoolBuilder::new()
        .thread_name(|i| format!("engine-pool-{i}"))
        .start_handler(|_| give_way(NICENESS));
    if let Err(error) = pool.build_global() {
        tracing::debug!(%error, "the pool keeps its priority");
    }
}

/// Does some work on a thread that gives way; threads that it starts inherit that.
pub(crate) fn giving_way<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    at(NICENESS, work)
}

/// Does some work on a thread that gives way to the engine's as well; threads that it starts inherit that.
pub(crate) fn in_the_background<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    at(TRAINING_NICENESS, work)
}

/// How many threads a training computes on: all cores where threads can give way, so that it gets what painting leaves.
/// Where they can't, half of them, so that painting keeps the rest.
pub(crate) fn for_training() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cfg!(target_os = "linux") { cores } else { cores.div_ceil(2) }
}

fn at<T: Send>(niceness: i32, work: impl FnOnce() -> T + Send) -> T {
    let outcome = std::thread::scope(|scope| {
        let start = || {
            give_way(niceness);
            work()
        };
        scope.spawn(start).join()
    });
    // A panic goes on where it would have gone without the thread.
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(target_os = "linux")]
fn give_way(niceness: i32) {
    // On Linux this concerns the calling thread alone.
    if let Err(error) = rustix::process::setpriority_process(None, niceness) {
        tracing::debug!(%error, "a thread of the pool keeps its priority");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way(_niceness: i32) {}
