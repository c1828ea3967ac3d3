//! What values parameters may have.

use super::{Attacks, FeedMix, Scenario, ScenarioError};

impl Scenario {
    /// Checks all values.
    ///
    /// # Errors
    /// Names the first parameter that is out of range.
    pub fn check(&self) -> Result<(), ScenarioError> {
        let range = |parameter: &str, value: f64, low: f64, high: f64, rule| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(ScenarioError::Value { parameter: parameter.to_owned(), value, rule })
        };
        range("users", self.users.into(), 100.0, 2e7, "must be 100 to 20 million")?;
        range("days", self.days.into(), 1.0, 366.0, "must be 1 to 366")?;
        range("start_seconds", self.start_seconds as f64, 0.0, 4e9, "must be 0 to 4 billion seconds since 1970")?;
        let (life, network) = (&self.life, &self.life.network);
        for (name, share) in [
            ("active_days_share", life.active_days_share),
            ("like_share", life.like_share),
            ("unlike_share", life.unlike_share),
            ("old_unlikes_share", life.old_unlikes_share),
            ("comment_share", life.comment_share),
            ("share_share", life.share_share),
            ("save_share", life.save_share),
            ("follow_share", life.follow_share),
            ("closed_share", life.closed_share),
            ("long_share", life.long_share),
            ("newcomers_share", life.newcomers_share),
            ("leavers_share", life.leavers_share),
            ("enthusiasts_share", life.enthusiasts_share),
            ("bingers_share", life.bingers_share),
            ("network.mobile_share", network.mobile_share),
            ("network.office_share", network.office_share),
            ("network.campus_share", network.campus_share),
            ("network.vpn_share", network.vpn_share),
            ("network.changed_phones_share", network.changed_phones_share),
            ("network.shared_device_share", network.shared_device_share),
            ("network.missing_device_share", network.missing_device_share),
            ("network.lossy_clients_share", network.lossy_clients_share),
            ("network.lost_views_share", network.lost_views_share),
            ("network.sharing_homes_share", network.sharing_homes_share),
        ] {
            range(&format!("life.{name}"), share, 0.0, 1.0, "must be a share, 0 to 1")?;
        }
        for (name, value, low, high) in [
            ("views_per_active_day_median", life.views_per_active_day_median, 0.1, 3000.0),
            ("views_sigma", life.views_sigma, 0.0, 2.5),
            ("views_per_sitting", life.views_per_sitting, 1.0, 1000.0),
            ("like_sigma", life.like_sigma, 0.0, 2.5),
            ("herding", life.herding, 0.0, 2.0),
            ("quality_shape", life.quality_shape, 0.1, 0.999),
            ("people_per_topic", life.people_per_topic, 10.0, 1e7),
            ("posts_per_day", life.posts_per_day, 1e-4, 10.0),
            ("posts_sigma", life.posts_sigma, 0.0, 3.0),
            ("backlog_days", life.backlog_days, 1.0, 1000.0),
            ("duration_seconds_median", life.duration_seconds_median, 1.0, 3600.0),
            ("duration_sigma", life.duration_sigma, 0.0, 2.0),
            ("appeal_sigma", life.appeal_sigma, 0.0, 2.5),
            ("half_life_hours", life.half_life_hours, 0.05, 10_000.0),
            ("decay_exponent", life.decay_exponent, 0.0, 5.0),
            ("circadian_ratio", life.circadian_ratio, 1.0, 100.0),
            ("peak_hour", life.peak_hour, 0.0, 24.0),
            ("trough_hour", life.trough_hour, 0.0, 24.0),
            ("phase_sd_hours", life.phase_sd_hours, 0.0, 6.0),
            ("weekend_shift_hours", life.weekend_shift_hours, -6.0, 6.0),
            ("front_pages_per_week_per_10k", life.front_pages_per_week_per_10k, 0.0, 1000.0),
            ("news_per_week", life.news_per_week, 0.0, 50.0),
            ("network.people_per_home", network.people_per_home, 1.0, 20.0),
            ("network.people_per_carrier_address", network.people_per_carrier_address, 1.0, 1e6),
            ("network.people_per_office", network.people_per_office, 1.0, 1e4),
            ("network.home_address_days", network.home_address_days, 0.1, 1e5),
            ("network.devices_per_person", network.devices_per_person, 1.0, 5.0),
        ] {
            range(&format!("life.{name}"), value, low, high, "is out of the range that makes sense")?;
        }
        if life.zones.is_empty() || life.zones.iter().any(|zone| zone.share < 0.0 || zone.hours.abs() > 14.0) {
            let rule = "needs a zone, shares of 0 or more, and hours within 14 of UTC";
            return Err(ScenarioError::Value { parameter: "life.zones".into(), value: life.zones.len() as f64, rule });
        }
        let FeedMix { followed, topic, front_page, catalogue } = life.feed;
        let mix = [followed, topic, front_page, catalogue];
        if mix.iter().any(|&part| part < 0.0) || mix.iter().sum::<f64>() <= 0.0 {
            let rule = "parts must be 0 or more, and one of them above";
            return Err(ScenarioError::Value { parameter: "life.feed".into(), value: mix.iter().sum(), rule });
        }
        let dirt = &self.dirt;
        for (name, value, high) in [
            ("retried_rows_share", dirt.retried_rows_share, 1.0),
            ("retry_seconds", dirt.retry_seconds, 86_400.0),
            ("late_sessions_share", dirt.late_sessions_share, 1.0),
            ("late_minutes", dirt.late_minutes, 1e4),
            ("late_hours_max", dirt.late_hours_max, 240.0),
            ("skewed_clients_share", dirt.skewed_clients_share, 1.0),
            ("skew_seconds", dirt.skew_seconds, 1800.0),
            ("skew_seconds_max", dirt.skew_seconds_max, 1800.0),
        ] {
            range(&format!("dirt.{name}"), value, 0.0, high, "is out of the range that makes sense")?;
        }
        range("look_alikes.everyday", self.look_alikes.everyday, 0.0, 20.0, "must be 0 to 20")?;
        for (name, knob, _) in self.look_alikes.all() {
            let frequency = knob.per_10k.unwrap_or(0.0);
            range(&format!("look_alikes.{name}.per_10k"), frequency, 0.0, 5000.0, "must be 0 to 5,000")?;
            range(&format!("look_alikes.{name}.strength"), knob.strength, 0.0, 10.0, "must be 0 to 10")?;
        }
        self.attacks.check(&range)
    }
}

