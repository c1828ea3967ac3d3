//! What a round did, by the truth: to the attacker's likes and to innocents.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io;
use std::path::Path;

use arrow_array::{Array, BooleanArray, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::attacker::{Outcome, OwnLike};

/// A like in the defender's eyes.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Who likes.
    pub actor: String,
    /// What.
    pub target: String,
    /// Share of it that is taken off the count, 0 to 1.
    pub discounted: f64,
}

/// What a defender says of a log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judgement {
    /// Every like that stands, discounted or not.
    pub likes: Vec<Judged>,
    /// Accounts that it accuses.
    pub accused: Vec<String>,
}

/// What was done to innocents: people who mean every like and gave at least one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Harm {
    pub(super) innocents: u64,
    pub(super) innocents_accused: u64,
    pub(super) likes: u64,
    pub(super) likes_discounted: f64,
}

/// What the attacker sees, how many of its accounts were accused, and the harm.
#[derive(Debug, Clone, Default)]
pub(super) struct Score {
    pub(super) outcome: Outcome,
    pub(super) attackers_accused: u64,
    pub(super) harm: Harm,
}

/// What a fake like was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fake {
    /// The attacker sold it.
    Sold,
    /// The attacker's cover, or somebody else's.
    Other,
}

/// Joins a judgement with the truth of the world in `folder`; the attacker's service is `name`.
pub(super) fn score(folder: &Path, name: &str, judgement: &Judgement) -> io::Result<Score> {
    let (people, operated) = accounts(folder, name)?;
    let fakes = fakes(folder, name)?;
    let accused: BTreeSet<&str> = judgement.accused.iter().map(String::as_str).collect();
    // Sums must not depend on the order in which a defender lists likes.
    let mut likes: Vec<&Judged> = judgement.likes.iter().collect();
    likes.sort_unstable_by(|a, b| (&a.actor, &a.target).cmp(&(&b.actor, &b.target)));
    let mut score = Score::default();
    score.outcome.accounts = operated.len();
    score.attackers_accused = operated.iter().filter(|account| accused.contains(account.as_str())).count() as u64;
    let mut innocents: BTreeSet<&str> = BTreeSet::new();
    for like in likes {
        match fakes.get(&(like.actor.clone(), like.target.clone())) {
            Some(Fake::Sold) => {
                score.outcome.likes.push(OwnLike { account: like.actor.clone(), discounted: like.discounted });
            }
            Some(Fake::Other) => {}
            None if people.contains(&like.actor) => {
                innocents.insert(&like.actor);
                score.harm.likes += 1;
                score.harm.likes_discounted += like.discounted;
            }
            None => {}
        }
    }
    score.harm.innocents = innocents.len() as u64;
    score.harm.innocents_accused = innocents.intersection(&accused).count() as u64;
    Ok(score)
}

/// Innocent people, and the attacker's accounts.
fn accounts(folder: &Path, name: &str) -> io::Result<(BTreeSet<String>, BTreeSet<String>)> {
    let (mut people, mut operated) = (BTreeSet::new(), BTreeSet::new());
    each(&folder.join("truth_accounts.parquet"), &["account", "role", "attack", "fake_likes"], |batch| {
        let (account, role) = (texts(batch, "account")?, texts(batch, "role")?);
        let (attack, fake) = (texts(batch, "attack")?, column::<Int64Array>(batch, "fake_likes")?);
        for row in 0..batch.num_rows() {
            if attack.is_valid(row) && attack.value(row) == name {
                operated.insert(account.value(row).to_owned());
            } else if role.value(row) == "person" && fake.value(row) == 0 {
                people.insert(account.value(row).to_owned());
            }
        }
        Ok(())
    })?;
    Ok((people, operated))
}

/// Fake likes, by actor and target. Where a pair has several, the one that was sold counts.
fn fakes(folder: &Path, name: &str) -> io::Result<BTreeMap<(String, String), Fake>> {
    // Looked up by event alone, never walked through.
    let mut events: HashMap<String, Fake> = HashMap::new();
    each(&folder.join("truth_events.parquet"), &["event_id", "fake", "attack", "reason"], |batch| {
        let (id, fake) = (texts(batch, "event_id")?, column::<BooleanArray>(batch, "fake")?);
        let (attack, reason) = (texts(batch, "attack")?, texts(batch, "reason")?);
        for row in (0..batch.num_rows()).filter(|&row| fake.value(row)) {
            let own = attack.is_valid(row) && attack.value(row) == name;
            let kind = if own && reason.value(row) != "cover" { Fake::Sold } else { Fake::Other };
            events.insert(id.value(row).to_owned(), kind);
        }
        Ok(())
    })?;
    let mut pairs = BTreeMap::new();
    each(&folder.join("events.parquet"), &["event_id", "actor", "target", "kind"], |batch| {
        let (id, kind) = (texts(batch, "event_id")?, texts(batch, "kind")?);
        let (actor, target) = (texts(batch, "actor")?, texts(batch, "target")?);
        for row in (0..batch.num_rows()).filter(|&row| kind.value(row) == "like") {
            let Some(&fake) = events.get(id.value(row)) else { continue };
            let entry = pairs.entry((actor.value(row).to_owned(), target.value(row).to_owned())).or_insert(fake);
            if fake == Fake::Sold {
                *entry = fake;
            }
        }
        Ok(())
    })?;
    Ok(pairs)
}

/// Reads some columns of a file, a batch at a time.
fn each(path: &Path, names: &[&str], mut work: impl FnMut(&RecordBatch) -> io::Result<()>) -> io::Result<()> {
    let within = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let builder = File::open(path)
        .and_then(|file| ParquetRecordBatchReaderBuilder::try_new(file).map_err(io::Error::other))
        .map_err(within)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    let reader = builder.with_projection(mask).build().map_err(io::Error::other).map_err(within)?;
    for batch in reader {
        batch.map_err(io::Error::other).and_then(|batch| work(&batch)).map_err(within)?;
    }
    Ok(())
}

fn texts<'a>(batch: &'a RecordBatch, name: &str) -> io::Result<&'a StringArray> {
    column(batch, name)
}

fn column<'a, T: 'static>(batch: &'a RecordBatch, name: &str) -> io::Result<&'a T> {
    let array = batch.column_by_name(name).and_then(|array| array.as_any().downcast_ref());
    array.ok_or_else(|| io::Error::other(format!("has no column {name} of the type that was written")))
}
