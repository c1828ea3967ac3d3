//! Numbers, times and the ledger's words, as pages say them. Everything is English here; what is not a name has its Chinese
//! in `words/zh.tsv`, where numbers stand as `{}`.

pub(crate) use touchstone_console::{count, counted};
use touchstone_detect::findings::RingKind;
use touchstone_ledger::{ActionKind, Answer};

/// A sum of parts of endorsements, as a whole number.
pub(crate) fn amount(x: f64) -> String {
    count(x.round().max(0.0) as u64)
}

/// 31.5
pub(crate) fn bits(x: f64) -> String {
    format!("{x:.1}")
}

/// 2 Jan 2026, 14:05, in UTC.
pub(crate) fn time(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(
        |_| "date out of range".to_owned(),
        |t| {
            let t = t.to_zoned(jiff::tz::TimeZone::UTC);
            t.strftime("%-d %b %Y, %H:%M").to_string()
        },
    )
}

pub(crate) fn kind(kind: Option<RingKind>, subject: &str) -> &'static str {
    match (kind, subject) {
        (Some(RingKind::Farm), _) => "Like farm",
        (Some(RingKind::Exchange), _) => "Exchange ring",
        (Some(RingKind::Pod), _) => "Pod",
        (Some(RingKind::Collusion), _) => "Collusion network",
        (Some(RingKind::Burst), _) => "Burst on one target",
        (None, "target") => "Target",
        (None, _) => "Account",
    }
}

pub(crate) fn kind_of(word: &str) -> &'static str {
    let all = [RingKind::Farm, RingKind::Exchange, RingKind::Pod, RingKind::Collusion, RingKind::Burst];
    kind(all.into_iter().find(|k| k.as_str() == word), "ring")
}

pub(crate) fn status(word: &str, answer: Option<Answer>) -> &'static str {
    match (word, answer) {
        (_, Some(Answer::Confirmed)) => "decided: fake",
        (_, Some(Answer::Cleared)) => "decided: innocent",
        (_, Some(Answer::Unsure)) => "decided: cannot be told",
        ("claimed", _) => "claimed",
        ("awaits_second", _) => "awaits a second review",
        ("appealed", _) => "appeal open",
        _ => "open",
    }
}

pub(crate) fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Confirmed => "Fake endorsements",
        Answer::Cleared => "Innocent",
        Answer::Unsure => "Cannot be told",
    }
}

pub(crate) fn action(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::RequireReview => "review required",
        ActionKind::Discount => "endorsements discounted",
        ActionKind::LimitDistribution => "distribution limited",
        ActionKind::FreezeLiking => "liking frozen",
        ActionKind::Suspend => "suspended",
    }
}

pub(crate) fn phase(word: &str) -> &'static str {
    match word {
        "delayed" => "delayed",
        "in_force" => "in force",
        "expired" => "expired",
        _ => "taken back",
    }
}

pub(crate) fn verdict(word: &str) -> &'static str {
    match word {
        "inauthentic" => "accused",
        "suspect" => "suspect",
        _ => "organic",
    }
}

pub(crate) fn entry(word: &str) -> &'static str {
    match word {
        "opened" => "Opened",
        "refreshed" => "Refreshed",
        "claimed" => "Claimed",
        "released" => "Given back",
        "noted" => "Note",
        "decided" => "Decided",
        "seconded" => "Second review",
        "bulk_begun" => "Many at once",
        "acted" => "Action",
        "shadowed" => "Action not taken (shadow)",
        "suggested" => "Action suggested",
        "reversed" => "Action taken back",
        "undone" => "Undone",
        "tripped" => "Breaker",
        "appealed" => "Appeal",
        "appeal_decided" => "Appeal decided",
        "adopted" => "Policy adopted",
        "erased" => "Erased",
        _ => "Entry",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_read_well() {
        assert_eq!([0, 12, 999, 1000, 1_234_567].map(count), ["0", "12", "999", "1,000", "1,234,567"]);
        assert_eq!(amount(-0.3), "0");
        assert_eq!(amount(1999.6), "2,000");
        assert_eq!(time(1_767_362_700_000_000), "2 Jan 2026, 14:05");
        assert_eq!(time(i64::MAX), "date out of range");
    }
}
