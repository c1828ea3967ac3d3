//! What the copies say, in numbers and in words.

use super::gather::Endorsements;
use crate::census::Census;
use crate::evalue::ln_poisson_tail;
use crate::findings::Verdict;
use crate::fuse::{self, Dossier};
use crate::params::Params;
use crate::partition::NO_TIME;
use crate::pipeline::Outcome;
use crate::schedule::HOUR;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bits at which accounts are counted, beside the line itself.
const TAIL: [f64; 4] = [3.0, 6.64, 10.0, 15.0];

/// Two minutes, in microseconds.
const SEQUENCE: i64 = 120_000_000;

/// Endorsements of one owner from which an account counts as his fan.
const FAN_MIN: usize = 3;

/// What detection said of one log, real or copy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Accounts accused.
    pub accused: u64,
    /// Accounts worth a look.
    pub suspects: u64,
    /// Rings.
    pub rings: u64,
    /// The line of accusation in bits; none where nobody reaches it.
    pub line_bits: Option<f64>,
    /// The largest evidence that can accuse, in bits.
    pub strongest_bits: f64,
    /// Accounts with at least 3, 6.64, 10 and 15 bits of evidence that can accuse.
    pub tail: [u64; 4],
}

impl Said {
    /// Of an outcome.
    #[must_use]
    pub fn of(outcome: &Outcome, params: &Params) -> Self {
        let mut said = Self {
            rings: outcome.rings.len() as u64,
            line_bits: Some(outcome.accusation_bits).filter(|b| b.is_finite()),
            ..Self::default()
        };
        for (account, dossier) in &outcome.dossiers {
            match listed_verdict(outcome, *account, dossier, params) {
                Verdict::Inauthentic => said.accused += 1,
                Verdict::Suspect => said.suspects += 1,
                Verdict::Organic => {}
            }
            let bits = dossier.accusing_bits();
            said.strongest_bits = said.strongest_bits.max(bits);
            said.tail.iter_mut().zip(TAIL).for_each(|(n, least)| *n += u64::from(bits >= least));
        }
        said
    }
}

fn listed_verdict(outcome: &Outcome, account: u32, dossier: &Dossier, params: &Params) -> Verdict {
    let alone = fuse::verdict(dossier, outcome.accusation_bits, params);
    if outcome.roster.of(account).is_some() { alone.max(Verdict::Suspect) } else { alone }
}

/// One copy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Copy {
    /// Its seed.
    pub seed: u64,
    /// What detection said of it.
    pub said: Said,
    /// Share of endorsements that went to another account.
    pub moved: f64,
}

/// A property of innocent behaviour: as it is in the log, and in the copies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is.
    pub what: String,
    /// Share of endorsements in the log.
    pub log: f64,
    /// Mean share in the copies.
    pub copies: f64,
}

/// Shares that tell how alike a copy is: `(name, share)`.
#[must_use]
pub fn shares(
    all: &Endorsements,
    census: &Census<'_>,
    row: impl Fn(usize) -> (u32, i64, usize),
) -> Vec<(&'static str, f64)> {
    let n = all.len().max(1) as f64;
    let mut rows: Vec<(u32, i64, u32, usize)> = (0..all.len())
        .map(|place| {
            let (account, ts, facts) = row(place);
            (account, ts, all.target[place], facts)
        })
        .collect();
    rows.sort_unstable();
    let mut out = Vec::new();
    if census.timed {
        let prompt = rows.iter().filter(|r| {
            let first = census.first_ts[r.2 as usize];
            let published = census.published.map(|p| p[r.2 as usize]).filter(|p| *p != NO_TIME && *p <= first);
            r.1 - published.unwrap_or(first) <= HOUR
        });
        out.push(("within an hour after the target began", prompt.count() as f64 / n));
        let near = |a: &(u32, i64, u32, usize), b: &(u32, i64, u32, usize)| {
            a.0 == b.0 && b.1 - a.1 < SEQUENCE && census.author(a.2) != census.author(b.2)
        };
        let sitting = (0..rows.len()).filter(|i| {
            (*i > 0 && near(&rows[i - 1], &rows[*i])) || rows.get(i + 1).is_some_and(|next| near(&rows[*i], next))
        });
        out.push(("within two minutes of another by the same account", sitting.count() as f64 / n));
    }
    if census.owner.is_some() {
        let mut of: BTreeMap<(u32, u64), usize> = BTreeMap::new();
        rows.iter().for_each(|r| *of.entry((r.0, census.author(r.2))).or_default() += 1);
        let fans: usize = of.values().filter(|n| **n >= FAN_MIN).sum();
        out.push(("by fans of the owner (three or more of his targets)", fans as f64 / n));
    }
    if all.has_looks {
        let looked = rows.iter().filter(|r| all.looked(r.3)).count();
        out.push(("after a look by the same account", looked as f64 / n));
    }
    out
}

