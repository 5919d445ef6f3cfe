use proptest::prelude::*;

use super::clean::{self, escape};
use super::elements::NEVER;
use super::policy::{Plan, Policy};
use super::{context, cost};
use crate::code::Code;

/// The clean form, also where it is the text itself.
fn clean(policy: &Policy, dirty: &str) -> String {
    clean::clean(policy, dirty).unwrap_or_else(|| dirty.to_owned())
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| text.to_string()).collect()
}

fn plan(tags: &[&str], attributes: &[(&str, &[&str])]) -> Plan {
    Plan {
        tags: strings(tags),
        attributes: attributes
            .iter()
            .map(|(tag, names)| (tag.to_string(), strings(names)))
            .collect(),
        schemes: strings(&["http", "https", "mailto"]),
        rel: Some("noopener noreferrer".to_owned()),
        relative: true,
        protocol_relative: true,
        ..Plan::default()
    }
}

fn policy(tags: &[&str], attributes: &[(&str, &[&str])]) -> Policy {
    Policy::new(&plan(tags, attributes)).expect("a policy that can be allowed")
}

fn simple() -> Policy {
    policy(
        &[
            "a",
            "b",
            "i",
            "p",
            "pre",
            "code",
            "ul",
            "li",
            "table",
            "tbody",
            "tr",
            "td",
            "img",
            "br",
            "blockquote",
        ],
        &[
            ("a", &["href", "title"]),
            ("img", &["src", "alt"]),
            ("*", &["lang"]),
        ],
    )
}

/// Allows what is parsed differently in other places.
fn hazardous() -> Policy {
    policy(
        &[
            "a",
            "b",
            "p",
            "svg",
            "math",
            "mi",
            "mtext",
            "mglyph",
            "desc",
            "foreignobject",
            "textarea",
            "select",
            "option",
            "title",
            "iframe",
            "table",
            "td",
            "tr",
            "tbody",
            "form",
            "input",
        ],
        &[("a", &["href"]), ("*", &["id", "title"])],
    )
}

#[test]
fn keeps_what_is_allowed_and_drops_the_rest() {
    let policy = simple();
    assert_eq!(
        clean(&policy, "<b>x</b><script>alert(1)</script><u>y</u>"),
        "<b>x</b>y"
    );
    assert_eq!(
        clean(&policy, "<a href='/x' onclick=alert(1)>x</a>"),
        "<a href=\"/x\" rel=\"noopener noreferrer\">x</a>"
    );
    assert_eq!(
        clean(&policy, "<img src=javascript:alert(1) alt=x>"),
        "<img alt=\"x\">"
    );
    assert_eq!(clean(&policy, "<!-- x --><b>y"), "<b>y</b>");
}

#[test]
fn an_empty_policy_allows_nothing() {
    let empty = Policy::new(&Plan::default()).expect("empty");
    assert_eq!(clean(&empty, "<a href=x><b>y</b></a><img src=x>&amp;"), "y&amp;");
    let no_scheme = Policy::new(&Plan {
        schemes: vec![],
        hosts: Some(vec![]),
        ..plan(&["a"], &[("a", &["href"])])
    });
    let no_scheme = no_scheme.expect("no scheme");
    for url in ["https://example.com", "//example.com", "mailto:a@example.com"] {
        let dirty = format!("<a href=\"{url}\">x</a>");
        assert_eq!(clean(&no_scheme, &dirty), "<a rel=\"noopener noreferrer\">x</a>");
    }
}

#[test]
fn refuses_elements_that_run_code() {
    for tag in NEVER {
        let refused = Policy::new(&plan(&["b", tag], &[]));
        assert_eq!(
            refused.err().map(|fault| fault.code),
            Some(Code::SanitizePolicy),
            "{tag}"
        );
    }
}

