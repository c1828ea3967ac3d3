//! Nothing from a log becomes markup. [`Html`] takes literals as markup and everything else as
//! text, so that forgetting to escape does not compile.

use sha2::{Digest, Sha256};

/// A piece of the page under construction.
#[derive(Default)]
pub(crate) struct Html {
    buffer: String,
}

impl Html {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Markup. Only literals fit: names from a log are never `'static`.
    pub(crate) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.buffer.push_str(markup);
        self
    }

    /// Text or the inside of a double-quoted attribute.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.buffer.push_str("&amp;"),
                '<' => self.buffer.push_str("&lt;"),
                '>' => self.buffer.push_str("&gt;"),
                '"' => self.buffer.push_str("&quot;"),
                '\'' => self.buffer.push_str("&#39;"),
                _ if is_hidden(c) => push_visible(&mut self.buffer, c),
                _ => self.buffer.push(c),
            }
        }
        self
    }

    /// Markup made elsewhere by the same rules.
    pub(crate) fn append(&mut self, other: &Self) -> &mut Self {
        self.buffer.push_str(&other.buffer);
        self
    }

    /// An attribute that is a number.
    pub(crate) fn number(&mut self, number: i64) -> &mut Self {
        self.buffer.push_str(&number.to_string());
        self
    }

    /// A coordinate: one decimal is finer than a screen shows.
    pub(crate) fn coordinate(&mut self, value: f64) -> &mut Self {
        let tenths = if value.is_finite() { (value * 10.0).round() as i64 } else { 0 };
        if tenths % 10 == 0 {
            return self.number(tenths / 10);
        }
        if tenths < 0 {
            self.buffer.push('-');
        }
        let tenths = tenths.unsigned_abs();
        self.buffer.push_str(&format!("{}.{}", tenths / 10, tenths % 10));
        self
    }

    /// A name from the log, short enough to read, kept apart from the direction of the text
    /// around it; the full name (as far as `title_chars`) is in the title.
    pub(crate) fn name(&mut self, name: &str, chars: usize, title_chars: usize) -> &mut Self {
        let short = shorten(name, chars);
        if short == visible(name) {
            self.raw("<bdi>").text(&short).raw("</bdi>")
        } else {
            let title = visible(&full_name(name, title_chars));
            self.raw("<bdi title=\"").text(&title);
            self.raw("\">").text(&short).raw("</bdi>")
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.buffer.len()
    }

    pub(crate) fn into_string(self) -> String {
        self.buffer
    }
}

/// Characters that would not be seen, or would turn the text around them: controls, overrides of
/// direction, zero-width fillers. Joiners stay, since emoji and several scripts need them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn push_visible(buffer: &mut String, c: char) {
    match c {
        '\n' => buffer.push('\u{23ce}'),
        '\t' => buffer.push('\u{21e5}'),
        _ => buffer.push_str(&format!("[U+{:04X}]", u32::from(c))),
    }
}

/// A name as it is shown: nothing in it is hidden, and a blank one is said to be blank.
fn visible(name: &str) -> String {
    if name.is_empty() {
        return crate::words::NAME_EMPTY.to_string();
    }
    if name.chars().all(char::is_whitespace) {
        return crate::words::NAME_BLANK.to_string();
    }
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if is_hidden(c) {
            push_visible(&mut out, c);
        } else {
            out.push(c);
        }
    }
    out
}

