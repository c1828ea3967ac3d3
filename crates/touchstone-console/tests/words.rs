//! The Chinese catalogue is complete, and holds nothing else: its keys are the texts of the sources, `{}` standing for
//! whatever a sentence holds.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use touchstone_detect::rank::METRICS;

const CATALOGUE: &str = include_str!("../src/words/zh.tsv");

/// Sources all of whose texts a reader of the report sees.
const WORDS: [&str; 4] = ["src/words/mod.rs", "src/words/page.rs", "src/words/case.rs", "src/words/pictures.rs"];

/// Sources of sentences that the report shows as they come: what holds a space in them is a text.
const SENTENCES: [&str; 8] = [
    "../touchstone-detect/src/explain.rs",
    "../touchstone-detect/src/why/mod.rs",
    "../touchstone-detect/src/why/innocent.rs",
    "../touchstone-detect/src/why/what_if.rs",
    "../touchstone-detect/src/cohort/mark.rs",
    "../touchstone-detect/src/pipeline.rs",
    "../touchstone-detect/src/rank/learned.rs",
    "../touchstone-engine/src/write/report.rs",
];

/// Texts that are put together at run time.
const COMPOSED: [&str; 19] = [
    "{}, {}",
    "{}; {}",
    "{} or {}",
    "{} bits",
    "over 99%",
    "{} of {} rows",
    "{} found",
    "inauthentic",
    "a ring",
    "age {}",
    "likes capped at what the rest bears out",
    "like the median target",
    "1 row",
    "{} rows",
    "{} to {}",
    "{}.",
    "used {}",
    "prior of {} expected events",
    "{} targets stood out",
];

/// Texts of findings that another version kept, and that are drawn again from them.
const OF_OTHER_VERSIONS: [&str; 10] = [
    "members on a device that three or more other members use, and on no other",
    "sittings at an address that the account uses at no other time",
    "gaps between members on a target, as even as a clock's",
    "on its targets members follow each other at gaps as even as a clock's, which people who do not wait for each other never keep ({} bits)",
    "views, ts",
    "ts (gaps as even as a clock's)",
    "on its targets members follow each other at gaps as even as a clock's",
    "the addresses that the same account never returns to",
    "the gaps as even as a clock's",
    "members on a device that three or more other members use",
];

/// Texts that no reader of the report sees.
const UNSEEN: [&str; 3] = ["pair totals", "{} d", "{} h"];

/// A string literal of Rust, with what stands before and after it.
struct Literal<'a> {
    text: String,
    before: &'a str,
    after: &'a str,
}

/// The string literals outside of comments and tests, line breaks within them taken out as the compiler does.
fn literals(source: &str) -> Vec<Literal<'_>> {
    let source = source.split("#[cfg(test)]").next().unwrap_or(source);
    let bytes = source.as_bytes();
    let (mut all, mut i) = (Vec::new(), 0);
    while i < bytes.len() {
        if source[i..].starts_with("//") {
            i += source[i..].find('\n').unwrap_or(source.len() - i);
        } else if source[i..].starts_with("'\"'") || source[i..].starts_with("b'\"'") {
            i += 4;
        } else if bytes[i] == b'"' {
            let (text, length) = literal(&source[i + 1..]);
            let end = i + length + 2;
            all.push(Literal { text, before: &source[..i], after: &source[end..] });
            i = end;
        } else {
            i += source[i..].chars().next().map_or(1, char::len_utf8);
        }
    }
    all
}

/// The text of a literal, from after its opening quote, and its length to the closing one.
fn literal(rest: &str) -> (String, usize) {
    let (mut text, mut chars) = (String::new(), rest.char_indices().peekable());
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (text, at),
            '\\' => match chars.next().map(|e| e.1) {
                Some('\n') => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                Some('u') => {
                    let hex: String = chars.by_ref().map(|e| e.1).skip(1).take_while(|c| *c != '}').collect();
                    text.extend(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32));
                }
                Some(other) => text.push(other),
                None => break,
            },
            other => text.push(other),
        }
    }
    panic!("a literal without an end: {text}");
}

