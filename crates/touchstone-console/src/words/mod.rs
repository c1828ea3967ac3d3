//! Every sentence and label that a reader of the page sees, in one place. Sentences take numbers
//! and give text; none of them holds markup.

pub(crate) mod audit;
mod case;
pub(crate) mod evaluation;
mod page;
mod pictures;

pub(crate) use case::*;
pub(crate) use page::*;
pub(crate) use pictures::*;

use touchstone_detect::findings::{Overview, RingCase, RingKind, Verdict};

use crate::text::{amount, bits, count, counted, duration, odds, percent, period, split};

pub(crate) const PRODUCT: &str = "Touchstone report";
pub(crate) const UNTITLED: &str = "Untitled log";
pub(crate) const SKIP: &str = "Skip to the summary";
pub(crate) const NAVIGATION: &str = "Sections";
pub(crate) const NAME_EMPTY: &str = "(empty name)";
pub(crate) const NAME_BLANK: &str = "(blank name)";
pub(crate) const DATE_UNKNOWN: &str = "date out of range";

pub(crate) const SUMMARY: &str = "Summary";
pub(crate) const TIMELINE: &str = "Endorsements over time";
pub(crate) const RINGS: &str = "Rings";
pub(crate) const TARGETS: &str = "Most inflated targets";
pub(crate) const CHECKS: &str = "What ran and what did not";
pub(crate) const READING: &str = "How to read this page";
pub(crate) const LIMITS: &str = "Limits of this run";

pub(crate) const REPORTED: &str = "Reported";
pub(crate) const AUTHENTIC: &str = "Authentic";
pub(crate) const DISCOUNTED: &str = "Discounted";
pub(crate) const ACCUSED: &str = "Accused";
pub(crate) const RAN: &str = "ran";
pub(crate) const NOT_RUN: &str = "did not run";
pub(crate) const NO_CHECKS: &str = "This run lists no checks.";
pub(crate) const TO_RINGS: &str = "All rings";

pub(crate) fn accounts(n: u64) -> String {
    counted(n, "account", "accounts")
}

pub(crate) fn members(n: u64) -> String {
    counted(n, "member", "members")
}

pub(crate) fn targets(n: u64) -> String {
    counted(n, "target", "targets")
}

pub(crate) fn endorsements(n: u64) -> String {
    counted(n, "endorsement", "endorsements")
}

pub(crate) fn from_to(first: &str, last: &str) -> String {
    format!("{first} to {last}")
}

pub(crate) fn name_cut(beginning: &str, characters: usize) -> String {
    format!("{beginning}\u{2026} ({} characters)", count(characters as u64))
}

/// Below the title: of when, and by which version.
pub(crate) fn provenance(o: &Overview, version: &str) -> String {
    let when = if o.endorsements == 0 {
        "no endorsements".to_string()
    } else if o.timed {
        format!("{} (UTC)", period(o.first_ts, o.last_ts))
    } else {
        "no times in this log".to_string()
    };
    if version.is_empty() { when } else { format!("{when} \u{b7} Touchstone {version}") }
}

/// The answer, in one sentence.
pub(crate) fn headline(o: &Overview) -> String {
    let ran = o.signals.iter().any(|s| s.ran);
    if o.endorsements == 0 {
        "There is nothing to judge: the log holds no endorsement.".to_string()
    } else if !o.signals.is_empty() && !ran {
        "No account is accused, but no check could run.".to_string()
    } else if o.accused == 0 {
        "No account is accused.".to_string()
    } else {
        // Not "in n rings": some rings are only worth a look.
        let all = accounts(o.accounts);
        match o.accused {
            1 => format!("1 of {all} is accused of faking endorsements."),
            n => format!("{} of {all} are accused of faking endorsements.", count(n)),
        }
    }
}

/// What the expected share of innocents rests on.
const IF_INDEPENDENT: &str = "That holds as far as innocent people act independently given their own pace and hours. People driven by \
     one outside clock (a lesson, a programme, a push) may not: read the innocent explanation of each ring.";