/// The head and the tail of a long name: identifiers often differ in their tails alone.
pub(crate) fn shorten(name: &str, chars: usize) -> String {
    // A name can be 10 kB: look at no more of it than is shown.
    let chars = chars.max(8);
    let head_chars = chars * 2 / 3;
    let tail_chars = chars - head_chars - 1;
    if name.chars().nth(chars).is_none() {
        let all = visible(name);
        if all.chars().count() <= chars * 2 {
            return all;
        }
    }
    let head: String = name.chars().take(head_chars).collect();
    let mut tail: Vec<char> = name.chars().rev().take(tail_chars).collect();
    tail.reverse();
    // Cut between what looks like one character: joined emoji, marks, variation selectors.
    let head = head.trim_end_matches('\u{200d}');
    let tail: String = tail.into_iter().skip_while(|&c| is_mark(c)).collect();
    let mut out = String::new();
    for c in head.chars().chain(['\u{2026}']).chain(tail.chars()) {
        if is_hidden(c) {
            // A short stand-in, since this is the short form; the title spells it out.
            out.push(if c == '\n' { '\u{23ce}' } else { '\u{fffd}' });
        } else {
            out.push(c);
        }
    }
    out
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// The name for a title: all of it, or its beginning and its length.
fn full_name(name: &str, chars: usize) -> String {
    match name.char_indices().nth(chars) {
        None => name.to_string(),
        Some((end, _)) => crate::words::name_cut(&name[..end], name.chars().count()),
    }
}

/// A name as part of a link: all but letters, digits and `-._~` as percent and hexadecimal digits. Of a long name, the
/// beginning and a hash: links are looked up, never read.
pub(crate) fn percent(name: &str) -> String {
    // A name can be 10 kB: no more of it is spelt than could be kept.
    let head: String = name.chars().take(LINK_BYTES + 1).collect();
    let whole = encoded(&head);
    if whole.len() <= LINK_BYTES {
        return whole;
    }
    let head: String = name.chars().take(LINK_BYTES / 12).collect();
    let hash = Sha256::digest(name.as_bytes());
    let tail: String = hash.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("{}~{tail}", encoded(&head))
}

fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for b in name.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

/// Bytes of a name, spelt so, that stands whole in a link.
const LINK_BYTES: usize = 48;

/// A sentence from the model, cut where a name in it runs away.
pub(crate) fn prose(text: &str) -> String {
    shorten(text, 1_200)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(s: &str) -> String {
        let mut html = Html::new();
        html.text(s);
        html.into_string()
    }

    fn name(s: &str, chars: usize) -> String {
        let mut html = Html::new();
        html.name(s, chars, 50);
        html.into_string()
    }

    #[test]
    fn markup_in_names_is_text() {
        assert_eq!(
            text("<script>alert('x' & \"y\")</script>"),
            "&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;"
        );
        let html = name(&format!("\"><img src=x onerror=1>{}", "a".repeat(99)), 20);
        assert!(!html.contains("<img"), "{html}");
        assert!(!html.contains("\"\">"), "{html}");
    }

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(text("a\nb\u{202e}c\u{0}"), "a\u{23ce}b[U+202E]c[U+0000]");
        assert_eq!(name("", 20), "<bdi>(empty name)</bdi>");
        assert_eq!(name(" \n", 20), "<bdi>(blank name)</bdi>");
    }

    #[test]
    fn long_names_keep_head_and_tail_and_say_their_length() {
        let long = format!("user-{}-17", "x".repeat(10_000));
        let html = name(&long, 12);
        assert!(html.contains(">user-xxx\u{2026}-17</bdi>"), "{html}");
        assert!(html.contains("10,008 characters"), "{html}");
        assert!(html.len() < 200);
    }

    #[test]
    fn joined_emoji_and_right_to_left_names_stay_whole() {
        assert_eq!(name("👩‍👩‍👧 שלום", 20), "<bdi>👩‍👩‍👧 שלום</bdi>");
        assert!(!shorten(&"👩‍👩‍👧".repeat(9), 9).contains("\u{200d}\u{2026}"));
        assert!(!shorten(&"👩‍👩‍👧".repeat(9), 9).contains("\u{2026}\u{200d}"));
    }

    #[test]
    fn names_in_links_are_letters_digits_and_percents() {
        assert_eq!(percent("a/b \u{e9}\"<"), "a%2Fb%20%C3%A9%22%3C");
        assert_eq!(percent(&"é".repeat(500)).len(), LINK_BYTES / 12 * 6 + 13);
        assert_ne!(percent(&"é".repeat(500)), percent(&"é".repeat(501)));
    }

    #[test]
    fn coordinates_have_at_most_one_decimal() {
        let mut html = Html::new();
        for v in [1.0, 1.25, -0.34, f64::NAN, 1e3] {
            html.coordinate(v).raw(" ");
        }
        assert_eq!(html.into_string(), "1 1.3 -0.3 0 1000 ");
    }
}
