//! The truth files, and the tables of accounts and contents that a platform has anyway.

use std::io;

use super::Truth;
use crate::files::Staged;
use crate::random::mix;
use crate::simulate::table::{Column, Table};
use crate::world::World;

/// A name from a permuted number.
pub(crate) fn account(world: &World, number: u32) -> String {
    format!("u{}", world.account_name(number))
}

fn content(world: &World, number: u32) -> String {
    format!("p{}", world.target_name(number))
}

fn ring(number: usize) -> String {
    format!("ring-{number}")
}

fn group(number: usize) -> String {
    format!("group-{number}")
}

/// All numbers below `count`, in the order of their names: no other order shows.
fn by_name(count: usize, name: impl Fn(u32) -> u64) -> Vec<u32> {
    let mut numbers = vec![0; count];
    for number in 0..count as u32 {
        numbers[name(number) as usize] = number;
    }
    numbers
}

/// Milliseconds since 1970 of a second of the log; the part below a second is drawn, backwards, so
/// that nothing happens before it could.
fn instant_ms(world: &World, at: i64, number: u32) -> i64 {
    let within = mix(world.seed ^ mix(number.into()).rotate_left(17)) % 1000;
    (world.scenario.start_seconds + at) * 1000 - within as i64
}

pub(crate) fn write(staged: &mut Staged, world: &World, truth: &Truth) -> io::Result<()> {
    let accounts = by_name(world.people.len(), |number| world.account_name(number));
    let contents = by_name(world.catalogue.contents.len(), |number| world.target_name(number));
    accounts_table(world, &accounts).write(staged.create("accounts.parquet")?)?;
    contents_table(world, &contents).write(staged.create("contents.parquet")?)?;
    truth_accounts(world, truth, &accounts).write(staged.create("truth_accounts.parquet")?)?;
    truth_targets(world, truth, &contents).write(staged.create("truth_targets.parquet")?)?;
    truth_rings(world, truth).write(staged.create("truth_rings.parquet")?)?;
    ring_members(world).write(staged.create("truth_ring_members.parquet")?)?;
    look_alikes(world).write(staged.create("truth_look_alikes.parquet")?)
}

fn accounts_table(world: &World, order: &[u32]) -> Table {
    let mut followers = vec![0_i64; world.people.len()];
    for number in 0..world.people.len() as u32 {
        for &followed in world.ties.of(number) {
            followers[followed as usize] += 1;
        }
    }
    Table::new()
        .with("account", Column::texts(order, |&number| account(world, number)))
        .with(
            "created_at",
            Column::times(order, |&number| Some(instant_ms(world, world.people[number as usize].created, number))),
        )
        .with("followers", Column::integers(order, |&number| Some(followers[number as usize])))
        .with("following", Column::integers(order, |&number| Some(world.ties.of(number).len() as i64)))
}

fn contents_table(world: &World, order: &[u32]) -> Table {
    let get = |number: u32| world.catalogue.get(number);
    Table::new()
        .with("target", Column::texts(order, |&number| content(world, number)))
        .with("owner", Column::texts(order, |&number| account(world, get(number).owner)))
        .with("published_at", Column::times(order, |&number| Some(instant_ms(world, get(number).published, number))))
        .with("duration_ms", Column::integers(order, |&number| Some(get(number).duration_ms.into())))
}

fn truth_accounts(world: &World, truth: &Truth, order: &[u32]) -> Table {
    let mut groups: Vec<Option<u32>> = vec![None; world.people.len()];
    for (number, group) in world.groups.iter().enumerate() {
        for &member in &group.members {
            groups[member as usize].get_or_insert(number as u32);
        }
    }
    let person = |number: u32| &world.people[number as usize];
    let count = |number: u32| &truth.accounts[number as usize];
    let ring_of = |number: u32| usize::from(person(number).ring).checked_sub(1);
    let group_of = |number: u32| groups[number as usize].map(|group| group as usize);
    Table::new()
        .with("account", Column::texts(order, |&number| account(world, number)))
        .with("role", Column::texts(order, |&number| person(number).role.name()))
        .with("attack", Column::maybe_texts(order, |&n| ring_of(n).map(|ring| world.rings[ring].name.clone())))
        .with("ring", Column::maybe_texts(order, |&number| ring_of(number).map(ring)))
        .with("look_alike", Column::maybe_texts(order, |&n| group_of(n).map(|group| world.groups[group].name.into())))
        .with("look_alike_group", Column::maybe_texts(order, |&number| group_of(number).map(group)))
        .with("events", Column::integers(order, |&number| Some(count(number).events.into())))
        .with("likes", Column::integers(order, |&number| Some((count(number).own + count(number).fake).into())))
        .with("fake_likes", Column::integers(order, |&number| Some(count(number).fake.into())))
        .with(
            "own_share",
            Column::numbers(order, |&number| {
                let (own, fake) = (f64::from(count(number).own), f64::from(count(number).fake));
                (own + fake > 0.0).then(|| own / (own + fake))
            }),
        )
}

