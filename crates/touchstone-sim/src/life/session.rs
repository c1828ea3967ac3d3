//! A slice of somebody's life, as rows.

use super::crowd::Crowd;
use super::day::{self, Planned};
use super::errand::{Errand, Watch};
use super::feed::Feed;
use super::row::{Cause, Kind, NONE, Row, Why};
use super::watch::{Look, look};
use crate::random::{Random, mix};
use crate::world::people::{BINGER, ENTHUSIAST, Person};
use crate::world::places::Place;
use crate::world::{DAY, Purpose, World};

pub(super) const SECOND_MS: i64 = 1000;
/// Contents that a feed remembers to have shown.
const REMEMBERED: usize = 256;
/// Mean of [`Look::liking`] over usual looks, so that the scenario's mean is kept.
const MEAN_LIKING: f64 = 1.12;
/// Marks a like that was not meant, and one that was taken back.
const FAKE: u32 = 1 << 31;
const GONE: u32 = 1 << 30;

/// What an account carries from slice to slice.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    /// Contents it likes or liked, with [`FAKE`] and [`GONE`]: nobody likes the same twice.
    liked: Vec<u32>,
    /// Fingerprints of what it saw last: feeds do not repeat themselves (KuaiRand: three looks in a thousand).
    seen: Vec<u16>,
    seen_next: u16,
    /// Rows so far.
    rows: u32,
    pub(super) last: Option<Sitting>,
}

/// Time spent with one address and device.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sitting {
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
    pub(super) session: u64,
    pub(super) place: Place,
    pub(super) foreign: bool,
    /// How late its rows arrive, and how wrong its clock is.
    pub(super) late_ms: u32,
    pub(super) skew_ms: i32,
}

/// A slice of time.
pub(crate) struct Slice<'a> {
    pub(crate) number: u64,
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) feed: Feed,
    pub(crate) crowd: &'a Crowd,
}

/// Lives one account's slice: its own sessions, then its errands, which join a session where one
/// is near.
pub(crate) fn live(
    world: &World,
    slice: &Slice<'_>,
    account: u32,
    errands: &[Errand],
    state: &mut State,
    planned: &mut Vec<Planned>,
    rows: &mut Vec<Row>,
) {
    let before = rows.len();
    let mut sittings: Vec<Sitting> = Vec::new();
    let mut life: Option<Life<'_>> = None;
    for day in slice.from.div_euclid(DAY)..=(slice.to - 1).div_euclid(DAY) {
        day::plan(world, account, day, planned);
        for session in planned.iter().filter(|session| (slice.from..slice.to).contains(&session.at)) {
            let life = life.get_or_insert_with(|| Life::new(world, slice, account, std::mem::take(state)));
            let mut at_ms = session.at * SECOND_MS + life.random.below(1000) as i64;
            // Nobody sits in two places at once.
            if let Some(last_ms) = sittings.last().or(life.state.last.as_ref()).map(|last| last.to_ms) {
                at_ms = at_ms.max(last_ms + life.random.below(90_000) as i64);
            }
            sittings.push(life.sit(at_ms, session.views, false, 0, rows));
        }
    }
    if !errands.is_empty() {
        let life = life.get_or_insert_with(|| Life::new(world, slice, account, std::mem::take(state)));
        let mut free_ms = i64::MIN;
        for errand in errands {
            let at_ms = (i64::from(errand.at) * SECOND_MS + life.random.below(1000) as i64).max(free_ms);
            free_ms = life.run(errand, at_ms, &mut sittings, rows);
        }
    }
    if let Some(mut life) = life {
        life.retry(before, rows);
        if let Some(last) = sittings.into_iter().max_by_key(|sitting| sitting.to_ms) {
            life.state.last = Some(last);
        }
        *state = life.state;
    }
}

pub(super) struct Life<'a> {
    pub(super) world: &'a World,
    feed: &'a Feed,
    crowd: &'a Crowd,
    account: u32,
    person: &'a Person,
    pub(super) random: Random,
    pub(super) state: State,
    /// The ring that acts through the account just now; 0 is none.
    pub(super) acting: u16,
}

impl<'a> Life<'a> {
    fn new(world: &'a World, slice: &'a Slice<'a>, account: u32, state: State) -> Self {
        let random = world.stream(Purpose::Slice, u64::from(account) << 20 | slice.number);
        let person = &world.people[account as usize];
        let acting = if person.operated() { person.ring } else { 0 };
        Self { world, feed: &slice.feed, crowd: slice.crowd, account, person, random, state, acting }
    }