#[test]
fn hosts_decide_on_every_way_to_name_one() {
    let policy = Policy::new(&Plan {
        hosts: Some(strings(&["example.com", "*.example.org"])),
        ..plan(&["img"], &[("img", &["src"])])
    });
    let policy = policy.expect("hosts");
    let kept = [
        "https://example.com/x",
        "//example.com/x",
        "/x",
        "x",
        "?x",
        "#x",
        "https://a.example.org:8/",
        "HTTPS://EXAMPLE.COM",
    ];
    let dropped = [
        "https://evil.com",
        "//evil.com",
        "/\\evil.com",
        "\\\\evil.com",
        "https:evil.com",
        "/\t/evil.com",
        "https://example.com@evil.com",
        "https://example.com.evil.com",
        "https://xexample.com",
        "https://example.org",
        "https://evilexample.org",
        "http://example.com\\@evil.com/..//",
        "ftp://example.com",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "https://[",
        "blob:https://example.com/x",
    ];
    for url in kept {
        assert!(
            clean(&policy, &format!("<img src=\"{url}\">")).contains("src"),
            "{url}"
        );
    }
    for url in dropped {
        let result = clean(&policy, &format!("<img src=\"{url}\">"));
        // example.com\@evil.com is a path on example.com for every WHATWG parser.
        assert!(!result.contains("src") || url.contains("com\\@"), "{url}");
    }
}

#[test]
fn classes_are_filtered_one_by_one() {
    let policy = Policy::new(&Plan {
        classes: vec![
            ("code".into(), strings(&["language-*"])),
            ("*".into(), strings(&["big"])),
        ],
        ..plan(&["code", "p"], &[])
    });
    let policy = policy.expect("classes");
    assert_eq!(
        clean(
            &policy,
            "<code class='language-js admin big'></code><p class='language-js'></p>"
        ),
        "<code class=\"language-js big\"></code><p></p>"
    );
}

#[test]
fn line_breaks_after_pre_survive_every_pass() {
    let policy = simple();
    for dirty in [
        "<pre>\n\n\n\n\n\n\n\nx</pre>",
        "<pre lang='a>b'>\n\nx</pre>",
        "<pre>\nx</pre>",
    ] {
        let once = clean(&policy, dirty);
        assert_eq!(clean(&policy, &once), once);
    }
    assert_eq!(clean(&policy, "<pre>\n\nx</pre>"), "<pre>\n\nx</pre>");
    assert_eq!(clean(&policy, "<pre>\nx</pre>"), "<pre>x</pre>");
}

#[test]
fn text_alone_is_what_escape_makes_of_it() {
    let policy = simple();
    for text in [
        "a > b & c",
        "\u{feff}x",
        "a\r\nb\rc",
        "a\0b",
        "a\u{a0}b",
        "\u{feff}\u{feff}",
        "&amp; &#60;",
        "\u{c}\u{b}",
    ] {
        let expected = text.replace("&amp;", "&").replace("&#60;", "<");
        assert_eq!(clean(&policy, text), escape(&expected), "{text:?}");
        assert_eq!(clean(&policy, &escape(text)), escape(text), "{text:?}");
    }
}

