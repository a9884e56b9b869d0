//! What would not fit into the memory, told before it is taken.

use super::CliError;

/// Refuses a number of something that takes more than `most` bytes, and says which number fits.
pub(super) fn check_memory(
    option: &str,
    asked: usize,
    most: f64,
    bytes: impl Fn(usize) -> f64,
) -> Result<(), CliError> {
    if bytes(asked) <= most {
        return Ok(());
    }
    let (mut fits, mut too_many) = (0, asked);
    while fits + 1 < too_many {
        let middle = fits + (too_many - fits) / 2;
        if bytes(middle) <= most { fits = middle } else { too_many = middle }
    }
    let remedy = if fits == 0 { "not even 1 fits".to_owned() } else { format!("{option} {fits} fits") };
    Err(CliError::Arguments(format!(
        "{option} {asked} would take about {:.0} GB of memory: {remedy}",
        (bytes(asked) / 1e9).ceil()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_what_does() {
        let bytes = |count: usize| 1e6 * count as f64;
        check_memory("--count", 2000, 2e9, bytes).unwrap();
        let said = check_memory("--count", 2001, 2e9, bytes).unwrap_err().to_string();
        assert!(
            said.contains("--count 2001 would take about 3 GB") && said.contains("--count 2000 fits"),
            "{said}"
        );
        let said = check_memory("--count", 5, 0.5e6, bytes).unwrap_err().to_string();
        assert!(said.contains("not even 1 fits"), "{said}");
    }
}
