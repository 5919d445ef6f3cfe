#![no_main]

//! What the plan affirms, the program accepts: the first byte chooses a schema, the rest is the text.

use std::sync::LazyLock;

use hauberk::validate::schema::{Reading, Schema};
use libfuzzer_sys::fuzz_target;

static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let reading = Reading {
        formats: true,
        close: true,
        strict: true,
    };
    [
        r#"{"properties":{"a":{"type":"string","format":"email"},"b":{"type":"integer","minimum":-5,"maximum":99}},"required":["a"]}"#,
        r#"{"type":"array","items":{"type":["number","null"],"exclusiveMinimum":0},"minItems":1,"maxItems":8}"#,
        r#"{"properties":{"a":{"pattern":"^\\w{2,8}$"},"b":{"enum":["x",1,null,true]}},"additionalProperties":{"maxLength":4}}"#,
        r#"{"properties":{"a":{"format":"date-time"},"b":{"format":"uuid"},"c":{"format":"ipv4"},"d":{"format":"date"}}}"#,
        r#"{"properties":{"a":{"minLength":2,"maxLength":3}},"additionalProperties":true}"#,
        r#"true"#,
    ]
    .iter()
    .map(|text| Schema::compile(text.as_bytes(), b"{}", reading).expect("the schemas above can be used"))
    .collect()
});

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else {
        return;
    };
    let schema = &SCHEMAS[*first as usize % SCHEMAS.len()];
    if schema.affirms(text) {
        assert!(schema.program_accepts(text));
    }
});