#[test]
fn hostile_size_ends_soon_and_as_text() {
    let mebibyte = 1 << 20;
    let repeat = |part: &str| part.repeat(mebibyte / part.len());
    let many_attributes = format!(
        "<a {}>",
        (0..200_000).map(|i| format!("b{i} ")).collect::<String>()
    );
    let growing = format!(
        "<p>{}{}",
        (0..250).map(|i| format!("<b lang={i}>")).collect::<String>(),
        "<p>x".repeat(200_000)
    );
    let bombs = [
        repeat("<div>"),
        repeat("<b>"),
        repeat("<p><b>"),
        repeat("<table><td>"),
        repeat("<svg><g>"),
        repeat("<a href=x>"),
        repeat("<math><mi>"),
        repeat("<ul><li>"),
        repeat("<select><option>"),
        repeat("<svg><desc>"),
        repeat("<template>"),
        repeat("</p>"),
        repeat("</b>"),
        repeat("<br>"),
        repeat("<"),
        repeat("&"),
        repeat("&lt"),
        repeat("&</i>"),
        repeat("\u{a0}"),
        repeat("&#32;x"),
        repeat("<!--"),
        repeat("<a b=\""),
        repeat("<![CDATA["),
        repeat("<b></i>"),
        repeat("<b><p></b>"),
        repeat("<table>x"),
        repeat("<i><table><td></i>"),
        repeat("<a></b><p></a>"),
        many_attributes.clone(),
        format!("</a {}>", &many_attributes[3..]),
        many_attributes.replace("<a", "<a x=\">\""),
        growing,
        repeat("<textarea>"),
        repeat("<plaintext>"),
        repeat("<table><b>x"),
        repeat("<select><selectedcontent>"),
        repeat("<b lang=1>"),
        repeat("<form><input>"),
    ];
    for policy in [simple(), hazardous()] {
        for bomb in &bombs {
            let start = std::time::Instant::now();
            let once = clean(&policy, bomb);
            assert!(
                once.len() <= 8 * bomb.len() + 4096,
                "{}",
                bomb.chars().take(20).collect::<String>()
            );
            let seconds = start.elapsed().as_secs_f64();
            // Quadratic work takes minutes here; the bound leaves room for slow machines.
            assert!(
                seconds < 20.0,
                "{} took {seconds} s",
                bomb.chars().take(20).collect::<String>()
            );
        }
    }
}

#[test]
fn what_is_shown_as_text_stays_so() {
    let policy = simple();
    for bomb in [
        "<div>".repeat(30_000),
        "&".repeat(300_000),
        "a&\u{a0}<p><b>".repeat(30_000),
        "</a>&\r\n".repeat(60_000),
    ] {
        let once = clean(&policy, &bomb);
        assert_eq!(clean(&policy, &once), once);
    }
    assert_eq!(
        clean(&policy, "&amp;lt; &lt;b&gt; &nbsp;"),
        "&amp;lt; &lt;b&gt; &nbsp;"
    );
}

#[test]
fn ordinary_long_documents_are_affordable() {
    let article =
        "<h2>Title</h2><p>Some <b>bold</b> and <a href=\"https://example.com/a?b=c\">linked</a> text, \
        <ul><li>one<li>two</ul><table><tr><td>1<td>2</table>"
            .repeat(4000);
    assert!(cost::affordable(&article));
    let paragraphs = "<p>never closed ".repeat(50_000);
    assert!(cost::affordable(&paragraphs));
    assert!(!cost::affordable(&"<div>".repeat(1000)));
    assert!(cost::affordable(&"<div>".repeat(200)));
}

/// Mutation XSS: markup that is harmless where it was cleaned and not where it is put.
const MUTATIONS: &[&str] = &[
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<template><style></template><img src=x onerror=alert(1)></style>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<table><td><svg><desc><table><a id=\"</table><img src=x onerror=alert(1)>\">",
    "<select><iframe></select><img src=x onerror=alert(1)></iframe>",
    "<style><img src=\"</style><img src=x onerror=alert(1)//\">",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<svg><title><p title=\"</title><img src=x onerror=alert(1)>\">",
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style>",
    "<svg><textarea><a title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<iframe><a title=\"</iframe><img src=x onerror=alert(1)>\"></iframe>",
    "<svg><iframe><a title=\"</iframe><img src=x onerror=alert(1)>\"></iframe>",
    "<b title=\"--><!-- </b><img src=x onerror=alert(1)>\"><!-- --!><img src=x onerror=alert(1)>",
    "<a href=\"jav&#x0A;ascript:alert(1)\">x</a><a href=\"&#0000106avascript:alert(1)\">x</a>",
];

#[test]
fn mutations_stay_inside_the_policy_in_every_place() {
    for policy in [simple(), hazardous()] {
        for dirty in MUTATIONS {
            check(&policy, dirty).unwrap();
            for outer in MUTATIONS {
                check(&policy, &format!("{dirty}{outer}")).unwrap();
            }
        }
    }
}

