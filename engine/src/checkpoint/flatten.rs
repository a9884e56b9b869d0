//! Makes a flat table of tensors and plain values from what a pickle says, under the names that a state
//! dictionary would have.

use std::collections::BTreeSet;

use super::numpy::{self, Pickled};
use super::pickle::{Call, Graph, Id, Object};
use super::refusal::{Read, Refusal};
use super::table::TensorTable;
use super::tensor::StoredTensor;
use super::torch::{Storages, Tensors};
use super::{LONGEST_NAME, MOST_TENSORS, Value, Values};

/// Deepest value that is looked at: a network inside networks takes three levels for each.
const DEEPEST: usize = 128;
/// Most plain values of a file.
const MOST_VALUES: usize = 8_192;
/// Longest text among the plain values, in bytes.
const LONGEST_TEXT: usize = 1_024;
/// Of lists longer than this (losses of a training), the plain values are left out.
const LONGEST_LIST: usize = 64;
/// The levels of a whole module that a state dictionary doesn't have.
const MODULE_LEVELS: [&str; 3] = ["_modules", "_parameters", "_buffers"];

/// The tensors and plain values of a graph.
///
/// # Errors
/// A [`Refusal`] when a tensor claims bytes that are not there, when there are no tensors, or when the pickle
/// would make Python run programs.
pub(super) fn flatten(graph: &Graph, storages: &Storages) -> Read<(TensorTable, Values)> {
    refuse_programs(graph)?;
    if uses_tensorflow(graph) {
        return Err(Refusal::new(
            "is a StyleGAN pickle for TensorFlow, which is not read here; convert it with legacy.py of \
             stylegan2-ada-pytorch",
        ));
    }
    let mut flattener = Flattener {
        graph,
        tensors: Tensors::new(graph, storages),
        rows: Vec::new(),
        values: Values::new(),
        // A value may stand in several places, but not in thousands.
        visits: 10_000 + 8 * graph.len(),
        open: Vec::new(),
        too_deep: false,
    };
    flattener.visit(graph.root(), &mut String::new(), true)?;
    if flattener.rows.is_empty() {
        return Err(Refusal::new(if flattener.too_deep {
            format!(
                "holds no tensors, only values more than {DEEPEST} levels inside each other; it is no model \
                 that can be used"
            )
        } else {
            "holds no tensors; save the state_dict of the generator".to_owned()
        }));
    }
    Ok((flattener.rows.into_iter().collect(), flattener.values))
}

/// Refuses a pickle that would make Python run a program: it was made to do harm, and nothing in it is worth
/// trust.
fn refuse_programs(graph: &Graph) -> Read<()> {
    for object in graph.objects() {
        let Object::Call(call) = object else { continue };
        let Some((module, name)) = graph.global(call.callee) else { continue };
        let top = module.split('.').next().unwrap_or(module);
        let runs = match top {
            "os" | "posix" | "nt" | "subprocess" | "pty" | "runpy" | "socket" | "shutil" | "sys"
            | "importlib" | "webbrowser" | "ctypes" => true,
            "builtins" | "__builtin__" => {
                matches!(name, "eval" | "exec" | "execfile" | "compile" | "open" | "__import__" | "input")
            }
            _ => false,
        };
        if runs {
            let short = |text: &str| text.chars().filter(|c| !c.is_control()).take(40).collect::<String>();
            return Err(Refusal::new(format!(
                "would make Python call {}.{}, which no model needs: it was made to run a program, so don't \
                 open it with Python either (nothing was run here)",
                short(module),
                short(name)
            )));
        }
    }
    Ok(())
}

/// True for the networks that NVIDIA published before they used PyTorch.
fn uses_tensorflow(graph: &Graph) -> bool {
    graph.objects().any(|object| match object {
        Object::Call(call) => {
            graph.global(call.callee).is_some_and(|(module, _)| module.starts_with("dnnlib.tflib"))
        }
        _ => false,
    })
}

struct Flattener<'a> {
    graph: &'a Graph,
    tensors: Tensors<'a>,
    rows: Vec<(String, StoredTensor)>,
    values: Values,
    /// How many more values may be looked at.
    visits: usize,
    /// The values that the current one is in.
    open: Vec<Id>,
    too_deep: bool,
}

