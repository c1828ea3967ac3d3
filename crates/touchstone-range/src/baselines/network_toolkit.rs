//! Accounts that act on the same thing within a minute, twice.
//!
//! *Source*: coordination-network-toolkit (QUT, MIT licence) from PyPI, the real one, run in a
//! Python process of its own: its co-retweet network, in which a retweeted message is the target.
//!
//! *Setting*: two acts at most 60 s apart (the default its manual names), at least 2 of a pair; the weight of an edge is
//! the number of its acts. Whoever has an edge is accused; components are rings.
//!
//! *Deviations*: edges of weight 1 are computed, too, so that an oracle can choose the threshold;
//! an account's score is the largest weight of its edges. Networks are read from the database: the
//! export to CSV fails in version 1.5.2.

use super::components::components;
use super::{Answer, Verdicts};
use crate::likes::Likes;
use anyhow::{Context, bail};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

const SCRIPT: &str = include_str!("../../python/network_toolkit.py");
const WEIGHT_MIN: f64 = 2.0;
/// The script's word for "the package is not installed".
const MISSING: i32 = 77;

pub(super) fn run(likes: &Likes) -> anyhow::Result<Answer> {
    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let required = std::env::var_os("TOUCHSTONE_REQUIRE_TOOLS").is_some_and(|value| value == "1");
    run_by(&python, required, likes)
}

fn run_by(python: &OsStr, required: bool, likes: &Likes) -> anyhow::Result<Answer> {
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("run.py"), SCRIPT)?;
    write_messages(likes, &at("likes.csv"))?;
    let mut command = Command::new(python);
    let run = command.arg(at("run.py")).arg(at("likes.csv")).arg(at("database")).arg(at("edges.csv")).output();
    let missing = match run {
        Err(error) => format!("{} can't be started: {error}", python.display()),
        Ok(run) if run.status.code() == Some(MISSING) => "the Python package is not installed".into(),
        Ok(run) if !run.status.success() => {
            let said = String::from_utf8_lossy(&run.stderr);
            bail!("coordination-network-toolkit failed: {}", said.lines().last().unwrap_or("it said nothing"));
        }
        Ok(_) => return Ok(Answer::Verdicts(verdicts(likes, &at("edges.csv"))?)),
    };
    let missing = format!("{missing}; pip install coordination-network-toolkit");
    if required {
        bail!("TOUCHSTONE_REQUIRE_TOOLS is set, and {missing}");
    }
    Ok(Answer::NotRun(missing))
}

/// The toolkit's own format. Accounts and targets are written as numbers: names come back by them.
fn write_messages(likes: &Likes, path: &Path) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record([
        "message_id",
        "user_id",
        "username",
        "repost_id",
        "reply_id",
        "message",
        "timestamp",
        "urls",
    ])?;
    for (number, like) in likes.likes.iter().enumerate() {
        let (account, target) = (like.account.to_string(), format!("t{}", like.target));
        let seconds = like.at_ms.div_euclid(1000).to_string();
        writer.write_record([&format!("m{number}"), &account, "", &target, "", "", &seconds, ""])?;
    }
    writer.flush()?;
    Ok(())
}

fn verdicts(likes: &Likes, edges: &Path) -> anyhow::Result<Verdicts> {
    let mut verdicts = Verdicts::none(likes.accounts.len());
    let mut strong = Vec::new();
    for row in csv::ReaderBuilder::new().has_headers(false).from_path(edges)?.deserialize() {
        let (a, b, weight): (u32, u32, f64) = row.context("the toolkit's edges can't be read")?;
        for account in [a, b] {
            let score = verdicts.scores.get_mut(account as usize).context("the toolkit names an unknown account")?;
            *score = score.max(weight);
            if weight >= WEIGHT_MIN {
                verdicts.accused[account as usize] = true;
            }
        }
        if weight >= WEIGHT_MIN {
            strong.push((a, b));
        }
    }
    verdicts.rings = components(likes.accounts.len(), strong, 2);
    Ok(verdicts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likes::hand_made::likes;

    #[test]
    fn two_within_a_minute_twice_are_found_where_the_toolkit_is() {
        let rows = [(0, 0, 0), (1, 0, 50), (2, 0, 200), (0, 1, 5000), (1, 1, 5030), (2, 1, 5055), (3, 1, 9000)];
        match run(&likes(&rows)).unwrap() {
            Answer::Verdicts(verdicts) => {
                assert_eq!(verdicts.accused, [true, true, false, false]);
                assert_eq!(verdicts.scores, [2.0, 2.0, 1.0, 0.0]);
                assert_eq!(verdicts.rings, [Some(0), Some(0), None, None]);
            }
            Answer::NotRun(why) => assert!(why.contains("pip install"), "{why}"),
            Answer::NoAnswer(why) => panic!("{why}"),
        }
    }

    #[test]
    fn without_python_it_is_not_run_or_fails_as_asked() {
        let likes = likes(&[(0, 0, 0), (1, 0, 50)]);
        let none = OsStr::new("no-such-python");
        assert!(matches!(run_by(none, false, &likes), Ok(Answer::NotRun(why)) if why.contains("pip install")));
        assert!(run_by(none, true, &likes).unwrap_err().to_string().contains("TOUCHSTONE_REQUIRE_TOOLS"));
    }
}
