"""Who does a sweep's runs: this process, processes on this machine, or a cluster; and the driver above them."""

from model.experiments.sweep.engines.cluster import Cluster
from model.experiments.sweep.engines.engine import Crew, Engine, Returned
from model.experiments.sweep.engines.in_process import InProcess
from model.experiments.sweep.engines.local import Local
from model.experiments.sweep.engines.progress import Progress, Summary
from model.experiments.sweep.engines.run_cases import run_cases

__all__ = ["Cluster", "Crew", "Engine", "InProcess", "Local", "Progress", "Returned", "Summary", "run_cases"]
