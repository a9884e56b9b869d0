//! What was measured as a map from names to numbers. Formats that know finite numbers only leave the others out, and what
//! was left out is NaN again when it is read.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::Serializer;

type Measured = Vec<(Cow<'static, str>, f32)>;

pub(super) fn serialize<S: Serializer>(
    values: &[(Cow<'static, str>, f32)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(name, value)| (name, value)))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Measured, D::Error> {
    struct Values;
    impl<'de> Visitor<'de> for Values {
        type Value = Measured;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("numbers by name")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Measured, A::Error> {
            let mut values = Vec::new();
            while let Some((name, value)) = map.next_entry::<String, Option<f32>>()? {
                values.push((name.into(), value.unwrap_or(f32::NAN)));
            }
            Ok(values)
        }
    }
    deserializer.deserialize_map(Values)
}
