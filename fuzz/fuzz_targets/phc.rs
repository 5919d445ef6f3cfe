#![no_main]
//! Every text is refused or read; what is read and can be written reads back as the same.

use hauberk::passwords::stored::Stored;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(stored) = Stored::parse(text) else { return };
    if let Some(again) = stored.clone().write(stored.expected()) {
        assert!(Stored::parse(&again).as_ref() == Ok(&stored));
    }
    if stored.affordable().is_ok() {
        // What may be computed fits the memory that any budget could give.
        assert!(stored.blocks() <= 300 * 1024);
    }
});
