//! Parameters of innocent behaviour that resembles a ring.
//!
//! Each kind has a frequency (`per_10k`: groups, or people, for 10,000 users) and a strength, the
//! factor on how much it looks like a ring (1 is the default behaviour, 0 none, 2 twice as much).
//! A kind that names no frequency occurs as often as in everyday life, times `everyday`.

use serde::{Deserialize, Serialize};

/// Frequency and strength of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knob {
    /// Groups (of families, and of kinds that are single people: these) for 10,000 users; everyday frequency if absent.
    pub per_10k: Option<f64>,
    /// Factor on the probabilities that make it look like a ring.
    pub strength: f64,
}

impl Default for Knob {
    fn default() -> Self {
        Self { per_10k: None, strength: 1.0 }
    }
}

/// All look-alikes. Frequencies are assumed unless a source is named: none was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LookAlikes {
    /// Factor on the frequency of all kinds that name none; 0 switches them off.
    pub everyday: f64,
    /// Colleagues and friends, 5 to 30, who like each other's posts: 35 % close, 12 %
    /// acquaintances who mirror (three times as likely after being liked), minutes to a day later,
    /// after a glance; of 8 % of posts half the circle likes within the hour by a direct link.
    /// Everyday: 250 for 10,000, so that a quarter of people is in one. FACTS: structure from JCMC
    /// 2023, numbers assumed.
    pub courtesy: Knob,
    /// A large and loose circle: 100 to 1,500 people of one hobby, company or association who look at what others of
    /// it post and like one in twenty-five out of politeness, three times as often whoever liked something of theirs, within
    /// three days; in many, once a week all show their latest and look through ten of the others. Everyday: 1.
    pub large_circle: Knob,
    /// A large closed community: 150 to 1,500 people who see little but what its members publish, and like more than
    /// others do. Everyday: 1.
    pub community: Knob,
    /// Fans of one author, 20 to 300, who rush to every post. Everyday: 6.
    pub fan_club: Knob,
    /// Newsletters of 8 to 20 contents to 50 to 500 readers who open them in the same order.
    /// Everyday: 4.
    pub digest: Knob,
    /// A teacher has 20 to 120 students like one project within the lesson, on the campus network.
    /// Everyday: 3.
    pub class: Knob,
    /// A list of 10 to 25 accounts that newcomers follow and like at once. Everyday: 3.
    pub starter_pack: Knob,
    /// A content linked from outside: within half a day hundreds come, many with new accounts.
    /// Everyday: 3.
    pub launch: Knob,
    /// People who open an alert on one event within minutes, and the same few contents on it in the same order: 100 to
    /// 2,000, one to three times. Everyday: 2. (Events that only shift attention: `life.news_per_week`.)
    pub news: Knob,
    /// A dormitory, library or shop: 40 to 400 people who show one address and like its posts a
    /// little more than others do. Everyday: 4.
    pub shared_network: Knob,
    /// Staff of 20 to 200 behind one office address who are asked to like what the firm posts, at work. Everyday: 3.
    pub office: Knob,
    /// 100 to 1,000 customers of a carrier who show one address on mobile data, and like a little more of each other.
    /// Everyday: 2.
    pub carrier: Knob,
    /// People who read the front page from the top, all in one order. Everyday: 100 people.
    pub front_page: Knob,
    /// People ten times as active as others who like a lot. Everyday: 50 people.
    pub power_user: Knob,
    /// Couples and families on one device who like each other's posts. Everyday: 80 families.
    pub family: Knob,
    /// People whose client reports likes but no views, and polls around the clock. Everyday: 40 people.
    pub api_client: Knob,
    /// People who are awake at night. Everyday: 300 people.
    pub shift_worker: Knob,
    /// Newsletters of a scene to itself: 12 to 60 authors, and one to four readers each of them, open an issue of 10 to 25
    /// of the authors' own latest posts, all in its order. Not everyday: only where a scenario names it.
    pub roundup: Knob,
    /// Libraries and shops: 15 to 120 people without a phone of their own at one to five machines that count no views and begin
    /// with five picks a week by unrelated authors. Not everyday.
    pub kiosk: Knob,
}

impl Default for LookAlikes {
    fn default() -> Self {
        let knob = Knob::default();
        Self {
            everyday: 1.0,
            courtesy: knob,
            large_circle: knob,
            community: knob,
            fan_club: knob,
            digest: knob,
            class: knob,
            starter_pack: knob,
            launch: knob,
            news: knob,
            shared_network: knob,
            office: knob,
            carrier: knob,
            front_page: knob,
            power_user: knob,
            family: knob,
            api_client: knob,
            shift_worker: knob,
            roundup: knob,
            kiosk: knob,
        }
    }
}

impl LookAlikes {
    /// Every kind with its name and its everyday frequency for 10,000 users.
    pub(crate) fn all(&self) -> [(&'static str, Knob, f64); 19] {
        [
            ("courtesy", self.courtesy, 250.0),
            ("fan_club", self.fan_club, 6.0),
            ("digest", self.digest, 4.0),
            ("class", self.class, 3.0),
            ("starter_pack", self.starter_pack, 3.0),
            ("launch", self.launch, 3.0),
            ("shared_network", self.shared_network, 4.0),
            ("power_user", self.power_user, 50.0),
            ("family", self.family, 80.0),
            ("api_client", self.api_client, 40.0),
            ("shift_worker", self.shift_worker, 300.0),
            ("large_circle", self.large_circle, 1.0),
            ("community", self.community, 1.0),
            ("news", self.news, 2.0),
            ("office", self.office, 3.0),
            ("carrier", self.carrier, 2.0),
            ("front_page", self.front_page, 100.0),
            ("roundup", self.roundup, 0.0),
            ("kiosk", self.kiosk, 0.0),
        ]
    }
}
