//! The tables of this process by scope and name. A table lives as long as one handle to it.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use once_cell::sync::Lazy;

use super::limiter::Scope;
use super::slots::WAYS;
use super::table::{Table, sets_for};
use crate::code::Code;
use crate::fault::Fault;

/// The directory of a shared table, and its name.
type Place = (Option<Option<PathBuf>>, String);

static TABLES: Lazy<Mutex<HashMap<Place, Weak<Table>>>> = Lazy::new(Mutex::default);

/// The table of that name, made by the first who asks. Every thread of the process gets the same one.
///
/// # Errors
/// `ERR_HAUBERK_RATELIMIT_TABLE` where the table exists with another number of slots, there is no memory, or
/// a shared one cannot be had.
pub fn open(name: &str, scope: Scope<'_>, slots: usize) -> Result<Arc<Table>, Fault> {
    let place = match scope {
        Scope::Process => (None, name.to_owned()),
        Scope::Machine(directory) => {
            // Another size is another file.
            let name = format!("{name}\0{}", sets_for(slots));
            (Some(directory.map(Into::into)), name)
        }
    };
    // Nothing in this section can leave the map half changed, so a poisoned lock is as good as another.
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(table) = tables.get(&place).and_then(Weak::upgrade) {
        if table.slots() != sets_for(slots) * WAYS {
            return Err(Fault::new(
                Code::RatelimitTable,
                format!(
                    "a limiter of the same name has a table of {} slots in this process; give both the same \
                     `slots`, or this one a `name` of its own",
                    table.slots()
                ),
            ));
        }
        return Ok(table);
    }
    tables.retain(|_, table| table.strong_count() > 0);
    let table = Arc::new(match scope {
        Scope::Process => Table::new(slots)?,
        Scope::Machine(directory) => Table::shared(name, slots, directory)?,
    });
    tables.insert(place, Arc::downgrade(&table));
    Ok(table)
}
