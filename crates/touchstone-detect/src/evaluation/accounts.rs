//! Who was accused, and who should have been.
//!
//! Fake are accounts of services, and members of exchanges and pods who gave a fake like. Everybody
//! else is innocent, owners of stolen tokens too: accusing one is harm and counts as false. Only
//! accounts with a like in the log count.

use super::interval::Rate;
use super::material::{Account, Labels, NONE, Role};
use super::ranking::{self, Ranking};
use crate::findings::Verdict;
use serde::{Deserialize, Serialize};

/// Numbers on accounts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountsEvaluation {
    /// Accounts with a like in the log.
    pub total: u64,
    /// Fake ones among them.
    pub fake: u64,
    /// Accused ones.
    pub accused: u64,
    /// Suspects.
    pub suspects: u64,
    /// Accused who are fake, of the accused.
    pub precision: Rate,
    /// Accused who are innocent, of the accused.
    pub false_discovery_rate: Rate,
    /// Accused who are fake, of the fake.
    pub recall: Rate,
    /// Accused or suspected who are fake, of the fake.
    pub listed_recall: Rate,
    /// Accused or suspected who are fake, of the accused or suspected.
    pub listed_precision: Rate,
    /// Harmonic mean of precision and recall; none where nobody is accused or nobody fake.
    pub f1: Option<f64>,
    /// Innocents who are accused, by who they are.
    pub harmed: Harmed,
    /// The ranking by evidence in bits; none where findings have no bits.
    pub ranking: Option<Ranking>,
    /// Accounts of services, and members who gave fake likes.
    pub by_role: Vec<RoleRow>,
    /// By attack.
    pub by_attack: Vec<AttackRow>,
    /// Innocents by what they look like; one in two groups counts in both rows.
    pub by_look_alike: Vec<LookAlikeRow>,
}

/// Innocents who are accused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Harmed {
    /// All of them.
    pub total: u64,
    /// People who mean every like.
    pub people: u64,
    /// Owners of stolen tokens.
    pub token_owners: u64,
    /// Members of exchanges and pods who gave no fake like.
    pub members_without_fake_likes: u64,
}

/// Fake accounts of a role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoleRow {
    /// operated or member.
    pub role: String,
    /// Accused of the fake.
    pub recall: Rate,
    /// Accused or suspected of the fake.
    pub listed: Rate,
}

/// Fake accounts of an attack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttackRow {
    /// Its name.
    pub attack: String,
    /// Accused of its fake accounts.
    pub recall: Rate,
    /// Accused or suspected of its fake accounts.
    pub listed: Rate,
    /// Accused of the innocent owners of tokens that it uses.
    pub token_owners: Rate,
}

/// Innocents of a kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LookAlikeRow {
    /// The kind, or nobody_special, token_owner, member_without_fake_likes, member (of likes alone:
    /// a member who gave fake likes is no innocent).
    pub look_alike: String,
    /// Accused of them.
    pub accused: Rate,
    /// Suspects of them.
    pub suspects: Rate,
}

/// Accounts of some sort, by verdict.
#[derive(Clone, Copy, Default)]
struct Tally {
    total: u64,
    accused: u64,
    suspects: u64,
}

impl Tally {
    fn add(&mut self, verdict: Verdict) {
        self.total += 1;
        self.accused += u64::from(verdict == Verdict::Inauthentic);
        self.suspects += u64::from(verdict == Verdict::Suspect);
    }

    fn accused_rate(&self) -> Rate {
        Rate::of(self.accused, self.total)
    }

    fn suspect_rate(&self) -> Rate {
        Rate::of(self.suspects, self.total)
    }

    fn listed_rate(&self) -> Rate {
        Rate::of(self.accused + self.suspects, self.total)
    }
}

