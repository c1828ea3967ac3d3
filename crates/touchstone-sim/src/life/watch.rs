//! How long people look.

use super::errand::Watch;
use crate::random::Random;
use crate::world::catalogue::Content;

/// A look at a content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) dwell_ms: u32,
    /// Ten-thousandths of the length that were played; above 10,000 with replays.
    pub(crate) fraction: u32,
    /// Factor on the chance to like.
    pub(crate) liking: f64,
}

/// Share that finish, by length: 35 % under 15 s, 25 % at 30 s, 15 % from a minute (FACTS 6).
fn finishing(duration_ms: u32) -> f64 {
    let seconds = f64::from(duration_ms) / 1000.0;
    (0.35 - 0.1 * ((seconds / 15.0).max(1.0).ln() / 2.0_f64.ln())).clamp(0.12, 0.35)
}

pub(crate) fn look(content: &Content, watch: Watch, random: &mut Random) -> Look {
    let length = f64::from(content.duration_ms);
    // Good contents are finished a little more often.
    let finish = finishing(content.duration_ms) * f64::from(content.quality).clamp(0.6, 1.5);
    let skip = match watch {
        Watch::Usual => 0.22,
        _ => 0.03,
    };
    let point = random.unit();
    let (ratio, liking) = match watch {
        // What is shorter than the glance ends it, as it does for those who go on at once.
        Watch::Glance => ((random.uniform(3000.0, 8000.0) / length).min(1.0 + random.exponential(0.02)), 1.0),
        Watch::Brief => (random.log_normal(0.35, 0.7), 1.0),
        // Skipped: Beta(1, 9), within the first third. Liking: FACTS, 0.15 % of 2.9 %.
        _ if point < skip => (0.3 * (1.0 - (1.0 - random.unit()).powf(1.0 / 9.0)) + 0.01, 0.05),
        // Finished: half go on to the next at once (KuaiRand), the others watch again. Liking: FACTS, 6 % of 2.9 %.
        _ if point > 1.0 - finish => {
            let more = if random.chance(0.5) { 0.02 } else { 0.8 };
            (1.0 + random.exponential(more), 2.07)
        }
        // Between: most stay for more than half.
        _ => (0.15 + 0.85 * random.unit().powf(0.75), 1.0),
    };
    let played = (ratio.min(4.0) * length).max(200.0);
    // The client's clock runs on while it loads and pauses; the player counts what it plays.
    let waiting = random.exponential(350.0) + if random.chance(0.04) { random.exponential(9000.0) } else { 0.0 };
    Look { dwell_ms: (played + waiting) as u32, fraction: (played / length * 10_000.0).round().min(4e4) as u32, liking }
}
