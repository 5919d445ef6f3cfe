//! The scan against the parser: for every input, [`clean`] and [`slow`] agree.
//!
//! `HAUBERK_EXECUTIONS` says how many inputs are tried (default 20 000), `HAUBERK_SEED` where the generator
//! starts, and `HAUBERK_INPUTS` names a file of further inputs to mutate, one JSON string a line.

use super::clean::{clean, slow};
use super::fast::{Scan, scan};
use super::policy::{Plan, Policy, UrlPlan};

/// splitmix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn one<'l>(&mut self, list: &[&'l str]) -> &'l str {
        list[self.below(list.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn strings(list: &str) -> Vec<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

const BASIC: &str = "a abbr b blockquote br code em i li ol p pre s strong sub sup u ul";
const MORE: &str = "h1 h2 h3 h4 h5 h6 img figure figcaption details summary table caption colgroup col \
    thead tbody tfoot tr th td";
const REST: &str = "acronym bdi bdo big cite del dfn font ins kbd mark q samp small span strike time tt var \
    wbr hr article aside center dl dd dt footer header main nav section address div";
const HAZARDS: &str = "svg math mi mtext desc foreignobject textarea select option title iframe form input \
    button video audio source ruby rt rp label image path";

fn plan(tags: &str) -> Plan {
    let lists = [
        ("*", "dir lang title"),
        ("a", "href hreflang"),
        ("blockquote", "cite"),
        ("ol", "reversed start type"),
        ("img", "alt src width"),
        ("td", "colspan"),
    ];
    Plan {
        tags: strings(tags),
        attributes: lists
            .iter()
            .map(|(tag, names)| (tag.to_string(), strings(names)))
            .collect(),
        schemes: strings("http https mailto tel"),
        classes: vec![("code".into(), strings("language-*"))],
        rel: Some("noopener noreferrer".into()),
        relative: true,
        protocol_relative: true,
        ..Plan::default()
    }
}

/// Policies of every kind: the presets, one with every rule there is, and one that allows what is read
/// differently in other places.
pub fn policies() -> Vec<Policy> {
    let wide = Plan {
        attributes: vec![
            ("*".into(), strings("title data-* id")),
            ("a".into(), strings("href aria-* name")),
            ("img".into(), strings("src srcset alt")),
        ],
        hosts: Some(strings("example.com *.example.org")),
        classes: vec![("*".into(), strings("x y-*")), ("p".into(), strings("z"))],
        styles: vec![("*".into(), vec![("color".into(), strings("^[a-z]+$"))])],
        urls: vec![UrlPlan {
            at: "img.src".into(),
            schemes: Some(strings("https")),
            relative: Some(false),
            ..UrlPlan::default()
        }],
        target: Some("_blank".into()),
        protocol_relative: false,
        ..plan(&format!("{BASIC} {MORE} {REST}"))
    };
    let plans = [
        Plan::default(),
        plan(BASIC),
        plan(&format!("{BASIC} {MORE}")),
        Plan {
            rel: None,
            relative: false,
            ..plan(&format!("{BASIC} {MORE} {REST}"))
        },
        wide,
        plan(&format!("{BASIC} {MORE} {HAZARDS}")),
    ];
    plans
        .iter()
        .map(|plan| Policy::new(plan).expect("a policy that can be allowed"))
        .collect()
}

const PHRASING: &[&str] = &[
    "a", "abbr", "b", "code", "em", "i", "s", "strong", "sub", "sup", "u", "span", "font", "mark", "small",
];
const BLOCKS: &[&str] = &[
    "blockquote",
    "p",
    "pre",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "figure",
    "figcaption",
    "details",
    "summary",
    "div",
    "address",
    "dl",
    "dd",
    "dt",
    "section",
    "center",
    "table",
];
const VOIDS: &[&str] = &["br", "img", "hr", "wbr"];
const TEXTS: &[&str] = &[
    "x",
    "some words",
    " ",
    "\n",
    "\n\n",
    "&amp;",
    "&lt;",
    "&gt;",
    "&nbsp;",
    "&quot;",
    "&#39;",
    "&apos;",
    "&#34;",
    "&",
    "& ",
    ">",
    "< ",
    "<",
    "\u{a0}",
    "\u{fffd}",
    "\u{e9}",
    "\u{b0}",
    "\u{65e5}\u{672c}",
    "\u{feff}",
    "&copy",
    "&copy=",
    "&notit;",
    "&x=1",
    "&#0;",
    "\"",
    "'",
    "\r",
    "\0",
    "\u{ffff}",
    "\t",
    "\u{c}",
    "&#x27;",
    "&a",
    "1<2",
    "=",
    "/",
];
const ATTRIBUTES: &[&str] = &[
    "title",
    "lang",
    "dir",
    "href",
    "src",
    "alt",
    "class",
    "style",
    "id",
    "rel",
    "target",
    "data-x",
    "aria-label",
    "onclick",
    "srcset",
    "start",
    "reversed",
    "cite",
    "x",
    "colspan",
    "name",
    "data-y",
    "hreflang",
    "width",
];
const VALUES: &[&str] = &[
    "",
    "x",
    "a b",
    "/x",
    "#x",
    "https://example.com/x?a=1&amp;b=2",
    "https://example.com?a=1&b=2",
    "http://1.2.3",
    "https://a.example.org",
    "//evil.com",
    "/\\evil.com",
    "javascript:alert(1)",
    "mailto:a@example.com",
    "language-js",
    "language-js x",
    "x y-1",
    "z",
    "color:red",
    "color: red; top:0",
    "noopener noreferrer",
    "_blank",
    "a.png 1x, b.png 2x",
    "<",
    ">",
    "&lt;",
    "&quot;",
    "&",
    "\"",
    "'",
    "&nbsp;",
    "\u{a0}",
    "\u{e9}",
    "&#39;",
    "\n",
    "https://xn--a",
    "https://a..b",
    "tel:1",
    "https://example.com:99999",
    "HTTPS://EXAMPLE.COM",
    "?q",
    "https://1.2.3.4.5/",
    "/a\tb",
    "&copy",
    "\u{fffd}",
];
const SOUP: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<!",
    "<?",
    "<a",
    "<a href=",
    "=\"",
    "\"",
    "'",
    " ",
    "=",
    "<P>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mtext>",
    "<textarea>",
    "</textarea>",
    "<select>",
    "<option>",
    "<title>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<iframe>",
    "</iframe>",
    "<form>",
    "<button>",
    "<image>",
    "<template>",
    "<noscript>",
    "</p>",
    "</br>",
    "<br/>",
    "<tr>",
    "<td>",
    "<col>",
    "<caption>",
    "<desc>",
    "<foreignObject>",
    "<input>",
    "<object>",
    "</a>",
    "</b>",
    "<b>",
    "<i>",
    "</i>",
    "<li>",
    "<dd>",
    "<marquee>",
    "<body onload=x>",
    "<plaintext>",
    "<![CDATA[",
    "]]>",
];

struct Writer<'r> {
    random: &'r mut Random,
    html: String,
}

