//! Sentences and labels of the page of an evaluation.

use touchstone_detect::evaluation::Evaluation;
use touchstone_detect::evaluation::accounts::AccountsEvaluation;
use touchstone_detect::evaluation::calibration::Calibration;
use touchstone_detect::evaluation::counts::CountsEvaluation;
use touchstone_detect::evaluation::interval::Rate;
use touchstone_detect::evaluation::likes::LikesEvaluation;
use touchstone_detect::evaluation::rings::RingsEvaluation;

use crate::tables::Column;
use crate::text::{amount, count, counted, decimal, percent};

pub(crate) const PRODUCT: &str = "Touchstone evaluation";
pub(crate) const SUMMARY: &str = "Summary";
pub(crate) const ACCOUNTS: &str = "Accounts";
pub(crate) const LIKES: &str = "Likes";
pub(crate) const COUNTS: &str = "Counts";
pub(crate) const RINGS: &str = "Rings";
pub(crate) const CALIBRATION: &str = "Calibration";
pub(crate) const READING: &str = "How to read this page";
pub(crate) const GAPS: &str = "Not evaluated";
pub(crate) const NOTES: &str = "On the match of findings and truth";
pub(crate) const PRECISION: &str = "Precision of accusations";
pub(crate) const RECALL: &str = "Fake accounts accused";
pub(crate) const HARMED: &str = "Innocents accused";
pub(crate) const ERROR_REMOVED: &str = "Error removed from attacked counts";
pub(crate) const P_FAKE_AXIS: &str = "p_fake, as said";
pub(crate) const OBSERVED_AXIS: &str = "share that is fake";
pub(crate) const RECALL_AXIS: &str = "recall";
pub(crate) const PRECISION_AXIS: &str = "precision";
pub(crate) const BY_ATTACK: &str = "Accused of the fake accounts, by attack";
pub(crate) const BY_LOOK_ALIKE: &str = "Innocents accused, by what they look like";
pub(crate) const INTERVALS: &str = "Targets whose 95 % interval holds the true count";
pub(crate) const LIKES_BY_ATTACK: &str = "Fake likes called fake, by attack";
pub(crate) const LIKES_BY_LOOK_ALIKE: &str = "Authentic likes called fake, by what the liker looks like";

pub(crate) const ACCOUNTS_TABLE: &str = "Accusations and suspicions against the truth";
pub(crate) const LIKES_TABLE: &str = "Likes called fake against the truth, cover set aside";
pub(crate) const COUNTS_TABLE: &str = "Corrected counts against true ones; errors are over the true count";
pub(crate) const TRUE_RINGS: &str = "True rings";
pub(crate) const FOUND_RINGS: &str = "Found rings";
pub(crate) const BINS_TABLE: &str = "Likes by p_fake";

pub(crate) const ACCOUNT_COLUMNS: [Column; 3] = [("Measure", false), ("Value (95 %)", true), ("Of", true)];
pub(crate) const ATTACK_COLUMNS: [Column; 6] = [
    ("Attack", false),
    ("Fake accounts", true),
    ("Accused (95 %)", true),
    ("Listed", true),
    ("Token owners accused", true),
    ("Likes called", true),
];
pub(crate) const LOOK_ALIKE_COLUMNS: [Column; 6] = [
    ("Innocents", false),
    ("Accounts", true),
    ("Accused", true),
    ("At most (95 %)", true),
    ("Suspects", true),
    ("Likes called", true),
];
pub(crate) const COUNT_COLUMNS: [Column; 8] = [
    ("Targets", false),
    ("Number", true),
    ("Reported", true),
    ("Authentic", true),
    ("Corrected", true),
    ("Error", true),
    ("Error removed", true),
    ("Wrongly taken", true),
];
pub(crate) const TRUE_RING_COLUMNS: [Column; 7] = [
    ("True ring", false),
    ("Attack", false),
    ("Active members", true),
    ("Best match", false),
    ("In it", true),
    ("In any", true),
    ("Pieces", true),
];
pub(crate) const FOUND_RING_COLUMNS: [Column; 6] =
    [("Found ring", false), ("Kind", false), ("Members", true), ("Fake", true), ("Mostly of", false), ("Purity", true)];
pub(crate) const BIN_COLUMNS: [Column; 5] =
    [("p_fake", false), ("Likes", true), ("Mean", true), ("Fake (95 %)", true), ("", false)];