/// How sure the accusations are, taken together: a sentence or two.
pub(crate) fn how_sure(o: &Overview) -> Vec<String> {
    let level = percent(o.fdr);
    if o.accused == 0 {
        if o.endorsements == 0 || (!o.signals.is_empty() && !o.signals.iter().any(|s| s.ran)) {
            return vec!["This page can therefore neither accuse nor clear anyone.".to_string()];
        }
        if o.suspects > 0 {
            return vec![format!(
                "No account shows enough for an accusation at a false discovery rate of {level}. What \
                 is worth a look is shown below with what speaks for and against it; nothing is done \
                 to anybody on suspicion, and no endorsement is discounted for it."
            )];
        }
        return vec![format!(
            "Nothing stood out beyond what chance allows among innocent accounts, at a false \
             discovery rate of {level}. That speaks for the log as far as the checks below can \
             see; it is no proof that every endorsement is honest."
        )];
    }
    let innocent = o.fdr * o.accused as f64;
    let accused = accounts(o.accused);
    let expected = if innocent < 0.95 {
        format!(
            "Of {accused} accused, fewer than 1 is expected to be innocent: {} on average (false discovery rate {level}).",
            amount(innocent)
        )
    } else if innocent < 1.05 {
        format!(
            "Of {accused} accused, at most 1 is expected to be innocent, on average (false discovery rate {level})."
        )
    } else {
        format!(
            "Of {accused} accused, at most {} are expected to be innocent, on average (false discovery rate {level}).",
            amount(innocent)
        )
    };
    vec![expected, IF_INDEPENDENT.to_string()]
}

/// Accounts that are worth a look and not accused.
pub(crate) fn suspects(o: &Overview) -> Option<String> {
    Some(match (o.suspects, o.accused > 0) {
        (0, _) => return None,
        (1, true) => "1 more account is suspect: worth a look, not accused.".to_string(),
        (n, true) => format!("{} more accounts are suspect: worth a look, not accused.", count(n)),
        (1, false) => "1 account is suspect: worth a look, not accused.".to_string(),
        (n, false) => format!("{} accounts are suspect: worth a look, not accused.", count(n)),
    })
}

/// The bubble, in one sentence.
pub(crate) fn bubble(o: &Overview) -> String {
    let (authentic, discounted) = split(o.endorsements, o.discounted);
    if o.discounted < 0.05 {
        return format!("All {} reported count as authentic.", endorsements(o.endorsements));
    }
    let share = percent(o.discounted / o.endorsements.max(1) as f64);
    format!(
        "Of {} reported, {authentic} count as authentic and {discounted} ({share}) are discounted.",
        endorsements(o.endorsements)
    )
}

/// What was read.
pub(crate) fn input(o: &Overview) -> String {
    let rejected = match o.rejects {
        0 => "none was rejected".to_string(),
        1 => "1 was rejected".to_string(),
        n => format!("{} were rejected", count(n)),
    };
    format!(
        "{} read, {rejected}. What remained after duplicates, repeats and take-backs: {} by {} on {}.",
        counted(o.rows, "row", "rows"),
        endorsements(o.endorsements),
        accounts(o.accounts),
        targets(o.targets)
    )
}

/// How many checks ran.
pub(crate) fn checks(ran: usize, of: usize) -> String {
    if ran == of { format!("All {of} checks ran.") } else { format!("{ran} of {of} checks ran.") }
}

/// What a signal looks for; none for one that this page does not know.
pub(crate) fn signal(signal: &str) -> Option<&'static str> {
    match signal {
        "burst" => Some("many endorsements of one target at once, beyond its usual pace"),
        "lockstep" => Some("accounts that act on the same targets within moments, again and again"),
        "pool" => Some("targets of unrelated owners that share too many of the same accounts"),
        "exchange" => Some("accounts that endorse each other by turns, as on a task board"),
        "infrastructure" => Some("accounts that share devices or addresses more than a network explains"),
        "path" => Some("endorsements without a view, or that come about as no person's do"),
        _ => None,
    }
}

