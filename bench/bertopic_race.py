"""BERTopic with its defaults on given vectors, run by an interpreter that has it.

Standard library, NumPy and BERTopic only: `python bertopic_race.py ROWS.npz TEXTS.json`. A first
fit of WARM rows compiles everything; the second is timed, and after it umap-learn alone, which is
the floor of whoever draws with it. With `--families N ...` BERTopic's topics are put together into
so many instead, along its hierarchy and by its own reduction. Prints one JSON document.
"""

import argparse
import json
import time
import warnings
from typing import Any

# UMAP compares fewer than 4,096 rows each with each, and would compile its search when timed.
WARM = 5_000
SEED = 7  # of the fit whose families are asked for; the timed one keeps the default, without


def main() -> None:
    """Fit and reduce to two dimensions, as `visualize_documents` does; or fit and join topics."""
    warnings.filterwarnings("ignore")
    import numpy as np

    parser = argparse.ArgumentParser()
    parser.add_argument("vectors")
    parser.add_argument("texts")
    parser.add_argument("--families", nargs="*", type=int, default=[])
    chosen = parser.parse_args()
    vectors = np.load(chosen.vectors)["vectors"]
    with open(chosen.texts, encoding="utf-8") as file:
        texts = json.load(file)
    found = families(texts, vectors, chosen.families) if chosen.families else race(texts, vectors)
    print(json.dumps(found))


def race(texts: list[str], vectors: Any) -> dict[str, Any]:
    """Topics of the rows, and seconds of the fit, of the reduction, and of the processor.

    `umap` and `umap_cpu` are those of umap-learn with its defaults: neighbours and a 2-D layout.
    """
    _both(texts[:WARM], vectors[:WARM])
    _umap(vectors[:WARM])
    worked = time.process_time()
    topics, fit, reduce = _both(texts, vectors)
    cpu = time.process_time() - worked
    umap, umap_cpu = _umap(vectors)
    told = {"topics": [int(t) for t in topics], "fit": fit, "reduce": reduce, "cpu": cpu}
    return told | {"umap": umap, "umap_cpu": umap_cpu}


def _umap(vectors: Any) -> tuple[float, float]:
    """Seconds, and seconds of the processor, of umap-learn with its defaults by cosine."""
    from umap import UMAP

    start, worked = time.perf_counter(), time.process_time()
    UMAP(metric="cosine").fit(vectors)
    return time.perf_counter() - start, time.process_time() - worked


def families(texts: list[str], vectors: Any, wanted: list[int]) -> dict[str, Any]:
    """Topics of the rows, and the family of each topic for every number of families.

    `hierarchy` cuts the tree that `hierarchical_topics` draws (Ward, on the topics' words);
    `reduction` is `reduce_topics`.
    """
    from bertopic import BERTopic  # type: ignore[import-not-found]
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import squareform
    from sklearn.metrics.pairwise import cosine_similarity
    from umap import UMAP

    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
    model = BERTopic(umap_model=umap)
    topics, _ = model.fit_transform(texts, vectors)
    words = model.c_tf_idf_[1 if -1 in topics else 0 :]
    distance = 1 - cosine_similarity(words)
    tree = hierarchy.ward(squareform(distance, checks=False))
    told: dict[str, Any] = {"topics": [int(t) for t in topics], "hierarchy": {}, "reduction": {}}
    for count in sorted(wanted, reverse=True):
        told["hierarchy"][count] = hierarchy.fcluster(tree, count, "maxclust").tolist()
        model.reduce_topics(texts, nr_topics=count + 1)  # one of them is its outliers
        told["reduction"][count] = [int(t) for t in model.topics_]
    return told


def _both(texts: list[str], vectors: Any) -> tuple[list[int], float, float]:
    from bertopic import BERTopic
    from umap import UMAP

    start = time.perf_counter()
    topics, _ = BERTopic().fit_transform(texts, vectors)
    fitted = time.perf_counter()
    UMAP(n_neighbors=10, n_components=2, min_dist=0.0, metric="cosine").fit(vectors)
    return topics, fitted - start, time.perf_counter() - fitted


if __name__ == "__main__":
    main()