/// Whether chance accuses more than the level allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// The whole interval is within what the level allows.
    Within,
    /// The interval holds what the level allows: more copies would tell.
    #[default]
    Open,
    /// The whole interval is above.
    Above,
}

/// How many accounts chance would accuse.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    /// Mean over the copies.
    pub accused: f64,
    /// 95 % interval of that mean: Poisson (Garwood), or Student's over copies where they differ more than that, as they do
    /// when chance accuses in groups.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Copies in which anybody was accused.
    pub copies_with: u64,
    /// 95 % interval of the share of such copies (Clopper-Pearson).
    pub share_low: f64,
    /// Upper end.
    pub share_high: f64,
    /// How many the level allows: its share of the accounts accused on the log, at least of one.
    pub allowed: f64,
    /// What follows.
    pub answer: Answer,
}

impl Chance {
    /// Of the accounts accused in each copy, beside `real` accused on the log, at level `q`.
    #[must_use]
    pub fn of(accused: &[u64], real: u64, q: f64) -> Self {
        let n = accused.len() as f64;
        let sum: u64 = accused.iter().sum();
        let mean = sum as f64 / n.max(1.0);
        let (mut low, mut high) = poisson(sum);
        (low, high) = (low / n.max(1.0), high / n.max(1.0));
        if accused.len() > 1 {
            let variance = accused.iter().map(|k| (*k as f64 - mean).powi(2)).sum::<f64>() / (n - 1.0);
            if variance > mean {
                let half = crate::evaluation::interval::t_975(accused.len() as u64 - 1) * (variance / n).sqrt();
                (low, high) = (low.min((mean - half).max(0.0)), high.max(mean + half));
            }
        }
        let with = accused.iter().filter(|k| **k > 0).count() as u64;
        let (share_low, share_high) = clopper_pearson(with, accused.len() as u64);
        let allowed = q * real.max(1) as f64;
        let answer = match () {
            () if low > allowed => Answer::Above,
            () if high <= allowed => Answer::Within,
            () => Answer::Open,
        };
        Self { accused: mean, low, high, copies_with: with, share_low, share_high, allowed, answer }
    }
}

/// The result of an audit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// Name of the input.
    pub title: String,
    /// Version of the program.
    pub version: String,
    /// Level of the false discovery rate.
    pub fdr: f64,
    /// Endorsements of the log.
    pub endorsements: u64,
    /// Accounts that endorse.
    pub accounts: u64,
    /// What detection says of the log.
    pub log: Said,
    /// The copies.
    pub copies: Vec<Copy>,
    /// How many accounts chance would accuse.
    pub chance: Chance,
    /// Most that a time was moved, seconds.
    pub jitter_seconds: f64,
    /// Communities within which accounts were swapped, the rest included.
    pub communities: u64,
    /// How alike copies and log are where nothing should have changed.
    pub kept: Vec<Kept>,
    /// What the copies mean, in sentences.
    pub reading: Vec<String>,
    /// What they cannot rule out, in sentences.
    pub cannot_rule_out: Vec<String>,
}

impl Audit {
    /// Bits of [`Said::tail`], with how many accounts may reach them if nobody coordinates: a share of `2^-bits`.
    #[must_use]
    pub fn tail(&self) -> [(f64, f64); 4] {
        TAIL.map(|bits| (bits, self.accounts as f64 / bits.exp2()))
    }

    /// Puts it into words.
    pub fn put_into_words(&mut self, owners: bool) {
        self.reading = reading(self);
        self.cannot_rule_out = cannot_rule_out(self, owners);
    }
}

fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", crate::explain::count(n), if n == 1 { one } else { many })
}

fn reading(audit: &Audit) -> Vec<String> {
    let c = &audit.chance;
    let copies = audit.copies.len() as u64;
    let mut all = vec![format!(
        "On your log {} accused. On {} of it in which nobody coordinates, chance accuses {:.2} accounts a copy (95 % interval \
         {:.2} to {:.2}; anybody at all in {} of {copies}).",
        plural(audit.log.accused, "account is", "accounts are"),
        plural(copies, "copy", "copies"),
        c.accused,
        c.low,
        c.high,
        c.copies_with
    )];
    let allowed = format!("the level of {} % allows {:.2}", audit.fdr * 100.0, c.allowed);
    all.push(match c.answer {
        Answer::Within => format!("That is within what {allowed}."),
        Answer::Above => format!(
            "That is more than {allowed}: on this log the level does not hold. Lower --fdr until it does, and look into who is \
             accused in the copies."
        ),
        Answer::Open if c.accused == 0.0 => format!(
            "Nothing speaks against the level, but {} cannot show that it holds ({allowed}): about {} copies without an \
             accusation would.",
            plural(copies, "copy", "copies"),
            crate::explain::count((3.689 / c.allowed).ceil() as u64)
        ),
        Answer::Open => format!("Whether that is within the level is open ({allowed}): more --copies would tell."),
    });
    if audit.log.accused > 0 {
        let share = (c.high / audit.log.accused as f64).min(1.0);
        all.push(format!("So chance explains at most {:.1} % of the accusations on your log.", share * 100.0));
    }
    let strongest = audit.copies.iter().map(|copy| copy.said.strongest_bits).fold(0.0, f64::max);
    all.push(match audit.log.line_bits {
        Some(line) => format!("The strongest evidence in any copy is {strongest:.1} bits; on your log the line is at {line:.1}."),
        None => format!(
            "The strongest evidence in any copy is {strongest:.1} bits; on your log it is {:.1}, and nobody reaches the line.",
            audit.log.strongest_bits
        ),
    });
    all
}