pub(crate) const NO_RINGS: &str = "No group of accounts was found that endorses together beyond what chance, shared interests and \
     popular moments explain.";

pub(crate) fn rings_cut(shown: usize, total: u64) -> String {
    format!(
        "The {} rings with most evidence of {} are on this page; the findings files list all.",
        count(shown as u64),
        count(total)
    )
}

pub(crate) const RINGS_CAPTION: &str = "Rings, most evidence first";

pub(crate) fn kind(kind: RingKind) -> &'static str {
    match kind {
        RingKind::Farm => "Farm",
        RingKind::Exchange => "Exchange",
        RingKind::Pod => "Pod",
        RingKind::Collusion => "Collusion network",
        RingKind::Burst => "Burst",
    }
}

pub(crate) fn kind_meaning(kind: RingKind) -> &'static str {
    match kind {
        RingKind::Farm => "accounts that act in step",
        RingKind::Exchange => "members endorse each other",
        RingKind::Pod => "a small exchange that reacts at once",
        RingKind::Collusion => "accounts that draw on shared lists, at any time",
        RingKind::Burst => "one delivery on one target",
    }
}

pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Organic => "organic",
        Verdict::Suspect => "suspect",
        Verdict::Inauthentic => "accused",
    }
}

/// How sure a ring is: bits, and what they mean.
pub(crate) fn ring_odds(ring: &RingCase) -> String {
    let value = ring.bits;
    if ring.kind == RingKind::Collusion {
        // A mean over those listed, chosen by it: a hint of size, not a bound.
        return format!("{} for a listed member, on average.", bits(value));
    }
    match odds(value) {
        Some(odds) => {
            format!("{}: at most {odds} groups whose members act independently would look like this.", bits(value))
        }
        None => format!("{}: no more than innocent groups show.", bits(value)),
    }
}

pub(crate) fn evidence_odds(value: f64) -> String {
    match odds(value) {
        Some(odds) => format!("at most {odds} innocents"),
        None if value < 0.0 => "speaks for innocence".to_string(),
        None => "says little by itself".to_string(),
    }
}

/// The facts of a ring, each a short phrase.
pub(crate) fn ring_facts(ring: &RingCase, timed: bool) -> Vec<String> {
    let mut facts =
        vec![format!("{}, {} accused", members(ring.members_total), count(ring.accused)), targets(ring.targets_total)];
    if timed {
        facts.push(period(ring.first_ts, ring.last_ts));
        if ring.window_seconds > 0.0 {
            facts.push(format!("in step within {}", duration(ring.window_seconds)));
        }
    }
    facts
}

pub(crate) const EVIDENCE: &str = "Evidence";
pub(crate) const NO_EVIDENCE: &str = "No single piece of evidence is listed for this ring.";
pub(crate) const INNOCENT: &str = "Best innocent explanation, and what speaks against it";
pub(crate) const OBSERVED: &str = "observed";
pub(crate) const EXPECTED: &str = "expected if innocent";
pub(crate) const RASTER: &str = "When they acted";
pub(crate) const MOMENT: &str = "One moment, close up";
pub(crate) const HEATMAP: &str = "Who endorsed what";

pub(crate) const MEMBERS: &str = "Members";
pub(crate) const RING_TARGETS: &str = "Targets";
pub(crate) const NOT_KNOWN: &str = "not known";

pub(crate) fn more_members(n: usize) -> String {
    counted(n as u64, "more member", "more members")
}

pub(crate) fn more_targets(n: usize) -> String {
    counted(n as u64, "more target", "more targets")
}

pub(crate) fn list_cut(shown: usize, total: u64) -> String {
    format!("{} of {} are listed here; the findings files list all.", count(shown as u64), count(total))
}

pub(crate) const TARGETS_CAPTION: &str = "Targets with most discounted endorsements";
pub(crate) const NO_TARGETS: &str = "No target's count is corrected by more than a rounding error.";

/// A corrected count with its interval.
pub(crate) fn interval(low: f64, high: f64) -> String {
    format!("{} to {}", amount(low), amount(high))
}

