//! What stands above the tables.

use super::Settings;
use crate::baselines::BASELINES;
use std::fmt::Write;

const READING: &str = "\
Shares are percent. In parentheses: 95 % intervals over worlds (design effect by world, Student's t, Wilson's form;
`touchstone-range/src/statistics.rs`). Where all worlds agree they rest on accounts alone, and say nothing of worlds
unlike these. One world has no spread, and no interval.

Fake are accounts of services, and members of exchanges and pods who gave a fake like; owners of stolen tokens are
innocent.

- *innocent (FDR)*: accused accounts that are innocent, of all accused.
- *AP*: average precision of the ranking by evidence.
- *best threshold*: what an oracle who knows the truth would choose on the score: F1 (precision, recall). Where recall
  is 1 it may be that calling everybody is best.
- *rings one to one*: true rings found as one ring that is mostly theirs, of all true rings: are ten rings ten?
- *purity*: members of found rings who are of the true ring that most of their ring come from, of all members.
- *s*: wall seconds of reading and judging one world, on the cores that it had beside the worlds run at once.

Column sets:

- `all`: every column, and the tables of accounts and contents.
- `no-network`: the same without ip, device, user_agent and session.
- `owner`: likes alone, with actor, target, ts, owner.
- `three`: likes alone, with actor, target, ts.

Baselines run on the same file in the same command, at their published setting:

";

const TWINS: &str = "
None of them reads owners, networks or tables, so each has one answer for `all` and `no-network`, and one for `owner`
and `three`, where likes taken back can't be told.

";

/// How the numbers came about and how to read them.
pub(super) fn head(settings: &Settings) -> String {
    let worlds: u32 = settings.cells.iter().map(|cell| cell.seeds).sum();
    let mut text = format!(
        "# Evaluation\n\nWritten by a command; run it again rather than edit:\n\n    {}\n\n\
         {worlds} worlds of {} people and {} days, seeds and scenarios for purpose `{}`; version {}, {} cores, \
         {} at once, {:.0} minutes\n(simulating {:.0} s, projecting {:.0} s, detecting {:.0} s, baselines {:.0} s, evaluating {:.0} s).\nAll numbers of all worlds are in the JSON file beside this page.\n\n{READING}",
        settings.command,
        settings.size.users,
        settings.size.days,
        settings.purpose,
        settings.version,
        settings.cores,
        settings.jobs,
        settings.seconds / 60.0,
        settings.parts.simulate,
        settings.parts.project,
        settings.parts.detect,
        settings.parts.baselines,
        settings.parts.evaluate,
    );
    for baseline in BASELINES {
        // Writing to a string can't fail.
        let _ = writeln!(text, "- **{}**: {}.", baseline.name, baseline.setting);
    }
    text + TWINS
}
