//! Standard output and standard error that nobody reads, or that lead to a full disk.

use super::*;

/// Every subcommand that prints, whichever way.
static PRINTERS: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let evaluate = "evaluate tiny --data creature --count 16 --reconstructions 0 --strokes 0 --evaluations 1";
    let mut all: Vec<Vec<&str>> = [
        "generate --model tiny --count 1 --out p.png",
        "generate --model tiny --count 1 --out -",
        "generate --model tiny --count 1 --format npy --out -",
        "draw --model tiny --edge m.png --iters 1 --out p.png",
        "draw --model tiny --edge m.png --iters 1 --json --out p.png",
        "project --model tiny --image photo.png --iters 2 --json --out p.png",
        "morph --model tiny --from z.npy --to z.npy --frames 2 --out p.gif",
        "plane --model tiny --side 2 --out p.png",
        "enlarge --model large --image photo.png --out p.png",
        "enlarge --model large --image photo.png --out -",
        "evaluate large --data landscape --count 16",
        "inspect tiny",
        "inspect tiny --json",
        "inspect tiny --layers",
        "convert tiny copy --force",
        "render creature --size 16 --count 1 --out p",
        "bench step --width 1 --batch 1 --seconds 0",
        "bench train --width 8 --batch 2 --seconds 0",
        "bench match --model tiny --strokes strokes",
        "bench response --model tiny --moves 1",
        "bench slide --model tiny --moves 1",
        evaluate,
        "worlds",
        "worlds --json",
        "completions bash",
        "man",
        "man --out pages",
    ]
    .iter()
    .map(|line| line.split(' ').collect())
    .collect();
    all.push(PROJECT.to_vec());
    all.push([evaluate.split(' ').collect(), vec!["--json"]].concat());
    all.push([FOLDERS[4].arguments, &["trained", "--force"]].concat());
    all
});

#[test]
fn a_reader_that_goes_away_or_a_full_disk_behind_the_output_is_no_surprise() {
    let folder = folder();
    for arguments in PRINTERS.iter() {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = command(folder.path(), PROGRAM, arguments).stdout(writer).spawn().unwrap();
        let output = end(child, arguments);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 141)), "{arguments:?}: {:?} {text}", output.status);
        assert!(!text.contains("panicked") && !text.contains("latent-studio: "), "{arguments:?}: {text}");

        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = end(command(folder.path(), PROGRAM, arguments).stdout(full).spawn().unwrap(), arguments);
        let said = refusal(&output, arguments);
        assert!(said.contains("standard output: No space left"), "{arguments:?}: {said}");

        // Where nobody hears complaints either.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let all = [arguments, &["--no-such-option"][..]].concat();
        let output = end(command(folder.path(), PROGRAM, &all).stderr(writer).spawn().unwrap(), &all);
        assert_eq!(output.status.code(), Some(2), "{all:?}");
    }
    assert!(leftovers(folder.path()).is_empty(), "{:?}", leftovers(folder.path()));
    told("closed pipes", 3 * PRINTERS.len());
}