impl Writer<'_> {
    fn text(&mut self) {
        for _ in 0..self.random.below(3) {
            // Most of what people write is neither hostile nor strange.
            let part = if self.random.chance(60) {
                "word "
            } else {
                self.random.one(TEXTS)
            };
            self.html.push_str(part);
        }
    }

    fn tag(&mut self, name: &str) {
        self.html.push('<');
        self.html.push_str(name);
        let count = if self.random.chance(50) {
            0
        } else {
            self.random.below(4)
        };
        for _ in 0..count {
            let name = self.random.one(ATTRIBUTES);
            let value = self.random.one(VALUES);
            let gap = if self.random.chance(90) {
                " "
            } else {
                self.random.one(&["  ", "\n", "", "/", "\t "])
            };
            let quote = if self.random.chance(80) {
                "\""
            } else {
                self.random.one(&["'", "", "\""])
            };
            self.html.push_str(gap);
            self.html.push_str(name);
            if self.random.chance(95) {
                self.html
                    .push_str(if self.random.chance(97) { "=" } else { " = " });
                self.html.push_str(quote);
                self.html.push_str(value);
                self.html.push_str(quote);
            }
        }
        if name == "a" && self.random.chance(30) {
            self.html.push_str(" rel=\"noopener noreferrer\"");
        }
        self.html.push_str(if self.random.chance(90) {
            ">"
        } else {
            self.random.one(&[" >", "/>", " />", ">>"])
        });
    }

    fn element(&mut self, name: &str, depth: usize) {
        if VOIDS.contains(&name) {
            return self.tag(name);
        }
        if name == "table" && self.random.chance(90) {
            return self.table(depth);
        }
        self.tag(name);
        self.content(depth + 1);
        if self.random.chance(97) {
            self.html.push_str(&format!("</{name}>"));
        }
    }

    fn table(&mut self, depth: usize) {
        self.tag("table");
        for _ in 0..self.random.below(3) {
            self.html.push_str(self.random.one(&["", "\n", " ", "x"]));
            let part = self
                .random
                .one(&["tbody", "thead", "tfoot", "caption", "colgroup", "tbody", "tr"]);
            self.tag(part);
            match part {
                "caption" => self.content(depth + 1),
                "colgroup" => self.tag("col"),
                _ => {
                    self.tag("tr");
                    let cell = self.random.one(&["td", "th"]);
                    self.tag(cell);
                    self.content(depth + 2);
                    self.html.push_str(&format!("</{cell}></tr>"));
                }
            }
            self.html.push_str(&format!("</{part}>"));
        }
        self.html.push_str("</table>");
    }

    fn content(&mut self, depth: usize) {
        if depth > 6 {
            return self.text();
        }
        for _ in 0..self.random.below(4) {
            let name = match self.random.below(10) {
                0..=3 => self.random.one(PHRASING),
                4..=6 => self.random.one(BLOCKS),
                7 => self.random.one(VOIDS),
                _ => {
                    self.text();
                    continue;
                }
            };
            self.element(name, depth);
            self.text();
        }
        if self.random.chance(3) {
            self.html.push_str(self.random.one(SOUP));
        }
    }
}

