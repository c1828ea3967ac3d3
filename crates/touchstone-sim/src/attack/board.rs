//! An exchange: a task board and points.

use super::ledger::{Cents, Ledger};
use super::{Plan, Ring, Trade, uneven};
use crate::life::errand::{Act, Errand, Watch};
use crate::life::row::Cause;
use crate::random::Random;
use crate::scenario::Board;
use crate::world::people::{API, Role};
use crate::world::places::Infrastructure;
use crate::world::{DAY, DAYS_BEFORE, HOUR, World};

pub(super) fn form(world: &mut World, board: &Board, number: u16, random: &mut Random) -> Ring {
    let board = &uneven::board(board, random);
    let largest = f64::from(world.scenario.users) / 10.0;
    let size = random.log_normal(board.members, 0.4).clamp(12.0, largest.max(12.0)) as usize;
    let members = world.gather(size, random, |_, person| person.ring == 0 && !person.is(API));
    for &member in &members {
        let person = &mut world.people[member as usize];
        (person.role, person.ring) = (Role::Member, number);
        // They are here because they publish and want it seen; they live on beside it.
        person.posts = person.posts.max(random.log_normal(0.12, 0.7) as f32);
        person.active = person.active.max(random.uniform(0.1, 0.8) as f32);
    }
    Ring {
        name: board.name.clone(),
        kind: "exchange",
        members,
        infrastructure: Infrastructure { rotating: false, accounts_per_device: 1 },
        trade: Trade::Board(board.clone()),
        ledger: None,
        attacked: Vec::new(),
    }
}

/// How a member takes part.
struct Habit {
    joined: i64,
    /// Chance to come on a day.
    comes: f64,
    tasks: f64,
    compliance: f64,
    automated: bool,
    free_rider: bool,
    buyer: bool,
    notices: u32,
}

/// What somebody wants done.
struct Task {
    customer: usize,
    target: u32,
    act: Act,
    left: u32,
    done_by: Vec<u32>,
}

fn cents(points: f64) -> Cents {
    (points * 100.0).round() as Cents
}

fn habit(world: &World, board: &Board, random: &mut Random) -> Habit {
    // Most were there before the log began.
    let joined = if random.chance(0.7) { i64::MIN } else { (random.unit() * world.end as f64) as i64 };
    let buyer = board.ledger && random.chance(board.buyers_share);
    Habit {
        joined,
        comes: (board.active_share * random.spread(0.7)).min(0.95),
        // Who pays works less.
        tasks: board.tasks_per_day * random.spread(0.6) * if buyer { 0.3 } else { 1.0 },
        compliance: (board.compliance + 0.1 * random.normal()).clamp(0.02, 1.0),
        automated: random.chance(board.automated_share),
        free_rider: random.chance(board.free_riders_share),
        buyer,
        notices: 0,
    }
}

/// Runs the board visit by visit, in the order of time.
pub(super) fn plan(world: &World, ring: &Ring, board: &Board, number: u16, random: &mut Random) -> Plan {
    let mut habits: Vec<Habit> = ring.members.iter().map(|_| habit(world, board, random)).collect();
    let mut ledger = Ledger::new(ring.members.len());
    let mut visits: Vec<(i64, usize)> = Vec::new();
    for (member, habit) in habits.iter().enumerate() {
        ledger.bonus(member, cents(board.joining_bonus_points));
        if habit.joined < 0 {
            ledger.bonus(member, cents(random.exponential(board.opening_points)));
        }
        let person = &world.people[ring.members[member] as usize];
        // The board is as busy on the log's first day as on any.
        for day in -DAYS_BEFORE..i64::from(world.scenario.days) {
            if random.chance(habit.comes) {
                for _ in 0..1 + random.poisson(0.6) {
                    let at = world.rhythm.at_its_hour(day * DAY, person.clock_minutes, random);
                    if at >= habit.joined && at >= person.joined && at < person.left && at < world.end {
                        visits.push((at, member));
                    }
                }
            }
        }
    }
    visits.sort_unstable();

    let tasks = Vec::new();
    let mut floor = Floor { world, ring, board, number, ledger, tasks, errands: Vec::new(), attacked: Vec::new() };
    let mut came: Vec<i64> = vec![i64::MIN; habits.len()];
    let mut before = true;
    for (at, member) in visits {
        if before && at >= 0 {
            before = false;
            floor.ledger.open();
        }
        if floor.ledger.books[member].banned {
            continue;
        }
        if came[member] != at.div_euclid(DAY) {
            came[member] = at.div_euclid(DAY);
            floor.ledger.bonus(member, cents(board.daily_bonus_points));
        }
        if habits[member].buyer {
            floor.buy(member, at, random);
        }
        floor.post(member, at, random);
        if !habits[member].free_rider {
            floor.work(member, &mut habits[member], at, random);
        }
        floor.tidy();
    }
    debug_assert_eq!(floor.ledger.imbalance(), 0);
    Plan { errands: floor.errands, ledger: board.ledger.then_some(floor.ledger), attacked: floor.attacked }
}