    /// A new session that begins now.
    pub(super) fn open_session(&mut self, at_ms: i64, foreign: bool, ring: u16) -> Sitting {
        let at = at_ms / SECOND_MS;
        let mut place = if foreign {
            self.world.service_place(ring, self.account, at, &mut self.random)
        } else {
            self.world.place(self.account, at, &mut self.random)
        };
        let skew_ms = self.world.skew_ms(place.device);
        if self.random.chance(self.world.scenario.life.network.missing_device_share) {
            place.device = 0;
        }
        let session = mix(self.random.word());
        let dirt = &self.world.scenario.dirt;
        let late = self.random.chance(dirt.late_sessions_share);
        let late_ms = if late { self.random.log_normal(dirt.late_minutes * 60_000.0, 1.5) } else { 0.0 };
        let late_ms = late_ms.min(dirt.late_hours_max * 3_600_000.0) as u32;
        Sitting { from_ms: at_ms, to_ms: at_ms, session, place, foreign, late_ms, skew_ms }
    }

    fn sit(&mut self, at_ms: i64, views: u32, foreign: bool, ring: u16, rows: &mut Vec<Row>) -> Sitting {
        let mut sitting = self.open_session(at_ms, foreign, ring);
        let binge = self.person.is(BINGER) && self.random.chance(0.5);
        sitting.to_ms = if binge { self.binge(&sitting, views, rows) } else { self.browse(&sitting, views, rows) };
        sitting
    }

    /// Opens what the feed shows.
    pub(super) fn browse(&mut self, sitting: &Sitting, views: u32, rows: &mut Vec<Row>) -> i64 {
        let mut at_ms = sitting.to_ms;
        let mut left = views;
        // What was just seen, or is one's own, is passed over; a small world runs out of contents.
        for position in 0..4 * views as usize {
            if left == 0 {
                break;
            }
            let at = at_ms / SECOND_MS;
            let next = self.feed.next(self.world, self.account, self.person, at, position, &mut self.random);
            let Some((target, cause)) = next else { continue };
            if self.world.catalogue.get(target).owner == self.account || !self.is_new(target) {
                continue;
            }
            at_ms = self.visit(sitting, at_ms, target, cause, rows);
            left -= 1;
        }
        at_ms
    }

    /// Opens one author's old contents in a row, latest first.
    fn binge(&mut self, sitting: &Sitting, views: u32, rows: &mut Vec<Row>) -> i64 {
        let mut at_ms = sitting.to_ms;
        let Some(&owner) = self.random.pick(self.world.ties.of(self.account)) else { return at_ms };
        let out = self.world.catalogue.out(owner, at_ms / SECOND_MS);
        for target in out.rev().take(views as usize) {
            at_ms = self.visit(sitting, at_ms, target, Cause::Binge, rows);
        }
        at_ms
    }

    fn is_new(&mut self, target: u32) -> bool {
        let mark = mix(target.into()) as u16;
        if self.state.seen.contains(&mark) {
            return false;
        }
        if self.state.seen.len() < REMEMBERED {
            self.state.seen.push(mark);
        } else {
            self.state.seen[usize::from(self.state.seen_next)] = mark;
            self.state.seen_next = (self.state.seen_next + 1) % REMEMBERED as u16;
        }
        true
    }

    /// Looks at a content and reacts to it, or not. Gives the time of the next step.
    fn visit(&mut self, sitting: &Sitting, at_ms: i64, target: u32, cause: Cause, rows: &mut Vec<Row>) -> i64 {
        let why = Why { cause: if self.acting > 0 { Cause::Cover } else { cause }, ring: self.acting };
        let seen = self.view(sitting, at_ms, target, Watch::Usual, why, rows);
        let (life, person) = (&self.world.scenario.life, self.person);
        let content = self.world.catalogue.get(target);
        let near = person.topics.contains(&content.topic);
        let mut like = life.like_share * f64::from(person.likes) * f64::from(content.quality) * seen.liking
            / MEAN_LIKING
            * self.crowd.pull(target)
            * if near { 1.1 } else { 0.7 };
        if person.is(ENTHUSIAST) && seen.liking >= 1.0 {
            like = like.max(0.75);
        }
        let during = |random: &mut Random| at_ms + (random.uniform(0.3, 1.0) * f64::from(seen.dwell_ms)) as i64 + 80;
        if self.random.chance(like.min(0.9)) {
            let liked_ms = during(&mut self.random);
            if self.like(sitting, liked_ms, target, why, rows) && self.random.chance(life.unlike_share) {
                let at_ms = liked_ms + 900 + self.random.exponential(15_000.0) as i64;
                self.unlike(sitting, at_ms, target, why, rows);
            }
        }
        if content.published < 0 && self.acting == 0 && self.random.chance(life.old_unlikes_share) {
            let done_ms = during(&mut self.random);
            self.unlike_old(sitting, done_ms, target, Why { cause: Cause::BeforeLog, ring: 0 }, rows);
        }
        for (kind, share) in [
            (Kind::Comment, life.comment_share),
            (Kind::Share, life.share_share),
            (Kind::Save, life.save_share),
            (Kind::Follow, life.follow_share),
        ] {
            // Those who stay and those who like more do more of everything.
            let chance = share * seen.liking * f64::from(person.likes).sqrt() * f64::from(content.quality).sqrt();
            if self.random.chance(chance.min(0.5)) {
                let lag = if kind == Kind::Comment { self.random.log_normal(12_000.0, 0.8) as i64 } else { 0 };
                let done_ms = during(&mut self.random) + lag;
                let what = if kind == Kind::Follow { content.owner } else { target };
                self.push(sitting, done_ms, what, kind, why, rows);
            }
        }
        at_ms + i64::from(seen.dwell_ms) + self.random.log_normal(6000.0, 1.1).min(600_000.0) as i64
    }

