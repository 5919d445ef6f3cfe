#![no_main]
//! Every text is refused or read; what is read is written back to a text that reads as the same.

use hauberk::passwords::stored::Stored;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(stored) = Stored::parse(text) else { return };
    let again = match &stored {
        Stored::Argon2(phc) => phc.write(),
        Stored::Bcrypt(hash) => hash.write(),
    };
    assert!(Stored::parse(&again).as_ref() == Ok(&stored));
    let _ = stored.affordable();
});