pub(crate) fn provenance(e: &Evaluation) -> String {
    let mut parts = Vec::new();
    parts.extend(e.world.about.clone().map(|about| format!("World: {about}")));
    parts.extend(e.world.seed.map(|seed| format!("seed {seed}")));
    if e.world.events > 0 {
        parts.push(format!("{} events", count(e.world.events)));
    }
    parts.push(format!("Touchstone {}", e.version));
    parts.join(" \u{b7} ")
}

pub(crate) fn headline(e: &Evaluation) -> String {
    let Some(a) = &e.accounts else { return "Findings against the truth, without verdicts on accounts.".into() };
    let fake = counted(a.fake, "fake account", "fake accounts");
    if a.accused == 0 {
        return format!("Nobody is accused; there are {fake}.");
    }
    let right = format!("{} of {fake} accused", count(a.recall.hits));
    match a.harmed.total {
        0 => format!("{right}, and nobody else."),
        n => format!("{right}, and {}.", counted(n, "innocent", "innocents")),
    }
}

pub(crate) fn tile_recall(a: &AccountsEvaluation) -> String {
    hits(&a.recall)
}

pub(crate) fn tile_harmed(a: &AccountsEvaluation) -> String {
    format!("of {} innocents", count(a.total - a.fake))
}

pub(crate) fn interval(r: &Rate) -> String {
    format!("{} to {}", decimal(r.low, 3), decimal(r.high, 3))
}

/// "122 of 128".
pub(crate) fn hits(r: &Rate) -> String {
    if r.total == 0 { "\u{2013}".into() } else { format!("{} of {}", count(r.hits), count(r.total)) }
}

/// 0.953, or a dash.
pub(crate) fn share(rate: Option<f64>) -> String {
    rate.map_or("\u{2013}".into(), |r| decimal(r, 3))
}

/// A small share as a percentage, or a dash.
pub(crate) fn at_most(r: &Rate) -> String {
    if r.total == 0 { "\u{2013}".into() } else { percent(r.high) }
}

pub(crate) fn likes_amount(x: f64) -> String {
    amount(x)
}

pub(crate) fn axis(value: f64) -> String {
    if value == value.round() { decimal(value, 0) } else { decimal(value, 2) }
}

pub(crate) fn percent_axis(most: f64) -> String {
    percent(most)
}

/// Names of files as words: nobody_special as "nobody special".
pub(crate) fn row_name(name: &str) -> String {
    name.replace('_', " ")
}

pub(crate) fn bar_value(r: &Rate) -> String {
    format!("{} of {}", count(r.hits), count(r.total))
}

pub(crate) fn bar_desc(name: &str, r: &Rate) -> String {
    format!("{}: {} of {}, {} to {}", row_name(name), count(r.hits), count(r.total), percent(r.low), percent(r.high))
}

pub(crate) fn reliability_title(c: &Calibration) -> String {
    match c.bins_off {
        0 => "p_fake keeps its word: no well-filled bin is off by more than 0.05".into(),
        n => format!("{} off by more than 0.05", counted(n, "bin of p_fake is", "bins of p_fake are")),
    }
}

pub(crate) fn reliability_desc(c: &Calibration) -> String {
    let bins = c.bins.iter().filter_map(|b| {
        let mean = b.mean_p_fake?;
        Some(format!("said {}, observed {} of {}", decimal(mean, 2), share(b.fake.rate), count(b.fake.total)))
    });
    bins.collect::<Vec<_>>().join("; ")
}

pub(crate) fn curve_title(what: &str, average: Option<f64>) -> String {
    format!("{what}: average precision {}", share(average))
}

pub(crate) fn curve_desc(given: Option<(f64, f64)>) -> String {
    match given {
        Some((p, r)) => format!("As called: precision {}, recall {}, the dot", decimal(p, 3), decimal(r, 3)),
        None => "Nothing is called: no dot".into(),
    }
}

pub(crate) fn oracle(a: &AccountsEvaluation) -> Option<String> {
    let o = a.ranking.as_ref()?.oracle?;
    let from = o.threshold.map_or("by accusing everybody".into(), |t| format!("from {} bits up", decimal(t, 2)));
    Some(format!(
        "With the truth at hand, the best line through this ranking would be {from}: {} called, precision {}, recall {}, \
         F1 {}. Nobody has that truth; it says what the ranking could give.",
        count(o.called),
        decimal(o.precision, 3),
        decimal(o.recall, 3),
        decimal(o.f1, 3)
    ))
}