/// Counts everybody.
pub(super) fn accounts(accounts: &[Account], labels: Labels<'_>, bits: bool) -> AccountsEvaluation {
    let innocents = labels.innocents();
    let (mut all, mut fake) = (Tally::default(), Tally::default());
    let mut harmed = Harmed::default();
    let mut roles = [Tally::default(); 2];
    let mut attacks = vec![(Tally::default(), Tally::default()); labels.attacks.len()];
    let mut kinds = vec![Tally::default(); innocents.len()];
    for a in accounts.iter().filter(|a| a.endorses()) {
        all.add(a.verdict);
        let attack = attacks.get_mut(a.attack as usize).filter(|_| a.attack != NONE);
        if a.is_fake() {
            fake.add(a.verdict);
            roles[usize::from(a.role == Role::Member)].add(a.verdict);
            if let Some((fakes, _)) = attack {
                fakes.add(a.verdict);
            }
            continue;
        }
        if a.verdict == Verdict::Inauthentic {
            harmed.total += 1;
            harmed.people += u64::from(a.role == Role::Person);
            harmed.token_owners += u64::from(a.role == Role::TokenOwner);
            harmed.members_without_fake_likes += u64::from(a.role == Role::Member);
        }
        if let (Some((_, owners)), Role::TokenOwner) = (attack, a.role) {
            owners.add(a.verdict);
        }
        labels.rows_of(a).for_each(|row| kinds[row].add(a.verdict));
    }
    let precision = Rate::of(fake.accused, all.accused);
    let recall = fake.accused_rate();
    AccountsEvaluation {
        total: all.total,
        fake: fake.total,
        accused: all.accused,
        suspects: all.suspects,
        precision,
        false_discovery_rate: precision.complement(),
        recall,
        listed_recall: fake.listed_rate(),
        listed_precision: Rate::of(fake.accused + fake.suspects, all.accused + all.suspects),
        f1: precision.rate.zip(recall.rate).map(|(p, r)| ranking::f1(p, r)),
        harmed,
        ranking: bits.then(|| rank(accounts)),
        by_role: ["operated", "member"]
            .into_iter()
            .zip(roles)
            .map(|(role, t)| RoleRow { role: role.into(), recall: t.accused_rate(), listed: t.listed_rate() })
            .collect(),
        by_attack: labels
            .attacks
            .iter()
            .zip(attacks)
            .map(|(attack, (fakes, owners))| AttackRow {
                attack: attack.clone(),
                recall: fakes.accused_rate(),
                listed: fakes.listed_rate(),
                token_owners: owners.accused_rate(),
            })
            .collect(),
        by_look_alike: innocents
            .into_iter()
            .zip(kinds)
            .map(|(look_alike, t)| LookAlikeRow { look_alike, accused: t.accused_rate(), suspects: t.suspect_rate() })
            .collect(),
    }
}

fn rank(accounts: &[Account]) -> Ranking {
    let mut rows: Vec<(f64, bool)> = accounts.iter().filter(|a| a.endorses()).map(|a| (a.bits, a.is_fake())).collect();
    ranking::ranking(&mut rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(role: Role, fake_likes: u64, verdict: Verdict, bits: f64) -> Account {
        let attack = if role == Role::Person { NONE } else { u32::from(role == Role::TokenOwner) };
        Account { role, attack, ring: NONE, look_alikes: 0, likes: 5, fake_likes, verdict, bits }
    }

    #[test]
    fn by_hand() {
        use Role::{Member, Operated, Person, TokenOwner};
        use Verdict::{Inauthentic, Organic, Suspect};
        let (attacks, look_alikes) = (["farm".to_owned(), "tokens".to_owned()], ["fan".to_owned(), "class".to_owned()]);
        let labels = Labels { attacks: &attacks, look_alikes: &look_alikes };
        let mut rows = vec![
            account(Operated, 5, Inauthentic, 20.0),
            account(Operated, 5, Suspect, 8.0),
            account(Operated, 5, Organic, 0.0),
            account(Member, 1, Inauthentic, 19.0),
            account(Member, 0, Inauthentic, 18.0),
            account(TokenOwner, 4, Inauthentic, 17.0),
            account(Person, 0, Inauthentic, 16.0),
            account(Person, 0, Suspect, 1.0),
            account(Person, 0, Organic, 0.0),
            // Gave no like: does not count at all.
            Account { likes: 0, ..account(Operated, 0, Organic, f64::NEG_INFINITY) },
        ];
        rows[6].look_alikes = 0b11;
        rows[7].look_alikes = 0b01;
        let e = super::accounts(&rows, labels, true);
        assert_eq!((e.total, e.fake, e.accused, e.suspects), (9, 4, 5, 2));
        assert_eq!((e.precision.rate, e.recall.rate), (Some(0.4), Some(0.5)));
        assert_eq!((e.false_discovery_rate.hits, e.listed_recall.hits, e.listed_precision.hits), (3, 3, 3));
        let harmed = Harmed { total: 3, people: 1, token_owners: 1, members_without_fake_likes: 1 };
        assert_eq!(e.harmed, harmed);
        let roles: Vec<_> = e.by_role.iter().map(|r| (r.role.as_str(), r.recall.hits, r.recall.total)).collect();
        assert_eq!(roles, [("operated", 1, 3), ("member", 1, 1)]);
        let rows_by_attack: Vec<_> =
            e.by_attack.iter().map(|r| (r.recall.hits, r.recall.total, r.listed.hits, r.token_owners.total)).collect();
        assert_eq!(rows_by_attack, [(2, 4, 3, 0), (0, 0, 0, 1)]);
        let kinds: Vec<_> = e
            .by_look_alike
            .iter()
            .map(|r| (r.look_alike.as_str(), r.accused.hits, r.suspects.hits, r.accused.total))
            .collect();
        assert_eq!(
            kinds,
            [
                ("fan", 1, 1, 2),
                ("class", 1, 0, 1),
                ("nobody_special", 0, 0, 1),
                ("token_owner", 1, 0, 1),
                ("member_without_fake_likes", 1, 0, 1),
                ("member", 0, 0, 0),
            ]
        );
        // Fake at ranks 1, 2, 6, and in the tie of 8 and 9.
        let ap = (1.0 + 1.0 + 3.0 / 6.0 + 4.0 / 9.0) / 4.0;
        assert!((e.ranking.unwrap().average_precision.unwrap() - ap).abs() < 1e-12);
    }
}
