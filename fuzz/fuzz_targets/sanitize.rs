//! `cargo +nightly fuzz run sanitize`: the scan gives what the parser gives, and the result is its own clean form.

#![no_main]

use std::sync::LazyLock;

use hauberk::sanitize::clean::{clean, slow};
use hauberk::sanitize::policy::{Plan, Policy};
use libfuzzer_sys::fuzz_target;

fn strings(list: &str) -> Vec<String> {
    list.split(' ').map(str::to_owned).collect()
}

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let plan = Plan {
        tags: strings(
            "a abbr b blockquote br code em i li ol p pre s strong sub sup u ul h1 h2 img figure details summary table \
             caption colgroup col thead tbody tfoot tr th td div span hr dl dt dd",
        ),
        attributes: vec![
            ("*".into(), strings("title lang data-*")),
            ("a".into(), strings("href")),
            ("img".into(), strings("src srcset alt")),
        ],
        schemes: strings("http https mailto"),
        classes: vec![("code".into(), strings("language-*"))],
        rel: Some("noopener noreferrer".into()),
        relative: true,
        protocol_relative: true,
        ..Plan::default()
    };
    Policy::new(&plan).expect("a policy that can be allowed")
});

fuzz_target!(|dirty: &str| {
    let expected = slow(&POLICY, dirty);
    let found = clean(&POLICY, dirty).unwrap_or_else(|| dirty.to_owned());
    assert_eq!(found, expected);
    assert!(clean(&POLICY, &found).is_none_or(|again| again == found));
});
