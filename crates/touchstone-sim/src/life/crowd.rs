//! What the crowd did before, as far as it shows: likes draw likes.

use super::feed::Feed;
use super::row::{Kind, Row};
use crate::world::World;

/// Doublings of the number shown that still add to its pull.
const DOUBLINGS_MOST: f64 = 3.0;

/// The likes shown beside each content, refreshed between slices of time; fakes count like others.
pub(crate) struct Crowd {
    shown: Vec<u32>,
    herding: f64,
    /// Pull of what is opened, mean: the scenario's like share is kept.
    mean: f64,
}

impl Crowd {
    pub(crate) fn new(world: &World) -> Self {
        let shown = world.catalogue.contents.iter().map(|content| content.likes_before).collect();
        Self { shown, herding: world.scenario.life.herding, mean: 1.0 }
    }

    /// Takes note of what is looked at in the slice that begins.
    pub(crate) fn weigh(&mut self, feed: &Feed) {
        if self.herding > 0.0 {
            self.mean = feed.mean(|target| self.raw(target));
        }
    }

    /// Factor on the chance of a like.
    pub(crate) fn pull(&self, target: u32) -> f64 {
        if self.herding > 0.0 { self.raw(target) / self.mean } else { 1.0 }
    }

    fn raw(&self, target: u32) -> f64 {
        let shown = f64::from(self.shown[target as usize]);
        1.0 + self.herding * (1.0 + shown).log2().min(DOUBLINGS_MOST)
    }

    /// Shows what arrived.
    pub(crate) fn see(&mut self, rows: &[Row]) {
        for row in rows.iter().filter(|row| !row.retry) {
            match row.kind {
                Kind::Like => self.shown[row.target as usize] += 1,
                Kind::Unlike => {
                    let shown = &mut self.shown[row.target as usize];
                    *shown = shown.saturating_sub(1);
                }
                _ => {}
            }
        }
    }
}