fn truth_targets(world: &World, truth: &Truth, order: &[u32]) -> Table {
    let mut ordered = vec![false; world.catalogue.contents.len()];
    for ring in &world.rings {
        for &target in &ring.attacked {
            ordered[target as usize] = true;
        }
    }
    let count = |number: u32| &truth.targets[number as usize];
    Table::new()
        .with("target", Column::texts(order, |&number| content(world, number)))
        .with("reported", Column::integers(order, |&number| Some(count(number).reported.into())))
        .with("authentic", Column::integers(order, |&number| Some(count(number).authentic.into())))
        .with("cover", Column::integers(order, |&number| Some(count(number).cover.into())))
        .with("attacked", Column::flags(order, |&number| count(number).attacked))
        .with("quality", Column::numbers(order, |&number| Some(f64::from(world.catalogue.get(number).quality))))
        .with("ordered", Column::flags(order, |&number| ordered[number as usize]))
}

fn truth_rings(world: &World, truth: &Truth) -> Table {
    let all: Vec<usize> = (0..world.rings.len()).collect();
    let count = |number: usize| &truth.rings[number];
    let start_ms = world.scenario.start_seconds * 1000;
    let points = |number: usize, cents: fn(&crate::attack::ledger::Ledger) -> i64| {
        world.rings[number].ledger.as_ref().map(|ledger| cents(ledger) as f64 / 100.0)
    };
    Table::new()
        .with("ring", Column::texts(&all, |&number| ring(number)))
        .with("attack", Column::texts(&all, |&number| world.rings[number].name.clone()))
        .with("kind", Column::texts(&all, |&number| world.rings[number].kind))
        .with("members", Column::integers(&all, |&number| Some(world.rings[number].members.len() as i64)))
        .with("targets", Column::integers(&all, |&number| Some(count(number).targets.len() as i64)))
        .with("likes", Column::integers(&all, |&number| Some(count(number).likes as i64)))
        .with("first_ts", Column::times(&all, |&number| count(number).first_ms.map(|ms| start_ms + ms)))
        .with("last_ts", Column::times(&all, |&n| count(n).first_ms.map(|_| start_ms + count(n).last_ms)))
        .with(
            "points_given",
            Column::numbers(&all, |&n| points(n, |ledger| ledger.books.iter().map(|book| book.bonus).sum())),
        )
        .with(
            "points_bought",
            Column::numbers(&all, |&n| points(n, |ledger| ledger.books.iter().map(|book| book.bought).sum())),
        )
        .with(
            "points_held",
            Column::numbers(&all, |&n| points(n, |ledger| ledger.books.iter().map(|book| book.balance()).sum())),
        )
        .with("points_operator", Column::numbers(&all, |&n| points(n, |ledger| ledger.operator)))
        .with("euros_paid", Column::numbers(&all, |&number| world.rings[number].euros_paid()))
}

fn ring_members(world: &World) -> Table {
    let all: Vec<(usize, usize)> = world
        .rings
        .iter()
        .enumerate()
        .flat_map(|(number, ring)| (0..ring.members.len()).map(move |member| (number, member)))
        .collect();
    let book =
        |&(number, member): &(usize, usize)| world.rings[number].ledger.as_ref().map(|ledger| ledger.books[member]);
    let points = |cents: i64| cents as f64 / 100.0;
    Table::new()
        .with("ring", Column::texts(&all, |&(number, _)| ring(number)))
        .with("account", Column::texts(&all, |&(number, member)| account(world, world.rings[number].members[member])))
        .with("points_bonus", Column::numbers(&all, |at| book(at).map(|book| points(book.bonus))))
        .with("points_bought", Column::numbers(&all, |at| book(at).map(|book| points(book.bought))))
        .with("points_earned", Column::numbers(&all, |at| book(at).map(|book| points(book.earned))))
        .with("points_spent", Column::numbers(&all, |at| book(at).map(|book| points(book.spent))))
        .with("points_forfeited", Column::numbers(&all, |at| book(at).map(|book| points(book.forfeited))))
        .with("points_balance", Column::numbers(&all, |at| book(at).map(|book| points(book.balance()))))
        .with("tasks_claimed", Column::integers(&all, |at| book(at).map(|book| book.tasks_claimed.into())))
        .with("tasks_done", Column::integers(&all, |at| book(at).map(|book| book.tasks_done.into())))
        .with("tasks_received", Column::integers(&all, |at| book(at).map(|book| book.received.into())))
        .with("banned", Column::flags(&all, |at| book(at).is_some_and(|book| book.banned)))
}

fn look_alikes(world: &World) -> Table {
    let all: Vec<(usize, u32)> = world
        .groups
        .iter()
        .enumerate()
        .flat_map(|(number, group)| group.members.iter().map(move |&member| (number, member)))
        .collect();
    Table::new()
        .with("group", Column::texts(&all, |&(number, _)| group(number)))
        .with("kind", Column::texts(&all, |&(number, _)| world.groups[number].name))
        .with("account", Column::texts(&all, |&(_, member)| account(world, member)))
        .with("strength", Column::numbers(&all, |&(number, _)| Some(world.groups[number].strength)))
}
