"""`./northlight bench [NAME]`: figures as ratios and shares, on this machine, in this run."""

import argparse
import importlib

BENCHES = {
    "all": ("bench.main_table", "the main job on the labelled sets, and bulk loading"),
    "sets": ("bench.labelled_sets", "load, embed, map and search the labelled sets"),
    "privacy": ("bench.privacy", "who sees what: every path, attacks, mutants, the gate's cost"),
    "map": ("bench.themes", "the theme engine: agreement, identity, honesty, speed"),
    "search": ("bench.search", "search against bare SQL and other engines, 100,000 rows"),
    "quality": ("bench.search_quality", "hybrid against the better leg, by kind of question"),
    "coaching": ("bench.coaching", "the coaching screens over 1,000,000 responses"),
    "screens": ("bench.screens", "the map's screen in Chromium at 10,000 to 1,000,000 rows"),
    "indexes": ("bench.index_cost", "the index on half precision against full precision"),
    "growth": ("bench.growth", "search as a collection grows to 1,000,000 rows, and its plot"),
    "links": ("bench.links", "every screen of every role by its link, at the demo's size"),
    "sessions": ("bench.sessions", "forty sessions that click for ten minutes"),
    "bulk": ("bench.bulk_load", "load, embed and index 100,000 texts against row by row"),
}


def main() -> None:
    """Run one bench by its name."""
    parser = argparse.ArgumentParser(
        prog="./northlight bench",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {name:<8} {told}" for name, (_, told) in BENCHES.items()),
    )
    parser.add_argument("name", nargs="?", default="all", choices=BENCHES)
    arguments, rest = parser.parse_known_args()
    importlib.import_module(BENCHES[arguments.name][0]).main(rest)


if __name__ == "__main__":
    main()
