"""Runs coordination-network-toolkit on a CSV of likes: INPUT DATABASE OUTPUT.

Writes its co-retweet network as rows of user_1, user_2, weight, each pair once.
Ends with 77 where the package is not installed.
"""

import contextlib
import csv
import os
import sqlite3
import sys

try:
    from coordination_network_toolkit.compute_networks import compute_co_retweet_parallel
    from coordination_network_toolkit.preprocess import preprocess_csv_files
except ImportError:
    sys.exit(77)

WINDOW_SECONDS = 60


def main(source, database, output):
    with contextlib.redirect_stdout(sys.stderr):
        preprocess_csv_files(database, [source])
        compute_co_retweet_parallel(
            database, WINDOW_SECONDS, n_threads=os.cpu_count() or 1, min_edge_weight=1
        )
    query = """
        select user_1, user_2, max(weight) from (
            select min(user_1, user_2) as user_1, max(user_1, user_2) as user_2, weight
            from co_retweet_network where user_1 <> user_2)
        group by user_1, user_2 order by user_1, user_2
    """
    with open(output, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(sqlite3.connect(database).execute(query))


if __name__ == "__main__":
    main(*sys.argv[1:4])
