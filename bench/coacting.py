"""The peer: DuckDB finds the co-acting pairs of a log, exactly.

Two accounts co-act where they endorsed at least three common targets within 60 seconds of each
other. Ids stay strings and two threads are used, as in the run that it stands beside. DuckDB gets
its best form of the query: an equi-join on target and minute (each event also offered to the next
minute), since a join on the target alone with a range of times is quadratic in a target's likes.
"""

import json
import sys
import time

import duckdb

QUERY = """
WITH events AS (
    SELECT actor, target, ts, ts // 60 AS minute FROM read_parquet(?)
), earlier AS (
    SELECT actor, target, ts, unnest([minute, minute + 1]) AS minute FROM events
), joint AS (
    SELECT DISTINCT
        least(earlier.actor, later.actor) AS one,
        greatest(earlier.actor, later.actor) AS two,
        earlier.target AS target
    FROM earlier JOIN events AS later
        ON earlier.target = later.target AND earlier.minute = later.minute
        AND later.ts >= earlier.ts AND later.ts <= earlier.ts + 60
        AND earlier.actor <> later.actor
)
SELECT count(*) FROM (SELECT one, two FROM joint GROUP BY one, two HAVING count(*) >= 3)
"""


def main() -> None:
    path, spill = sys.argv[1:]
    connection = duckdb.connect(config={"threads": 2, "temp_directory": spill})
    # Order is of no use to a count, and keeping it costs memory.
    connection.execute("SET preserve_insertion_order = false")
    start = time.monotonic()
    (pairs,) = connection.execute(QUERY, [path]).fetchone()
    print(json.dumps({"pairs": pairs, "seconds": round(time.monotonic() - start, 3)}))


if __name__ == "__main__":
    main()