/// Every placeholder as `{}`.
fn key(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (_, after) = after.split_once('}').unwrap_or(("", after));
        out.push_str(before);
        out.push_str("{}");
        rest = after;
    }
    out.push_str(rest);
    out.trim().to_string()
}

fn has_words(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word.len() >= 2)
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Keys of one source. What `counted` takes is one of something, and many of it.
fn keys_of(source: &str, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut counted = 0;
    for l in literals(source) {
        let is_pattern = ["=>", "|"].iter().any(|s| l.after.trim_start().starts_with(s));
        if is_pattern {
            continue;
        }
        let call = [" counted(", "(counted("].iter().filter_map(|c| l.before.rfind(c)).max().map(|at| &l.before[at..]);
        if let Some(call) = call.filter(|c| !c.contains(';') && !c.contains('}') && counted < 2) {
            let first = !call.contains('"');
            if first || call.matches('"').count() == 2 {
                counted = usize::from(first);
                keys.insert(if first { format!("1 {}", l.text) } else { format!("{{}} {}", l.text) });
                continue;
            }
        }
        counted = 0;
        let key = key(&l.text);
        if has_words(&key.replace("{}", "")) && wanted(&key) {
            keys.insert(key);
        }
    }
    keys
}

/// All keys that the catalogue must have, and no others.
fn wanted() -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = COMPOSED.iter().map(|s| s.to_string()).collect();
    keys.extend(METRICS.iter().map(|m| format!("{} {{}}", m.name())));
    for path in WORDS {
        keys.extend(keys_of(&read(path), |_| true));
    }
    for path in SENTENCES {
        keys.extend(keys_of(&read(path), |k| k.replace("{}", "").trim().contains(' ')));
    }
    keys.extend(OF_OTHER_VERSIONS.iter().map(|s| s.to_string()));
    for unseen in UNSEEN {
        keys.remove(unseen);
    }
    keys
}

fn pairs() -> Vec<(&'static str, &'static str)> {
    CATALOGUE
        .lines()
        .map(|line| {
            let pair = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
            assert!(!pair.0.is_empty() && !pair.1.is_empty() && !pair.1.contains('\t'), "{line}");
            pair
        })
        .collect()
}

#[test]
fn every_text_of_the_report_has_its_chinese_and_no_other_has() {
    let known: BTreeSet<String> = pairs().iter().map(|p| p.0.to_string()).collect();
    assert_eq!(known.len(), pairs().len(), "a key stands twice");
    let wanted = wanted();
    let missing: Vec<_> = wanted.difference(&known).collect();
    let stale: Vec<_> = known.difference(&wanted).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "crates/touchstone-console/src/words/zh.tsv\nwithout Chinese: {missing:#?}\nno text of the report: {stale:#?}"
    );
}

#[test]
fn placeholders_agree() {
    for (english, chinese) in pairs() {
        let n = english.matches("{}").count();
        let plain = chinese.matches("{}").count();
        let numbered: BTreeSet<usize> = (1..=9).filter(|i| chinese.contains(&format!("{{{i}}}"))).collect();
        if numbered.is_empty() {
            assert_eq!(plain, n, "{english}");
        } else {
            assert_eq!((plain, numbered), (0, (1..=n).collect()), "{english}");
        }
        let braces = chinese.matches('{').count();
        assert_eq!(braces, n, "{english}");
    }
}

#[test]
fn translations_are_chinese() {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    // Names of things that are the same in every language, and lists.
    let same = [
        "UTC",
        "{} (UTC)",
        "{}… ({} characters)",
        "p_fake",
        "ip, device",
        "views, ts",
        "actor, target, ts",
        "{}, {}",
        "{}; {}",
        "{}, {} accused",
    ];
    for (english, chinese) in pairs() {
        let plain = !has_words(&english.replace("Touchstone", ""));
        assert!(plain || same.contains(&english) || chinese.chars().any(is_han), "{english}: {chinese}");
    }
}
