//! No two rings are run alike: each draws its own habits around those of the scenario.

use crate::random::Random;
use crate::scenario::{Board, Pod, Service};

struct Uneven<'a> {
    sigma: f64,
    random: &'a mut Random,
}

impl Uneven<'_> {
    fn vary(&mut self, value: &mut f64) {
        *value *= self.random.log_normal(1.0, self.sigma);
    }

    fn vary_share(&mut self, share: &mut f64) {
        self.vary(share);
        *share = share.min(1.0);
    }

    /// A share that is mostly high: what is left to one varies.
    fn vary_rest(&mut self, share: &mut f64) {
        let mut rest = 1.0 - *share;
        self.vary(&mut rest);
        *share = 1.0 - rest.min(1.0);
    }
}

/// A board as one operator runs it.
pub(super) fn board(board: &Board, random: &mut Random) -> Board {
    let mut own = board.clone();
    let mut uneven = Uneven { sigma: board.unevenness, random };
    for share in [
        &mut own.active_share,
        &mut own.free_riders_share,
        &mut own.automated_share,
        &mut own.follow_tasks_share,
        &mut own.comment_tasks_share,
        &mut own.cheats_noticed_share,
        &mut own.taken_back_share,
    ] {
        uneven.vary_share(share);
    }
    if own.compliance > 0.5 {
        uneven.vary_rest(&mut own.compliance);
    } else {
        uneven.vary_share(&mut own.compliance);
    }
    for value in [&mut own.tasks_per_day, &mut own.joining_bonus_points, &mut own.daily_bonus_points] {
        uneven.vary(value);
    }
    // The operator's part of a price.
    let mut spread = own.price_points - own.reward_points;
    uneven.vary(&mut spread);
    own.price_points = own.reward_points + spread;
    own
}

/// A pod as its members hold it.
pub(super) fn pod(pod: &Pod, random: &mut Random) -> Pod {
    let mut own = pod.clone();
    let mut uneven = Uneven { sigma: pod.unevenness, random };
    uneven.vary(&mut own.minutes);
    uneven.vary(&mut own.posts_per_day);
    uneven.vary_rest(&mut own.compliance);
    uneven.vary_share(&mut own.comment_share);
    own
}

/// A service as one operator runs it. What it does to stay unseen is the scenario's; how much of it is its own.
pub(super) fn service(service: &Service, random: &mut Random) -> Service {
    let mut own = service.clone();
    let mut uneven = Uneven { sigma: service.unevenness, random };
    for value in [
        &mut own.orders_per_week_per_100,
        &mut own.order_likes_median,
        &mut own.view_orders,
        &mut own.follow_orders,
        &mut own.comment_orders,
        &mut own.speed.burst,
        &mut own.speed.day,
        &mut own.speed.trickle,
        &mut own.evasion.cover_views,
        &mut own.evasion.bought_views,
    ] {
        uneven.vary(value);
    }
    for share in [&mut own.premium_share, &mut own.premium_orders_share, &mut own.dropped_share] {
        uneven.vary_share(share);
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_differ_unless_they_are_told_not_to() {
        let mut random = Random::stream(1, 2, 3);
        let scenario = Board::default();
        assert_ne!(board(&scenario, &mut random), board(&scenario, &mut random));
        let even = Board { unevenness: 0.0, ..scenario };
        // Exact but for the rounding of sums.
        assert!((board(&even, &mut random).compliance - even.compliance).abs() < 1e-12);
        for _ in 0..1000 {
            let wild = Board { unevenness: 1.0, ..Board::default() };
            let own = board(&wild, &mut random);
            assert!((0.0..=1.0).contains(&own.compliance) && own.price_points >= own.reward_points, "{own:?}");
        }
        assert_eq!(service(&Service { unevenness: 0.0, ..Service::default() }, &mut random).order_likes_median, 130.0);
    }
}