pub(crate) fn harmed(a: &AccountsEvaluation) -> Option<String> {
    let h = &a.harmed;
    (h.total > 0).then(|| {
        format!(
            "Innocents accused: {} who mean every like, {} whose token was stolen, {} of an exchange or pod who gave no \
             fake like.",
            counted(h.people, "person", "people"),
            counted(h.token_owners, "owner", "owners"),
            counted(h.members_without_fake_likes, "member", "members")
        )
    })
}

pub(crate) fn likes_intro(l: &LikesEvaluation) -> String {
    format!(
        "{} likes, {} of them fake. A like is called fake from a p_fake of 0.5 up. Fake likes that nobody ordered, placed \
         for cover, are set aside and counted in a row of their own. Likes of one ring are not independent: intervals \
         here are by ring, and by account in the rows below.",
        count(l.total),
        count(l.fake)
    )
}

pub(crate) fn ordered(c: &CountsEvaluation) -> String {
    let o = &c.ordered;
    format!(
        "Likes were ordered for {}, and some still stand: on {} of them anything was discounted, on {} at least half as \
         much as is fake{}.",
        counted(o.targets, "target", "targets"),
        count(o.touched.hits),
        count(o.found.hits),
        o.burst.map_or(String::new(), |b| format!("; {} are listed with a burst", count(b.hits)))
    )
}

pub(crate) fn rings_intro(r: &RingsEvaluation) -> String {
    format!(
        "Are ten rings ten? {} and {}: {} match one to one. {} found, {} split; {} merged, {} innocent. Mean purity {}.",
        counted(r.true_rings, "true ring", "true rings"),
        counted(r.found_rings, "found ring", "found rings"),
        count(r.one_to_one),
        counted(r.found.hits, "true ring is", "true rings are"),
        count(r.split),
        counted(r.merged, "found ring is", "found rings are"),
        count(r.innocent),
        share(r.mean_purity)
    )
}

pub(crate) fn calibration_intro(c: &Calibration) -> String {
    format!(
        "A p_fake of 0.7 should be fake seven times in ten. Brier score {} ({} by saying the share of fakes of every like); \
         expected calibration error {}. Dots off the line by more than 0.05 with at least 500 likes are marked.",
        share4(c.brier),
        share4(c.brier_reference),
        share4(c.expected_calibration_error)
    )
}

fn share4(x: Option<f64>) -> String {
    x.map_or("\u{2013}".into(), |x| decimal(x, 4))
}

pub(crate) const OFF: &str = "off";
pub(crate) const COVER_ROW: &str = "cover likes called fake";
pub(crate) const PURITY_OF: &str = "one to one";
pub(crate) const INNOCENT: &str = "innocent";

pub(crate) fn more(n: usize) -> String {
    format!("{} more", count(n as u64))
}

pub(crate) fn bin(from: f64, to: f64) -> String {
    format!("{} to {}", decimal(from, 1), decimal(to, 1))
}

/// Terms and what they mean.
pub(crate) const GLOSSARY: [(&str, &str); 8] = [
    (
        "Fake account",
        "an account of a service, or a member of an exchange board or pod who gave at least one fake like. Owners of \
         stolen tokens are innocent: accusing one counts as false.",
    ),
    ("Listed", "accused or suspect. A suspicion takes nothing from anybody."),
    (
        "95 %",
        "the interval that holds the true share in 95 of 100 such worlds: Wilson's for accounts and targets, for likes \
         widened by how much those of one ring go together. None of few is not none: see the upper ends.",
    ),
    ("Average precision", "the area under the precision-recall curve, equal scores being one threshold."),
    ("Attacked, cover alone, clean", "targets with ordered likes; with fake likes nobody ordered; without any."),
    (
        "Error removed",
        "1 where corrected counts are the true ones, 0 where they are as wrong as reported, below 0 where worse.",
    ),
    (
        "Found, split, merged, innocent ring",
        "half of a true ring's active members in one found ring; pieces of it in several; a fifth of two true rings in \
         one; fewer than half of the members fake.",
    ),
    ("Purity", "share of a found ring's members who are of the true ring most of them are of."),
];
