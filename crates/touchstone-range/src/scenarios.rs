//! Which worlds: the simulator's scenarios, and worlds with parameters drawn anew by the seed.
//!
//! A detector may fit the one mixture that everybody looks at. In a `drawn-` world sizes, speeds,
//! diligence, look-alikes and the life around them are drawn from ranges, so that no two are alike
//! and none was ever tuned on: they are held out for reporting.

use crate::purpose::{Purpose, Seed};
use anyhow::{Context, bail};
use touchstone_sim::Scenario;
use touchstone_sim::random::Random;
use touchstone_sim::scenario::{Attacks, LookAlikes};

/// Prefix of scenarios whose parameters the seed draws.
const DRAWN: &str = "drawn-";
/// Names this module's stream of random numbers.
const STREAM: u64 = 0x7261_6e67;

/// A scenario by name, as the purpose and the seed allow.
///
/// # Errors
/// No such scenario, or one that is held out from this purpose.
pub fn scenario<P: Purpose>(name: &str, seed: Seed<P>) -> anyhow::Result<Scenario> {
    let Some(base) = name.strip_prefix(DRAWN) else {
        return Scenario::load(name).map_err(Into::into);
    };
    if !P::HELD_OUT {
        bail!("scenario {name}: held out for reporting; tune on {base} or on a file of your own");
    }
    let mut scenario = Scenario::load(base).with_context(|| format!("scenario {name}"))?;
    draw(&mut scenario, &mut Random::stream(seed.number(), STREAM, 0));
    scenario.check().with_context(|| format!("scenario {name} with seed {}: a drawn value", seed.number()))?;
    Ok(scenario)
}

/// Multiplies by a factor in `1/spread..spread`, as likely up as down.
fn vary(value: &mut f64, spread: f64, random: &mut Random) {
    *value *= random.log_uniform(1.0 / spread, spread);
}

/// The same for a share.
fn vary_share(share: &mut f64, spread: f64, random: &mut Random) {
    vary(share, spread, random);
    *share = share.min(1.0);
}

/// Draws what FACTS calls assumed from half to twice its value, what was measured a little less far.
fn draw(scenario: &mut Scenario, random: &mut Random) {
    let life = &mut scenario.life;
    vary(&mut life.views_per_active_day_median, 1.4, random);
    vary_share(&mut life.like_share, 1.6, random);
    vary(&mut life.people_per_topic, 2.0, random);
    vary_share(&mut life.closed_share, 2.0, random);
    vary(&mut life.half_life_hours, 1.6, random);
    vary(&mut life.circadian_ratio, 1.5, random);
    vary_share(&mut life.enthusiasts_share, 2.0, random);
    vary_share(&mut life.bingers_share, 2.0, random);
    vary_share(&mut life.network.lossy_clients_share, 1.6, random);
    draw_look_alikes(&mut scenario.look_alikes, random);
    draw_attacks(&mut scenario.attacks, random);
}

fn draw_look_alikes(kinds: &mut LookAlikes, random: &mut Random) {
    vary(&mut kinds.everyday, 1.6, random);
    for knob in [
        &mut kinds.courtesy,
        &mut kinds.large_circle,
        &mut kinds.community,
        &mut kinds.fan_club,
        &mut kinds.digest,
        &mut kinds.class,
        &mut kinds.starter_pack,
        &mut kinds.launch,
        &mut kinds.news,
        &mut kinds.office,
        &mut kinds.carrier,
        &mut kinds.front_page,
        &mut kinds.shared_network,
        &mut kinds.power_user,
        &mut kinds.family,
        &mut kinds.api_client,
        &mut kinds.shift_worker,
    ] {
        vary(&mut knob.strength, 1.6, random);
    }
}

fn draw_attacks(attacks: &mut Attacks, random: &mut Random) {
    for board in &mut attacks.board {
        vary(&mut board.members, 1.8, random);
        vary_share(&mut board.active_share, 1.5, random);
        vary(&mut board.tasks_per_day, 1.6, random);
        vary_share(&mut board.compliance, 1.3, random);
        vary_share(&mut board.free_riders_share, 2.0, random);
        vary_share(&mut board.automated_share, 2.0, random);
    }
    for pod in &mut attacks.pod {
        vary(&mut pod.members, 1.6, random);
        vary(&mut pod.minutes, 2.0, random);
        vary_share(&mut pod.compliance, 1.3, random);
        vary(&mut pod.posts_per_day, 1.6, random);
    }
    for service in &mut attacks.service {
        vary(&mut service.accounts, 1.6, random);
        vary(&mut service.orders_per_week_per_100, 1.5, random);
        vary(&mut service.order_likes_median, 1.5, random);
        vary_share(&mut service.premium_share, 1.6, random);
        vary(&mut service.speed.burst, 2.0, random);
        vary(&mut service.speed.day, 2.0, random);
        vary(&mut service.speed.trickle, 2.0, random);
        vary(&mut service.evasion.cover_views, 1.8, random);
        vary(&mut service.evasion.bought_views, 1.8, random);
        vary_share(&mut service.dropped_share, 2.0, random);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purpose::{Reporting, Tuning};

    #[test]
    fn drawn_worlds_differ_by_seed_and_are_held_out() {
        let of = |index| scenario("drawn-mixed", Seed::<Reporting>::new("drawn-mixed", index)).unwrap();
        assert_eq!(of(0), of(0));
        assert_ne!(of(0), of(1));
        assert_eq!(
            of(0).attacks.service.len(),
            scenario("mixed", Seed::<Tuning>::new("", 0)).unwrap().attacks.service.len()
        );
        let refused = scenario("drawn-mixed", Seed::<Tuning>::new("drawn-mixed", 0)).unwrap_err().to_string();
        assert!(refused.contains("held out"), "{refused}");
        assert!(scenario("drawn-nothing", Seed::<Reporting>::new("", 0)).is_err());
    }

    #[test]
    fn every_draw_is_a_valid_scenario() {
        for name in ["drawn-mixed", "drawn-rare", "drawn-null"] {
            for index in 0..100 {
                scenario(name, Seed::<Reporting>::new(name, index)).unwrap();
            }
        }
    }
}
