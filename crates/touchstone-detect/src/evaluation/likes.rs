//! Which likes were called fake, and which are.
//!
//! A like is called fake from a p_fake of 0.5 up. Cover likes (fake ones that nobody ordered, placed
//! to look natural) are told apart: `directed` leaves them out, `all` has them among the fake, and
//! `cover` says what became of them.
//!
//! Likes of one ring rise and fall together, as do those of one account: intervals are by cluster,
//! the ring of the account where it has one, else the account ([`Clustered`]).

use super::interval::{Clustered, MassRate, Rate};
use super::material::{Account, Labels, Like, Likes, NO_ATTACK, NONE};
use super::ranking::{self, CurvePoint, Ranking};
use serde::{Deserialize, Serialize};

/// From this p_fake up a like is called fake.
pub const THRESHOLD: f64 = 0.5;

/// Numbers on likes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LikesEvaluation {
    /// See [`THRESHOLD`].
    pub threshold: f64,
    /// Likes compared.
    pub total: u64,
    /// Fake ones among them, cover included.
    pub fake: u64,
    /// Likes of the log that are not in the findings: taken as p_fake 0.
    pub not_in_findings: u64,
    /// Likes of the findings that were taken back in the log: compared with what they were.
    pub taken_back: u64,
    /// Likes of the findings that the log does not have: left out.
    pub unknown: u64,
    /// Without cover likes.
    pub directed: Metrics,
    /// With cover likes among the fake.
    pub all: Metrics,
    /// Cover likes alone.
    pub cover: LikesRow,
    /// Directed fake likes by attack: recall.
    pub by_attack: Vec<LikesRow>,
    /// Authentic likes by what the liker looks like: false calls.
    pub by_look_alike: Vec<LikesRow>,
    /// Precision and recall of `directed` by threshold.
    pub curve: Vec<CurvePoint>,
}

/// Precision, recall and their kin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Fake of the called.
    pub precision: Rate,
    /// Authentic of the called.
    pub false_discovery_rate: Rate,
    /// Called of the fake.
    pub recall: Rate,
    /// Of the ranking by p_fake; none without fake likes.
    pub average_precision: Option<f64>,
    /// Sum of p_fake on fake likes, of the sum on all.
    pub mass_precision: MassRate,
    /// Sum of p_fake on fake likes, of their number.
    pub mass_recall: MassRate,
    /// Sum of p_fake on authentic likes, of their number.
    pub mass_on_authentic: MassRate,
}

/// Some likes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LikesRow {
    /// Which.
    pub name: String,
    /// Called fake of them.
    pub called: Rate,
    /// Sum of p_fake on them, of their number.
    pub mass: MassRate,
}

/// Likes of one cluster that belong together: number, called, sum of p_fake.
#[derive(Clone, Copy, Default)]
struct Group {
    total: u64,
    called: u64,
    mass: f64,
}

impl Group {
    fn add(&mut self, like: &Like) {
        self.total += 1;
        self.called += u64::from(like.p_fake >= THRESHOLD);
        self.mass += like.p_fake;
    }
}

/// A row over clusters.
#[derive(Clone, Copy, Default)]
struct Row {
    called: Clustered,
    mass: Clustered,
    likes: u64,
}

impl Row {
    fn add(&mut self, g: Group) {
        self.called.add(g.called as f64, g.total as f64);
        self.mass.add(g.mass, g.total as f64);
        self.likes += g.total;
    }

    fn finish(&self, name: String) -> LikesRow {
        LikesRow { name, called: self.called.rate(), mass: self.mass.mass_rate(self.likes) }
    }
}

/// Metrics over clusters.
#[derive(Clone, Copy, Default)]
struct Sums {
    precision: Clustered,
    mass_precision: Clustered,
    fake: Row,
    authentic: Row,
}

impl Sums {
    fn add(&mut self, fake: Group, authentic: Group) {
        self.precision.add(fake.called as f64, (fake.called + authentic.called) as f64);
        self.mass_precision.add(fake.mass, fake.mass + authentic.mass);
        self.fake.add(fake);
        self.authentic.add(authentic);
    }

    fn finish(&self, average_precision: Option<f64>) -> Metrics {
        let precision = self.precision.rate();
        Metrics {
            precision,
            false_discovery_rate: precision.complement(),
            recall: self.fake.called.rate(),
            average_precision,
            mass_precision: self.mass_precision.mass_rate(self.fake.likes + self.authentic.likes),
            mass_recall: self.fake.mass.mass_rate(self.fake.likes),
            mass_on_authentic: self.authentic.mass.mass_rate(self.authentic.likes),
        }
    }
}

