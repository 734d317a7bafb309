"""Where a sweep's runs are kept: a ledger in SQLite, shards in Parquet, questions in SQL."""

from model.experiments.sweep.store.expecting import same_points
from model.experiments.sweep.store.packing import Packed, RowsMisfit, pack
from model.experiments.sweep.store.store import SweepStore

__all__ = ["Packed", "RowsMisfit", "SweepStore", "pack", "same_points"]
