//! Logs made from a seed: organic noise, rings, a popular target, and everything that makes counting
//! hard: ties, repeats, take-backs, several kinds, duplicates, owners who differ.

use crate::logs::Table;
use touchstone_detect::hash::mix64;
use touchstone_detect::schedule::{DAY, HOUR, SECOND};

/// How a log spells its times.
#[derive(Clone, Copy, PartialEq)]
pub enum Spelling {
    Seconds,
    Millis,
    Text,
    None,
}

/// What a world is made from.
pub struct Shape {
    pub name: &'static str,
    pub seed: u64,
    pub accounts: u64,
    pub targets: u64,
    pub organic: u64,
    pub days: i64,
    /// Times fall on multiples of this.
    pub step: i64,
    pub spelling: Spelling,
    /// With kinds, owners, event ids and views; or just who, what and when.
    pub wide: bool,
}

pub struct World {
    pub shape: Shape,
    /// Event files.
    pub events: Vec<Table>,
    /// Table of contents.
    pub contents: Table,
    /// Accounts that act together, by name.
    pub rings: Vec<Vec<String>>,
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mix64(self.0) % below
    }

    fn share(&mut self) -> f64 {
        self.roll(1 << 40) as f64 / (1u64 << 40) as f64
    }

    fn chance(&mut self, of_hundred: u64) -> bool {
        self.roll(100) < of_hundred
    }
}

/// Names that look like numbers, and those that need quotes.
fn account(i: u64) -> String {
    match i % 7 {
        0 => format!("{i}"),
        1 => format!("00{}", i - 1),
        2 => format!("user \"{i}\", the second"),
        3 => format!("ünï{i}"),
        4 => format!("🦊{i}"),
        _ => format!("User{i}"),
    }
}

fn target(i: u64) -> String {
    if i.is_multiple_of(3) { format!("{i}") } else { format!("post-{i}") }
}

struct Event {
    actor: u64,
    target: u64,
    ts: i64,
    kind: &'static str,
    owner: String,
    id: String,
}

fn spell(ts: i64, spelling: Spelling) -> String {
    match spelling {
        Spelling::Seconds => (ts / SECOND).to_string(),
        Spelling::Millis => (ts / 1000).to_string(),
        Spelling::Text => jiff::Timestamp::from_microsecond(ts).unwrap().to_string(),
        Spelling::None => String::new(),
    }
}

impl World {
    pub fn new(shape: Shape) -> Self {
        let mut dice = Dice(mix64(shape.seed));
        let start = 1_700_000_000 * SECOND + 7 * HOUR;
        let end = start + shape.days * DAY;
        let births: Vec<i64> =
            (0..shape.targets).map(|_| start + (dice.share() * (shape.days * DAY) as f64 * 0.9) as i64).collect();
        let mut acts: Vec<(u64, u64, i64)> = Vec::new();
        for _ in 0..shape.organic {
            let actor = (dice.share().powi(2) * shape.accounts as f64) as u64;
            let target = 1 + (dice.share().powi(2) * (shape.targets - 1) as f64) as u64;
            let age = (dice.share() * ((shape.days * DAY / SECOND) as f64).log2()).exp2() * SECOND as f64;
            acts.push((actor, target, (births[target as usize] + age as i64).min(end)));
        }
        // A day on which nearly everybody comes by one target.
        let crowd = shape.accounts * 9 / 10;
        let noon = (start + end) / 2 / DAY * DAY + 5 * HOUR;
        acts.extend((0..crowd).map(|a| (a, 0, noon + (dice.share().powi(2) * (15 * HOUR) as f64) as i64)));
        // Dates without a time, and a clock or two that are years off.
        for n in 0..40 {
            let (target, day) = (1 + dice.roll(shape.targets / 4), dice.roll(shape.days as u64) as i64 + 1);
            let at = if n < 2 { start - 900 * DAY } else { (start / DAY + day) * DAY };
            acts.push((dice.roll(shape.accounts), target, at));
        }
        // Rings, some of whose targets lie across a block's edge.
        let mut rings = Vec::new();
        for (members, targets, within) in [(14, 26, 40 * SECOND), (9, 20, 8 * 60 * SECOND), (6, 12, 50 * 60 * SECOND)] {
            let of: Vec<u64> = (0..members).map(|_| dice.roll(shape.accounts)).collect();
            for n in 0..targets {
                let target = 1 + dice.roll(shape.targets - 1);
                let mut at = births[target as usize] + (dice.share() * DAY as f64) as i64;
                if n % 4 == 0 {
                    at = at.div_euclid(6 * HOUR) * 6 * HOUR - within / 2;
                }
                for member in &of {
                    if dice.chance(85) {
                        acts.push((*member, target, (at + dice.roll(within as u64) as i64).clamp(start, end)));
                    }
                }
            }
            rings.push(of.into_iter().map(account).collect());
        }
        let mut events: Vec<Event> = Vec::new();
        for (actor, target, ts) in acts {
            let ts = ts.div_euclid(shape.step) * shape.step;
            let kind = if shape.wide && dice.chance(15) { "star" } else { "like" };
            events.push(Event { actor, target, ts, kind, owner: String::new(), id: String::new() });
        }
        // Repeats, of the same moment or another.
        for _ in 0..events.len() / 20 {
            let Event { actor, target, ts, kind, .. } = events[dice.roll(events.len() as u64) as usize];
            let ts = ts + (dice.roll(5) as i64 - 2) * shape.step;
            events.push(Event { actor, target, ts, kind, owner: String::new(), id: String::new() });
        }
        if shape.wide {
            complicate(&mut events, &shape, &mut dice);
        }
        for i in (1..events.len()).rev() {
            events.swap(i, dice.roll(i as u64 + 1) as usize);
        }
        let contents = contents(&births, &shape, &mut dice);
        World { events: tables(&events, &shape), contents, shape, rings }
    }
}

