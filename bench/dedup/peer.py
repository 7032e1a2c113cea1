"""Decides which texts repeat an earlier one, with rapidfuzz: reads one text a line, prints the seconds and how many it keeps."""

import sys
import time

import rapidfuzz
from rapidfuzz.distance import LCSseq

threshold = float(sys.argv[1])
texts = [line.split() for line in sys.stdin]


def repeats(words, other):
    total = len(words) + len(other)
    common = LCSseq.similarity(words, other, score_cutoff=threshold * total / 2)
    return 2 * common / total >= threshold


kept = []
start = time.perf_counter()
for words in texts:
    if not any(repeats(words, other) for other in kept):
        kept.append(words)
print(time.perf_counter() - start, len(kept), rapidfuzz.__version__)
