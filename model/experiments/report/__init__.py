"""Reports: one question, answered in words first, with evidence, doubts and the source of every number."""

from model.experiments.report.making import Report, make_report, report_of, write_report

__all__ = ["Report", "make_report", "report_of", "write_report"]
