//! What is compared: the truth about each row, beside what was found.

use crate::findings::Verdict;

/// No attack, no ring.
pub const NONE: u32 = u32::MAX;

/// What an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A person who means every like.
    Person,
    /// A person in an exchange board or pod.
    Member,
    /// A person whose access token a service uses: innocent, whatever the account does.
    TokenOwner,
    /// An account of a service.
    Operated,
}

impl Role {
    /// The role that the truth files call so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "person" => Self::Person,
            "member" => Self::Member,
            "token_owner" => Self::TokenOwner,
            "operated" => Self::Operated,
            _ => return None,
        })
    }
}

/// An account of the truth with what was found on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Account {
    /// What it is.
    pub role: Role,
    /// Its attack, an index into [`Material::attacks`], or [`NONE`].
    pub attack: u32,
    /// Its true ring, an index into [`Rings::truth`], or [`NONE`].
    pub ring: u32,
    /// Look-alike groups it is in: bit `k` stands for [`Material::look_alikes`]`[k]`.
    pub look_alikes: u32,
    /// Likes given, taken back or not.
    pub likes: u64,
    /// Fake ones among them.
    pub fake_likes: u64,
    /// As found; organic where the findings do not mention it.
    pub verdict: Verdict,
    /// Evidence as found, in bits; minus infinity where the findings do not mention it.
    pub bits: f64,
}

impl Account {
    /// True for whom an accusation is right: accounts of services, and members of exchanges and pods
    /// who gave at least one fake like. The owner of a stolen token is not.
    #[must_use]
    pub fn is_fake(&self) -> bool {
        match self.role {
            Role::Operated => true,
            Role::Member => self.fake_likes > 0,
            Role::Person | Role::TokenOwner => false,
        }
    }

    /// True if it gave a like: others cannot be found by their likes.
    #[must_use]
    pub fn endorses(&self) -> bool {
        self.likes > 0
    }
}

/// A like: the last state of one account on one target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Like {
    /// Probability that it is fake, as found; 0 where the findings do not have it.
    pub p_fake: f64,
    /// Who gave it, an index into [`Material::accounts`].
    pub account: u32,
    /// For which attack, an index into [`Material::attacks`], or [`NO_ATTACK`].
    pub attack: u16,
    /// Whether it is fake.
    pub fake: bool,
    /// Whether it is a fake one that nobody ordered, placed to look natural.
    pub cover: bool,
}

/// No attack, in a [`Like`].
pub const NO_ATTACK: u16 = u16::MAX;

/// Likes of findings and truth, matched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likes {
    /// One a like of either.
    pub rows: Vec<Like>,
    /// Likes that stand in the log and are not in the findings: counted with p_fake 0.
    pub not_in_findings: u64,
    /// Likes of the findings that were taken back in the log: counted with what they were.
    pub taken_back: u64,
    /// Likes of the findings that the log does not have: left out.
    pub unknown: u64,
}

/// A target of the truth with what was found on it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Target {
    /// Likes that stand at the end of the log.
    pub reported: u64,
    /// Those of them that are meant.
    pub authentic: u64,
    /// Whether bought or exchanged likes were ever placed.
    pub attacked: bool,
    /// Whether somebody ordered likes for it.
    pub ordered: bool,
    /// As found; none where the findings do not mention it.
    pub found: Option<Corrected>,
    /// Whether the findings list a burst that they stand by.
    pub burst: bool,
}

/// A corrected count as found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Corrected {
    /// Likes as counted by the detection.
    pub reported: u64,
    /// Of them authentic.
    pub authentic: f64,
    /// The 95 % interval, where there is one.
    pub interval: Option<(f64, f64)>,
}

/// Targets with a like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// Targets that have likes at the end of the log, or in the findings.
    pub rows: Vec<Target>,
    /// Whether the findings say which targets have bursts.
    pub bursts_known: bool,
    /// Targets of the findings that the truth does not have: left out.
    pub unknown: u64,
}

/// A true ring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrueRing {
    /// Its name.
    pub name: String,
    /// Its attack.
    pub attack: String,
    /// farm, exchange, pod or collusion.
    pub kind: String,
    /// All its members, indices into [`Material::accounts`].
    pub members: Vec<u32>,
}

/// A ring as found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundRing {
    /// Its name.
    pub name: String,
    /// Its kind, where the findings say it.
    pub kind: Option<String>,
    /// Its members, indices into [`Material::accounts`].
    pub members: Vec<u32>,
}

/// Rings of both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rings {
    /// The true ones.
    pub truth: Vec<TrueRing>,
    /// The found ones.
    pub found: Vec<FoundRing>,
}

/// All that is compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Material {
    /// Names of attacks.
    pub attacks: Vec<String>,
    /// Kinds of look-alikes, at most 32.
    pub look_alikes: Vec<String>,
    /// All accounts of the truth.
    pub accounts: Vec<Account>,
    /// Whether the findings have verdicts.
    pub verdicts: bool,
    /// Whether the findings have evidence in bits.
    pub bits: bool,
    /// Likes, if the findings have them.
    pub likes: Option<Likes>,
    /// Targets, if the findings have them.
    pub targets: Option<Targets>,
    /// Rings, if the findings have them.
    pub rings: Option<Rings>,
    /// What is missing.
    pub not_evaluated: Vec<super::Gap>,
    /// What is odd.
    pub notes: Vec<String>,
}

/// Names of attacks and look-alikes, for the rows of tables.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    /// Names of attacks.
    pub attacks: &'a [String],
    /// Kinds of look-alikes.
    pub look_alikes: &'a [String],
}

/// Rows of innocents: look-alikes, and those who are none.
pub const NOBODY_SPECIAL: &str = "nobody_special";
/// The row of owners of stolen tokens.
pub const TOKEN_OWNER: &str = "token_owner";
/// The row of members of exchanges and pods who gave no fake like.
pub const IDLE_MEMBER: &str = "member_without_fake_likes";
/// The row of members of exchanges and pods who gave fake likes: of what they like for themselves.
pub const MEMBER: &str = "member";

impl Labels<'_> {
    /// Rows for what is innocent, in order: each look-alike, then the other four.
    pub(super) fn innocents(&self) -> Vec<String> {
        let others = [NOBODY_SPECIAL, TOKEN_OWNER, IDLE_MEMBER, MEMBER].map(str::to_owned);
        self.look_alikes.iter().cloned().chain(others).collect()
    }

    /// The rows an account counts in, by place in [`Labels::innocents`]. Owners of tokens and members
    /// have rows of their own alone: what happens to them is not a look-alike's doing.
    pub(super) fn rows_of(&self, account: &Account) -> impl Iterator<Item = usize> {
        let n = self.look_alikes.len();
        let (mut mask, single) = match account.role {
            Role::Person if account.look_alikes == 0 => (0, Some(n)),
            Role::Person => (account.look_alikes, None),
            Role::TokenOwner => (0, Some(n + 1)),
            Role::Member => (0, Some(n + 2 + usize::from(account.is_fake()))),
            Role::Operated => (0, None),
        };
        let marked = std::iter::from_fn(move || {
            let bit = mask.trailing_zeros() as usize;
            (mask != 0).then(|| {
                mask &= mask - 1;
                bit
            })
        });
        marked.chain(single)
    }
}