/// Counts all likes.
pub(super) fn likes(mut likes: Likes, accounts: &[Account], labels: Labels<'_>) -> LikesEvaluation {
    let cluster = |like: &Like| match accounts[like.account as usize].ring {
        NONE => (1, like.account),
        ring => (0, ring),
    };
    // Within a cluster by value, so that sums do not depend on the order of rows.
    likes.rows.sort_unstable_by(|a, b| {
        let key = |l: &Like| (cluster(l), l.account, l.attack, l.fake, l.cover);
        key(a).cmp(&key(b)).then(a.p_fake.total_cmp(&b.p_fake))
    });
    let innocents = labels.innocents();
    let (mut directed, mut all, mut cover) = (Sums::default(), Sums::default(), Row::default());
    let mut attacks = vec![Row::default(); labels.attacks.len()];
    let mut kinds = vec![Row::default(); innocents.len()];
    for one in likes.rows.chunk_by(|a, b| cluster(a) == cluster(b)) {
        let (mut fake, mut placed, mut authentic) = (Group::default(), Group::default(), Group::default());
        let mut both = Group::default();
        let mut by_attack = vec![Group::default(); if cluster(&one[0]).0 == 0 { attacks.len() } else { 0 }];
        let mut by_kind = vec![Group::default(); kinds.len()];
        for like in one {
            let account = &accounts[like.account as usize];
            match (like.fake, like.cover) {
                (false, _) => {
                    authentic.add(like);
                    labels.rows_of(account).for_each(|row| by_kind[row].add(like));
                }
                (true, true) => placed.add(like),
                (true, false) => {
                    fake.add(like);
                    if let (false, Some(group)) =
                        (like.attack == NO_ATTACK, by_attack.get_mut(usize::from(like.attack)))
                    {
                        group.add(like);
                    }
                }
            }
            if like.fake {
                both.add(like);
            }
        }
        directed.add(fake, authentic);
        all.add(both, authentic);
        cover.add(placed);
        attacks.iter_mut().zip(by_attack).for_each(|(row, group)| row.add(group));
        kinds.iter_mut().zip(by_kind).for_each(|(row, group)| row.add(group));
    }
    let ranked = rank(&likes.rows, |l| !l.cover);
    let ranked_all = rank(&likes.rows, |_| true);
    LikesEvaluation {
        threshold: THRESHOLD,
        total: likes.rows.len() as u64,
        fake: all.fake.likes,
        not_in_findings: likes.not_in_findings,
        taken_back: likes.taken_back,
        unknown: likes.unknown,
        directed: directed.finish(ranked.average_precision),
        all: all.finish(ranked_all.average_precision),
        cover: cover.finish("cover".into()),
        by_attack: labels.attacks.iter().zip(attacks).map(|(name, row)| row.finish(name.clone())).collect(),
        by_look_alike: innocents.into_iter().zip(kinds).map(|(name, row)| row.finish(name)).collect(),
        curve: ranked.curve,
    }
}

fn rank(likes: &[Like], keep: impl Fn(&Like) -> bool) -> Ranking {
    let mut rows: Vec<(f64, bool)> = likes.iter().filter(|l| keep(l)).map(|l| (l.p_fake, l.fake)).collect();
    ranking::ranking(&mut rows)
}

#[cfg(test)]
mod tests {
    use super::super::material::Role;
    use super::*;
    use crate::findings::Verdict;

    fn account(role: Role, ring: u32, look_alikes: u32) -> Account {
        let verdict = Verdict::Organic;
        Account {
            role,
            attack: ring,
            ring,
            look_alikes,
            likes: 9,
            fake_likes: u64::from(ring != NONE),
            verdict,
            bits: 0.0,
        }
    }

    #[test]
    fn by_hand() {
        let (attacks, look_alikes) = (["farm".to_owned(), "pod".to_owned()], ["fan".to_owned()]);
        let labels = Labels { attacks: &attacks, look_alikes: &look_alikes };
        let accounts = [
            account(Role::Operated, 0, 0),
            account(Role::Member, 1, 0),
            account(Role::Person, NONE, 1),
            account(Role::Person, NONE, 0),
        ];
        let like = |account, p_fake, fake, cover| Like {
            p_fake,
            account,
            attack: if fake { account as u16 } else { NO_ATTACK },
            fake,
            cover,
        };
        let rows = vec![
            like(0, 0.9, true, false),
            like(0, 0.5, true, false),
            like(0, 0.7, true, true),
            like(1, 0.1, true, false),
            like(1, 0.6, false, false),
            like(2, 0.2, false, false),
            like(2, 0.0, false, false),
            like(3, 0.0, false, false),
        ];
        let e = super::likes(Likes { rows, ..Likes::default() }, &accounts, labels);
        assert_eq!((e.total, e.fake), (8, 4));
        let counts = |r: Rate| (r.hits, r.total);
        assert_eq!((counts(e.directed.precision), counts(e.directed.recall)), ((2, 3), (2, 3)));
        assert_eq!((counts(e.all.precision), counts(e.all.recall)), ((3, 4), (3, 4)));
        assert_eq!(counts(e.cover.called), (1, 1));
        assert_eq!(counts(e.directed.false_discovery_rate), (1, 3));
        let near = |a: Option<f64>, b: f64| (a.unwrap() - b).abs() < 1e-12;
        assert!(near(e.directed.mass_precision.rate, 1.5 / 2.3));
        assert!(near(e.directed.mass_recall.rate, 1.5 / 3.0));
        assert!(near(e.directed.mass_on_authentic.rate, 0.8 / 4.0));
        // Without cover: right, wrong (0.6), right (0.5), wrong (0.2), right (0.1).
        assert!(near(e.directed.average_precision, (1.0 + 2.0 / 3.0 + 3.0 / 5.0) / 3.0));
        // With cover: two right, wrong, right, wrong, right.
        assert!(near(e.all.average_precision, (1.0 + 1.0 + 3.0 / 4.0 + 4.0 / 6.0) / 4.0));
        let rows: Vec<_> = e.by_attack.iter().map(|r| (r.name.as_str(), counts(r.called))).collect();
        assert_eq!(rows, [("farm", (2, 2)), ("pod", (0, 1))]);
        let rows: Vec<_> = e.by_look_alike.iter().map(|r| (r.name.as_str(), counts(r.called))).collect();
        assert_eq!(
            rows,
            [
                ("fan", (0, 2)),
                ("nobody_special", (0, 1)),
                ("token_owner", (0, 0)),
                ("member_without_fake_likes", (0, 0)),
                ("member", (1, 1)),
            ]
        );
    }
}
