"""BERTopic with its defaults on given vectors, run by an interpreter that has it.

Standard library, NumPy and BERTopic only: `python bertopic_race.py ROWS.npz TEXTS.json`. A first
fit of a few hundred rows compiles everything; the second is timed. Prints one JSON document.
"""

import json
import sys
import time
import warnings


def main() -> None:
    """Fit and reduce to two dimensions, as `visualize_documents` does."""
    warnings.filterwarnings("ignore")
    import numpy as np
    from bertopic import BERTopic  # type: ignore[import-not-found]
    from umap import UMAP

    vectors = np.load(sys.argv[1])["vectors"]
    with open(sys.argv[2], encoding="utf-8") as file:
        texts = json.load(file)

    def both(count: int) -> tuple[list[int], float, float]:
        start = time.perf_counter()
        topics, _ = BERTopic().fit_transform(texts[:count], vectors[:count])
        fitted = time.perf_counter()
        UMAP(n_neighbors=10, n_components=2, min_dist=0.0, metric="cosine").fit(vectors[:count])
        return topics, fitted - start, time.perf_counter() - fitted

    both(800)
    worked = time.process_time()
    topics, fit, reduce = both(len(texts))
    found = {"fit": fit, "reduce": reduce, "cpu": time.process_time() - worked}
    print(json.dumps(found | {"topics": [int(topic) for topic in topics]}))


if __name__ == "__main__":
    main()
