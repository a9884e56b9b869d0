//! How much memory the system has left for this program.

use std::path::Path;

/// Bytes that can still be had, by what the system says and by the limits that it was put under (control groups of
/// containers and services); `None` where neither is known. So far that is everywhere but on Linux.
#[must_use]
pub fn available_memory() -> Option<u64> {
    available_under(Path::new("/"))
}

/// The same of a system whose files lie below `root`.
fn available_under(root: &Path) -> Option<u64> {
    [free(root), limit(root)].into_iter().flatten().min()
}

/// What the kernel thinks could be had without swapping.
fn free(root: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(root.join("proc/meminfo")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// What is left of the tightest limit on the way to the program's control group.
fn limit(root: &Path) -> Option<u64> {
    let groups = std::fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let at = root.join("sys/fs/cgroup");
    let second = groups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or("");
    let first =
        groups.lines().find_map(|line| line.split_once(":memory:/").map(|(_, path)| path)).unwrap_or("");
    let names = ["memory.max", "memory.current", "inactive_file "];
    let old_names = ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "];
    let second = on_the_way(&at, second, names);
    let first = on_the_way(&at.join("memory"), first, old_names);
    second.into_iter().chain(first).min()
}

fn on_the_way(at: &Path, group: &str, [most, used, cache]: [&str; 3]) -> Vec<u64> {
    let left = |folder: &Path| {
        let number = |name: &str| std::fs::read_to_string(folder.join(name)).ok()?.trim().parse::<u64>().ok();
        // Without a limit it says "max".
        let (most, used) = (number(most)?, number(used)?);
        let statistics = std::fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
        let cached = statistics.lines().find_map(|line| line.strip_prefix(cache)?.trim().parse().ok());
        // Files that were read are kept as long as nobody needs the room.
        Some(most.saturating_sub(used.saturating_sub(cached.unwrap_or(0))))
    };
    let whole = at.join(group);
    whole.ancestors().take_while(|folder| folder.starts_with(at)).filter_map(left).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn the_tightest_limit_counts() {
        let meminfo = ("proc/meminfo", "MemTotal: 8000 kB\nMemAvailable:    4000 kB\n");
        assert_eq!(available_under(system(&[]).path()), None);
        assert_eq!(available_under(system(&[meminfo]).path()), Some(4_096_000));
        let group = ("proc/self/cgroup", "0::/user/studio\n");
        let roomy = ("sys/fs/cgroup/user/studio/memory.max", "max\n");
        let tight = ("sys/fs/cgroup/user/memory.max", "1000000\n");
        let used = ("sys/fs/cgroup/user/memory.current", "700000\n");
        let cache = ("sys/fs/cgroup/user/memory.stat", "anon 5\ninactive_file 200000\n");
        assert_eq!(available_under(system(&[meminfo, group, roomy, tight, used]).path()), Some(300_000));
        assert_eq!(
            available_under(system(&[meminfo, group, roomy, tight, used, cache]).path()),
            Some(500_000)
        );
        let old = ("proc/self/cgroup", "5:memory:/box\n");
        let most = ("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "900000");
        let used = ("sys/fs/cgroup/memory/box/memory.usage_in_bytes", "100000");
        assert_eq!(available_under(system(&[meminfo, old, most, used]).path()), Some(800_000));
    }
}