/// The board and its books.
struct Floor<'a> {
    world: &'a World,
    ring: &'a Ring,
    board: &'a Board,
    number: u16,
    ledger: Ledger,
    tasks: Vec<Task>,
    errands: Vec<Errand>,
    attacked: Vec<u32>,
}

impl Floor<'_> {
    /// What a customer pays for one like, with inflation.
    fn price(&self, at: i64) -> Cents {
        let weeks = at as f64 / (7 * DAY) as f64;
        let price = self.board.price_points * (1.0 + self.board.price_growth_per_week).powf(weeks);
        cents(price).max(cents(self.board.reward_points))
    }

    /// Buys a pack now and then when what is left would not pay for half of the largest task.
    fn buy(&mut self, member: usize, at: i64, random: &mut Random) {
        let short = self.ledger.books[member].balance() < self.price(at) * i64::from(self.board.task_likes_max) / 2;
        if short && random.chance(0.3) {
            self.ledger.buy(member, cents(self.board.pack_points));
        }
    }

    /// Puts one of the member's contents on the board, if it can pay for a few likes at least.
    fn post(&mut self, member: usize, at: i64, random: &mut Random) {
        let balance = self.ledger.books[member].balance();
        let affordable = if self.board.ledger { balance / self.price(at).max(1) } else { 40 };
        let out = self.world.catalogue.out(self.ring.members[member], at);
        if affordable < 5 || out.is_empty() || !random.chance(0.7) {
            return;
        }
        // Mostly the latest, now and then something old.
        let target = if random.chance(0.75) {
            out.end - 1 - (random.exponential(0.6) as u32).min(out.end - out.start - 1)
        } else {
            out.start + random.below(u64::from(out.end - out.start)) as u32
        };
        let point = random.unit();
        let (follow, comment) = (self.board.follow_tasks_share, self.board.comment_tasks_share);
        let act = match () {
            () if point < follow => Act::Follow,
            () if point < follow + comment => Act::Comment,
            () => Act::Like,
        };
        let wanted = (affordable as f64 * random.uniform(0.3, 1.0)) as u32;
        let left = wanted.clamp(1, self.board.task_likes_max.max(1));
        self.tasks.push(Task { customer: member, target, act, left, done_by: Vec::new() });
        self.attacked.push(target);
    }

    /// Takes tasks, newest first with gaps, and does most of them.
    fn work(&mut self, member: usize, habit: &mut Habit, mut at: i64, random: &mut Random) {
        let (price, reward) = (self.price(at), cents(self.board.reward_points));
        let mut wanted = random.poisson(habit.tasks / 1.6);
        let mut taken_back: Vec<(i64, u32)> = Vec::new();
        for task in self.tasks.iter_mut().rev() {
            if wanted == 0 {
                break;
            }
            let done = task.done_by.contains(&(member as u32));
            if task.customer == member || done || task.left == 0 || random.chance(0.25) {
                continue;
            }
            wanted -= 1;
            let real = random.chance(habit.compliance);
            if !real && random.chance(self.board.cheats_noticed_share) {
                habit.notices += 1;
                if habit.notices == 3 && self.board.ledger {
                    self.ledger.ban(member);
                    break;
                }
                continue;
            }
            if self.board.ledger && !self.ledger.pay(task.customer, member, price, reward) {
                task.left = 0;
                continue;
            }
            task.left -= 1;
            task.done_by.push(member as u32);
            self.ledger.books[member].tasks_claimed += 1;
            if !real {
                continue;
            }
            self.ledger.books[member].tasks_done += 1;
            self.ledger.books[task.customer].received += 1;
            // A script needs no look; people glance, and some really look.
            let watch = match () {
                () if habit.automated => Watch::Nothing,
                () if random.chance(0.88) => Watch::Glance,
                () => Watch::Usual,
            };
            if let Ok(at) = u32::try_from(at) {
                self.errands.push(Errand {
                    account: self.ring.members[member],
                    at,
                    target: task.target,
                    ring: self.number,
                    act: task.act,
                    watch,
                    cause: Cause::Task,
                    foreign: false,
                });
                // Paid, and taken back when nobody looks.
                if task.act == Act::Like && random.chance(self.board.taken_back_share) {
                    let gone = i64::from(at) + HOUR + random.exponential(2.0 * DAY as f64) as i64;
                    taken_back.push((gone, task.target));
                }
            }
            at += if habit.automated { 20 + random.below(4) as i64 } else { random.log_normal(18.0, 0.7) as i64 + 4 };
        }
        for (gone, target) in taken_back {
            self.take_back(member, gone, target);
        }
    }

    /// A member takes a paid like back.
    fn take_back(&mut self, member: usize, gone: i64, target: u32) {
        let Ok(at) = u32::try_from(gone) else { return };
        self.errands.push(Errand {
            account: self.ring.members[member],
            at,
            target,
            ring: self.number,
            act: Act::Unlike,
            watch: Watch::Nothing,
            cause: Cause::Dropped,
            foreign: false,
        });
    }

    /// Finished and forgotten tasks leave the board.
    fn tidy(&mut self) {
        self.tasks.retain(|task| task.left > 0);
        let over = self.tasks.len().saturating_sub(400);
        self.tasks.drain(..over);
    }
}
