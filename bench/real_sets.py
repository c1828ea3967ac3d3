"""The real sets that docs/REAL_DATA.md and docs/AUDIT.md are about: name, events, options of the program."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def real_sets(data):
    """As (name, file, options); `data` holds one folder a set."""
    return [
        ("Russian retweets", data / "coortweet_russian_retweets/events.csv.gz", ["--endorse", "retweet"]),
        ("German elections, shared URLs", data / "coortweet_german_elections/events.csv.gz", ["--endorse", "share_url"]),
        ("Higgs retweets", data / "higgs_twitter_activity/events.csv.gz", ["--endorse", "RT"]),
        (
            "KuaiRand likes, with views and owners",
            data / "kuairand_pure_valtest/impressions.csv.gz",
            ["--config", ROOT / "bench/configs/kuairand.toml"],
        ),
    ]