/// Views, take-backs, comments, owners, event ids.
fn complicate(events: &mut Vec<Event>, shape: &Shape, dice: &mut Dice) {
    let given = events.len() as u64;
    let other = |kind| match kind {
        "like" => "unlike",
        _ => "unstar",
    };
    for n in 0..given {
        let Event { actor, target, ts, kind, .. } = events[dice.roll(given) as usize];
        let mut push = |actor, ts: i64, kind| {
            let ts = ts.div_euclid(shape.step) * shape.step;
            events.push(Event { actor, target, ts, kind, owner: String::new(), id: String::new() });
        };
        match n % 20 {
            // Some just before the endorsement, some of nobody who endorses.
            0..7 => push(actor + dice.roll(3) * shape.accounts, ts - dice.roll(600) as i64 * SECOND, "view"),
            // At the same moment, before, or after; of its kind or the other.
            7 => push(actor, ts + (dice.roll(5) as i64 - 1) * shape.step, other(kind)),
            8 if dice.chance(30) => push(actor, ts, if kind == "like" { "unstar" } else { "unlike" }),
            9 if dice.chance(30) => push(actor, ts + HOUR, if kind == "like" { "star" } else { "like" }),
            10 if dice.chance(20) => push(actor + 2 * shape.accounts, ts, "comment"),
            _ => {}
        }
    }
    // Targets that are known though nothing counts there.
    for n in 0..12 {
        let Event { actor, ts, .. } = events[dice.roll(given) as usize];
        let kinds = if n % 2 == 0 { ["view", "view"] } else { ["like", "unlike"] };
        events.extend(kinds.map(|kind| {
            let target = shape.targets + n;
            Event { actor, target, ts, kind, owner: String::new(), id: String::new() }
        }));
    }
    for (n, event) in events.iter_mut().enumerate() {
        // Of some targets few rows tell the owner, and those few disagree.
        let (tells, errs) = if event.target % 6 == 1 { (6, 60) } else { (60, 8) };
        if dice.chance(tells) {
            let owner = event.target % 17 + if dice.chance(errs) { 1 + dice.roll(3) } else { 0 };
            // Some owners act, some do not.
            event.owner = if owner.is_multiple_of(2) { account(owner) } else { format!("owner {owner}") };
        }
        if dice.chance(70) {
            event.id = format!("e{n}");
        }
    }
    for _ in 0..events.len() / 25 {
        let Event { actor, target, ts, kind, ref owner, ref id } = events[dice.roll(events.len() as u64) as usize];
        let (owner, id) = (owner.clone(), id.clone());
        let again = match dice.roll(4) {
            0 => Event { actor, target, ts: ts - shape.step, kind, owner, id },
            1 => Event { actor: actor + 1, target, ts, kind, owner, id },
            2 => Event { actor, target: (target + 1) % shape.targets, ts, kind: "view", owner, id },
            _ => Event { actor, target, ts, kind, owner, id },
        };
        events.push(again);
    }
}

fn tables(events: &[Event], shape: &Shape) -> Vec<Table> {
    let mut columns = vec!["actor", "target"];
    if shape.spelling != Spelling::None {
        columns.push("ts");
    }
    if shape.wide {
        columns.extend(["kind", "owner", "event_id"]);
    }
    let rows = events.iter().map(|e| {
        let mut row = vec![account(e.actor), target(e.target)];
        if shape.spelling != Spelling::None {
            row.push(spell(e.ts, shape.spelling));
        }
        if shape.wide {
            row.extend([e.kind.to_owned(), e.owner.clone(), e.id.clone()]);
        }
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    rows.chunks(rows.len().div_ceil(2)).map(|part| Table { columns: columns.clone(), rows: part.to_vec() }).collect()
}

/// Publication of half the targets, some after their first endorsement; an owner of some.
fn contents(births: &[i64], shape: &Shape, dice: &mut Dice) -> Table {
    let mut rows = Vec::new();
    for (i, birth) in births.iter().enumerate().filter(|(i, _)| i % 2 == 0) {
        let published = birth + dice.roll(120) as i64 * SECOND - 100 * SECOND;
        let owner = if i % 8 == 0 { format!("owner {}", i % 5) } else { String::new() };
        rows.push(vec![target(i as u64), owner, spell(published, Spelling::Text)]);
    }
    rows.push(vec!["never endorsed".into(), "nobody".into(), spell(births[0], Spelling::Text)]);
    debug_assert!(shape.targets > 20);
    Table { columns: vec!["target", "owner", "published_at"], rows }
}