    pub(super) fn view(
        &mut self,
        sitting: &Sitting,
        at_ms: i64,
        target: u32,
        watch: Watch,
        why: Why,
        rows: &mut Vec<Row>,
    ) -> Look {
        let seen = look(self.world.catalogue.get(target), watch, &mut self.random);
        if !self.random.chance(self.person.lost_views.into()) {
            self.push(sitting, at_ms, target, Kind::View, why, rows);
            if let Some(row) = rows.last_mut() {
                (row.dwell_ms, row.fraction) = (seen.dwell_ms, seen.fraction);
            }
        }
        seen
    }

    /// Likes, unless it did before.
    pub(super) fn like(&mut self, sitting: &Sitting, at_ms: i64, target: u32, why: Why, rows: &mut Vec<Row>) -> bool {
        if self.state.liked.iter().any(|&liked| liked & !(FAKE | GONE) == target) {
            return false;
        }
        self.state.liked.push(target | if why.cause.fake() { FAKE } else { 0 });
        self.push(sitting, at_ms, target, Kind::Like, why, rows);
        true
    }

    /// Takes back a like that still stands, if it was placed for the same reason.
    pub(super) fn unlike(&mut self, sitting: &Sitting, at_ms: i64, target: u32, why: Why, rows: &mut Vec<Row>) {
        let wanted = target | if why.cause.fake() { FAKE } else { 0 };
        if let Some(liked) = self.state.liked.iter_mut().find(|liked| **liked == wanted) {
            *liked |= GONE;
            self.push(sitting, at_ms, target, Kind::Unlike, why, rows);
        }
    }

    /// Takes back a like from before the log: what it liked since is another matter.
    pub(super) fn unlike_old(&mut self, sitting: &Sitting, at_ms: i64, target: u32, why: Why, rows: &mut Vec<Row>) {
        if self.state.liked.iter().any(|&liked| liked & !(FAKE | GONE) == target) {
            return;
        }
        self.state.liked.push(target | GONE | if why.cause.fake() { FAKE } else { 0 });
        self.push(sitting, at_ms, target, Kind::Unlike, why, rows);
    }

    pub(super) fn push(
        &mut self,
        sitting: &Sitting,
        at_ms: i64,
        target: u32,
        kind: Kind,
        why: Why,
        rows: &mut Vec<Row>,
    ) {
        let row = Row {
            at_ms,
            actor: self.account,
            number: self.state.rows,
            target,
            kind,
            cause: why.cause,
            ring: why.ring,
            dwell_ms: NONE,
            fraction: NONE,
            place: sitting.place,
            session: sitting.session,
            late_ms: sitting.late_ms,
            skew_ms: sitting.skew_ms,
            retry: false,
        };
        self.state.rows += 1;
        rows.push(row);
    }

    /// Sends some of the account's rows, which begin at `first`, twice.
    fn retry(&mut self, first: usize, rows: &mut Vec<Row>) {
        let dirt = &self.world.scenario.dirt;
        if dirt.retried_rows_share <= 0.0 {
            return;
        }
        for place in first..rows.len() {
            if self.random.chance(dirt.retried_rows_share) {
                let again_ms = self.random.log_normal(dirt.retry_seconds * 1000.0, 1.0).min(86_400_000.0) as u32;
                let row = rows[place];
                rows.push(Row { late_ms: row.late_ms.saturating_add(again_ms), retry: true, ..row });
            }
        }
    }
}
