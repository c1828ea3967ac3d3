//! What a person reads when an audit is over.

use super::{Marks, grouped, marks};
use std::fmt::Write;
use std::path::Path;
use touchstone_detect::audit::report::{Answer, Audit};

/// Width of sentences.
const WIDTH: usize = 100;

/// The result in a page.
pub(crate) fn table(audit: &Audit, out: &Path) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut text, &marks(), audit, out);
    text
}

fn write(text: &mut String, m: &Marks, a: &Audit, out: &Path) -> std::fmt::Result {
    writeln!(
        text,
        "{} endorsements by {} accounts; {} copies without coordination",
        grouped(a.endorsements),
        grouped(a.accounts),
        a.copies.len()
    )?;
    writeln!(text)?;
    writeln!(text, "{}                         the log   copies (mean)   most in a copy{}", m.dim, m.off)?;
    let row = |text: &mut String,
               name: &str,
               log: f64,
               of: &dyn Fn(&touchstone_detect::audit::report::Said) -> f64,
               digits: usize| {
        let values: Vec<f64> = a.copies.iter().map(|c| of(&c.said)).collect();
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let most = values.iter().copied().fold(0.0, f64::max);
        writeln!(text, "{name:<22} {log:>9.digits$}   {mean:>13.2}   {most:>14.digits$}")
    };
    row(text, "accounts accused", a.log.accused as f64, &|s| s.accused as f64, 0)?;
    row(text, "worth a look", a.log.suspects as f64, &|s| s.suspects as f64, 0)?;
    row(text, "rings", a.log.rings as f64, &|s| s.rings as f64, 0)?;
    row(text, "strongest evidence", a.log.strongest_bits, &|s| s.strongest_bits, 1)?;
    for (i, (bits, allowed)) in a.tail().into_iter().enumerate() {
        let name = format!("{bits} bits or more");
        row(text, &name, a.log.tail[i] as f64, &|s| s.tail[i] as f64, 0)?;
        // The promise of bits, beside what was seen.
        text.pop();
        writeln!(text, "   {}at most {allowed:.1} if nobody coordinates{}", m.dim, m.off)?;
    }
    writeln!(text)?;
    let colour = if a.chance.answer == Answer::Above { m.red } else { "" };
    for (i, sentence) in a.reading.iter().enumerate() {
        let (on, off) = if i < 2 { (format!("{}{colour}", m.bold), m.off) } else { (String::new(), "") };
        for line in wrapped(sentence, WIDTH) {
            writeln!(text, "{on}{line}{off}")?;
        }
    }
    writeln!(text)?;
    writeln!(text, "{}share of endorsements                                        log    copies{}", m.dim, m.off)?;
    for k in &a.kept {
        writeln!(text, "{:<56} {:>6.1} %  {:>6.1} %", k.what, k.log * 100.0, k.copies * 100.0)?;
    }
    writeln!(text)?;
    writeln!(text, "What it cannot rule out")?;
    for sentence in &a.cannot_rule_out {
        for (i, line) in wrapped(sentence, WIDTH - 2).into_iter().enumerate() {
            writeln!(text, "{}{line}", if i == 0 { "- " } else { "  " })?;
        }
    }
    writeln!(text)?;
    writeln!(text, "page      {}", out.join("audit.html").display())?;
    writeln!(text, "numbers   {}", out.join("audit.json").display())
}

/// Lines of at most so many characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_string());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_longer_than_asked() {
        let lines = wrapped("one two three four", 8);
        assert_eq!(lines, ["one two", "three", "four"]);
        assert_eq!(wrapped("", 8), [""]);
    }
}