impl Flattener<'_> {
    /// Adds what is at a path. `plain` is whether plain values count.
    fn visit(&mut self, id: Id, path: &mut String, plain: bool) -> Read<()> {
        self.spend(1)?;
        let graph = self.graph;
        match graph.get(id) {
            Object::Bool(_)
            | Object::Int(_)
            | Object::Float(_)
            | Object::Text(_)
            | Object::Bytes(_)
            | Object::Unescaped(_) => {
                if plain {
                    self.add_value(path, plain_value(graph, id));
                }
                return Ok(());
            }
            Object::Sequence(_) | Object::Dict(_) | Object::Call(_) => {}
            Object::None | Object::HugeInt | Object::Set(_) | Object::Global(..) | Object::Persistent(_) => {
                return Ok(());
            }
        }
        if self.open.len() >= DEEPEST {
            self.too_deep = true;
            return Ok(());
        }
        if self.open.contains(&id) {
            return Ok(());
        }
        self.open.push(id);
        let done = self.visit_inside(id, path, plain);
        self.open.pop();
        done
    }

    /// Counts values that are looked at: a few that stand in each other many times are many.
    fn spend(&mut self, visits: usize) -> Read<()> {
        self.visits = self.visits.checked_sub(visits).ok_or_else(|| {
            Refusal::new(
                "holds the same values over and over, which no model does; save the generator's state_dict by \
                 itself",
            )
        })?;
        Ok(())
    }

    fn visit_inside(&mut self, id: Id, path: &mut String, plain: bool) -> Read<()> {
        let graph = self.graph;
        if let Some(items) = graph.items(id) {
            let plain = plain && items.len() <= LONGEST_LIST;
            for (index, &item) in items.iter().enumerate() {
                self.visit_at(item, path, &index.to_string(), plain)?;
            }
            return Ok(());
        }
        if let Some(pairs) = graph.pairs(id) {
            self.spend(pairs.len())?;
            for &(key, value) in pairs.iter() {
                self.visit_pair(key, value, path, plain)?;
            }
            return Ok(());
        }
        let named = |why: Refusal| Refusal::new(format!("can't be used: the tensor \"{path}\" {}", why.0));
        if let Some(tensor) = self.tensors.tensor(id).map_err(named)? {
            return tensor.map_or(Ok(()), |tensor| self.add_tensor(path, tensor));
        }
        match numpy::pickled(graph, id).map_err(named)? {
            Some(Pickled::Array(tensor)) => return self.add_tensor(path, tensor),
            Some(Pickled::Objects(data)) => return self.visit(data, path, plain),
            Some(Pickled::Scalar(value, whole)) => {
                let value = if whole { Value::Int(value as i64) } else { Value::Float(value) };
                self.add_value(path, Some(value));
                return Ok(());
            }
            Some(Pickled::Other) => return Ok(()),
            None => {}
        }
        match graph.get(id) {
            Object::Call(call) => self.visit_object(call, path, plain),
            _ => Ok(()),
        }
    }

    /// An object of a class that is not known here: its attributes and what it contains.
    fn visit_object(&mut self, call: &Call, path: &mut String, plain: bool) -> Read<()> {
        let graph = self.graph;
        // StyleGAN's own pickles hold {"class_name": ..., "state": ..., "module_src": ...} for each module; the
        // source is never looked at.
        if let Some(("torch_utils.persistence", "_reconstruct_persistent_obj")) = graph.global(call.callee) {
            let meta = graph.items(call.arguments).and_then(|a| a.first().copied());
            let Some(meta) = meta else { return Ok(()) };
            self.spend(graph.pairs(meta).map_or(0, |pairs| pairs.len()))?;
            if let Some(name) = graph.lookup(meta, "class_name") {
                self.visit_at(name, path, "class_name", plain)?;
            }
            return match graph.lookup(meta, "state") {
                Some(state) => self.visit_state(state, path, plain),
                None => Ok(()),
            };
        }
        for (index, &item) in call.items.iter().enumerate() {
            self.visit_at(item, path, &index.to_string(), plain && call.items.len() <= LONGEST_LIST)?;
        }
        for &(key, value) in &call.pairs {
            self.visit_pair(key, value, path, plain)?;
        }
        match call.state {
            Some(state) => self.visit_state(state, path, plain),
            None => Ok(()),
        }
    }

    /// The attributes of an object: those of a module lose the levels that its state dictionary doesn't have.
    fn visit_state(&mut self, state: Id, path: &mut String, plain: bool) -> Read<()> {
        let graph = self.graph;
        // Objects with slots have (attributes, slots).
        let state = match graph.items(state) {
            Some(&[attributes, _]) => attributes,
            _ => state,
        };
        let Some(pairs) = graph.pairs(state) else { return Ok(()) };
        self.spend(pairs.len())?;
        let module = graph.lookup(state, "_parameters").is_some();
        let temporary = graph.lookup(state, "_non_persistent_buffers_set");
        let temporary = temporary.map(|set| set_items(graph, set)).unwrap_or_default();
        self.spend(temporary.len())?;
        let temporary: BTreeSet<&[u8]> = temporary.iter().filter_map(|&name| graph.bytes(name)).collect();
        for &(key, value) in pairs.iter() {
            match graph.text(key) {
                Some("training") if module => {}
                Some(level) if module && MODULE_LEVELS.contains(&level) => {
                    self.spend(graph.pairs(value).map_or(0, |pairs| pairs.len()))?;
                    for &(key, value) in graph.pairs(value).iter().flat_map(|pairs| pairs.iter()) {
                        let unsaved = level == "_buffers"
                            && graph.bytes(key).is_some_and(|name| temporary.contains(&name));
                        if !unsaved {
                            self.visit_pair(key, value, path, plain)?;
                        }
                    }
                }
                _ => self.visit_pair(key, value, path, plain)?,
            }
        }
        Ok(())
    }

    fn visit_pair(&mut self, key: Id, value: Id, path: &mut String, plain: bool) -> Read<()> {
        let graph = self.graph;
        match (graph.text(key), graph.int(key)) {
            (Some(key), _) => self.visit_at(value, path, key, plain),
            (None, Some(number)) => self.visit_at(value, path, &number.to_string(), plain),
            (None, None) => Ok(()),
        }
    }

    fn visit_at(&mut self, id: Id, path: &mut String, name: &str, plain: bool) -> Read<()> {
        let length = path.len();
        if length + 1 + name.len() > LONGEST_NAME {
            return Ok(());
        }
        if length > 0 {
            path.push('.');
        }
        path.push_str(name);
        let done = self.visit(id, path, plain);
        path.truncate(length);
        done
    }

    fn add_tensor(&mut self, path: &str, tensor: StoredTensor) -> Read<()> {
        if self.rows.len() >= MOST_TENSORS {
            return Err(Refusal::new(format!(
                "holds more than {MOST_TENSORS} tensors; save the generator's state_dict by itself"
            )));
        }
        // A tensor that is all there is in a file has no name of its own.
        self.rows.push((if path.is_empty() { "tensor" } else { path }.to_owned(), tensor));
        Ok(())
    }

    fn add_value(&mut self, path: &str, value: Option<Value>) {
        if let Some(value) = value
            && self.values.len() < MOST_VALUES
        {
            self.values.insert(path.to_owned(), value);
        }
    }
}

fn plain_value(graph: &Graph, id: Id) -> Option<Value> {
    Some(match graph.get(id) {
        Object::Bool(value) => Value::Bool(*value),
        Object::Int(value) => Value::Int(*value),
        Object::Float(value) => Value::Float(*value),
        _ => Value::Text(graph.text(id).filter(|text| text.len() <= LONGEST_TEXT)?.to_owned()),
    })
}

/// What is in a set, which old protocols write as a call with a list.
fn set_items(graph: &Graph, id: Id) -> &[Id] {
    match graph.get(id) {
        Object::Set(items) => items,
        Object::Call(call) => {
            graph.items(call.arguments).and_then(|a| graph.items(*a.first()?)).unwrap_or_default()
        }
        _ => &[],
    }
}
