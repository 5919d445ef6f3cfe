//! The tables of this process by name. A table lives as long as one handle to it.

#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use once_cell::sync::Lazy;

use super::slots::WAYS;
use super::table::{Table, sets_for};
use crate::code::Code;
use crate::fault::Fault;

static TABLES: Lazy<Mutex<HashMap<String, Weak<Table>>>> = Lazy::new(Mutex::default);

/// The table of that name, made by the first who asks.
///
/// # Errors
/// `ERR_HAUBERK_RATELIMIT_TABLE` where the table exists with another number of slots, or there is no memory.
pub fn open(name: &str, slots: usize) -> Result<Arc<Table>, Fault> {
    // Nothing in this section can leave the map half changed, so a poisoned lock is as good as another.
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(table) = tables.get(name).and_then(Weak::upgrade) {
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
    let table = Arc::new(Table::new(slots)?);
    tables.insert(name.to_owned(), Arc::downgrade(&table));
    Ok(table)
}