impl Attacks {
    fn check(
        &self,
        range: &impl Fn(&str, f64, f64, f64, &'static str) -> Result<(), ScenarioError>,
    ) -> Result<(), ScenarioError> {
        const SENSE: &str = "is out of the range that makes sense";
        for board in &self.board {
            for (name, value, high) in [
                ("per_10k", board.per_10k, 100.0),
                ("members", board.members, 1e6),
                ("active_share", board.active_share, 1.0),
                ("tasks_per_day", board.tasks_per_day, 1000.0),
                ("compliance", board.compliance, 1.0),
                ("free_riders_share", board.free_riders_share, 1.0),
                ("automated_share", board.automated_share, 1.0),
                ("reward_points", board.reward_points, 1000.0),
                ("price_points", board.price_points - board.reward_points, 1000.0),
                ("joining_bonus_points", board.joining_bonus_points, 1e6),
                ("opening_points", board.opening_points, 1e6),
                ("daily_bonus_points", board.daily_bonus_points, 1e6),
                ("price_growth_per_week", board.price_growth_per_week, 1.0),
                ("follow_tasks_share", board.follow_tasks_share, 1.0),
                ("comment_tasks_share", board.comment_tasks_share, 1.0),
                ("taken_back_share", board.taken_back_share, 1.0),
                ("unevenness", board.unevenness, 1.5),
                ("cheats_noticed_share", board.cheats_noticed_share, 1.0),
                ("buyers_share", board.buyers_share, 1.0),
                ("pack_points", board.pack_points, 1e6),
                ("pack_euros", board.pack_euros, 1e4),
            ] {
                range(&format!("attacks.board.{name}"), value, 0.0, high, SENSE)?;
            }
        }
        for pod in &self.pod {
            for (name, value, high) in [
                ("per_10k", pod.per_10k, 1000.0),
                ("members", pod.members, 1e4),
                ("minutes", pod.minutes, 1440.0),
                ("compliance", pod.compliance, 1.0),
                ("posts_per_day", pod.posts_per_day, 50.0),
                ("comment_share", pod.comment_share, 1.0),
                ("unevenness", pod.unevenness, 1.5),
            ] {
                range(&format!("attacks.pod.{name}"), value, 0.0, high, SENSE)?;
            }
        }
        for service in &self.service {
            let speed = service.speed.burst + service.speed.day + service.speed.trickle;
            range("attacks.service.speed", speed, 1e-9, 1e9, "one part must be above 0")?;
            for (name, value, high) in [
                ("per_10k", service.per_10k, 100.0),
                ("accounts", service.accounts, 1e6),
                ("premium_share", service.premium_share, 1.0),
                ("premium_orders_share", service.premium_orders_share, 1.0),
                ("orders_per_week_per_100", service.orders_per_week_per_100, 1000.0),
                ("order_likes_median", service.order_likes_median, 1e5),
                ("order_likes_sigma", service.order_likes_sigma, 3.0),
                ("view_orders", service.view_orders, 100.0),
                ("follow_orders", service.follow_orders, 100.0),
                ("comment_orders", service.comment_orders, 100.0),
                ("evasion.cover_views", service.evasion.cover_views, 200.0),
                ("evasion.bought_views", service.evasion.bought_views, 200.0),
                ("dropped_share", service.dropped_share, 1.0),
                ("unevenness", service.unevenness, 1.5),
            ] {
                range(&format!("attacks.service.{name}"), value, 0.0, high, SENSE)?;
            }
        }
        Ok(())
    }
}
