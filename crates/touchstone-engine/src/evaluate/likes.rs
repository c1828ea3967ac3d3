//! Single likes of findings and truth, matched by (account, target).
//!
//! A detection keeps one endorsement of each account on each target. The truth is told by event, whose id may stand on
//! several rows of the log (a client that sent it twice), in any order. Memory is 32 bytes a like event and 16 a like,
//! whatever else the log holds.

use super::EvaluateError;
use super::table::{Rows, Table, find};
use super::truth::Known;
use crate::store::Progress;
use crate::store::intern::{NO_ID, hash_bytes};
use rayon::prelude::*;
use std::path::Path;
use touchstone_detect::evaluation::material::{Like, Likes, NO_ATTACK};

/// A like of the log, or one taken back.
#[derive(Clone, Copy)]
struct Event {
    pair: u64,
    /// When, in microseconds since 1970 UTC: rows may come late.
    at: i64,
    attack: u16,
    flags: u8,
}

const LIKE: u8 = 1;
const FAKE: u8 = 2;
const COVER: u8 = 4;
const TOLD: u8 = 8;

/// A like of the findings.
type Found = (u64, f64);

/// Reads and matches; also says how many events the log has.
pub(super) fn read(
    path: &Path,
    truth: &Path,
    known: &Known,
    progress: &dyn Progress,
) -> Result<(Likes, u64), EvaluateError> {
    let (found, unknown_names) = read_found(path, known)?;
    let total = found.len() as u64 + unknown_names;
    EvaluateError::check_world(path, truth, "accounts or targets", unknown_names, total)?;
    progress.stage("events", None);
    let (mut events, rows) = read_events(truth, known)?;
    progress.stage("truth of events", None);
    tell(truth, &mut events, known)?;
    let mut likes = join(path, known, found, events.into_iter().map(|(event, _)| event).collect())?;
    likes.unknown += unknown_names;
    EvaluateError::check_world(path, truth, "likes", likes.unknown, total)?;
    Ok((likes, rows))
}

fn read_found(path: &Path, known: &Known) -> Result<(Vec<Found>, u64), EvaluateError> {
    let mut table = Table::open(path, &["actor", "target", "p_fake"], &[])?;
    let (mut found, mut unknown) = (Vec::new(), 0);
    loop {
        let some = table.next()?;
        if some.is_empty() {
            return Ok((found, unknown));
        }
        for rows in some {
            let (actors, targets) = pairs(&rows, known, 0, 1);
            for row in 0..rows.len {
                let p = rows.number(2, row)?.filter(|p| (0.0..=1.0).contains(p));
                let p = p.ok_or_else(|| rows.bad(2, row, "a probability from 0 to 1"))?;
                match known.pair(actors[row], targets[row]) {
                    Some(pair) => found.push((pair, p)),
                    None => unknown += 1,
                }
            }
        }
    }
}

/// Ids of the names in two columns.
fn pairs(rows: &Rows, known: &Known, actor: usize, target: usize) -> (Vec<u32>, Vec<u32>) {
    let ids = |interner: &crate::store::intern::Interner, column: usize| {
        (0..rows.len)
            .map(|row| rows.text(column, row).and_then(|name| interner.find(&name)).unwrap_or(NO_ID))
            .collect::<Vec<u32>>()
    };
    rayon::join(|| ids(&known.accounts, actor), || ids(&known.targets, target))
}

fn digest(rows: &Rows, column: usize, row: usize) -> u64 {
    rows.text(column, row).map_or(0, |id| hash_bytes(id.as_bytes(), [1, 2]))
}

/// Likes and take-backs of the log, each with a digest of its event_id, by that; and the number of rows.
fn read_events(truth: &Path, known: &Known) -> Result<(Vec<(Event, u64)>, u64), EvaluateError> {
    let path =
        find(truth, "events").ok_or_else(|| EvaluateError::NoFile { folder: truth.to_owned(), name: "events" })?;
    let mut table = Table::open(&path, &["event_id", "actor", "target", "kind", "ts"], &[])?;
    let (mut events, mut total) = (Vec::new(), 0u64);
    loop {
        let some = table.next()?;
        if some.is_empty() {
            break;
        }
        let parts: Vec<Vec<(Event, u64)>> = some
            .par_iter()
            .map(|rows| {
                let mut part = Vec::new();
                for row in 0..rows.len {
                    let flags = match rows.text(3, row).as_deref() {
                        Some("like") => LIKE,
                        Some("unlike") => 0,
                        _ => continue,
                    };
                    let account = known.accounts.find(&rows.name(1, row)?);
                    let account = account.ok_or_else(|| rows.bad(1, row, "an account of truth_accounts"))?;
                    let target = known.targets.find(&rows.name(2, row)?);
                    let target = target.ok_or_else(|| rows.bad(2, row, "a target of truth_targets"))?;
                    let pair = u64::from(account) << 32 | u64::from(target);
                    part.push((Event { pair, at: rows.time(4, row)?, attack: NO_ATTACK, flags }, digest(rows, 0, row)));
                }
                Ok(part)
            })
            .collect::<Result<_, EvaluateError>>()?;
        total += some.iter().map(|rows| rows.len as u64).sum::<u64>();
        parts.into_iter().for_each(|part| events.extend(part));
    }
    events.par_sort_unstable_by_key(|(event, id)| (*id, event.pair, event.at, event.flags));
    Ok((events, total))
}

