//! What is shown to whom.

use rayon::prelude::*;

use super::row::Cause;
use crate::random::Random;
use crate::world::catalogue::Content;
use crate::world::people::{CLOSED, Person};
use crate::world::{HOUR, World};

/// Length of the list that everybody sees.
const FRONT_PAGE: usize = 40;
/// Older contents are left to search and the catalogue.
const FRESH_SECONDS: i64 = 30 * 24 * HOUR;

/// Attention over a slice of time: what is hot in each topic, and the front page.
pub(crate) struct Feed {
    from: i64,
    to: i64,
    half_life_seconds: f64,
    exponent: f64,
    topics: Vec<Hot>,
    front_page: Vec<u32>,
}

#[derive(Default)]
struct Hot {
    contents: Vec<u32>,
    sums: Vec<f64>,
}

impl Feed {
    pub(crate) fn new(world: &World, from: i64, to: i64) -> Self {
        let life = &world.scenario.life;
        let half_life_seconds = life.half_life_hours * HOUR as f64;
        let mut feed = Self {
            from,
            to,
            half_life_seconds,
            exponent: life.decay_exponent,
            topics: Vec::new(),
            front_page: Vec::new(),
        };
        feed.topics = world
            .catalogue
            .topics
            .par_iter()
            .map(|topic| {
                let mut hot = Hot::default();
                let mut sum = 0.0;
                for &target in &topic.contents {
                    let content = world.catalogue.get(target);
                    let fresh = content.published >= from - FRESH_SECONDS || content.boosted != i64::MAX;
                    if content.published < to && fresh {
                        sum += f64::from(content.appeal) * feed.highest(content);
                        hot.contents.push(target);
                        hot.sums.push(sum);
                    }
                }
                hot
            })
            .collect();
        let mut page: Vec<(f64, u32)> = feed
            .topics
            .iter()
            .flat_map(|hot| &hot.contents)
            .filter(|&&target| world.catalogue.get(target).published < from)
            .map(|&target| {
                let content = world.catalogue.get(target);
                (-f64::from(content.appeal) * feed.attention(content, from), target)
            })
            .collect();
        page.sort_unstable_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        feed.front_page = page.into_iter().take(FRONT_PAGE).map(|(_, target)| target).collect();
        feed
    }

    fn decay(&self, age_seconds: i64) -> f64 {
        // 1.6 brings the exponent's default to half of all attention after about a half-life.
        (1.0 + age_seconds.max(0) as f64 / (1.6 * self.half_life_seconds)).powf(-self.exponent)
    }

    fn attention(&self, content: &Content, at: i64) -> f64 {
        let boost =
            if at >= content.boosted { f64::from(content.boost) * self.decay(at - content.boosted) } else { 0.0 };
        self.decay(at - content.published) + boost
    }

    /// The most attention of a slice: at its start, at publication or when it goes viral.
    fn highest(&self, content: &Content) -> f64 {
        let first = self.from.max(content.published);
        let boosted = content.boosted > first && content.boosted < self.to;
        self.attention(content, first) + if boosted { f64::from(content.boost) } else { 0.0 }
    }

    /// Something that is hot in a topic at a time.
    pub(crate) fn hot(&self, world: &World, topic: u16, at: i64, random: &mut Random) -> Option<u32> {
        let hot = &self.topics[usize::from(topic)];
        let whole = hot.sums.last()?;
        for _ in 0..6 {
            let point = random.unit() * whole;
            let target = hot.contents[hot.sums.partition_point(|&sum| sum <= point).min(hot.contents.len() - 1)];
            let content = world.catalogue.get(target);
            if content.published > at {
                continue;
            }
            // The table holds the highest attention of the slice; thinning makes it exact.
            let highest = self.highest(content);
            if random.chance(self.attention(content, at) / highest) {
                return Some(target);
            }
        }
        None
    }

    /// The next content for somebody, and why it is shown. `position` counts within the session.
    pub(crate) fn next(
        &self,
        world: &World,
        account: u32,
        person: &Person,
        at: i64,
        position: usize,
        random: &mut Random,
    ) -> Option<(u32, Cause)> {
        for news in &world.catalogue.news {
            let age = at - news.from;
            if age >= 0 && random.chance(0.25 * (-(age as f64) / news.fades_seconds).exp()) {
                return self.hot(world, news.topic, at, random).map(|target| (target, Cause::News));
            }
        }
        let mix = world.scenario.life.feed;
        let whole = mix.followed + mix.topic + mix.front_page + mix.catalogue;
        let point = random.unit() * whole;
        let closed = person.is(CLOSED);
        if point < mix.followed
            && let Some(target) = self.followed(world, account, at, random)
        {
            return Some((target, Cause::Followed));
        }
        if !closed && point > whole - mix.front_page && !self.front_page.is_empty() {
            // One list in one order; people get as far as they get.
            let place = (position + random.exponential(3.0) as usize) % self.front_page.len();
            return Some((self.front_page[place], Cause::FrontPage));
        }
        let taste = random.unit();
        let topic =
            if closed { person.topics[0] } else { person.topics[usize::from(taste > 0.6) + usize::from(taste > 0.85)] };
        if point > mix.followed + mix.topic && point < whole - mix.front_page {
            return self.old(world, topic, at, random).map(|target| (target, Cause::Catalogue));
        }
        self.hot(world, topic, at, random).map(|target| (target, Cause::Topic))
    }

    /// Something of a topic by appeal, however old.
    fn old(&self, world: &World, topic: u16, at: i64, random: &mut Random) -> Option<u32> {
        let topic = &world.catalogue.topics[usize::from(topic)];
        let whole = topic.appeal_sums.last()?;
        let point = random.unit() * whole;
        let place = topic.appeal_sums.partition_point(|&sum| sum <= point).min(topic.contents.len() - 1);
        Some(topic.contents[place]).filter(|&target| world.catalogue.get(target).published <= at)
    }

    /// One of the latest contents of an account that one follows.
    fn followed(&self, world: &World, account: u32, at: i64, random: &mut Random) -> Option<u32> {
        for _ in 0..4 {
            let owner = *random.pick(world.ties.of(account))?;
            let out = world.catalogue.out(owner, at);
            if out.is_empty() {
                continue;
            }
            let target = out.end - 1 - (random.exponential(1.2) as u32).min(out.end - 1 - out.start);
            // A feed shows what is fresh; what is old is seldom worth a place.
            if random.chance(0.15 + self.decay(at - world.catalogue.get(target).published)) {
                return Some(target);
            }
        }
        None
    }
}
