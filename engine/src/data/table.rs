//! The factors of many pictures as numbers, for whatever wants to predict or to explain them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::AnyFactors;

/// The factors of many pictures of one world, a row for each picture.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorTable {
    names: Vec<String>,
    values: Vec<f32>,
}

impl FactorTable {
    /// Numbers stay as they are; "yes" is 1 and "no" or "nothing" is 0; of several kinds, each has a column
    /// `factor=kind` of its own, with 1 where it is.
    #[must_use]
    pub fn of<'a>(factors: impl IntoIterator<Item = &'a AnyFactors>) -> Self {
        let rows: Vec<BTreeMap<String, f32>> = factors
            .into_iter()
            .map(|factors| {
                let mut row = BTreeMap::new();
                // Factors are plain numbers and kinds, which always have a JSON form.
                collect("", &serde_json::to_value(factors).unwrap_or_default(), &mut row);
                row
            })
            .collect();
        let mut names: Vec<String> = rows.iter().flat_map(BTreeMap::keys).cloned().collect();
        names.sort();
        names.dedup();
        let values = rows
            .iter()
            .flat_map(|row| names.iter().map(|name| row.get(name).copied().unwrap_or(0.0)))
            .collect();
        Self { names, values }
    }

    /// The names of the columns, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The rows, one for each picture.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.names.len().max(1))
    }

    /// The numbers of a column.
    pub fn column(&self, index: usize) -> impl Iterator<Item = f32> + '_ {
        self.rows().map(move |row| row[index])
    }
}

fn collect(name: &str, value: &Value, row: &mut BTreeMap<String, f32>) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match value {
        Value::Null => {}
        Value::Bool(yes) => drop(row.insert(name.to_owned(), f32::from(u8::from(*yes)))),
        Value::Number(number) => {
            row.insert(name.to_owned(), number.as_f64().unwrap_or(0.0) as f32);
        }
        Value::String(kind) => drop(row.insert(format!("{name}={kind}"), 1.0)),
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(i, value)| collect(&below(&i.to_string()), value, row));
        }
        Value::Object(fields) => fields.iter().for_each(|(part, value)| collect(&below(part), value, row)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Vary, WorldName};

    #[test]
    fn kinds_become_columns_and_numbers_stay() {
        let scenes = WorldName::Landscape.render_many(&Vary::all(), 3, 0, 40, 16).unwrap();
        let table = FactorTable::of(scenes.iter().map(|s| &s.factors));
        assert_eq!(table.rows().len(), 40);
        let AnyFactors::Landscape(first) = &scenes[0].factors else { panic!("a landscape") };
        let haze = table.names().iter().position(|n| n == "haze").unwrap();
        assert_eq!(table.column(haze).next(), Some(first.haze));
        let biomes: Vec<usize> =
            (0..table.names().len()).filter(|&i| table.names()[i].starts_with("biome=")).collect();
        assert!(biomes.len() > 1);
        assert!(table.rows().all(|row| biomes.iter().map(|&i| row[i]).sum::<f32>() == 1.0));
    }
}
