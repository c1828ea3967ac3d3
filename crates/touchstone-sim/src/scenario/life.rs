//! Parameters of organic life.
//!
//! The basis of a default is named beside it: "FACTS" is the project's table of calibration facts
//! with what was measured; "assumed" means that nobody measured it, so sweep it.

use serde::{Deserialize, Serialize};

/// How people live on the platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Life {
    /// Opened contents an active user-day, median. FACTS: 42 exposures (KuaiRec); a log keeps
    /// what was opened, one exposure in five (assumed).
    pub views_per_active_day_median: f64,
    /// Standard deviation of their logarithm, over people and days together. FACTS: mean 66 over
    /// median 42 is 0.95.
    pub views_sigma: f64,
    /// Opened contents in a row, mean; then the client is closed. Assumed, so that the median account-day has
    /// two addresses.
    pub views_per_sitting: f64,
    /// Share of days on which the average person is active. Assumed, so that 100,000 people leave
    /// about 10 million events in 28 days.
    pub active_days_share: f64,
    /// Likes an opened content, mean, before enthusiasts and look-alikes add theirs, which with the default makes 3.2 %
    /// without look-alikes. Measured: 3.2 % of clicks (KuaiRand); FACTS: 2.9 % of exposures (VK), sweep 1 to 6 %.
    pub like_share: f64,
    /// Spread of people's like rates, sd of the logarithm. FACTS: 1.6, sweep 1.2 to 2.0, so that the busiest
    /// tenth gives about 64 % of all likes (GitHub).
    pub like_sigma: f64,
    /// How much likelier a like is where one like is shown than where none is; each doubling of the number adds
    /// as much again, three times at most (that is assumed). What is shown is refreshed every few hours and
    /// counts fakes. FACTS: 0.32 (Muchnik 2013). The mean stays at `like_share`; 0 switches it off.
    pub herding: f64,
    /// Shape of the Gamma that spreads contents' like rates. FACTS: Beta(0.75, 25).
    pub quality_shape: f64,
    /// Share of likes taken back within a minute. Assumed.
    pub unlike_share: f64,
    /// Likes of before the log that are taken back, for each opened content that is older than the log: unlikes
    /// without a like. Assumed.
    pub old_unlikes_share: f64,
    /// Comments an opened content. FACTS: 1.2 % (VK, comments opened).
    pub comment_share: f64,
    /// Shares an opened content. FACTS: 0.64 % (VK).
    pub share_share: f64,
    /// Saves an opened content. FACTS: 0.10 % to 0.5 %.
    pub save_share: f64,
    /// Follows an opened content. FACTS: 0.21 % (VK, author clicks).
    pub follow_share: f64,
    /// People for each topic; topics follow Zipf's law. Assumed.
    pub people_per_topic: f64,
    /// Share of people who live in one closed community and see little else. Assumed.
    pub closed_share: f64,
    /// Contents an account publishes in a day, mean. Assumed: one in 50 days.
    pub posts_per_day: f64,
    /// Spread of publishing, sd of the logarithm. FACTS: a tenth publish four fifths, which is 2.1.
    pub posts_sigma: f64,
    /// Days of publications before the log begins.
    pub backlog_days: f64,
    /// Length of most contents in seconds, median. FACTS: 9.6 s, mean 14.6 s (KuaiRec).
    pub duration_seconds_median: f64,
    /// Standard deviation of its logarithm.
    pub duration_sigma: f64,
    /// Share of long contents, 30 to 180 s. FACTS: assumed 20 %.
    pub long_share: f64,
    /// Spread of appeal, sd of the logarithm; fame of authors comes on top. Assumed: likes of an
    /// item get a power-law tail of about 2.
    pub appeal_sigma: f64,
    /// Time in which a content gets half of its attention; it decays with (1 + age / scale)^-exponent. FACTS: 20 h
    /// (Graffius, a feed).
    pub half_life_hours: f64,
    /// The exponent. Assumed between SEISMIC's kernel and a sharp cut.
    pub decay_exponent: f64,
    /// Busiest over quietest time of day. FACTS: 6 to 12, from memory; measured: 8 (KuaiRand).
    pub circadian_ratio: f64,
    /// Local hour of the peak. FACTS: 21:30.
    pub peak_hour: f64,
    /// Local hour of the trough. FACTS: 4:30; measured: 4 (KuaiRand, Russian retweets).
    pub trough_hour: f64,
    /// Spread of people's own clocks, hours. FACTS: 1.5 h, from memory.
    pub phase_sd_hours: f64,
    /// How much later weekends run, hours. FACTS: up to 1 h.
    pub weekend_shift_hours: f64,
    /// Time zones: hours from UTC and their share of people. Assumed.
    pub zones: Vec<Zone>,
    /// Where opened contents come from, in parts of their sum. Assumed.
    pub feed: FeedMix,
    /// Contents a week (for 10,000 people) that go viral long after they were published. Assumed.
    pub front_pages_per_week_per_10k: f64,
    /// News events a week: a topic draws a quarter of all attention for about a day. Assumed.
    pub news_per_week: f64,
    /// Share of people who join during 28 days, and of those who leave. Assumed.
    pub newcomers_share: f64,
    /// Share of people who leave during 28 days. Assumed.
    pub leavers_share: f64,
    /// Share of people who like nearly all that they watch. Assumed.
    pub enthusiasts_share: f64,
    /// Share of people who binge the old catalogue of one author at a time. Assumed.
    pub bingers_share: f64,
    /// Addresses, devices and lost rows.
    pub network: Network,
}

