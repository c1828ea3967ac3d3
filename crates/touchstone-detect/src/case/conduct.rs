//! Likes against views and dwell.

use super::sample::{Life, Sample};
use super::spread::{self, DWELL};
use super::{Conduct, Part, Rates};

/// The conduct of accounts inside (on `targets`, ascending) and elsewhere, against others.
#[must_use]
pub fn conduct(lives: &[Life<'_>], targets: &[u32], sample: &Sample) -> Conduct {
    let mut unseen = Rates { others: sample.unseen, ..Rates::default() };
    let mut liked = Rates { others: sample.liked, ..Rates::default() };
    let mut dwell = Vec::new();
    for life in lives {
        for act in life.acts {
            let look = life.look(act.target, act.ts);
            let inside = targets.binary_search(&act.target).is_ok();
            add(&mut unseen, inside, look.is_none());
            if let Some(look) = look.filter(|l| inside && l.dwell_ms > 0.0) {
                dwell.push(f64::from(look.dwell_ms) / 1e3);
            }
        }
        let mut endorsed: Vec<u32> = life.acts.iter().map(|a| a.target).collect();
        endorsed.sort_unstable();
        for look in life.looks {
            let hit = endorsed.binary_search(&look.target).is_ok();
            add(&mut liked, targets.binary_search(&look.target).is_ok(), hit);
        }
    }
    Conduct { unseen, liked, dwell: spread::against(&DWELL, dwell.into_iter(), &sample.dwell) }
}

fn add(rates: &mut Rates, inside: bool, hit: bool) {
    let part: &mut Part = if inside { &mut rates.inside } else { &mut rates.elsewhere };
    part.part += u64::from(hit);
    part.whole += 1;
}

#[cfg(test)]
mod tests {
    use super::super::{Act, Look};
    use super::*;

    #[test]
    fn inside_and_elsewhere_are_kept_apart() {
        let act = |target| Act { account: 0, target, ts: 10, ip: 0, device: 0 };
        let look = |target| Look { account: 0, target, ts: 5, dwell_ms: 2_000.0 };
        let (acts, looks) = ([act(1), act(2), act(9)], [look(2), look(3), look(9)]);
        let sample = Sample::new(std::iter::empty());
        let c = conduct(&[Life { acts: &acts, looks: &looks }], &[1, 2, 3], &sample);
        assert_eq!(c.unseen.inside, Part { part: 1, whole: 2 });
        assert_eq!(c.unseen.elsewhere, Part { part: 0, whole: 1 });
        assert_eq!(c.liked.inside, Part { part: 1, whole: 2 });
        assert_eq!(c.liked.elsewhere, Part { part: 1, whole: 1 });
    }
}
