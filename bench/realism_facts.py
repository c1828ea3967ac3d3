"""Calibration: what simulated worlds show, beside what was measured or assumed elsewhere."""

import duckdb
import numpy as np

import realism_measures as measures

# How sure a fact is: computed from data, read in a file, read on a publisher's page, second-hand, from
# memory, assumed.
TAGS = {"C": "computed", "F": "file", "P": "page", "S": "second-hand", "M": "memory", "A": "assumed"}


def one(query):
    return duckdb.sql(query).fetchall()[0]


def organic(world):
    """Figures of a world without attack."""
    e = "e"
    c = f"'{world}/contents.parquet'"
    # Of a retried row, one.
    duckdb.sql(f"create or replace temp table e as select distinct on (event_id) * from '{world}/events.parquet'")
    # Liked while looking.
    duckdb.sql(
        f"""create or replace temp table v as select v.*, l.ts is not null liked from (from e where kind = 'view') v
        left join (select actor, target, min(ts) ts from e where kind = 'like' group by 1, 2) l
        on v.actor = l.actor and v.target = l.target and l.ts between v.ts and v.ts + to_milliseconds(v.dwell_ms + 2000)"""
    )
    day = one(f"select median(n), avg(n), quantile_cont(n, 0.25), quantile_cont(n, 0.75) from (select count(*) n from v group by actor, ts::date)")
    likes = np.asarray(duckdb.sql(f"select count(*) n from {e} where kind = 'like' group by actor").fetchnumpy()["n"], float)
    rows = duckdb.sql(f"select actor, target, epoch_ms(ts) / 1000 s from {e} where kind = 'like' order by ts").fetchnumpy()
    actor = np.unique(rows["actor"], return_inverse=True)[1]
    bursts = measures.burstiness(measures.Log(actor, actor, np.asarray(rows["s"], float), 28), 10)
    posts = np.asarray(duckdb.sql(f"select count(*) n from {c} group by owner").fetchnumpy()["n"], float)
    accounts = one(f"select count(*) from '{world}/accounts.parquet'")[0]
    posts = np.r_[posts, np.zeros(accounts - len(posts))]
    length = one(f"select median(duration_ms) / 1000, avg(duration_ms) / 1000 from {c}")
    ratio = one("select avg(r), quantile_cont(r, 0.25), median(r), quantile_cont(r, 0.75), avg((r >= 1)::int) from (select watch_fraction r from v where watch_fraction <= 5)")
    liked = one("select avg(liked::int), avg(liked::int) filter (watch_fraction >= 1), avg(liked::int) filter (watch_fraction < 0.3) from v")
    again = one("select 1 - count(distinct (actor, target)) / count(*) from v")[0]
    kinds = dict(duckdb.sql(f"select kind, count(*) / (select count(*) from v) from {e} group by 1").fetchall())
    half = one(f"select median(epoch_ms(v.ts) - epoch_ms(c.published_at)) / 3600e3 from v join {c} c using (target) where c.published_at >= (select min(ts) from {e}) and c.published_at < (select min(ts) + interval 14 days from {e})")[0]
    day_places = one(f"select median(n), quantile_cont(n, 0.95) from (select count(distinct ip) n from {e} group by actor, ts::date)")
    devices = one(f"select avg(n) from (select count(distinct device) n from {e} where device is not null group by actor)")[0]
    shared = one(f"select avg(n), quantile_cont(n, 0.99) from (select count(distinct actor) n from {e} where device is not null group by device)")
    own = "'followed', 'topic', 'front_page', 'catalogue', 'binge', 'news'"
    added = one(f"select avg((reason not in ({own}))::int) from e join '{world}/truth_events.parquet' using (event_id) where kind = 'like'")[0]
    circles = one(f"select count(distinct account) from '{world}/truth_look_alikes.parquet' where kind = 'courtesy'")[0]
    return [
        ("opened contents an active account-day, mean over median", f"{day[1] / day[0]:.2f}", "1.57 (KuaiRec: 66.5 over 42)", "F"),
        ("upper over lower quartile of them", f"{day[3] / day[2]:.1f}", "4.4 (KuaiRec: 83 over 19)", "F"),
        ("share of likes from the busiest tenth of those who like", f"{measures.top_share(likes, 0.1):.0%}", "64 % (10,000 GitHub stargazers)", "C"),
        ("share from the busiest hundredth", f"{measures.top_share(likes, 0.01):.0%}", "26 % (same)", "C"),
        ("share of publications from a tenth of accounts", f"{measures.top_share(posts, 0.1):.0%}", "80 % (Pew, US Twitter)", "S"),
        ("likes an opened content", f"{liked[0]:.1%}", "2.9 % of exposures (VK-LSVD), 3.2 % of clicks (KuaiRand); sweep 1 to 6 %", "P, C"),
        ("... if finished", f"{liked[1]:.1%}", "twice the mean", "A"),
        ("... if skipped within the first third", f"{liked[2]:.2%}", "a twentieth of the mean", "A"),
        ("second looks at a content, of all", f"{again:.0%}", "0.3 % (KuaiRand, a week, exact repeats apart)", "C"),
        ("comments an opened content", f"{kinds['comment']:.2%}", "1.2 % (VK-LSVD, comments opened)", "P"),
        ("shares", f"{kinds['share']:.2%}", "0.64 % (VK-LSVD)", "P"),
        ("saves", f"{kinds['save']:.2%}", "0.10 % (VK-LSVD), 0.5 % where prominent", "P, A"),
        ("follows", f"{kinds['follow']:.2%}", "0.21 % (VK-LSVD, author clicks)", "P"),
        ("length of contents, median / mean", f"{length[0]:.1f} / {length[1]:.1f} s", "9.6 / 14.6 s (KuaiRec), a fifth of 30 to 180 s added", "F, A"),
        ("watch ratio, mean / median", f"{ratio[0]:.2f} / {ratio[2]:.2f}", "0.85 / 0.72 (KuaiRec)", "F"),
        ("watch ratio, quartiles", f"{ratio[1]:.2f}, {ratio[3]:.2f}", "0.31, 1.16 (KuaiRec)", "F"),
        ("finished or replayed", f"{ratio[4]:.0%}", "30 to 35 % (KuaiRec, interpolated)", "F, A"),
        ("half of a content's openings within", f"{half:.0f} h", "20 h (Graffius, a feed)", "P"),
        ("burstiness of accounts with ten likes, mean (sd)", f"{bursts.mean():.2f} ({bursts.std():.2f})", "0.35 (0.12)", "M"),
        ("addresses an account-day, median / p95", f"{day_places[0]:.0f} / {day_places[1]:.0f}", "2 / 5 to 8", "M, A"),
        ("devices an account", f"{devices:.2f}", "1.3", "M, A"),
        ("accounts a device, mean / p99", f"{shared[0]:.2f} / {shared[1]:.0f}", "1.1 / 5", "M, A"),
        ("likes that look-alikes add, of all", f"{added:.0%}", "not measured anywhere", "A"),
        ("people in a courtesy circle", f"{circles / accounts:.0%}", "25 %", "A"),
    ]