fn check(policy: &Policy, dirty: &str) -> Result<(), TestCaseError> {
    let once = clean(policy, dirty);
    prop_assert_eq!(&clean(policy, &once), &once, "not a fixpoint for {:?}", dirty);
    prop_assert!(
        context::holds(&policy.rules, &once),
        "{:?} became {:?}",
        dirty,
        once
    );
    Ok(())
}

fn fragments() -> impl Strategy<Value = String> {
    let parts: Vec<&'static str> = vec![
        "<",
        ">",
        "&",
        "\"",
        "'",
        " ",
        "\n",
        "/",
        "=",
        "x",
        "<a href=",
        "<a title=\"",
        "</a>",
        "<b>",
        "</b>",
        "<i>",
        "<p>",
        "</p>",
        "<pre>",
        "<pre>\n",
        "</pre>",
        "<table>",
        "<td>",
        "<tr>",
        "</table>",
        "<svg>",
        "</svg>",
        "<math>",
        "<mtext>",
        "<mglyph>",
        "<style>",
        "</style>",
        "<select>",
        "<option>",
        "<textarea>",
        "</textarea>",
        "<template>",
        "</template>",
        "<noscript>",
        "</noscript>",
        "<title>",
        "</title>",
        "<iframe>",
        "</iframe>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<foreignObject>",
        "<desc>",
        "<form>",
        "</form>",
        "<xmp>",
        "<li>",
        "<br>",
        "</br>",
        "javascript:alert(1)",
        "<img src=x onerror=alert(1)>",
        "&lt;",
        "&#0;",
        "\0",
        "\r",
        "\u{a0}",
        "<blockquote>",
        "<input>",
        "<frameset>",
        "<body onload=x>",
        "<plaintext>",
        "lang=",
        "id=",
        "<code>",
        "</code>",
        "<ul>",
        "</ul>",
    ];
    prop::collection::vec(prop::sample::select(parts), 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_result_settles_inside_the_policy(dirty in fragments()) {
        check(&simple(), &dirty)?;
        check(&hazardous(), &dirty)?;
    }

    #[test]
    fn any_text_is_accepted(dirty in "\\PC{0,64}") {
        check(&simple(), &dirty)?;
    }
}

#[test]
fn comments_before_the_first_tag_end_where_the_parser_ends_them() {
    let policy = simple();
    for comment in [
        "<!-->x",
        "<!--->x",
        "<!---->x",
        "<!----->x",
        "<!--a--!>x",
        "<!--a--!b-->x",
        "<!--a",
        "<!--a--",
        "<!--a--!",
        "<!--",
        "<!--a->b-->x",
        "<!--<!--a-->x",
        "<!--\0-->x",
        "a<!--b-->&am<!--c-->p;",
        "<!--a-->\u{feff}x",
        "<!--a--><!--b-->\nx",
        "<!--\u{e9}--\u{e9}-->x",
        "<!--a---!>x-->y",
        "<!->x",
        "<!-- --!>x",
    ] {
        for after in ["", "<b>y</b>", "<!--z--><p>", "</p>"] {
            let dirty = format!("{comment}{after}");
            assert_eq!(clean(&policy, &dirty), clean::slow(&policy, &dirty), "{dirty:?}");
            check(&policy, &dirty).unwrap();
        }
    }
}

#[test]
fn a_mark_of_byte_order_does_not_come_to_the_start() {
    let policy = simple();
    for dirty in [
        "\u{feff}\u{feff}x",
        "a&#13;b",
        "<u>&#xd;&#xa;</u>",
        "<b title='&#13;'>&#13;</b>",
        "<!--x-->\u{feff}y",
        "<x>\u{feff}\u{feff}y",
        "\u{feff}<b>x</b>",
        "<u></u>\u{feff}<b>x",
    ] {
        check(&policy, dirty).unwrap();
    }
}
