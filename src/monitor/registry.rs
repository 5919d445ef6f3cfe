//! The watches of this process. A watch lives as long as one handle to it.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use once_cell::sync::Lazy;

use super::watch::{KINDS, Rule, Watch};
use crate::fault::Fault;

static WATCHES: Lazy<Mutex<HashMap<String, Weak<Watch>>>> = Lazy::new(Mutex::default);

/// The watch of that name, size and rules, made by the first who asks. Every thread of the process gets the same
/// one; other rules are another watch.
///
/// # Errors
/// As [`Watch::new`].
pub fn open(name: &str, clients: usize, rules: [Rule; KINDS]) -> Result<Arc<Watch>, Fault> {
    let place = format!("{name}\0{clients}\0{rules:?}");
    // Nothing in this section can leave the map half changed, so a poisoned lock is as good as another.
    let mut watches = WATCHES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(watch) = watches.get(&place).and_then(Weak::upgrade) {
        return Ok(watch);
    }
    watches.retain(|_, watch| watch.strong_count() > 0);
    let watch = Arc::new(Watch::new(clients, rules)?);
    watches.insert(place, Arc::downgrade(&watch));
    Ok(watch)
}