def attacks(world):
    """Figures of the world with all attacks."""
    duckdb.sql(
        f"""create or replace temp table f as select distinct on (event_id) e.*, t.attack, t.ring, t.reason, t.fake from '{world}/events.parquet' e
        join '{world}/truth_events.parquet' t using (event_id)"""
    )
    accounts = one(f"select avg((fake_likes > 0)::int), avg(fake_likes) filter (role = 'operated' and fake_likes > 0) from '{world}/truth_accounts.parquet'")
    likes = one("select avg(fake::int) from f where kind = 'like'")[0]
    board = one("select quantile_cont(n, 0.1), median(n), quantile_cont(n, 0.9) from (select count(*) n from f where reason = 'task' and kind = 'like' group by actor, ts::date)")
    orders = one("select median(n), quantile_cont(n, 0.9), avg(day) from (select count(*) n, avg((epoch_ms(ts) - m <= 86400000)::int) as day from (select *, min(epoch_ms(ts)) over (partition by ring, target) m from f where reason = 'order' and kind = 'like' and attack = 'farm-burst') group by ring, target)")
    dropped = one("select count(*) filter (kind = 'unlike' and reason = 'dropped') / count(*) filter (kind = 'like' and reason in ('order', 'token', 'refill')) from f")[0]
    pods = one(f"select avg((epoch_ms(f.ts) - epoch_ms(c.published_at) <= 40 * 60000)::int) from f join '{world}/contents.parquet' c using (target) where reason = 'pod' and kind = 'like'")[0]
    ledger = one(f"select 1 - sum(points_earned) / sum(points_spent) from '{world}/truth_ring_members.parquet'")[0]
    return [
        ("accounts that fake", f"{accounts[0]:.1%}", "5 % of monthly users (Meta); sweep 0.1 to 20 %", "S"),
        ("fake likes", f"{likes:.1%}", "0.3 to 2 % at rest, up to 17 % of spiky items; this world is under attack", "F, A"),
        ("fake likes of an operated account", f"{accounts[1]:.1f}", "2.9 to 4.2 (NATO), 12.6 in campaigns (StarScout)", "C"),
        ("order of the fast farm, median / p90", f"{orders[0]:.0f} / {orders[1]:.0f}", "130 / 400 (StarScout)", "C"),
        ("of it within a day", f"{orders[2]:.0%}", "89 % of all deliveries (NATO)", "S"),
        ("paid likes gone within the log", f"{dropped:.0%}", "7 to 20 % in four weeks (NATO)", "S"),
        ("tasks liked in a day by a member who comes, p10 / median / p90", f"{board[0]:.0f} / {board[1]:.0f} / {board[2]:.0f}", "10 to 60", "A"),
        ("pod likes within 40 minutes", f"{pods:.0%}", "half of exchanged likes within 30 minutes", "A"),
        ("operator's part of what is spent", f"{ledger:.0%}", "20 to 50 % of each price", "M, A"),
    ]


def table(worlds):
    head = ["| figure | {} | elsewhere | how sure |", "|---|{}|---|---|"]
    sure = lambda tag: ", ".join(TAGS[t] for t in tag.split(", "))
    life = [line.format(fill) for line, fill in zip(head, ("`plain` | `null`", "---|---"))]
    for (name, plain, fact, tag), (_, null, _, _) in zip(organic(worlds["plain"]), organic(worlds["null"])):
        life.append(f"| {name} | {plain} | {null} | {fact} | {sure(tag)} |")
    faked = [line.format(fill) for line, fill in zip(head, ("`mixed`", "---"))]
    for name, mixed, fact, tag in attacks(worlds["mixed"]):
        faked.append(f"| {name} | {mixed} | {fact} | {sure(tag)} |")
    return "\n".join(life + [""] + faked)