/// What is behind each word on the page: term and explanation.
pub(crate) fn glossary(fdr: f64) -> Vec<(&'static str, String)> {
    vec![
        (
            "Bits",
            format!(
                "the measure of evidence. 10 bits: at most 1 in {} innocents look like this; 20 bits: at \
                 most 1 in {}. One more bit halves it. Negative bits speak for innocence. Bits of \
                 several pieces of evidence need not add up to a ring's total: what comes from the \
                 same data is averaged.",
                count(1_024),
                count(1_048_576)
            ),
        ),
        (
            "Accused",
            format!(
                "the account's evidence passes a line drawn so that at most {} of all accused \
                 are expected to be innocent.",
                percent(fdr)
            ),
        ),
        ("Suspect", "worth a look. Nothing follows from it by itself.".to_string()),
        (
            "Reported, authentic, discounted",
            "reported is what the log counts; each endorsement is then discounted by the \
             probability that it is fake (p_fake). Reported = authentic + discounted, always. An \
             accused account keeps the endorsements it meant."
                .to_string(),
        ),
        ("In step", "another member acted on the same target within the ring's window.".to_string()),
        (
            "Expected",
            "what innocent accounts as active, on targets as popular and at the same hours would \
             show."
                .to_string(),
        ),
        (
            "This page",
            "it shows findings and decides nothing. A person should read a ring's innocent \
             explanation before acting on it. Names come from the log; long ones are cut, and \
             the findings files hold them in full."
                .to_string(),
        ),
    ]
}

/// Column headings.
pub(crate) mod column {
    pub(crate) const NUMBER: &str = "No.";
    pub(crate) const RING: &str = "Ring";
    pub(crate) const KIND: &str = "Kind";
    pub(crate) const MEMBERS: &str = "Members";
    pub(crate) const ACCUSED: &str = "Accused";
    pub(crate) const TARGETS: &str = "Targets";
    pub(crate) const PERIOD: &str = "Active (UTC)";
    pub(crate) const EVIDENCE: &str = "Evidence";
    pub(crate) const ACCOUNT: &str = "Account";
    pub(crate) const VERDICT: &str = "Verdict";
    pub(crate) const JOINT: &str = "Ring targets endorsed";
    pub(crate) const ENDORSEMENTS: &str = "All endorsements";
    pub(crate) const DISCOUNTED: &str = "Discounted";
    pub(crate) const TARGET: &str = "Target";
    pub(crate) const OWNER: &str = "Owner";
    pub(crate) const REPORTED: &str = "Reported";
    pub(crate) const AUTHENTIC: &str = "Authentic";
    pub(crate) const INTERVAL: &str = "95% interval";
    pub(crate) const BY_RING: &str = "By this ring";
    pub(crate) const RANK: &str = "Rank";
    pub(crate) const BY_LIKES: &str = "By likes alone";
    pub(crate) const VIEWERS: &str = "Viewers";
    pub(crate) const SCORE: &str = "Score";
    pub(crate) const WHY: &str = "Why";
    pub(crate) const METRIC: &str = "Measured";
    pub(crate) const WEIGHT: &str = "Weight";
    pub(crate) const MEDIAN: &str = "Median";
    pub(crate) const NOTE: &str = "From what";
    pub(crate) const WHEN: &str = "When (UTC)";
    pub(crate) const P_FAKE: &str = "p_fake";
    pub(crate) const SEEN: &str = "Seen before";
    pub(crate) const RINGS: &str = "Rings";
    pub(crate) const TARGETS_OWNED: &str = "Its targets";
    pub(crate) const BY_ANY_RING: &str = "By any ring";
}

/// A number for a tile, with what it is of.
pub(crate) fn tile_note_accused(o: &Overview) -> String {
    let of = accounts(o.accounts);
    match o.rings {
        0 => format!("of {of}"),
        n => format!("of {of}; {} listed", counted(n, "ring", "rings")),
    }
}

pub(crate) fn tile_note_discounted(o: &Overview) -> String {
    format!("{} of reported", percent(o.discounted / o.endorsements.max(1) as f64))
}