/// A time zone and how many live there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Hours ahead of UTC.
    pub hours: f64,
    /// Share of people, in parts of the sum.
    pub share: f64,
}

/// Where opened contents come from, in parts of their sum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedMix {
    /// The latest of accounts one follows.
    pub followed: f64,
    /// What is popular now in one's topics.
    pub topic: f64,
    /// One list for everybody, in one order.
    pub front_page: f64,
    /// Search and old contents, by appeal without regard to age.
    pub catalogue: f64,
}

impl Default for FeedMix {
    fn default() -> Self {
        Self { followed: 0.3, topic: 0.4, front_page: 0.15, catalogue: 0.15 }
    }
}

/// Addresses, devices and what clients lose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// People a household. Assumed.
    pub people_per_home: f64,
    /// Share of sessions on mobile data. Assumed; FACTS: two addresses a user-day.
    pub mobile_share: f64,
    /// People behind one carrier address. FACTS: 300, sweep 100 to 3,000 (Cloudflare).
    pub people_per_carrier_address: f64,
    /// Share of people with an office that shows one address. FACTS: 4 % of traffic.
    pub office_share: f64,
    /// People an office, median; log-normal. FACTS: 20 to 500.
    pub people_per_office: f64,
    /// Share of people on a campus of about 800 behind a few addresses. Assumed.
    pub campus_share: f64,
    /// Share of people who use a commercial VPN. Assumed.
    pub vpn_share: f64,
    /// Days a home keeps its address, mean. FACTS: 90 % longer than a month.
    pub home_address_days: f64,
    /// Devices a person. FACTS: 1.3.
    pub devices_per_person: f64,
    /// Share of people who change their phone in 28 days. Assumed.
    pub changed_phones_share: f64,
    /// Share of sessions on a device that the household shares, over all people. FACTS: families share.
    pub shared_device_share: f64,
    /// Share of households that have such a device. Assumed.
    pub sharing_homes_share: f64,
    /// Share of sessions that report no device. Assumed.
    pub missing_device_share: f64,
    /// Share of clients that lose half of their views. Assumed.
    pub lossy_clients_share: f64,
    /// Share of views that every other client loses. Assumed.
    pub lost_views_share: f64,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            people_per_home: 2.2,
            mobile_share: 0.5,
            people_per_carrier_address: 300.0,
            office_share: 0.12,
            people_per_office: 40.0,
            campus_share: 0.03,
            vpn_share: 0.02,
            home_address_days: 285.0,
            devices_per_person: 1.3,
            changed_phones_share: 0.03,
            shared_device_share: 0.05,
            sharing_homes_share: 0.3,
            missing_device_share: 0.01,
            lossy_clients_share: 0.12,
            lost_views_share: 0.02,
        }
    }
}

impl Default for Life {
    fn default() -> Self {
        Self {
            views_per_active_day_median: 8.0,
            views_sigma: 0.95,
            views_per_sitting: 3.0,
            active_days_share: 0.25,
            like_share: 0.027,
            like_sigma: 1.8,
            herding: 0.32,
            quality_shape: 0.75,
            unlike_share: 0.01,
            old_unlikes_share: 0.0005,
            comment_share: 0.012,
            share_share: 0.0064,
            save_share: 0.005,
            follow_share: 0.0021,
            people_per_topic: 1500.0,
            closed_share: 0.04,
            posts_per_day: 0.02,
            posts_sigma: 2.1,
            backlog_days: 60.0,
            duration_seconds_median: 9.6,
            duration_sigma: 0.92,
            long_share: 0.2,
            appeal_sigma: 1.1,
            half_life_hours: 20.0,
            decay_exponent: 1.6,
            circadian_ratio: 8.0,
            peak_hour: 21.5,
            trough_hour: 4.5,
            phase_sd_hours: 1.5,
            weekend_shift_hours: 1.0,
            zones: vec![
                Zone { hours: 8.0, share: 0.5 },
                Zone { hours: 1.0, share: 0.25 },
                Zone { hours: -5.0, share: 0.15 },
                Zone { hours: 5.5, share: 0.1 },
            ],
            feed: FeedMix::default(),
            front_pages_per_week_per_10k: 3.0,
            news_per_week: 1.0,
            newcomers_share: 0.08,
            leavers_share: 0.05,
            enthusiasts_share: 0.01,
            bingers_share: 0.02,
            network: Network::default(),
        }
    }
}