/// What an audit cannot rule out.
#[must_use]
pub fn cannot_rule_out(audit: &Audit, owners: bool) -> Vec<String> {
    let moved = audit.copies.iter().map(|c| c.moved).sum::<f64>() / audit.copies.len().max(1) as f64;
    let mut all = vec![
        "It proves \"not chance\", never \"not honest\". Friends, colleagues, a school class or the readers of one newsletter act \
         together without faking anything, and no copy knows the difference: read the innocent explanation of each ring."
            .to_string(),
        "Small communities are not kept: whoever shares a niche of less than a tenth of the log is mixed with everybody else in the \
         copies, so what chance does within niches may be more than measured here."
            .to_string(),
        "Sittings are not kept: an account's endorsements come at the times of others of the same part of the day, so the copies have \
         fewer runs of endorsements within minutes (see what was kept)."
            .to_string(),
        format!(
            "{:.0} % of the endorsements went to another account; the others had nobody to change places with, and what is \
             coordinated among them is coordinated in the copies, too.",
            moved * 100.0
        ),
    ];
    if !owners {
        all.push(
            "The log names no owners: fans of one author were spread like everybody else, so the copies are calmer than a log \
             without coordination would be. Give owners (--contents, or a column) for a stricter test."
                .into(),
        );
    }
    all.push("It says nothing of those who were missed.".into());
    all
}

/// Garwood's 95 % interval of a Poisson mean, given one count.
fn poisson(count: u64) -> (f64, f64) {
    let k = count.min(u64::from(u32::MAX)) as u32;
    // P(X >= k) = 2.5 % at the lower end, P(X <= k) = 2.5 % at the upper.
    let low = if k == 0 { 0.0 } else { bisect(0.0, f64::from(k), |m| ln_poisson_tail(k, m).exp() < 0.025) };
    let far = f64::from(k) + 10.0 * f64::from(k + 1).sqrt() + 10.0;
    let high = bisect(f64::from(k), far, |m| 1.0 - ln_poisson_tail(k + 1, m).exp() > 0.025);
    (low, high)
}

/// Clopper and Pearson's 95 % interval of a share.
fn clopper_pearson(hits: u64, total: u64) -> (f64, f64) {
    if total == 0 {
        return (0.0, 1.0);
    }
    // P(X >= hits) for a binomial, by its terms.
    let at_least = |hits: u64, p: f64| -> f64 {
        let mut term = (1.0 - p).powi(total as i32);
        let mut below = 0.0;
        for k in 0..hits {
            below += term;
            term *= (total - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
        }
        1.0 - below
    };
    let low = if hits == 0 { 0.0 } else { bisect(0.0, 1.0, |p| at_least(hits, p) < 0.025) };
    let high = if hits == total { 1.0 } else { bisect(0.0, 1.0, |p| 1.0 - at_least(hits + 1, p) > 0.025) };
    (low, high)
}

/// Where a condition that holds from the left on ends.
fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if holds(middle) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_as_in_the_books() {
        let near = |a: f64, b: f64| (a - b).abs() < 2e-3;
        // Garwood: 0, 1, 10 events.
        for (count, low, high) in [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390)] {
            let (l, h) = poisson(count);
            assert!(near(l, low) && near(h, high), "{count}: {l} {h}");
        }
        for (hits, total, low, high) in [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (10, 10, 0.6915, 1.0)] {
            let (l, h) = clopper_pearson(hits, total);
            assert!(near(l, low) && near(h, high), "{hits} of {total}: {l} {h}");
        }
    }

    #[test]
    fn the_answer_follows_the_interval() {
        // 1 % of 500 accused: five may be by chance.
        assert_eq!(Chance::of(&[0; 20], 500, 0.01).answer, Answer::Within);
        assert_eq!(Chance::of(&[0; 20], 0, 0.01).answer, Answer::Open, "0.01 allowed, 0.18 not excluded");
        assert_eq!(Chance::of(&[20, 25, 19, 22], 500, 0.01).answer, Answer::Above);
        // Forty at once, once: not as sure as forty independent accusations.
        let clustered = Chance::of(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 40], 100, 0.01);
        assert_eq!(clustered.answer, Answer::Open);
        assert!(clustered.low == 0.0 && clustered.high > 10.0, "{clustered:?}");
        let even = Chance::of(&[4; 10], 100, 0.01);
        assert!(even.low > 2.5 && even.high < 6.0 && even.copies_with == 10);
    }
}