/// Tells each event whether it is fake, and for which attack.
fn tell(truth: &Path, events: &mut [(Event, u64)], known: &Known) -> Result<(), EvaluateError> {
    let name = "truth_events";
    let path = find(truth, name).ok_or_else(|| EvaluateError::NoFile { folder: truth.to_owned(), name })?;
    let mut table = Table::open(&path, &["event_id", "fake", "attack", "reason"], &[])?;
    loop {
        let some = table.next()?;
        if some.is_empty() {
            break;
        }
        for told in some {
            for row in 0..told.len {
                let id = digest(&told, 0, row);
                let from = events.partition_point(|(_, known)| *known < id);
                let to = from + events[from..].partition_point(|(_, known)| *known == id);
                for (event, _) in &mut events[from..to] {
                    event.flags |= TOLD;
                    if told.flag(1, row)? {
                        event.flags |= FAKE;
                        if told.text(3, row).as_deref() == Some("cover") {
                            event.flags |= COVER;
                        }
                        let attack = told.text(2, row);
                        let attack = attack.and_then(|a| known.attacks.iter().position(|known| *known == *a));
                        event.attack = attack.and_then(|a| u16::try_from(a).ok()).unwrap_or(NO_ATTACK);
                    }
                }
            }
        }
    }
    let untold = events.iter().filter(|(event, _)| event.flags & TOLD == 0).count();
    if untold > 0 {
        let what = format!("it says nothing of {untold} likes of events.parquet");
        return Err(EvaluateError::Inconsistent { path, what });
    }
    Ok(())
}

/// What came of one account on one target: the like that stands, or else the last one, taken back.
fn settle(history: &[Event]) -> Option<(Event, bool)> {
    let (mut standing, mut last) = (None, None);
    for event in history {
        if event.flags & LIKE == 0 {
            standing = None;
        } else {
            // A second like of the same pair changes nothing.
            standing = standing.or(Some(*event));
            last = standing;
        }
    }
    standing.map(|event| (event, true)).or(last.map(|event| (event, false)))
}

fn join(path: &Path, known: &Known, mut found: Vec<Found>, mut events: Vec<Event>) -> Result<Likes, EvaluateError> {
    // A take-back at the moment of its like comes after it.
    events.par_sort_unstable_by_key(|event| (event.pair, event.at, event.flags & LIKE == 0));
    found.par_sort_unstable_by_key(|like| like.0);
    if let Some(twice) = found.windows(2).find(|two| two[0].0 == two[1].0) {
        let (account, target) = ((twice[0].0 >> 32) as u32, twice[0].0 as u32);
        let what = format!(
            "the like of \"{}\" by \"{}\" is there twice",
            known.targets.names().get(target),
            known.accounts.names().get(account)
        );
        return Err(EvaluateError::Inconsistent { path: path.to_owned(), what });
    }
    let mut likes = Likes { rows: Vec::with_capacity(events.len()), ..Likes::default() };
    let mut found = found.into_iter().peekable();
    for history in events.chunk_by(|a, b| a.pair == b.pair) {
        let pair = history[0].pair;
        while found.next_if(|like| like.0 < pair).is_some() {
            likes.unknown += 1;
        }
        let Some((event, stands)) = settle(history) else { continue };
        let p_fake = match found.next_if(|like| like.0 == pair) {
            Some((_, p)) => {
                likes.taken_back += u64::from(!stands);
                p
            }
            None if stands => {
                likes.not_in_findings += 1;
                0.0
            }
            None => continue,
        };
        likes.rows.push(Like {
            p_fake,
            account: (pair >> 32) as u32,
            attack: event.attack,
            fake: event.flags & FAKE != 0,
            cover: event.flags & COVER != 0,
        });
    }
    likes.unknown += found.count() as u64;
    Ok(likes)
}
