//! How an errand is run: in a session, with a look before.

use super::errand::{Act, Errand, Watch};
use super::row::{Kind, Row, Why};
use super::session::{Life, SECOND_MS, Sitting};

/// An errand this close to a session is part of it.
const SAME_SITTING_MS: i64 = 10 * 60 * SECOND_MS;

impl Life<'_> {
    /// Runs an errand and gives the time at which the next may begin.
    pub(super) fn run(&mut self, errand: &Errand, at_ms: i64, sittings: &mut Vec<Sitting>, rows: &mut Vec<Row>) -> i64 {
        let acting = self.acting;
        if errand.foreign {
            self.acting = errand.ring;
        }
        let next_ms = self.step(errand, at_ms, sittings, rows);
        self.acting = acting;
        next_ms
    }

    fn step(&mut self, errand: &Errand, mut at_ms: i64, sittings: &mut Vec<Sitting>, rows: &mut Vec<Row>) -> i64 {
        let near = |sitting: &Sitting| {
            sitting.foreign == errand.foreign
                && at_ms >= sitting.from_ms - 1000
                && at_ms <= sitting.to_ms + SAME_SITTING_MS
        };
        let known = sittings.iter().rposition(near);
        let place = match known {
            Some(place) => place,
            None => {
                let last = self.state.last.filter(near);
                sittings.push(last.unwrap_or_else(|| self.open_session(at_ms, errand.foreign, errand.ring)));
                sittings.len() - 1
            }
        };
        let mut sitting = sittings[place];
        sitting.to_ms = sitting.to_ms.max(at_ms);
        let target = errand.target;
        if errand.act == Act::Browse {
            let end_ms = self.browse(&Sitting { to_ms: at_ms, ..sitting }, target, rows);
            sittings[place].to_ms = sitting.to_ms.max(end_ms);
            return end_ms;
        }
        if self.world.catalogue.get(target).published * SECOND_MS > at_ms {
            return at_ms;
        }
        if errand.watch == Watch::Path {
            let before = self.random.below(3) as u32;
            at_ms = self.browse(&Sitting { to_ms: at_ms, ..sitting }, before, rows);
        }
        let why = Why { cause: errand.cause, ring: errand.ring };
        let mut done_ms = at_ms;
        let mut end_ms = at_ms;
        if errand.watch != Watch::Nothing {
            let watch = if errand.watch == Watch::Path { Watch::Keen } else { errand.watch };
            let seen = self.view(&sitting, at_ms, target, watch, why, rows);
            done_ms = at_ms + (self.random.uniform(0.3, 1.0) * f64::from(seen.dwell_ms)) as i64 + 80;
            end_ms = at_ms + i64::from(seen.dwell_ms);
        }
        match errand.act {
            Act::Like => {
                self.like(&sitting, done_ms, target, why, rows);
            }
            Act::Follow => {
                let owner = self.world.catalogue.get(target).owner;
                self.push(&sitting, done_ms, owner, Kind::Follow, why, rows);
            }
            Act::Comment => {
                let at_ms = done_ms + self.random.log_normal(12_000.0, 0.8) as i64;
                self.push(&sitting, at_ms, target, Kind::Comment, why, rows);
            }
            Act::Unlike => self.unlike(&sitting, done_ms, target, why, rows),
            Act::UnlikeOld => self.unlike_old(&sitting, done_ms, target, why, rows),
            _ => {}
        }
        let pause = self.random.log_normal(2500.0, 0.8).min(60_000.0) as i64;
        sittings[place].to_ms = sitting.to_ms.max(end_ms);
        end_ms + pause
    }
}