/// An input: HTML that is nearly well-formed, tag soup, or a mutation of either or of one of `seeds`.
pub fn input(random: &mut Random, seeds: &[String]) -> String {
    let mut writer = Writer {
        random,
        html: String::new(),
    };
    match writer.random.below(10) {
        0..=5 => writer.content(0),
        6 => {
            for _ in 0..writer.random.below(12) {
                let lists = [SOUP, TEXTS, SOUP, VALUES];
                let list = lists[writer.random.below(lists.len())];
                writer.html.push_str(writer.random.one(list));
            }
        }
        _ if !seeds.is_empty() => {
            let at = writer.random.below(seeds.len());
            writer.html.push_str(&seeds[at]);
        }
        _ => writer.content(1),
    }
    let mut html = writer.html;
    if random.chance(35) {
        mutate(random, &mut html);
    }
    html
}

fn mutate(random: &mut Random, html: &mut String) {
    for _ in 0..1 + random.below(3) {
        let boundary = |at: usize| {
            (0..=at.min(html.len()))
                .rev()
                .find(|i| html.is_char_boundary(*i))
                .unwrap_or(0)
        };
        let from = boundary(random.below(html.len() + 1));
        let to = boundary(from + random.below(12)).max(from);
        match random.below(4) {
            0 => html.replace_range(from..to, ""),
            1 => {
                let lists = [SOUP, TEXTS, VALUES, ATTRIBUTES];
                let list = lists[random.below(lists.len())];
                html.insert_str(from, random.one(list));
            }
            2 => {
                let part = html[from..to].to_owned();
                html.insert_str(from, &part);
            }
            _ => {
                let part = html[from..to].to_owned();
                let at = boundary(random.below(html.len() + 1));
                html.insert_str(at, &part);
            }
        }
    }
}

fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

#[test]
fn fast_is_slow() {
    let executions = from_environment("HAUBERK_EXECUTIONS", 20_000);
    let mut random = Random(from_environment("HAUBERK_SEED", 1));
    let seeds: Vec<String> = std::env::var("HAUBERK_INPUTS").ok().map_or(vec![], |file| {
        let text = std::fs::read_to_string(file).expect("the file of inputs");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("a JSON string"))
            .collect()
    });
    let policies = policies();
    let (mut same, mut changed) = (0u64, 0u64);
    for round in 0..executions {
        let html = input(&mut random, &seeds);
        // The last is checked in all places for each result, which takes ten times as long.
        let checked = random.chance(2);
        let policy = &policies[if checked {
            policies.len() - 1
        } else {
            random.below(policies.len() - 1)
        }];
        match scan(&policy.shapes, &policy.rules, &html) {
            Scan::Same => same += 1,
            Scan::Changed(_) => changed += 1,
            Scan::GivenUp => {}
        }
        let expected = slow(policy, &html);
        let found = clean(policy, &html).unwrap_or_else(|| html.clone());
        assert_eq!(found, expected, "of {html:?}, round {round}");
        if round % 8 == 0 {
            let again = clean(policy, &found);
            assert!(
                again.is_none_or(|again| again == found),
                "no fixpoint of {html:?}, round {round}"
            );
        }
    }
    println!("{executions} executions: {same} unchanged, {changed} written anew by the scan");
    // The comparison says nothing where the scan always gives up.
    assert!(
        same * 20 > executions && changed * 20 > executions,
        "{same}, {changed}"
    );
}
