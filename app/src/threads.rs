//! The engine's threads give way to the window's: on a small machine both want every core, and a canvas that
//! stutters is felt more than a search that takes a little longer.

/// How much the engine's threads give way, in steps of Unix niceness.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Starts the pool that the engine computes on. Without effect when the pool runs already.
pub(crate) fn start_pool() {
    let pool = rayon::ThreadPoolBuilder::new()
        .thread_name(|i| format!("engine-pool-{i}"))
        .start_handler(|_| give_way());
    if let Err(error) = pool.build_global() {
        tracing::debug!(%error, "the pool keeps its priority");
    }
}

/// Does some work on a thread that gives way; threads that it starts inherit that.
pub(crate) fn giving_way<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let outcome = std::thread::scope(|scope| {
        let start = || {
            give_way();
            work()
        };
        scope.spawn(start).join()
    });
    // A panic goes on where it would have gone without the thread.
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(target_os = "linux")]
fn give_way() {
    // On Linux this concerns the calling thread alone.
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "a thread of the pool keeps its priority");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}
