//! What is shown to whom.

use rayon::prelude::*;

use super::decay::{Decay, FRESH_SECONDS};
use super::row::Cause;
use crate::random::Random;
use crate::world::World;
use crate::world::catalogue::Content;
use crate::world::people::{CLOSED, Person};

/// Length of the list that everybody sees.
const FRONT_PAGE: usize = 40;

/// Attention over a slice of time: what is hot in each topic, and the front page.
pub(crate) struct Feed {
    from: i64,
    to: i64,
    decay: Decay,
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
        let mut feed = Self { from, to, decay: world.decay, topics: Vec::new(), front_page: Vec::new() };
        feed.topics = world
            .catalogue
            .topics
            .par_iter()
            .map(|topic| {
                let mut hot = Hot::default();
                let mut sum = 0.0;
                for &target in &topic.contents {
                    let content = world.catalogue.get(target);
                    let fresh = content.published >= from - FRESH_SECONDS as i64 || content.boosted != i64::MAX;
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

    /// Mean of a value of contents, weighted by the attention that they get.
    pub(crate) fn mean(&self, value: impl Fn(u32) -> f64) -> f64 {
        let (mut sum, mut whole) = (0.0, 0.0);
        for hot in &self.topics {
            let mut before = 0.0;
            for (&target, &until) in hot.contents.iter().zip(&hot.sums) {
                sum += (until - before) * value(target);
                before = until;
            }
            whole += before;
        }
        if whole > 0.0 { sum / whole } else { 1.0 }
    }

    fn attention(&self, content: &Content, at: i64) -> f64 {
        let boost =
            if at >= content.boosted { f64::from(content.boost) * self.decay.at(at - content.boosted) } else { 0.0 };
        self.decay.at(at - content.published) + boost
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
        if person.front_page > 0.0 && !self.front_page.is_empty() && random.chance(person.front_page.into()) {
            return Some((
                self.front_page[(position + random.exponential(0.7) as usize) % self.front_page.len()],
                Cause::FrontPage,
            ));
        }
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
            if random.chance(0.15 + self.decay.at(at - world.catalogue.get(target).published)) {
                return Some(target);
            }
        }
        None
    }
}
