//! What there is to see.

use rayon::prelude::*;

use super::{DAY, DAYS_BEFORE, HOUR, Purpose, World, people};

/// Something that can be liked. Times are seconds from the start of the log.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) owner: u32,
    pub(crate) topic: u16,
    pub(crate) published: i64,
    pub(crate) duration_ms: u32,
    /// How many open it, in parts of all.
    pub(crate) appeal: f32,
    /// Factor on the chance that a viewer likes it.
    pub(crate) quality: f32,
    /// When it goes viral a second time; `i64::MAX` is never.
    pub(crate) boosted: i64,
    /// How much, in units of its first hour.
    pub(crate) boost: f32,
    /// Likes that it shows when the log begins.
    pub(crate) likes_before: u32,
}

/// A day on which everybody looks at one topic.
#[derive(Debug, Clone)]
pub(crate) struct News {
    pub(crate) topic: u16,
    pub(crate) from: i64,
    pub(crate) fades_seconds: f64,
}

/// All contents, in the order of owner and time.
#[derive(Default)]
pub(crate) struct Catalogue {
    pub(crate) contents: Vec<Content>,
    /// Contents of owner `n` are `contents[starts[n]..starts[n + 1]]`.
    starts: Vec<u32>,
    /// Contents of each topic with the running sums of their appeal.
    pub(crate) topics: Vec<Topic>,
    pub(crate) news: Vec<News>,
    /// Contents that go viral.
    pub(crate) viral: Vec<u32>,
}

/// Contents of one topic.
#[derive(Default)]
pub(crate) struct Topic {
    pub(crate) contents: Vec<u32>,
    pub(crate) appeal_sums: Vec<f64>,
}

impl Catalogue {
    pub(crate) fn publish(world: &World) -> Self {
        let posts: Vec<Vec<Content>> =
            (0..world.people.len() as u32).into_par_iter().map(|owner| posts(world, owner)).collect();
        let mut starts = Vec::with_capacity(posts.len() + 1);
        let mut contents = Vec::new();
        for own in posts {
            starts.push(contents.len() as u32);
            contents.extend(own);
        }
        starts.push(contents.len() as u32);

        let life = &world.scenario.life;
        let weeks = f64::from(world.scenario.days) / 7.0;
        let mut random = world.stream(Purpose::News, 0);
        let mut viral = Vec::new();
        let boosts = life.front_pages_per_week_per_10k * weeks * f64::from(world.scenario.users) / 10_000.0;
        for _ in 0..random.round(boosts) {
            let number = random.below(starts[starts.len() - 1].into()) as u32;
            let Some(content) = contents.get_mut(number as usize) else { break };
            viral.push(number);
            content.boosted = content.published.max(0) + (random.unit() * world.end as f64) as i64;
            content.boost = random.log_normal(30.0, 1.0) as f32;
        }
        like_before(world, &mut contents);
        let count = people::topics(&world.scenario);
        let news = (0..random.round(life.news_per_week * weeks))
            .map(|_| News {
                topic: random.below(count as u64) as u16,
                from: (random.unit() * world.end as f64) as i64,
                fades_seconds: random.log_normal(16.0 * HOUR as f64, 0.5),
            })
            .collect();

        let mut topics: Vec<Topic> = std::iter::repeat_with(Topic::default).take(count).collect();
        for (number, content) in contents.iter().enumerate() {
            let topic = &mut topics[usize::from(content.topic)];
            let before = topic.appeal_sums.last().copied().unwrap_or(0.0);
            topic.contents.push(number as u32);
            topic.appeal_sums.push(before + f64::from(content.appeal));
        }
        Self { contents, starts, topics, news, viral }
    }

    pub(crate) fn get(&self, target: u32) -> &Content {
        &self.contents[target as usize]
    }

    /// What an account published, oldest first.
    pub(crate) fn of(&self, owner: u32) -> std::ops::Range<u32> {
        self.starts[owner as usize]..self.starts[owner as usize + 1]
    }

    /// What of it was out at a time.
    pub(crate) fn out(&self, owner: u32, at: i64) -> std::ops::Range<u32> {
        let all = self.of(owner);
        let own = &self.contents[all.start as usize..all.end as usize];
        all.start..all.start + own.partition_point(|content| content.published <= at) as u32
    }

    /// What of it came out within the log, or so shortly before that what is done about it reaches into the log.
    pub(crate) fn new_of(&self, owner: u32) -> std::ops::Range<u32> {
        self.out(owner, -DAYS_BEFORE * DAY).end..self.of(owner).end
    }
}

fn posts(world: &World, owner: u32) -> Vec<Content> {
    let (person, life) = (&world.people[owner as usize], &world.scenario.life);
    let mut random = world.stream(Purpose::Posts, owner.into());
    let from = person.created.max(-(life.backlog_days * DAY as f64) as i64);
    let to = person.left.min(world.end);
    if to <= from {
        return Vec::new();
    }
    let count = random.poisson(f64::from(person.posts) * (to - from) as f64 / DAY as f64);
    let mut times: Vec<i64> = (0..count)
        .map(|_| {
            let at = from + (random.unit() * (to - from) as f64) as i64;
            world.rhythm.at_its_hour(at, person.clock_minutes, &mut random).clamp(from, to - 1)
        })
        .collect();
    times.sort_unstable();
    let topics = world.catalogue_topics();
    times
        .into_iter()
        .map(|published| {
            let topic = if random.chance(0.95) {
                person.topics[usize::from(random.chance(0.3))]
            } else {
                random.below(topics as u64) as u16
            };
            let seconds = if random.chance(life.long_share) {
                random.log_uniform(30.0, 180.0)
            } else {
                random.log_normal(life.duration_seconds_median, life.duration_sigma).clamp(1.0, 315.0)
            };
            Content {
                owner,
                topic,
                published,
                duration_ms: (seconds * 1000.0) as u32,
                appeal: (f64::from(person.fame) * random.spread(life.appeal_sigma)) as f32,
                // Nothing is so bad that nobody likes it.
                quality: (0.25 + 0.75 * random.gamma_low(life.quality_shape)) as f32,
                boosted: i64::MAX,
                boost: 0.0,
                likes_before: 0,
            }
        })
        .collect()
}

/// Fills in what contents from before the log show: their part of a day's likes, had people lived before as they do in
/// the log.
fn like_before(world: &World, contents: &mut [Content]) {
    let life = &world.scenario.life;
    let views = life.views_per_active_day_median * (life.views_sigma.powi(2) / 2.0).exp();
    let likes = f64::from(world.scenario.users) * life.active_days_share * views * life.like_share;
    let days = life.backlog_days + f64::from(world.scenario.days);
    let appeal: f64 = contents.iter().map(|content| f64::from(content.appeal)).sum::<f64>().max(f64::MIN_POSITIVE);
    for content in contents.iter_mut().filter(|content| content.published < 0) {
        let lifetime = likes * days * f64::from(content.appeal) / appeal * f64::from(content.quality);
        content.likes_before = (lifetime * world.decay.part(-content.published as f64)) as u32;
    }
}

impl World {
    fn catalogue_topics(&self) -> usize {
        people::topics(&self.scenario)
    }
}
